import type { Place } from "../formats/index.js";
import type { CheckResult } from "./check-document.js";
import type { CheckFinding, FindingRecord } from "./check-finding.js";
import { lints } from "./lint-names.js";
import { constraints } from "./rules.js";

/** The result of checking one file. */
export interface CheckedFile {
  /** A path or IRI; relative paths stay relative. */
  readonly file: string;
  readonly result: CheckResult;
}

/** A part of a SARIF log: plain JSON. */
export type SarifJson =
  | string
  | number
  | boolean
  | readonly SarifJson[]
  | { readonly [property: string]: SarifJson };

/**
 * Results as a log in SARIF 2.1.0 (OASIS), which editors and code hosting services show.
 *
 * @param version - the version of taskprov that made them.
 */
export function toSarif(files: readonly CheckedFile[], version: string): SarifJson {
  const findings = files.flatMap(({ result }) => result.findings);
  const rules = rulesOf(findings);
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  return {
    $schema:
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "taskprov",
            version,
            semanticVersion: version,
            rules: rules.map(({ id, text, constraint }) => ({
              id,
              shortDescription: { text },
              ...(constraint !== undefined && {
                helpUri: "https://www.w3.org/TR/prov-constraints/",
                properties: { constraint },
              }),
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: files.every(({ result }) => result.readable) }],
        results: files.flatMap(({ file, result }) =>
          result.findings.map((finding) => resultOf(file, finding, indexes)),
        ),
      },
    ],
  };
}

interface SarifRule {
  readonly id: string;
  readonly text: string;
  readonly constraint?: number;
}

// All that are known, and those of readers that were met.
function rulesOf(findings: readonly CheckFinding[]): readonly SarifRule[] {
  const known: SarifRule[] = [
    ...constraints.map(({ name, number, summary }) => ({
      id: name,
      text: summary,
      constraint: number,
    })),
    ...lints.map(({ name, summary }) => ({ id: name, text: `${capital(summary)}.` })),
  ];
  const ids = new Set(known.map(({ id }) => id));
  const met = new Set(findings.map(({ rule }) => rule).filter((rule) => !ids.has(rule)));
  return [
    ...known,
    ...[...met].map((id) => ({ id, text: `${capital(id.replaceAll("-", " "))}.` })),
  ];
}

function resultOf(
  file: string,
  finding: CheckFinding,
  indexes: ReadonlyMap<string, number>,
): SarifJson {
  const {
    rule,
    severity,
    message,
    path,
    place,
    records = [],
    constraint,
    involves,
    bundle,
  } = finding;
  const properties = {
    ...(constraint !== undefined && { constraint }),
    ...(involves !== undefined && { involves }),
    ...(bundle !== undefined && { bundle }),
  };
  return {
    ruleId: rule,
    ruleIndex: indexes.get(rule) ?? -1,
    level: severity,
    message: { text: message },
    locations: [location(file, place, path)],
    ...(records.length > 0 && {
      relatedLocations: records.map((record, id) => related(file, record, id)),
    }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

function related(file: string, { text, place, path }: FindingRecord, id: number): SarifJson {
  return { id, message: { text }, ...location(file, place, path) };
}

function location(
  file: string,
  place: Place | undefined,
  path: string | undefined,
): { readonly [property: string]: SarifJson } {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOfFile(file) },
      ...(place !== undefined && { region: { startLine: place.line, startColumn: place.column } }),
    },
    ...(path !== undefined && { logicalLocations: [{ fullyQualifiedName: path, kind: "member" }] }),
  };
}

// A relative path is a relative IRI reference; ":" in its first step would make a scheme of it.
function uriOfFile(file: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(file)) {
    return file;
  }
  return file
    .split(/[/\\]/)
    .map((step) => encodeURIComponent(step))
    .join("/");
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
