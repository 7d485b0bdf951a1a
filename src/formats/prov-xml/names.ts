import {
  type Namespace,
  type QualifiedName,
  qualifiedName,
  xsdNamespace,
} from "../../prov/index.js";
import type { PrefixPlan } from "../prov-json/prefix-plan.js";
import { escapeElementName, isNcName } from "./name-escape.js";
import { xmlSchemaUri, xmlUri, xsiNamespace } from "./terms.js";
import { attributeText, type OnLoss } from "./text.js";

/** Tells whether XML can declare a prefix. */
export function isXmlPrefix(prefix: string): boolean {
  return isNcName(prefix) && !/^xml/i.test(prefix);
}

// Bound already, or read as something else: names in them are cut one character earlier.
const unusable: ReadonlySet<string> = new Set([
  xmlSchemaUri,
  xmlUri,
  "http://www.w3.org/2000/xmlns/",
]);

/** The namespace as it can be declared: PROV-XML's own for XML Schema, others shortened. */
export function declaredUri(uri: string): string {
  if (uri === xsdNamespace.uri) {
    return xmlSchemaUri;
  }
  return unusable.has(uri) ? uri.slice(0, -1) : uri;
}

/** Spells names as PROV-XML does. */
export class ProvXmlSpeller {
  readonly #plan: PrefixPlan;
  readonly #onLoss: OnLoss;
  readonly #onOddName: (name: string) => void;

  /**
   * @param plan - the prefixes.
   * @param onLoss - told what XML cannot carry.
   * @param onOddName - told about names that XML Schema's QName does not allow.
   */
  constructor(plan: PrefixPlan, onLoss: OnLoss, onOddName: (name: string) => void) {
    this.#plan = plan;
    this.#onLoss = onLoss;
    this.#onOddName = onOddName;
  }

  /** A name as the value of an attribute, or as text. */
  spell(name: QualifiedName): string {
    const { local } = name;
    const prefix = this.#plan.prefixOf(name.namespace);
    const whole = unusable.has(name.namespace.uri) ? name.namespace.uri.slice(-1) + local : local;
    const text = `${prefix}:${whole}`;
    if (isNcName(whole)) {
      return text;
    }
    this.#onOddName(text);
    return attributeText(text, this.#onLoss);
  }

  /**
   * A name as an element: its name, and what must be declared on it.
   */
  element(name: QualifiedName): { readonly tag: string; readonly declaration: string } {
    const { namespace, local } = shortened(name);
    const known = this.#plan.prefixOf(name.namespace);
    const isKnown =
      namespace === name.namespace || namespace.uri === declaredUri(name.namespace.uri);
    const prefix = isKnown ? known : `${known}-`;
    return {
      tag: `${prefix}:${escapeElementName(local)}`,
      declaration: isKnown
        ? ""
        : ` xmlns:${prefix}="${attributeText(namespace.uri, this.#onLoss)}"`,
    };
  }
}

// An element needs a local name; an empty one takes the last character of its namespace.
function shortened(name: QualifiedName): QualifiedName {
  const { namespace, local } = name;
  if (local !== "" && !unusable.has(namespace.uri)) {
    return name;
  }
  const { uri } = namespace;
  const last = [...uri].at(-1) ?? "";
  const shorter: Namespace = {
    prefix: namespace.prefix,
    uri: uri.slice(0, uri.length - last.length),
  };
  return qualifiedName(shorter, last + local);
}

/** The namespaces that every PROV-XML document declares, besides `prov` and `xsd`. */
export const neededNamespaces: readonly Namespace[] = [xsiNamespace];
