import type { CheckFinding } from "../check-finding.js";
import type { Report } from "../whereabouts.js";

/** Findings that would repeat: of each kind the first is kept, the others are counted. */
export class Occurrences {
  readonly #found = new Map<string, { readonly first: CheckFinding; count: number }>();

  /**
   * Counts one.
   *
   * @param key - what makes two of them the same.
   * @param make - makes the finding; called for the first only.
   */
  add(key: string, make: () => CheckFinding): void {
    const known = this.#found.get(key);
    if (known === undefined) {
      this.#found.set(key, { first: make(), count: 1 });
    } else {
      known.count += 1;
    }
  }

  /** Reports each once, with how often it was met. */
  finish(report: Report): void {
    for (const { first, count } of this.#found.values()) {
      const message = count === 1 ? first.message : `${first.message} (${count} times)`;
      report({ ...first, message });
    }
  }
}
