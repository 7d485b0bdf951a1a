import {
  blankNamespace,
  formalNames,
  formalTimes,
  isElementKind,
  isLangString,
  isQualifiedName,
  nameText,
  type ProvDocument,
  type ProvRecord,
  provNamespace,
  type QualifiedName,
  type RecordKind,
  recordFormals,
  type Value,
  xsdNamespace,
} from "../../prov/index.js";
import type { WriteFormatOptions } from "../format.js";
import { notCarried, recordTitle } from "../not-carried.js";
import { jsonString } from "../prov-json/json-text.js";
import type { SpellName } from "../prov-json/member-words.js";
import { type PrefixPlan, planPrefixes } from "../prov-json/prefix-plan.js";
import { quoted } from "../quoted.js";
import { blankClaims } from "../rdf/blank-claims.js";
import { contextUrl } from "./context.js";
import { statementTypes } from "./statement-types.js";

const chunkChars = 65_536;

/**
 * Writes a document as PROV-JSONLD (W3C member submission), in chunks of about 64 thousand
 * characters: one statement a line, bundles as statements with a `@graph`, the context by its
 * address. A `mentionOf`, for which the submission has no term, is left out with a warning.
 */
export function* writeProvJsonld(
  document: ProvDocument,
  options: WriteFormatOptions = {},
): Generator<string, void, undefined> {
  const writer = new StatementWriter(planPrefixes(document), options);
  writer.warnOfDocument(document);
  let text = writer.head();
  for (const piece of pieces(document, writer)) {
    text += piece;
    if (text.length >= chunkChars) {
      yield text;
      text = "";
    }
  }
  yield `${text}\n]}\n`;
}

function* pieces(
  { records, bundles }: ProvDocument,
  writer: StatementWriter,
): Generator<string, void, undefined> {
  let separator = "\n";
  for (const statement of statements(records, writer)) {
    yield separator + statement;
    separator = ",\n";
  }
  for (const bundle of bundles) {
    yield separator + writer.bundleHead(bundle.id);
    let inner = "\n";
    for (const statement of statements(bundle.records, writer)) {
      yield inner + statement;
      inner = ",\n";
    }
    yield "\n]}";
    separator = ",\n";
  }
}

function* statements(
  records: readonly ProvRecord[],
  writer: StatementWriter,
): Generator<string, void, undefined> {
  const claims = blankClaims(records);
  for (const record of records) {
    const text = writer.statement(record, claims);
    if (text !== undefined) {
      yield text;
    }
  }
}

const specialTerms: ReadonlyMap<string, string> = new Map([
  ["type", "type"],
  ["label", "label"],
  ["location", "location"],
  ["role", "role"],
]);
/** The attributes whose names stand as they are, because the context types them `@id`. */
const nameTyped: ReadonlySet<string> = new Set(["type", "location", "role"]);

class StatementWriter {
  readonly #prefixes: PrefixPlan;
  readonly #spell: SpellName;
  readonly #options: WriteFormatOptions;

  constructor(prefixes: PrefixPlan, options: WriteFormatOptions) {
    this.#prefixes = prefixes;
    this.#spell = prefixes.spell;
    this.#options = options;
  }

  warnOfDocument(document: ProvDocument): void {
    for (const { extraSections = [] } of [document, ...document.bundles]) {
      for (const { name } of extraSections) {
        this.#warn(quoted(name), "sections that are not of PROV-DM; it is left out");
      }
    }
    for (const { prefix, uri } of this.#prefixes.namespaces) {
      if (!/[:/?#[\]@]$/.test(uri)) {
        this.#warn(
          quoted(prefix),
          `the prefix ${quoted(prefix)} to every reader: PROV tools read it as ${uri}, other JSON-LD processors take no prefix whose IRI ends like that`,
        );
      }
    }
  }

  head(): string {
    return `{"@context":[${this.#context()},${jsonString(contextUrl)}],\n"@graph":[`;
  }

