import { canonicalXsd } from "./canonical-xsd.js";
import { type QualifiedName, uriOf, xsdNamespace } from "./names.js";
import { isLangString, isQualifiedName, type TypedLiteral, type Value } from "./values.js";

/**
 * A text that is the same for two values exactly when they are equal: names by full URI, literals
 * by datatype and value (so `"01"^^xsd:int` is `"1"^^xsd:int`, two dateTimes of one instant are
 * the same, NaN is NaN), `xsd:string` like a bare string, different datatypes never.
 */
export function valueKey(value: Value): string {
  if (typeof value === "string") {
    return `s${value}`;
  }
  if (isQualifiedName(value)) {
    return `q${uriOf(value)}`;
  }
  if (isLangString(value)) {
    return `l${JSON.stringify(value.lang)}${value.text}`;
  }
  return literalKey(value);
}

function literalKey({ text, datatype }: TypedLiteral): string {
  const local = xsdLocal(datatype);
  if (local === undefined) {
    return `t${JSON.stringify(uriOf(datatype))}${text}`;
  }
  return local === "string" ? `s${text}` : xsdKey(local, text);
}

/** What a name is called in XML Schema, wherever its URI is divided; `undefined` for others. */
export function xsdLocal(name: QualifiedName): string | undefined {
  if (name.namespace.uri === xsdNamespace.uri) {
    return name.local;
  }
  const uri = uriOf(name);
  return uri.startsWith(xsdNamespace.uri) ? uri.slice(xsdNamespace.uri.length) : undefined;
}

function xsdKey(local: string, text: string): string {
  const canonical = canonicalXsd(local, text);
  return canonical === undefined ? `x${local}?${text}` : `x${local}=${canonical}`;
}
