import type { ProvHandler, RecordWhereabouts } from "../formats/index.js";
import { quoted } from "../formats/quoted.js";
import { missingArgument } from "../formats/unknown-argument.js";
import {
  type Namespace,
  nameText,
  newParts,
  type ProvRecord,
  putTogether,
  type QualifiedName,
  type RecordKind,
  type RecordParts,
  takeApart,
  uriOf,
} from "../prov/index.js";
import { checkConstraints } from "./constraint-check.js";
import { FindingCollector } from "./finding-collector.js";
import type { LintName, ReaderName } from "./lint-names.js";
import { lintClockOrder } from "./lints/clock-order.js";
import { DroppedDatesLint } from "./lints/dropped-dates.js";
import { lintLiterals } from "./lints/literal-form.js";
import { PlainStringTypeLint } from "./lints/plain-string-type.js";
import { SuspiciousNameLint } from "./lints/suspicious-name.js";
import { UndeclaredLint } from "./lints/undeclared.js";
import { PortabilityLint } from "./portability/portability-lint.js";
import { Scope } from "./scope.js";
import { findingAt, type Report } from "./whereabouts.js";

/** The rule of what readers warn of when an argument is missing; here it is an error of its own. */
export const missingFormal = "missing-formal";

/** What a {@link DocumentChecker} looks for beside the constraints. */
export interface CheckerSettings {
  readonly lints: ReadonlySet<LintName>;
  /** The readers the document is meant for. */
  readonly readers: readonly ReaderName[];
  readonly maxFindings: number;
}

/**
 * Takes a document from any reader, record by record, and checks it: every bundle when it ends,
 * the top level at the end.
 */
export class DocumentChecker implements ProvHandler {
  readonly findings: FindingCollector;
  /** Absent when the document is meant for no reader in particular. */
  readonly portability: PortabilityLint | undefined;
  readonly #counts = new Map<RecordKind, { count: number }>();
  /** The count of the kind of the last record, as most come one kind after another. */
  #run: { readonly kind: RecordKind; readonly counter: { count: number } } | undefined;
  readonly #lints: ReadonlySet<LintName>;
  readonly #document = new Scope();
  readonly #undeclared = new UndeclaredLint();
  readonly #plainTypes = new PlainStringTypeLint();
  readonly #dates = new DroppedDatesLint();
  readonly #names = new SuspiciousNameLint();
  readonly #bundleIds = new Set<string>();
  #open: Scope | undefined;
  /** Those of a record that comes whole. */
  readonly #parts: RecordParts = newParts();

  constructor({ lints, readers, maxFindings }: CheckerSettings) {
    this.#lints = lints;
    // Without readers there is nothing to look for, and looking costs a pass over the text.
    this.portability = readers.length === 0 ? undefined : new PortabilityLint(readers);
    this.findings = new FindingCollector(maxFindings);
  }

  /** How many records of each kind there are so far. */
  get counts(): Readonly<Partial<Record<RecordKind, number>>> {
    return Object.fromEntries([...this.#counts].map(([kind, { count }]) => [kind, count]));
  }

  readonly report: Report = (finding) => this.findings.add(finding);

  namespace(namespace: Namespace): void {
    if (this.#lints.has("suspicious-name")) {
      this.#names.namespace(namespace);
    }
    this.portability?.namespace(namespace);
  }

  record(record: ProvRecord, at: RecordWhereabouts): void {
    takeApart(record, this.#parts);
    this.parts(this.#parts, at);
  }

  parts(parts: RecordParts, at: RecordWhereabouts): void {
    this.#count(parts.kind);
    this.#checkArguments(parts, at);
    (this.#open ?? this.#document).add(parts, at);
    if (parts.attributes.length > 0) {
      this.#lintAttributes(parts, at);
    }
    if (this.#wantsRecords) {
      this.#lintRecord(parts, at);
    }
  }

  startBundle(id: QualifiedName): void {
    const uri = uriOf(id);
    if (this.#bundleIds.has(uri)) {
      const message = `Two bundles are named ${quoted(nameText(id))}; the bundles of a document have names of their own.`;
      this.report({ severity: "error", rule: "bundle-names", message });
    }
    this.#bundleIds.add(uri);
    this.#open = new Scope(id);
    this.portability?.startBundle();
  }

  endBundle(): void {
    if (this.#open !== undefined) {
      this.#check(this.#open);
    }
    this.#open = undefined;
  }

  extraSection(name: string): void {
    this.portability?.extraSection(name);
  }

  /** Says that the document is complete. */
  finish(): void {
    this.#check(this.#document);
    this.#undeclared.finish(this.#document, this.report);
    this.#plainTypes.finish(this.report);
    this.#names.finish(this.report);
    this.#dates.finish(this.report);
    this.portability?.finish(this.report);
  }

  #count(kind: RecordKind): void {
    if (this.#run?.kind !== kind) {
      const counter = this.#counts.get(kind) ?? { count: 0 };
      this.#counts.set(kind, counter);
      this.#run = { kind, counter };
    }
    this.#run.counter.count += 1;
  }

  get #wantsRecords(): boolean {
    return this.portability !== undefined || this.#lints.has("dropped-dates");
  }

  #lintRecord(parts: RecordParts, at: RecordWhereabouts): void {
    const record = putTogether(parts);
    if (record !== undefined) {
      if (this.#lints.has("dropped-dates")) {
        this.#dates.record(record, at);
      }
      this.portability?.record(record, at);
    }
  }

  #lintAttributes(record: RecordParts, at: RecordWhereabouts): void {
    const lints = this.#lints;
    if (lints.has("literal-form")) {
      lintLiterals(record, at, this.report);
    }
    if (lints.has("plain-string-type")) {
      this.#plainTypes.record(record, at);
    }
    if (lints.has("suspicious-name")) {
      this.#names.record(record, at);
    }
  }

  // Readers take a needed argument that is not given to be unknown: no reason to give up reading.
  #checkArguments(record: RecordParts, at: RecordWhereabouts): void {
    const message = missingArgument(record);
    if (message !== undefined) {
      this.report(findingAt("error", missingFormal, message, at));
    }
  }

  #check(scope: Scope): void {
    checkConstraints(scope, this.report);
    const lints = this.#lints;
    if (lints.has("undeclared")) {
      this.#undeclared.scope(scope);
    }
    if (lints.has("clock-order")) {
      lintClockOrder(scope, this.report);
    }
    if (lints.has("suspicious-name")) {
      this.#names.scope(scope);
    }
  }
}