  // ProvToolbox looks for the prefixes of a bundle in its own context only.
  bundleHead(id: QualifiedName): string {
    const name = jsonString(this.#spell(id));
    return `{"@type":"Bundle","@id":${name},"@context":[${this.#context()}],"@graph":[`;
  }

  statement(record: ProvRecord, claims: ReadonlyMap<string, ProvRecord>): string | undefined {
    const type = statementTypes.get(record.kind);
    if (type === undefined) {
      this.#warn(recordTitle(record), `a ${record.kind}; it is left out`);
      return undefined;
    }
    let text = `{"@type":"${type}"`;
    const { id } = record;
    if (
      id !== undefined &&
      (id.namespace.uri !== blankNamespace.uri ||
        isElementKind(record.kind) ||
        claims.get(id.local) === record)
    ) {
      text += `,"@id":${jsonString(this.#spell(id))}`;
    }
    return `${text}${this.#formals(record)}${this.#attributes(record)}}`;
  }

  #formals(record: ProvRecord): string {
    const keys = formalKeys.get(record.kind) ?? [];
    let text = "";
    let i = 0;
    for (const name of formalNames(record)) {
      if (name !== undefined) {
        const spelt = jsonString(this.#spell(name));
        // An array, because ProvToolbox reads nothing else as members.
        text += `${keys[i]}${record.kind === "hadMember" && i === 1 ? `[${spelt}]` : spelt}`;
      }
      i += 1;
    }
    for (const time of formalTimes(record)) {
      if (time !== undefined) {
        text += `${keys[i]}${jsonString(time)}`;
      }
      i += 1;
    }
    return text;
  }

  #attributes(record: ProvRecord): string {
    const { attributes } = record;
    if (attributes.length === 0) {
      return "";
    }
    const groups = new Map<string, string>();
    for (const [name, value] of attributes) {
      const term = this.#term(record, name);
      if (term !== undefined) {
        const known = groups.get(term);
        const item = this.#value(term, value);
        groups.set(term, known === undefined ? item : `${known},${item}`);
      }
    }
    let text = "";
    for (const [term, items] of groups) {
      text += `,${jsonString(term)}:[${items}]`;
    }
    return text;
  }

  // The key of an attribute; undefined, with a warning, when it would read as something else.
  #term(record: ProvRecord, name: QualifiedName): string | undefined {
    if (name.namespace.uri !== provNamespace.uri) {
      return this.#spell(name);
    }
    const special =
      name.local === "value" && record.kind === "entity" ? "value" : specialTerms.get(name.local);
    if (special === undefined && isFormal(record.kind, name.local)) {
      this.#warn(
        recordTitle(record),
        `the attribute ${nameText(name)}, which is a formal property; it is left out`,
      );
      return undefined;
    }
    return special ?? this.#spell(name);
  }

  #value(term: string, value: Value): string {
    if (typeof value === "string") {
      return `{"@value":${jsonString(value)}}`;
    }
    if (isQualifiedName(value)) {
      const name = jsonString(this.#spell(value));
      return nameTyped.has(term) ? name : `{"@value":${name},"@type":"prov:QUALIFIED_NAME"}`;
    }
    const text = jsonString(value.text);
    if (isLangString(value)) {
      return `{"@value":${text},"@language":${jsonString(value.lang)}}`;
    }
    const { datatype } = value;
    return datatype.local === "string" && datatype.namespace.uri === xsdNamespace.uri
      ? `{"@value":${text}}`
      : `{"@value":${text},"@type":${jsonString(this.#spell(datatype))}}`;
  }

  #context(): string {
    const entries = this.#prefixes.namespaces.map(
      ({ prefix, uri }) => `${jsonString(prefix)}:${jsonString(uri)}`,
    );
    return `{${entries.join(",")}}`;
  }

  #warn(record: string, what: string): void {
    this.#options.onWarning?.(notCarried("PROV-JSONLD", record, what));
  }
}

const formalKeys: ReadonlyMap<RecordKind, readonly string[]> = new Map(
  [...statementTypes.keys()].map((kind) => [
    kind,
    recordFormals[kind].map(({ property }) => `,${jsonString(property)}:`),
  ]),
);

function isFormal(kind: RecordKind, local: string): boolean {
  return recordFormals[kind].some(({ property }) => property === local);
}
