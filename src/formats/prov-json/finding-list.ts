import type { Finding } from "../finding.js";

/** Findings in the order of the text; only the first of them are kept, the others are counted. */
export class FindingList {
  readonly #findings: Finding[] = [];
  readonly #limit: number;
  #errors: number = 0;
  #dropped: number = 0;

  /** @param limit - how many findings are kept. */
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
    const isError = severity === "error";
    if (this.#findings.length < this.#limit || (isError && this.#errors === 0)) {
      this.#findings.push(make());
    } else {
      this.#dropped += 1;
    }
    if (isError) {
      this.#errors += 1;
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
