import {
  blankNamespace,
  isLangString,
  isQualifiedName,
  type Namespace,
  type ProvRecord,
  type QualifiedName,
  type TypedLiteral,
  uriOf,
  type Value,
  xsdNamespace,
} from "../../prov/index.js";
import type { Finding } from "../finding.js";
import { nameStartChars } from "../name-chars.js";
import { notCarried, recordTitle } from "../not-carried.js";
import type { PrefixPlan } from "../prov-json/prefix-plan.js";
import { quoted } from "../quoted.js";
import { iriText, isIri, isLanguageTag, labelText, stringText } from "./rdf-text.js";

const simpleLocal = /^(?:[A-Za-z0-9_](?:[\w.-]*[\w-])?)?$/;
const turtlePrefix = new RegExp(
  `^(?:[${nameStartChars}](?:[${nameStartChars}_0-9.\\-]*[${nameStartChars}_0-9-])?)?$`,
  "u",
);

/** Spells names and values in the syntaxes of RDF, and says what they cannot hold. */
export class RdfSpeller {
  /** What is being written, for warnings. */
  record: ProvRecord | string = "";
  readonly #title: string;
  readonly #prefixes: PrefixPlan | undefined;
  readonly #warn: (finding: Finding) => void;
  readonly #prefixTexts = new Map<Namespace, string | undefined>();

  /**
   * @param title - the format, for warnings.
   * @param prefixes - absent for syntaxes without prefixes.
   */
  constructor(title: string, prefixes: PrefixPlan | undefined, warn: (finding: Finding) => void) {
    this.#title = title;
    this.#prefixes = prefixes;
    this.#warn = warn;
  }

  /** The namespaces to declare: those that names are spelt with. */
  declared(): readonly Namespace[] {
    return (this.#prefixes?.namespaces ?? []).filter(({ prefix, uri }) => isUsable(prefix, uri));
  }

  /** Says that the format cannot carry something of the record being written. */
  warn(what: string): void {
    const { record } = this;
    this.#warn(
      notCarried(this.#title, typeof record === "string" ? record : recordTitle(record), what),
    );
  }

  /** A name as a node: `ex:a`, `<http://example.org/a%20b>`, `_:x`. */
  name(name: QualifiedName): string {
    const { namespace, local } = name;
    let prefix = this.#prefixTexts.get(namespace);
    if (prefix === undefined && !this.#prefixTexts.has(namespace)) {
      prefix = this.#prefixText(namespace);
      this.#prefixTexts.set(namespace, prefix);
    }
    if (prefix !== undefined && simpleLocal.test(local)) {
      return prefix + local;
    }
    return namespace.uri === blankNamespace.uri ? this.#blank(local) : this.#iri(uriOf(name));
  }

  /** The name of an attribute; `undefined`, with a warning, when it is a blank node. */
  predicate(name: QualifiedName): string | undefined {
    if (name.namespace.uri !== blankNamespace.uri) {
      return this.name(name);
    }
    this.warn(`the attribute ${quoted(`_:${name.local}`)}, whose name is no IRI; it is left out`);
    return undefined;
  }

  /** A value as an object. */
  value(value: Value): string {
    if (typeof value === "string") {
      return this.#string(value);
    }
    if (isQualifiedName(value)) {
      return this.name(value);
    }
    if (isLangString(value)) {
      const text = this.#string(value.text);
      if (isLanguageTag(value.lang)) {
        return `${text}@${value.lang}`;
      }
      this.warn(`the language ${quoted(value.lang)}, which is left out`);
      return text;
    }
    return this.#literal(value);
  }

  #literal({ text, datatype }: TypedLiteral): string {
    const body = this.#string(text);
    if (datatype.local === "string" && datatype.namespace.uri === xsdNamespace.uri) {
      return body;
    }
    if (datatype.namespace.uri === blankNamespace.uri || unusableTypes.has(uriOf(datatype))) {
      this.warn(`the datatype ${quoted(uriOf(datatype))} of a literal, which is left out`);
      return body;
    }
    return `${body}^^${this.name(datatype)}`;
  }

  #string(text: string): string {
    const { text: body, changed } = stringText(text);
    if (changed !== undefined) {
      this.warn(`${changed}, written as U+FFFD`);
    }
    return body;
  }

  #iri(uri: string): string {
    const { text, changed } = iriText(uri);
    if (changed !== undefined) {
      this.warn(`${changed}: ${quoted(uri)} is written as <${text}>`);
    }
    return `<${text}>`;
  }

  #blank(label: string): string {
    const { text, changed } = labelText(label);
    if (changed !== undefined) {
      this.warn(`${changed}: ${quoted(`_:${label}`)} is written as _:${text}`);
    }
    return `_:${text}`;
  }

  #prefixText(namespace: Namespace): string | undefined {
    if (this.#prefixes === undefined || namespace.uri === blankNamespace.uri) {
      return undefined;
    }
    // Only what is declared: the terms of `provext` are not, they are rare.
    const { uri } = namespace;
    const found = this.#prefixes.namespaces.find((each) => each.uri === uri);
    return found !== undefined && isUsable(found.prefix, uri) ? `${found.prefix}:` : undefined;
  }
}

// A literal of rdf:langString needs a language.
const unusableTypes: ReadonlySet<string> = new Set([
  "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
  "http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString",
]);

function isUsable(prefix: string, uri: string): boolean {
  return turtlePrefix.test(prefix) && isIri(uri);
}
