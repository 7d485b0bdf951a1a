import {
  blankNamespace,
  datatypes,
  formalNames,
  formalTimes,
  isElementKind,
  isLangString,
  isQualifiedName,
  type Namespace,
  type ProvDocument,
  type ProvRecord,
  provNamespace,
  type QualifiedName,
  type RecordKind,
  recordFormals,
  uriOf,
  type Value,
} from "../../prov/index.js";
import type { ExtensionArgument, ExtensionRecord } from "../extension.js";
import { dictionaryRelation } from "../extension.js";
import { documentExtensions } from "../extension-document.js";
import { keysIn, nameIn, pairsIn } from "../extension-json.js";
import { rejectFormal } from "../formal-attribute.js";
import type { WriteFormatOptions } from "../format.js";
import { isAnonymous } from "../is-anonymous.js";
import { notCarried, recordTitle } from "../not-carried.js";
import { type PrefixPlan, planPrefixes } from "../prov-json/prefix-plan.js";
import { referencedBlanks } from "../referenced-blanks.js";
import { isUnknownArgument } from "../unknown-argument.js";
import { declaredUri, isXmlPrefix, neededNamespaces, ProvXmlSpeller } from "./names.js";
import { attributeText, elementText, type OnLoss } from "./text.js";

const chunkChars = 65_536;
const stringUri = uriOf(datatypes.string);

/** The order that the schema of PROV-XML wants among attributes; others come last. */
const ranks: ReadonlyMap<string, number> = new Map([
  ["label", 0],
  ["location", 1],
  ["role", 2],
  ["type", 3],
  ["value", 4],
]);
const lastRank = 5;

/**
 * Writes a document as PROV-XML, in chunks of about 64 thousand characters, in the order that the
 * W3C's schema wants.
 *
 * @throws {@link DocumentError} when an attribute bears the name of a formal property.
 */
export function* writeProvXml(
  document: ProvDocument,
  options: WriteFormatOptions = {},
): Generator<string, void, undefined> {
  const writer = new ProvXmlWriter(document, options);
  let text = "";
  for (const piece of writer.pieces()) {
    text += piece;
    if (text.length >= chunkChars) {
      yield text;
      text = "";
    }
  }
  yield text;
}

class ProvXmlWriter {
  readonly #document: ProvDocument;
  readonly #onWarning: WriteFormatOptions["onWarning"];
  readonly #newline: string;
  readonly #indent: string;
  readonly #plan: PrefixPlan;
  readonly #speller: ProvXmlSpeller;
  readonly #onLoss: OnLoss = (what) => this.#lose(what);
  /** What is being written, for warnings. */
  #current: () => string = () => "document";
  #referenced: ReadonlySet<string> = new Set();
  #oddNames: number = 0;
  readonly #tags = new Map<QualifiedName, { readonly open: string; readonly tag: string }>();

