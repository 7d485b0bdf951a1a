import type { Finding, Place } from "../finding.js";
import type { FindingList } from "../finding-list.js";
import type { TextPlaces } from "../text-places.js";

interface RawFinding {
  readonly severity: Finding["severity"];
  readonly rule: string;
  readonly message: string;
  readonly at: number;
  readonly path: string;
}

/**
 * The findings of the part of the text being read: taken back when it turns out to be incomplete
 * in this chunk, so that findings do not depend on how the bytes were cut.
 */
export class UnitFindings {
  readonly #list: FindingList;
  readonly #raw: RawFinding[] = [];

  /** @param list - where the findings go for good. */
  constructor(list: FindingList) {
    this.#list = list;
  }

  add(
    severity: Finding["severity"],
    rule: string,
    message: string,
    at: number,
    path: string,
  ): void {
    this.#raw.push({ severity, rule, message, at, path });
  }

  takeBack(): void {
    this.#raw.length = 0;
  }

  /** Adds a finding for good whose place is known. */
  addAt(
    severity: Finding["severity"],
    rule: string,
    message: string,
    path: string,
    place: Place,
  ): void {
    this.#list.add(severity, () => ({
      severity,
      rule,
      message,
      ...(path !== "" && { path }),
      place,
    }));
  }

  /**
   * Keeps the findings, with their places in the text.
   *
   * @param from - where the part begins.
   */
  keep(places: TextPlaces, from: number): void {
    if (this.#raw.length > 0) {
      places.settle(from);
    }
    for (const { severity, rule, message, at, path } of this.#raw) {
      this.#list.add(severity, () => ({
        severity,
        rule,
        message,
        ...(path !== "" && { path }),
        place: places.at(at),
      }));
    }
    this.#raw.length = 0;
  }
}
