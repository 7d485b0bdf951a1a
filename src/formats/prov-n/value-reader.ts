import {
  datatypes,
  langString,
  type QualifiedName,
  typedLiteral,
  uriOf,
  type Value,
} from "../../prov/index.js";
import { numberDatatype } from "../lexical.js";
import { ownText } from "../own-text.js";
import { quoted } from "../quoted.js";
import type { ProvNContext } from "./context.js";

const doubleQuote = 0x22;
const singleQuote = 0x27;
const nameDatatypes: ReadonlySet<string> = new Set([
  uriOf(datatypes.qualifiedName),
  uriOf(datatypes.qName),
]);
const stringDatatype = uriOf(datatypes.string);
const languageDatatype = uriOf(datatypes.internationalizedString);

/**
 * Reads a literal: `"text"`, `"text"@en`, `"text" %% xsd:int`, `'ex:name'`, `42`.
 *
 * @returns `undefined` when no literal is next, or when it is wrong and that was reported.
 */
export function readLiteral(context: ProvNContext): Value | undefined {
  const { cursor } = context;
  switch (cursor.next()) {
    case doubleQuote:
      return readString(context);
    case singleQuote:
      return readNameLiteral(context);
    default:
      return readInteger(context);
  }
}

function readNameLiteral(context: ProvNContext): QualifiedName | undefined {
  const { cursor } = context;
  cursor.take("'");
  const name = context.takeName("a qualified name");
  cursor.take("'", "the closing `'` of the qualified name");
  return name;
}

function readInteger({ cursor }: ProvNContext): Value {
  const at = cursor.pos;
  const text = cursor.tryInteger();
  const code = cursor.text.charCodeAt(cursor.pos);
  // 1.5, 12ab, 2026-11-20: only integers have a short form.
  if (text === undefined || /[\w.:-]/.test(String.fromCharCode(code))) {
    cursor.pos = at;
    throw cursor.unexpected('a value: "text", "text" %% datatype, \'prefix:name\' or an integer');
  }
  return typedLiteral(ownText(text, 0, text.length), numberDatatype(text.replace("+", "")));
}

function readString(context: ProvNContext): Value | undefined {
  const { cursor } = context;
  const at = cursor.pos;
  const text = cursor.takeString((end) => {
    const message = 'A string over several lines stands between `"""`; read as if it did.';
    context.warning("string", message, end);
  });
  const lang = cursor.tryLanguage();
  if (!cursor.tryTake("%")) {
    return lang === undefined ? text : langString(text, ownText(lang, 0, lang.length));
  }
  cursor.take("%", '"%%" before a datatype');
  const datatype = readDatatype(context);
  if (datatype === undefined) {
    return undefined;
  }
  return lang === undefined
    ? typedValue(context, text, datatype, at)
    : languageValue(context, text, lang, datatype, at);
}

// The Recommendation wants a name here; ProvToolbox also reads an IRI.
function readDatatype(context: ProvNContext): QualifiedName | undefined {
  const { cursor, scope } = context;
  if (cursor.next() !== 0x3c) {
    return context.takeName("the qualified name of a datatype");
  }
  const at = cursor.pos;
  const iri = cursor.takeIri();
  const { length } = scope.namespaces.longestMatch(iri)?.uri ?? /^.*[/#]/.exec(iri)?.[0] ?? iri;
  const namespace = scope.namespaces.longestMatch(iri) ?? { prefix: "", uri: iri.slice(0, length) };
  const message = `Expected the qualified name of a datatype, got the IRI ${quoted(iri)}; read as that.`;
  context.warning("datatype", message, at);
  return { namespace, local: iri.slice(length) };
}

function typedValue(
  context: ProvNContext,
  text: string,
  datatype: QualifiedName,
  at: number,
): Value | undefined {
  const uri = uriOf(datatype);
  if (nameDatatypes.has(uri)) {
    return context.resolved(context.scope.ofString(text), at);
  }
  return uri === stringDatatype ? text : typedLiteral(text, datatype);
}

function languageValue(
  context: ProvNContext,
  text: string,
  lang: string,
  datatype: QualifiedName,
  at: number,
): Value | undefined {
  const uri = uriOf(datatype);
  if (uri !== stringDatatype && uri !== languageDatatype) {
    context.error(
      "literal",
      `A string in the language ${quoted(lang)} cannot have the datatype ${quoted(uri)} too.`,
      at,
    );
    return undefined;
  }
  return langString(text, ownText(lang, 0, lang.length));
}
