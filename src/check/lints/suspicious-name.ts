import type { RecordWhereabouts } from "../../formats/index.js";
import { quoted } from "../../formats/quoted.js";
import {
  blankNamespace,
  type Namespace,
  nameText,
  provAttributes,
  provNamespace,
  type QualifiedName,
  type RecordParts,
  recordFormals,
  recordKinds,
  xsdNamespace,
} from "../../prov/index.js";
import type { CheckFinding } from "../check-finding.js";
import type { Scope } from "../scope.js";
import { findingAt, type Report } from "../whereabouts.js";
import { Occurrences } from "./occurrences.js";

/** Local parts that are the text of nothing. */
const nobody: ReadonlySet<string> = new Set([
  "",
  "None",
  "null",
  "undefined",
  "nan",
  "NaN",
  "[object Object]",
]);

const knownAttributes: ReadonlySet<string> = new Set([
  ...Object.values(provAttributes).map(({ local }) => local),
  ...recordKinds.flatMap((kind) => recordFormals[kind].map(({ property }) => property)),
]);

/** Warns of names and namespaces that look like accidents. */
export class SuspiciousNameLint {
  readonly #occurrences = new Occurrences();
  readonly #namespaces = new Set<string>();

  namespace(namespace: Namespace): void {
    const { prefix, uri } = namespace;
    const key = `${prefix} ${uri}`;
    const problem = this.#namespaces.has(key) ? undefined : namespaceProblem(namespace);
    this.#namespaces.add(key);
    if (problem !== undefined) {
      const message = `The prefix ${quoted(prefix)} stands for ${quoted(uri)}: ${problem}.`;
      this.#occurrences.add(key, () => ({
        severity: "warning",
        rule: "suspicious-name",
        message,
      }));
    }
  }

  record(record: RecordParts, at: RecordWhereabouts): void {
    for (const [name] of record.attributes) {
      if (name.namespace.uri === provNamespace.uri && !knownAttributes.has(name.local)) {
        this.#occurrences.add(`attribute ${name.local}`, () => {
          const message = `${quoted(nameText(name))} is no attribute of PROV; only W3C adds names to this namespace.`;
          return findingAt("warning", "suspicious-name", message, at);
        });
      }
    }
  }

  /** Looks at the names of a complete top level or bundle, each once. */
  scope(scope: Scope): void {
    const { terms } = scope.instance;
    for (let term = 0; term < terms.count; term++) {
      const name = terms.nameOf(term);
      const problem = name === undefined ? undefined : nameProblem(name);
      if (name !== undefined && problem !== undefined) {
        this.#occurrences.add(`name ${problem}`, () => this.#finding(scope, term, name, problem));
      }
    }
  }

  finish(report: Report): void {
    this.#occurrences.finish(report);
  }

  #finding(scope: Scope, term: number, name: QualifiedName, problem: string): CheckFinding {
    const { statements, recordCount } = scope.instance;
    let record = 0;
    while (record < recordCount && !statements.mentions(record, term)) {
      record += 1;
    }
    const records = record < recordCount ? [record] : [];
    const message = `The name ${quoted(nameText(name))} ${problem}.`;
    return scope.finding("warning", "suspicious-name", message, records);
  }
}

function nameProblem({ namespace, local }: QualifiedName): string | undefined {
  if (namespace.uri === blankNamespace.uri) {
    return undefined;
  }
  if (nobody.has(local)) {
    return local === "" ? "has no local part" : "looks like the text of a missing value";
  }
  if (/[\s\p{Cc}]/u.test(local)) {
    return "has white space or control characters in it";
  }
  return /\b0x[0-9a-fA-F]{8,}\b/.test(local)
    ? "has a memory address in it, which is another one in the next run"
    : undefined;
}

function namespaceProblem({ prefix, uri }: Namespace): string | undefined {
  if (uri !== provNamespace.uri && /^https?:\/\/www\.w3\.org\/ns\/prov\b/i.test(uri)) {
    return /^https?:\/\/www\.w3\.org\/ns\/prov#?\/?$/i.test(uri)
      ? `the namespace of PROV is ${provNamespace.uri}`
      : undefined;
  }
  if (prefix === "prov" && uri !== provNamespace.uri) {
    return `readers expect the namespace of PROV, ${provNamespace.uri}`;
  }
  if (uri === xsdNamespace.uri.slice(0, -1)) {
    return "the names of XML Schema begin with a # that is missing here";
  }
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)) {
    return "it is no absolute IRI";
  }
  return /[\p{L}\p{N}]$/u.test(uri)
    ? 'names will run into its last letters, as it does not end in "#", "/" or ":"'
    : undefined;
}
