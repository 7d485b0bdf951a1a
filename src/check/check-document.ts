import { DocumentError, type DocumentSource, type FormatName } from "../formats/index.js";
import { openSource } from "../formats/open-source.js";
import { formatToRead } from "../formats/read-document.js";
import type { ProvDocument, RecordKind } from "../prov/index.js";
import type { CheckFinding } from "./check-finding.js";
import { type CheckerSettings, DocumentChecker, missingFormal } from "./document-checker.js";
import { checkJson } from "./json-checker.js";
import { activeLints, type LintName, type ReaderName } from "./lint-names.js";
import { largeSource, rehearse } from "./rehearsal.js";
import { nowhere } from "./whereabouts.js";

/** What {@link checkDocument} looks at. */
export interface CheckOptions {
  /**
   * The format of the source.
   *
   * @defaultValue guessed from how the source begins
   */
  readonly format?: FormatName;
  /**
   * Check PROV-JSON against its schema. Documents in memory have no text and skip it.
   *
   * @defaultValue true
   */
  readonly schema?: boolean;
  /** Lints to turn on or off, by name. */
  readonly lints?: Readonly<Partial<Record<LintName, boolean>>>;
  /**
   * Readers the document is meant for: warns of what they do not take as it is meant.
   *
   * @defaultValue none
   */
  readonly for?: readonly ReaderName[];
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
  /**
   * Whether the document could be read to its end. What cannot be read is not valid, and only its
   * text was looked at.
   */
  readonly readable: boolean;
  /** Errors and warnings in the order of the text, those without a place last. */
  readonly findings: readonly CheckFinding[];
  /** How many records of each kind there are, bundles included; kinds without any are absent. */
  readonly counts: Readonly<Partial<Record<RecordKind, number>>>;
}

/**
 * Checks a PROV document of any size and format: readable, true to the PROV-JSON schema if it is
 * PROV-JSON, valid by PROV-CONSTRAINTS, and free of what the lints warn of.
 *
 * Never throws for what a document holds: that is in the findings.
 *
 * @param source - text, bytes or chunks of bytes, or a document in memory.
 * @example
 * ```ts
 * const { valid, findings } = await checkDocument(text);
 * for (const { constraint, message } of findings) console.log(constraint, message);
 * ```
 */
export async function checkDocument(
  source: ProvDocument | DocumentSource,
  options: CheckOptions = {},
): Promise<CheckResult> {
  const settings = settingsOf(options);
  const checker = new DocumentChecker(settings);
  const readable =
    typeof source === "object" && "records" in source
      ? takeDocument(source, checker)
      : await readSource(source, checker, settings, options);
  if (readable) {
    checker.finish();
  }
  const { findings, counts } = checker;
  return {
    valid: findings.errors === 0,
    readable,
    findings: findings.all(),
    counts,
  };
}

function settingsOf(options: CheckOptions): CheckerSettings {
  return {
    lints: activeLints(options.lints ?? {}),
    readers: options.for ?? [],
    maxFindings: options.maxFindings ?? 100,
  };
}

function takeDocument(document: ProvDocument, checker: DocumentChecker): true {
  takeRecords(document, checker);
  for (const bundle of document.bundles) {
    checker.startBundle(bundle.id);
    takeRecords(bundle, checker);
    checker.endBundle();
  }
  return true;
}

function takeRecords(
  { namespaces, records }: Pick<ProvDocument, "namespaces" | "records">,
  checker: DocumentChecker,
): void {
  for (const namespace of namespaces) {
    checker.namespace(namespace);
  }
  for (const record of records) {
    checker.record(record, nowhere);
  }
}

async function readSource(
  source: DocumentSource,
  checker: DocumentChecker,
  settings: CheckerSettings,
  options: CheckOptions,
): Promise<boolean> {
  const { maxFindings } = settings;
  try {
    const opened = await openSource(source, largeSource);
    const format = formatToRead(opened.head, options.format);
    checker.portability?.begin(format.name, opened.head);
    if (format.name === "prov-json") {
      const how = { schema: options.schema !== false, maxFindings };
      if (opened.size >= largeSource) {
        await rehearse(settings, how);
      }
      return await checkJson(opened.source, checker, how);
    }
    const result = await format.read?.(opened.source, checker, { maxFindings });
    for (const warning of result?.warnings ?? []) {
      if (warning.rule !== missingFormal) {
        checker.report(warning);
      }
    }
    return true;
  } catch (error) {
    if (!(error instanceof DocumentError)) {
      throw error;
    }
    for (const finding of error.findings) {
      if (finding.rule !== missingFormal) {
        checker.report(finding);
      }
    }
    return !error.findings.some(({ severity, rule }) => severity === "error" && stopsReading(rule));
  }
}

// What is wrong with single records (a missing argument, an impossible time) stops no reader.
function stopsReading(rule: string): boolean {
  return rule.endsWith("-syntax") || unreadable.has(rule);
}

const unreadable: ReadonlySet<string> = new Set([
  "encoding",
  "unknown-format",
  "too-long",
  "too-deep",
  "late-prefix",
]);
