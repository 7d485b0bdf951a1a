import {
  formalNames,
  formalTimes,
  type Namespace,
  type ProvDocument,
  type ProvRecord,
  provNamespace,
  recordFormals,
  xsdNamespace,
} from "../../prov/index.js";
import type { ExtensionArgument, ExtensionRecord } from "../extension.js";
import { documentExtensions } from "../extension-document.js";
import { rejectFormal } from "../formal-attribute.js";
import type { WriteFormatOptions } from "../format.js";
import { isAnonymous } from "../is-anonymous.js";
import { notCarried, recordTitle } from "../not-carried.js";
import { planPrefixes } from "../prov-json/prefix-plan.js";
import { referencedBlanks } from "../referenced-blanks.js";
import { isUnknownArgument } from "../unknown-argument.js";
import { bareKinds, extensionUri } from "./keywords.js";
import { literalText } from "./literals.js";
import { isProvNPrefix, ProvNSpeller } from "./names.js";

const chunkChars = 65_536;
const extensionNamespace: Namespace = { prefix: "provext", uri: extensionUri };
const illegalInIri = /[<>"{}|^`\\\s\p{Cc}\p{Surrogate}]/u;
/** Needs no declaration (PROV-N 3.7.1). */
const predeclared: ReadonlySet<string> = new Set([provNamespace.prefix, xsdNamespace.prefix]);

/**
 * Writes a document as PROV-N, one expression a line, in chunks of about 64 thousand characters.
 *
 * @throws {@link DocumentError} when an attribute bears the name of a formal property.
 */
export function* writeProvN(
  document: ProvDocument,
  options: WriteFormatOptions = {},
): Generator<string, void, undefined> {
  const writer = new ProvNWriter(document, options);
  let text = "";
  for (const line of writer.lines()) {
    text += line;
    if (text.length >= chunkChars) {
      yield text;
      text = "";
    }
  }
  yield text;
}

class ProvNWriter {
  readonly #document: ProvDocument;
  readonly #onWarning: WriteFormatOptions["onWarning"];
  readonly #indent: string;
  readonly #namespaces: readonly Namespace[];
  readonly #speller: ProvNSpeller;
  readonly #onLoss = (what: string): void => this.#lose(what);
  /** What is being written, for warnings. */
  #current: () => string = () => "document";
  /** Ids of anonymous records that other records refer to. */
  #referenced: ReadonlySet<string> = new Set();

  constructor(document: ProvDocument, { compact = false, onWarning }: WriteFormatOptions) {
    this.#document = document;
    this.#onWarning = onWarning;
    this.#indent = compact ? "" : "  ";
    const plan = planPrefixes(document, needsExtension(document) ? [extensionNamespace] : [], {
      isPrefix: isProvNPrefix,
      hasBlanks: false,
    });
    this.#namespaces = plan.namespaces.filter(({ prefix }) => !predeclared.has(prefix));
    this.#speller = new ProvNSpeller(plan, this.#onLoss);
  }

  *lines(): Generator<string, void, undefined> {
    const document = this.#document;
    const indent = this.#indent;
    yield "document\n";
    for (const { prefix, uri } of this.#namespaces) {
      yield `${indent}prefix ${prefix} <${this.#iri(uri)}>\n`;
    }
    if (indent !== "" && this.#namespaces.length > 0) {
      yield "\n";
    }
    yield* this.#expressions(document, document.namespaces, indent);
    for (const bundle of document.bundles) {
      this.#current = () => "bundle";
      yield `${indent}bundle ${this.#speller.spell(bundle.id)}\n`;
      yield* this.#expressions(
        bundle,
        [...document.namespaces, ...bundle.namespaces],
        indent + indent,
      );
      yield `${indent}endBundle\n`;
    }
    yield "endDocument\n";
  }

  *#expressions(
    content: Pick<ProvDocument, "records" | "extraSections">,
    namespaces: readonly Namespace[],
    indent: string,
  ): Generator<string, void, undefined> {
    this.#referenced = referencedBlanks(content.records);
    for (const record of content.records) {
      this.#current = () => recordTitle(record);
      yield `${indent}${this.#expression(record)}\n`;
    }
    const { records, others } = documentExtensions(content, namespaces);
    for (const record of records) {
      this.#current = () => this.#speller.spell(record.name);
      yield `${indent}${this.#extension(record)}\n`;
    }
    for (const { name } of others) {
      this.#current = () => JSON.stringify(name);
      this.#lose("this section, which is not of PROV-DM; it is left out");
    }
  }

  #expression(record: ProvRecord): string {
    const { kind, id, attributes } = record;
    const isElement = "id" in record && recordFormals[kind][0]?.required !== true;
    const isExtended = bareKinds.has(kind) && (this.#bearsId(record) || attributes.length > 0);
    const keyword = isExtended
      ? `${this.#speller.spell({ namespace: extensionNamespace, local: kind })}`
      : kind;
    let text = `${keyword}(`;
    if (id !== undefined && (isElement || this.#bearsId(record))) {
      text += `${this.#speller.spell(id)}${isElement ? "" : "; "}`;
    }
    return `${text}${this.#arguments(record, isElement)}${this.#attributes(record, attributes)})`;
  }

  #bearsId(record: ProvRecord): boolean {
    const { id } = record;
    return id !== undefined && (!isAnonymous(record) || this.#referenced.has(id.local));
  }

  // Optional arguments stand all or not at all.
  #arguments(record: ProvRecord, isElement: boolean): string {
    const names = formalNames(record);
    const times = formalTimes(record);
    const formals = recordFormals[record.kind];
    let text = "";
    let optional = "";
    let hasOptional = false;
    for (let i = 0; i < formals.length; i++) {
      const name = names[i];
      const isUnknown = name !== undefined && isUnknownArgument(name);
      const spelt = i < names.length ? name && this.#speller.spell(name) : times[i - names.length];
      const part = `${i === 0 && !isElement ? "" : ", "}${isUnknown ? "-" : (spelt ?? "-")}`;
      if (formals[i]?.required === true) {
        text += part;
      } else {
        optional += part;
        hasOptional ||= spelt !== undefined;
      }
    }
    // ProvToolbox 2.2.1 fails on an association without them.
    return hasOptional || record.kind === "wasAssociatedWith" ? text + optional : text;
  }

  #attributes(record: ProvRecord | undefined, attributes: ProvRecord["attributes"]): string {
    if (attributes.length === 0) {
      return "";
    }
    let text = "";
    for (const [name, value] of attributes) {
      if (record !== undefined) {
        rejectFormal(record, name);
      }
      text += `${text === "" ? ", [" : ", "}${this.#speller.spell(name)}=${literalText(value, this.#speller, this.#onLoss)}`;
    }
    return `${text}]`;
  }

  #extension({ name, id, arguments: args, attributes }: ExtensionRecord): string {
    const head = id === undefined ? "" : `${this.#speller.spell(id)}; `;
    const list = args.map((argument) => this.#argument(argument)).join(", ");
    return `${this.#speller.spell(name)}(${head}${list}${this.#attributes(undefined, attributes)})`;
  }

  #argument(argument: ExtensionArgument): string {
    if (argument === undefined) {
      return "-";
    }
    if ("id" in argument) {
      return this.#speller.spell(argument.id);
    }
    if ("time" in argument) {
      return argument.time;
    }
    if ("record" in argument) {
      return this.#extension(argument.record);
    }
    if ("value" in argument) {
      const { value } = argument;
      return literalText(value, this.#speller, this.#onLoss);
    }
    const items = argument.items.map((item) => this.#argument(item)).join(", ");
    return argument.braces ? `{${items}}` : `(${items})`;
  }

  #iri(uri: string): string {
    if (!illegalInIri.test(uri)) {
      return uri;
    }
    this.#current = () => `prefix ${uri}`;
    this.#lose(
      "characters of this namespace as they are; they are written as \\uXXXX, which other readers may reject",
    );
    return uri.replace(
      new RegExp(illegalInIri, "gu"),
      (char) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
    );
  }

  #lose(what: string): void {
    this.#onWarning?.(notCarried("PROV-N", this.#current(), what));
  }
}

function needsExtension({ records, bundles }: ProvDocument): boolean {
  const isExtended = (record: ProvRecord): boolean =>
    bareKinds.has(record.kind) && (record.id !== undefined || record.attributes.length > 0);
  return records.some(isExtended) || bundles.some((bundle) => bundle.records.some(isExtended));
}
