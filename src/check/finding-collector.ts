import type { CheckFinding } from "./check-finding.js";

/** Findings; of errors and of warnings only the first are kept, the others are counted. */
export class FindingCollector {
  readonly #findings: CheckFinding[] = [];
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

  /** How many warnings were added, kept or not. */
  get warnings(): number {
    return this.#warnings;
  }

  add(finding: CheckFinding): void {
    const before = finding.severity === "error" ? this.#errors++ : this.#warnings++;
    if (before < this.#limit) {
      this.#findings.push(finding);
    } else {
      this.#dropped += 1;
    }
  }

  /** The findings kept in the order of the text, with a last one that tells how many were not. */
  all(): readonly CheckFinding[] {
    const sorted = this.#findings.toSorted((a, b) => offsetOf(a) - offsetOf(b));
    if (this.#dropped === 0) {
      return sorted;
    }
    const severity = this.#errors > 0 ? "error" : "warning";
    const message = `${this.#dropped} more findings are not listed.`;
    return [...sorted, { severity, rule: "too-many-findings", message }];
  }
}

function offsetOf({ place }: CheckFinding): number {
  return place?.offset ?? Number.MAX_SAFE_INTEGER;
}
