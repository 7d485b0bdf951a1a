import type { FormatName, RecordPlace, RecordWhereabouts } from "../../formats/index.js";
import { quoted } from "../../formats/quoted.js";
import {
  formalNames,
  isElementKind,
  isQualifiedName,
  type Namespace,
  type ProvRecord,
  type RecordKind,
  uriOf,
} from "../../prov/index.js";
import type { CheckFinding } from "../check-finding.js";
import { portabilityRule, type ReaderName } from "../lint-names.js";
import { Occurrences } from "../lints/occurrences.js";
import { findingAt, nowhere, type Report } from "../whereabouts.js";
import { formsOf } from "./json-forms.js";
import type { Reader } from "./reader.js";
import { readers } from "./readers.js";

/** Warns of what named readers do not take as it is meant, one warning a reader and a way. */
export class PortabilityLint {
  readonly #readers: readonly Reader[];
  readonly #occurrences = new Occurrences();
  readonly #prefixes = new Map<string, string>();
  readonly #uris = new Map<string, string>();
  readonly #pairs = new Set<string>();
  readonly #metPrefixes = new Set(["prov", "xsd"]);
  #isJson: boolean = false;
  #isXml: boolean = false;
  #scope: number = 0;

  /** @param names - the readers the document is meant for. */
  constructor(names: readonly ReaderName[]) {
    this.#readers = readers.filter(({ name }) => names.includes(name));
  }

  /**
   * Says what kind of text it is.
   *
   * @param head - how it begins.
   */
  begin(format: FormatName, head: string): void {
    this.#isJson = format === "prov-json";
    this.#isXml = format === "prov-xml";
    for (const reader of this.#readers) {
      this.#tell(reader, reader.formats?.[format], nowhere);
      if (this.#isJson && !/^\uFEFF?\s*\{\s*"prefix"/.test(head)) {
        this.#tell(reader, reader.latePrefix, nowhere);
      }
    }
  }

  namespace({ prefix, uri }: Namespace): void {
    const other = this.#uris.get(uri);
    for (const reader of this.#readers) {
      if (prefix === "") {
        this.#tell(reader, reader.defaultNamespace, nowhere);
      }
      if (other !== undefined && other !== prefix) {
        const pair = `(here ${quoted(other)} and ${quoted(prefix)})`;
        this.#tell(reader, reader.twoPrefixes, nowhere, pair);
      }
    }
    this.#uris.set(uri, prefix);
    if (this.#scope === 0) {
      this.#prefixes.set(prefix, uri);
    }
  }

  record(record: ProvRecord, at: RecordWhereabouts): void {
    const newPrefix = this.#isXml ? this.#newPrefixIn(record) : undefined;
    for (const reader of this.#readers) {
      this.#tell(reader, reader.kinds?.[record.kind], at, `(here ${record.kind})`, record.kind);
      if (newPrefix !== undefined) {
        this.#tell(reader, reader.newPrefixInValue, at, `(here ${quoted(newPrefix)})`);
      }
      if (reader.parallelRelations !== undefined && this.#isParallel(record)) {
        this.#tell(reader, reader.parallelRelations, at, `(here ${record.kind})`, record.kind);
      }
    }
  }

  member(kind: RecordKind, text: string, at: RecordPlace): void {
    const wanted = this.#readers.filter(({ json }) => json !== undefined);
    if (wanted.length === 0) {
      return;
    }
    for (const { form, attribute } of formsOf(kind, text)) {
      const where = attribute === "" ? `(here of ${kind})` : `(here ${attribute} of ${kind})`;
      for (const reader of wanted) {
        this.#tell(reader, reader.json?.[form], at, where, attribute);
      }
    }
  }

  startBundle(): void {
    this.#scope += 1;
    this.#pairs.clear();
    for (const reader of this.#readers) {
      this.#tell(reader, reader.bundles, nowhere);
    }
  }

  extraSection(name: string): void {
    for (const reader of this.#readers) {
      this.#tell(reader, reader.extraSections, nowhere, `(here ${quoted(name)})`, name);
    }
  }

  finish(report: Report): void {
    for (const reader of this.#readers) {
      if (this.#isJson && !(this.#prefixes.has("prov") && this.#prefixes.has("xsd"))) {
        this.#tell(reader, reader.undeclaredPrefixes, nowhere);
      }
    }
    this.#occurrences.finish(report);
  }

  // In the order of PROV-XML: id and references, types, then the other attributes.
  #newPrefixIn(record: ProvRecord): string | undefined {
    for (const name of [record.id, ...formalNames(record)]) {
      this.#metPrefixes.add(name?.namespace.prefix ?? "prov");
    }
    let found: string | undefined;
    for (const [name, value] of record.attributes) {
      this.#metPrefixes.add(name.namespace.prefix);
      const prefix =
        typeof value === "object" && isQualifiedName(value) ? value.namespace.prefix : "prov";
      found ??= this.#metPrefixes.has(prefix) ? undefined : prefix;
    }
    return found;
  }

  #isParallel(record: ProvRecord): boolean {
    const [first, second] = formalNames(record);
    if (isElementKind(record.kind) || first === undefined || second === undefined) {
      return false;
    }
    const pair = `${record.kind} ${uriOf(first)} ${uriOf(second)}`;
    return this.#pairs.size === this.#pairs.add(pair).size;
  }

  #tell(
    { name, title }: Reader,
    what: string | undefined,
    at: RecordWhereabouts,
    where: string = "",
    key: string = "",
  ): void {
    if (what !== undefined) {
      this.#occurrences.add(`${name} ${what} ${key}`, (): CheckFinding => {
        const message = `${title} ${what}${where === "" ? "" : ` ${where}`}.`;
        return findingAt("warning", portabilityRule, message, at);
      });
    }
  }
}
