import type { QualifiedName, RecordKind } from "../../prov/index.js";
import type { Place } from "../finding.js";
import type { FindingList } from "../finding-list.js";
import { TextPlaces } from "../text-places.js";
import { unknownFiller } from "../unknown-argument.js";
import { ProvNCursor } from "./cursor.js";
import { NameScope, type Resolved } from "./name-scope.js";

/** What the parts of the reader share: position, names in force, findings. */
export class ProvNContext {
  readonly cursor: ProvNCursor;
  /** The names of the document or of the open bundle. */
  scope: NameScope = new NameScope();
  readonly #findings: FindingList;
  readonly #places: TextPlaces;
  readonly #fill = unknownFiller();

  /**
   * @param text - the whole document.
   * @param findings - takes what is wrong.
   */
  constructor(text: string, findings: FindingList) {
    this.cursor = new ProvNCursor(text);
    this.#findings = findings;
    this.#places = new TextPlaces(text, { line: 1, column: 1, offset: 0 });
  }

  /** How many errors were found. */
  get errors(): number {
    return this.#findings.errors;
  }

  /** The place of a record that begins at an index; asked in rising order. */
  settle(index: number): Place {
    return this.#places.settle(index);
  }

  error(rule: string, message: string, at: number): void {
    this.#add("error", rule, message, at);
  }

  warning(rule: string, message: string, at: number): void {
    this.#add("warning", rule, message, at);
  }

  /** Takes a qualified name; `undefined` when it has no meaning, which is reported. */
  takeName(expected: string): QualifiedName | undefined {
    const token = this.cursor.tryName();
    if (token === undefined) {
      throw this.cursor.unexpected(expected);
    }
    return this.resolved(this.scope.ofToken(token), this.cursor.pos - token.length);
  }

  /** The name, or `undefined` with an error reported. */
  resolved(resolved: Resolved, at: number): QualifiedName | undefined {
    if (typeof resolved !== "string") {
      return resolved;
    }
    this.error("name", resolved, at);
    return undefined;
  }

  /** Takes required arguments that are markers all the same to be unknown, with a warning. */
  fillUnknown(kind: RecordKind, names: (QualifiedName | undefined)[], at: number): void {
    const missing = this.#fill(kind, names);
    if (missing !== undefined) {
      this.warning(missing.rule, missing.message, at);
    }
  }

  #add(severity: "error" | "warning", rule: string, message: string, at: number): void {
    const place = (): Place => this.#places.at(at);
    this.#findings.add(severity, () => ({ severity, rule, message, place: place() }));
  }
}
