import type { Finding } from "./finding.js";

/** Findings; of errors and of warnings only the first are kept, the others are counted. */
export class FindingList {
  readonly #findings: Finding[] = [];
  readonly #limit: number;
  #errors: number = 0;
  #warnings: number = 0;
  #dropped: number = 0;

  /** @param limit - how many errors, and how many warnings, are kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many errors were added, kept or not. */
  get errors(): number {
    return this.#errors;
  }

  /**
   * Adds a finding.
   *
   * @param make - makes it, called only when it is kept.
   */
  add(severity: Finding["severity"], make: () => Finding): void {
    const before = severity === "error" ? this.#errors++ : this.#warnings++;
    if (before < this.#limit) {
      this.#findings.push(make());
    } else {
      this.#dropped += 1;
    }
  }

  /** The findings kept, with a last one that tells how many were not. */
  all(): readonly Finding[] {
    if (this.#dropped === 0) {
      return this.#findings;
    }
    const severity = this.#errors > 0 ? "error" : "warning";
    const message = `${this.#dropped} more findings are not listed.`;
    return [...this.#findings, { severity, rule: "too-many-findings", message }];
  }
}