  constructor(document: ProvDocument, { compact = false, onWarning }: WriteFormatOptions) {
    this.#document = document;
    this.#onWarning = onWarning;
    this.#newline = compact ? "" : "\n";
    this.#indent = compact ? "" : "  ";
    this.#plan = planPrefixes(document, neededNamespaces, {
      isPrefix: isXmlPrefix,
      hasBlanks: false,
    });
    this.#speller = new ProvXmlSpeller(this.#plan, this.#onLoss, (name) => this.#noteOddName(name));
  }

  *pieces(): Generator<string, void, undefined> {
    const document = this.#document;
    const newline = this.#newline;
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<prov:document';
    for (const { prefix, uri } of this.#plan.namespaces) {
      yield `${newline === "" ? " " : `\n    `}xmlns:${prefix}="${attributeText(declaredUri(uri), this.#onLoss)}"`;
    }
    yield `>${newline}`;
    yield* this.#content(document, document.namespaces, this.#indent);
    for (const bundle of document.bundles) {
      this.#current = () => "bundle";
      yield `${this.#indent}<prov:bundleContent prov:id="${this.#speller.spell(bundle.id)}">${newline}`;
      yield* this.#content(
        bundle,
        [...document.namespaces, ...bundle.namespaces],
        this.#indent + this.#indent,
      );
      yield `${this.#indent}</prov:bundleContent>${newline}`;
    }
    yield "</prov:document>\n";
  }

  *#content(
    content: Pick<ProvDocument, "records" | "extraSections">,
    namespaces: readonly Namespace[],
    indent: string,
  ): Generator<string, void, undefined> {
    this.#referenced = referencedBlanks(content.records);
    for (const record of content.records) {
      this.#current = () => recordTitle(record);
      yield this.#record(record, indent);
    }
    const { records, others } = documentExtensions(content, namespaces);
    for (const record of records) {
      this.#current = () => this.#speller.spell(record.name);
      yield this.#extension(record, indent);
    }
    for (const { name } of others) {
      this.#current = () => JSON.stringify(name);
      this.#lose("this section, which is not of PROV-DM; it is left out");
    }
  }

  #record(record: ProvRecord, indent: string): string {
    const { kind, id, attributes } = record;
    const bearsId = isElementKind(kind) || !isAnonymous(record) || this.#isReferenced(record);
    const idText = id !== undefined && bearsId ? ` prov:id="${this.#speller.spell(id)}"` : "";
    const inner = indent + this.#indent;
    const body = this.#formals(record, inner) + this.#attributes(record, attributes, inner);
    return body === ""
      ? `${indent}<prov:${kind}${idText}/>${this.#newline}`
      : `${indent}<prov:${kind}${idText}>${this.#newline}${body}${indent}</prov:${kind}>${this.#newline}`;
  }

  #isReferenced({ id }: ProvRecord): boolean {
    return id?.namespace.uri === blankNamespace.uri && this.#referenced.has(id.local);
  }

  #formals(record: ProvRecord, indent: string): string {
    const properties = formalElements[record.kind];
    const names = formalNames(record);
    let text = "";
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (name !== undefined && !isUnknownArgument(name)) {
        text += `${indent}<${properties[i]} prov:ref="${this.#speller.spell(name)}"/>${this.#newline}`;
      }
    }
    const times = formalTimes(record);
    for (let i = 0; i < times.length; i++) {
      const time = times[i];
      if (time !== undefined) {
        const property = properties[names.length + i];
        text += `${indent}<${property}>${time}</${property}>${this.#newline}`;
      }
    }
    return text;
  }

  #attributes(
    record: ProvRecord | undefined,
    attributes: ProvRecord["attributes"],
    indent: string,
  ): string {
    let text = "";
    let written = 0;
    for (let rank = 0; rank <= lastRank && written < attributes.length; rank++) {
      for (const [name, value] of attributes) {
        if (rankOf(name) === rank) {
          written += 1;
          if (record !== undefined) {
            rejectFormal(record, name);
          }
          text += indent + this.#attribute(name, value) + this.#newline;
        }
      }
    }
    return text;
  }

  #attribute(name: QualifiedName, value: Value): string {
    const { open, tag } = this.#tagOf(name);
    if (typeof value === "string") {
      return `<${open}>${elementText(value, this.#onLoss)}</${tag}>`;
    }
    return `<${open}${this.#typeText(name, value)}>${this.#valueText(value)}</${tag}>`;
  }

  #tagOf(name: QualifiedName): { readonly open: string; readonly tag: string } {
    const known = this.#tags.get(name);
    if (known !== undefined) {
      return known;
    }
    const { tag, declaration } = this.#speller.element(name);
    const found = { open: tag + declaration, tag };
    // Attribute names are few in real documents; made up ones must not fill the memory.
    if (this.#tags.size < 10_000) {
      this.#tags.set(name, found);
    }
    return found;
  }

  #typeText(name: QualifiedName, value: Exclude<Value, string>): string {
    if (isQualifiedName(value)) {
      return ' xsi:type="xsd:QName"';
    }
    if (isLangString(value)) {
      // The schema has a language on prov:label, and lets others have it as this type only.
      const isPlain = name.namespace.uri !== provNamespace.uri || name.local === "label";
      const type = isPlain ? "" : ' xsi:type="prov:InternationalizedString"';
      return `${type} xml:lang="${attributeText(value.lang, this.#onLoss)}"`;
    }
    return uriOf(value.datatype) === stringUri
      ? ""
      : ` xsi:type="${this.#speller.spell(value.datatype)}"`;
  }

  #valueText(value: Exclude<Value, string>): string {
    if (!isQualifiedName(value)) {
      const { text } = value;
      const trims = "datatype" in value && isTrimmed(value.datatype) && text !== text.trim();
      if (trims) {
        this.#lose(`the white space around ${JSON.stringify(text)}`);
      }
      return elementText(text, this.#onLoss);
    }
    const text = this.#speller.spell(value);
    if (/\s$/.test(value.local)) {
      this.#lose(`the white space at the end of the name ${JSON.stringify(value.local)}`);
    }
    return text;
  }

  #extension(record: ExtensionRecord, indent: string): string {
    const { name, id, attributes, arguments: args } = record;
    const relation =
      name.namespace.uri === provNamespace.uri ? dictionaryRelation(name.local) : undefined;
    const inner = indent + this.#indent;
    const parts = relation === undefined ? undefined : this.#dictionary(relation, args, inner);
    if (parts === undefined) {
      this.#lose("this expression, which is not of PROV-DM; it is left out");
      return "";
    }
    const idText = id === undefined ? "" : ` prov:id="${this.#speller.spell(id)}"`;
    const body = parts + this.#attributes(undefined, attributes, inner);
    return `${indent}<prov:${relation}${idText}>${this.#newline}${body}${indent}</prov:${relation}>${this.#newline}`;
  }

  #dictionary(
    relation: string,
    [first, second, third]: readonly ExtensionArgument[],
    indent: string,
  ): string | undefined {
    const [a, b] = [nameIn(first), nameIn(second)];
    if (a === undefined || b === undefined) {
      return undefined;
    }
    const reference = (element: string, name: QualifiedName): string =>
      `${indent}<prov:${element} prov:ref="${this.#speller.spell(name)}"/>${this.#newline}`;
    if (relation === "hadDictionaryMember") {
      return third !== undefined && "value" in third
        ? reference("dictionary", a) + this.#pair(third.value, b, indent)
        : undefined;
    }
    const head = reference("newDictionary", a) + reference("oldDictionary", b);
    if (relation === "derivedByInsertionFrom") {
      const pairs = pairsIn(third);
      return pairs === undefined
        ? undefined
        : head + pairs.map(([key, entity]) => this.#pair(key, entity, indent)).join("");
    }
    const keys = keysIn(third);
    return keys === undefined
      ? undefined
      : head + keys.map((key) => indent + this.#key(key) + this.#newline).join("");
  }

  #pair(key: Value, entity: QualifiedName, indent: string): string {
    const reference = `<prov:entity prov:ref="${this.#speller.spell(entity)}"/>`;
    return `${indent}<prov:keyEntityPair>${this.#key(key)}${reference}</prov:keyEntityPair>${this.#newline}`;
  }

  #key(key: Value): string {
    return this.#attribute({ namespace: provNamespace, local: "key" }, key);
  }

  #noteOddName(name: string): void {
    this.#oddNames += 1;
    if (this.#oddNames === 1) {
      this.#onWarning?.({
        severity: "warning",
        rule: "not-a-qname",
        message: `The name ${JSON.stringify(name)} (record ${this.#current()}) is no QName of XML Schema: it is written as it is, and validators reject the document. Others like it are not told.`,
      });
    }
  }

  #lose(what: string): void {
    this.#onWarning?.(notCarried("PROV-XML", this.#current(), what));
  }
}

