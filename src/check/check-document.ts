import { FindingList } from "../formats/finding-list.js";
import {
  type ByteChunks,
  DocumentError,
  type Finding,
  type ProvHandler,
  ProvJsonParser,
  type RecordPlace,
} from "../formats/index.js";
import { pointerTo } from "../formats/prov-json/json-pointer.js";
import { quoted } from "../formats/quoted.js";
import type { ProvDocument, ProvRecord, RecordKind } from "../prov/index.js";
import { checkLiterals } from "./literal-check.js";
import { dictionarySections } from "./prov-json-schema.js";
import { ReferenceCheck } from "./reference-check.js";
import { SchemaCheck } from "./schema-check.js";
import { nowhere } from "./whereabouts.js";

/** What {@link checkDocument} looks at. */
export interface CheckOptions {
  /**
   * Check the text against the PROV-JSON schema. Documents in memory have no text and skip it.
   *
   * @defaultValue true
   */
  readonly schema?: boolean;
  /**
   * How many errors, and how many warnings, are kept; later ones are only counted.
   *
   * @defaultValue 100
   */
  readonly maxFindings?: number;
}

/** What {@link checkDocument} found. */
export interface CheckResult {
  /** Whether there is no error; warnings do not count. */
  readonly valid: boolean;
  /** Errors and warnings, in the order in which they were found. */
  readonly findings: readonly Finding[];
  /** How many records of each kind there are, bundles included; kinds without any are absent. */
  readonly counts: Readonly<Partial<Record<RecordKind, number>>>;
}

/**
 * Checks a PROV document of any size: well-formed, true to the PROV-JSON schema, literals that
 * fit their datatypes, referring to declared things only, nothing both an entity and an activity.
 *
 * Never throws for what a document holds: that is in the findings.
 *
 * @param source - PROV-JSON as text, bytes or chunks of bytes, or a document in memory.
 */
export async function checkDocument(
  source: ProvDocument | string | Uint8Array | ByteChunks,
  options: CheckOptions = {},
): Promise<CheckResult> {
  const findings = new FindingList(options.maxFindings ?? 100);
  if (typeof source === "object" && "records" in source) {
    return checkRecords(source, findings);
  }
  const schema = options.schema === false ? undefined : await SchemaCheck.load();
  const checker = new TextChecker(findings, schema, options.maxFindings ?? 100);
  return checker.check(source);
}

function checkRecords(document: ProvDocument, findings: FindingList): CheckResult {
  const counts = new Map<RecordKind, number>();
  const report = (finding: Finding): void => findings.add(finding.severity, () => finding);
  const references = new ReferenceCheck(report);
  const check = (records: readonly ProvRecord[]): void => {
    for (const record of records) {
      counts.set(record.kind, (counts.get(record.kind) ?? 0) + 1);
      checkLiterals(record, nowhere, report);
      references.record(record, nowhere);
    }
  };
  check(document.records);
  for (const { records } of document.bundles) {
    references.startBundle();
    check(records);
    references.endBundle();
  }
  references.finish();
  const valid = findings.errors === 0;
  return { valid, findings: findings.all(), counts: Object.fromEntries(counts) };
}

class TextChecker implements ProvHandler {
  readonly #findings: FindingList;
  readonly #schema: SchemaCheck | undefined;
  readonly #references: ReferenceCheck;
  readonly #parser: ProvJsonParser;
  readonly #report = (finding: Finding): void => this.#add(finding);
  #readerErrors: number = 0;

  constructor(findings: FindingList, schema: SchemaCheck | undefined, maxFindings: number) {
    this.#findings = findings;
    this.#schema = schema;
    this.#references = new ReferenceCheck(this.#report);
    this.#parser = new ProvJsonParser(this, { maxFindings });
  }

  async check(source: string | Uint8Array | ByteChunks): Promise<CheckResult> {
    const parser = this.#parser;
    try {
      await this.#read(source);
    } catch (error) {
      // Everything that is wrong with the document is among the parser's findings.
      if (!(error instanceof DocumentError)) {
        throw error;
      }
    }
    if (parser.complete) {
      this.#references.finish();
    }
    for (const finding of parser.findings) {
      this.#add(finding);
    }
    const findings = this.#findings.all().toSorted((a, b) => offsetOf(a) - offsetOf(b));
    return { valid: this.#findings.errors === 0, findings, counts: parser.counts };
  }

  record(record: ProvRecord, at: RecordPlace): void {
    checkLiterals(record, at, this.#report);
    this.#references.record(record, at);
  }

  startBundle(): void {
    this.#references.startBundle();
  }

  endBundle(): void {
    this.#references.endBundle();
  }

  member(kind: RecordKind, text: string, at: RecordPlace): void {
    const { errors } = this.#parser;
    const isReported = errors > this.#readerErrors;
    this.#readerErrors = errors;
    // What the reader rejects it has explained better.
    const problem = isReported ? undefined : this.#schema?.problemOf(kind, text);
    if (problem !== undefined) {
      const { message } = problem;
      const path = at.path() + problem.path;
      this.#add({ severity: "error", rule: "schema", message, path, place: at.place() });
    }
  }

  extraSection(name: string): void {
    if (this.#schema !== undefined && !dictionarySections.includes(name)) {
      const message = `The PROV-JSON schema does not know the section ${quoted(name)}.`;
      this.#add({ severity: "error", rule: "schema", message, path: pointerTo("", name) });
    }
  }

  async #read(source: string | Uint8Array | ByteChunks): Promise<void> {
    const parser = this.#parser;
    if (typeof source === "string") {
      parser.readText(source);
      return;
    }
    if (source instanceof Uint8Array) {
      parser.push(source);
    } else {
      for await (const chunk of source) {
        parser.push(chunk);
      }
    }
    parser.end();
  }

  #add(finding: Finding): void {
    this.#findings.add(finding.severity, () => finding);
  }
}

function offsetOf({ place }: Finding): number {
  return place?.offset ?? Number.MAX_SAFE_INTEGER;
}