// The reader collapses white space around the values of these, as XML Schema wants it.
function isTrimmed({ namespace, local }: QualifiedName): boolean {
  return (
    namespace.uri === datatypes.int.namespace.uri &&
    local !== "string" &&
    local !== "normalizedString" &&
    local !== "anySimpleType"
  );
}

function rankOf({ namespace, local }: QualifiedName): number {
  return namespace.uri === provNamespace.uri ? (ranks.get(local) ?? lastRank) : lastRank;
}

const formalElements: Readonly<Record<RecordKind, readonly string[]>> = {
  entity: elementsOf("entity"),
  activity: elementsOf("activity"),
  agent: elementsOf("agent"),
  wasGeneratedBy: elementsOf("wasGeneratedBy"),
  used: elementsOf("used"),
  wasInformedBy: elementsOf("wasInformedBy"),
  wasStartedBy: elementsOf("wasStartedBy"),
  wasEndedBy: elementsOf("wasEndedBy"),
  wasInvalidatedBy: elementsOf("wasInvalidatedBy"),
  wasDerivedFrom: elementsOf("wasDerivedFrom"),
  wasAttributedTo: elementsOf("wasAttributedTo"),
  wasAssociatedWith: elementsOf("wasAssociatedWith"),
  actedOnBehalfOf: elementsOf("actedOnBehalfOf"),
  wasInfluencedBy: elementsOf("wasInfluencedBy"),
  specializationOf: elementsOf("specializationOf"),
  alternateOf: elementsOf("alternateOf"),
  hadMember: elementsOf("hadMember"),
  mentionOf: elementsOf("mentionOf"),
};

function elementsOf(kind: RecordKind): readonly string[] {
  return recordFormals[kind].map(({ property }) => `prov:${property}`);
}
