import { keyOfNode } from "../find-items.js";
import { textOf } from "../index/element-facts.js";
import { none } from "../index/lineage-index.js";
import type { KnownAttributes } from "../item-facts.js";
import type { LineageItem } from "../lineage-item.js";
import { valueText } from "../text/item-text.js";
import type { Alignment } from "./align.js";
import { ChangeList } from "./change-list.js";
import {
  type LiteralArgument,
  type RunGraph,
  type RunUnit,
  type SharedNumbers,
  withoutTokens,
} from "./run-graph.js";

/** What comparing pair by pair found. */
export interface UnitComparison {
  readonly changes: ChangeList;
  /** Units of A that changed themselves. */
  readonly changed: ReadonlySet<number>;
}

/** Compares every pair: code, values of arguments, what is used; and says what has no partner. */
export function compareUnits(
  a: RunGraph,
  b: RunGraph,
  alignment: Alignment,
  numbers: SharedNumbers,
): UnitComparison {
  const comparer = new Comparer(a, b, alignment, numbers);
  comparer.run();
  return { changes: comparer.changes, changed: comparer.changed };
}

class Comparer {
  readonly changes = new ChangeList();
  readonly changed = new Set<number>();
  readonly #a: RunGraph;
  readonly #b: RunGraph;
  readonly #alignment: Alignment;
  readonly #numbers: SharedNumbers;
  readonly #values: readonly [LiteralValues, LiteralValues];

  constructor(a: RunGraph, b: RunGraph, alignment: Alignment, numbers: SharedNumbers) {
    this.#a = a;
    this.#b = b;
    this.#alignment = alignment;
    this.#numbers = numbers;
    const withDigest = a.hasDigests && b.hasDigests;
    this.#values = [new LiteralValues(a, withDigest), new LiteralValues(b, withDigest)];
  }

  run(): void {
    this.#a.units.forEach((unit, at) => {
      const partner = this.#alignment.toB[at] ?? -1;
      const other = this.#b.units[partner];
      if (other === undefined) this.#onlyIn("a", this.#a, unit);
      else this.#pair(at, unit, other);
    });
    this.#b.units.forEach((unit, at) => {
      if ((this.#alignment.toA[at] ?? -1) === -1) this.#onlyIn("b", this.#b, unit);
    });
  }

  #onlyIn(side: "a" | "b", run: RunGraph, unit: RunUnit): void {
    // Told by the tasks that read another one.
    if (unit.isFile) return;
    const key = nameOf(run, unit);
    this.changes.add({
      kind: "structure",
      subject: unit.isTask ? this.#numbers.text(unit.name) : withoutTokens(key),
      what: `${unit.isTask ? "tasks" : "data"} only in ${side.toUpperCase()}`,
      pair: side === "a" ? { a: key } : { b: key },
    });
  }

  #pair(at: number, unit: RunUnit, other: RunUnit): void {
    const before = this.changes.total;
    if (!unit.isTask) this.#source(unit, other);
    else {
      this.#code(unit, other);
      this.#literals(unit, other);
      this.#inputs(unit, other, before);
    }
    if (this.changes.total > before) this.changed.add(at);
  }

  #source(unit: RunUnit, other: RunUnit): void {
    if (unit.print === other.print) return;
    const [before, after] = [this.#values[0].of(unit.node), this.#values[1].of(other.node)];
    if (withoutTokens(before) === withoutTokens(after) && before !== "") return;
    const pair = this.#pairOf(unit, other);
    this.changes.add({
      kind: "input",
      subject: pair.a,
      what: unit.isFile ? "another content" : "other data",
      before,
      after,
      pair,
    });
  }

  #code(unit: RunUnit, other: RunUnit): void {
    const pair = this.#pairOf(unit, other);
    if (unit.name !== other.name) {
      const [before, after] = [this.#numbers.text(unit.name), this.#numbers.text(other.name)];
      this.changes.add({
        kind: "code",
        subject: before,
        what: "another function",
        before,
        after,
        pair,
      });
      return;
    }
    const before = this.#sourceHash(this.#a, unit);
    const after = this.#sourceHash(this.#b, other);
    if (before === after) return;
    const subject = this.#numbers.text(unit.name);
    this.changes.add({
      kind: "code",
      subject,
      what: "other source",
      before: before?.slice(0, 12) ?? "(source not recorded)",
      after: after?.slice(0, 12) ?? "(source not recorded)",
      pair,
    });
  }

  #sourceHash({ reader }: RunGraph, { row }: RunUnit): string | undefined {
    const plan = reader.index.activities.plan[row] ?? none;
    return plan === none ? undefined : reader.shared(plan).get("taskprov:sha256")?.[0];
  }

  #literals(unit: RunUnit, other: RunUnit): void {
    // What never ran has no arguments on record.
    if (!ran(unit) || !ran(other)) return;
    const theirs = new Map(other.literals.map((literal) => [literal.role, literal]));
    const inputs = new Set(other.inputs.map(({ role }) => role));
    for (const literal of unit.literals) {
      const match = theirs.get(literal.role);
      theirs.delete(literal.role);
      if (match?.print === literal.print) continue;
      if (match === undefined && inputs.has(literal.role)) continue;
      this.#literal(unit, other, literal, match);
    }
    const ours = new Set(unit.inputs.map(({ role }) => role));
    for (const match of theirs.values()) {
      if (!ours.has(match.role)) this.#literal(unit, other, undefined, match);
    }
  }

  #literal(
    unit: RunUnit,
    other: RunUnit,
    literal: LiteralArgument | undefined,
    match: LiteralArgument | undefined,
  ): void {
    const before = literal === undefined ? undefined : this.#values[0].of(literal.entity);
    const after = match === undefined ? undefined : this.#values[1].of(match.entity);
    const isSame =
      before !== undefined && after !== undefined && withoutTokens(before) === withoutTokens(after);
    // Equal but for what is random in them; prints that differ where the texts are the same
    // without a token are sizes or types, which the texts then show.
    const isMixed = this.#a.hasDigests !== this.#b.hasDigests;
    if (isSame && (before !== after || isMixed)) return;
    const role = this.#numbers.text(literal?.role ?? match?.role ?? 0);
    const readsData = unit.inputs.some((input) => this.#a.units[input.unit]?.isFile === false);
    const isInput = !readsData && [before, after].some(looksLikeFile);
    this.changes.add({
      kind: isInput ? "input" : "parameter",
      subject: `${this.#numbers.text(unit.name)}(${role})`,
      what:
        before === undefined
          ? "argument only in B"
          : after === undefined
            ? "argument only in A"
            : "another value",
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      pair: this.#pairOf(unit, other),
    });
  }

  /** @param before - how many changes there were before this pair. */
  #inputs(unit: RunUnit, other: RunUnit, before: number): void {
    if (!ran(unit) || !ran(other)) return;
    const theirs = new Map(other.inputs.map(({ role, unit: input }) => [role, input]));
    const moved: [number, number | undefined, number | undefined][] = [];
    for (const { role, unit: input } of unit.inputs) {
      const match = theirs.get(role);
      theirs.delete(role);
      if (match === undefined || (this.#alignment.toB[input] ?? -1) !== match) {
        moved.push([role, input, match]);
      }
    }
    for (const [role, input] of theirs) moved.push([role, undefined, input]);
    const told = moved.filter(([, input, match]) => !this.#isToldAlready(input, match));
    const [first] = told;
    if (first === undefined) return;
    const [role, input, match] = first;
    if (told.every(([, one, another]) => this.#isFile(one, another))) {
      // Where the argument that names the file was told, so was this.
      if (this.changes.total === before) this.#file(unit, other, input, match);
      return;
    }
    const subject = this.#numbers.text(unit.name);
    this.changes.add({
      kind: "structure",
      subject: told.length === 1 ? `${subject}(${this.#numbers.text(role)})` : subject,
      what: this.#isReordered(told) ? "the same inputs in another order" : "other inputs",
      before: this.#inputName(this.#a, input),
      after: this.#inputName(this.#b, match),
      pair: this.#pairOf(unit, other),
    });
  }

  #file(unit: RunUnit, other: RunUnit, input: number | undefined, match: number | undefined): void {
    this.changes.add({
      kind: "input",
      subject: this.#numbers.text(unit.name),
      what: "another file",
      before: this.#inputName(this.#a, input),
      after: this.#inputName(this.#b, match),
      pair: this.#pairOf(unit, other),
    });
  }

  #isFile(input: number | undefined, match: number | undefined): boolean {
    const isOfA = input === undefined || this.#a.units[input]?.isFile === true;
    return isOfA && (match === undefined || this.#b.units[match]?.isFile === true);
  }

  /** An input that is in one run only is told as such. */
  #isToldAlready(input: number | undefined, match: number | undefined): boolean {
    if (this.#isFile(input, match)) return false;
    const isLostInA = input === undefined || (this.#alignment.toB[input] ?? -1) === -1;
    const isLostInB = match === undefined || (this.#alignment.toA[match] ?? -1) === -1;
    return isLostInA && isLostInB;
  }

  #isReordered(moved: readonly [number, number | undefined, number | undefined][]): boolean {
    const before = moved.map(([, input]) =>
      input === undefined ? -2 : (this.#alignment.toB[input] ?? -1),
    );
    const after = moved.map(([, , match]) => match ?? -3);
    const sorted = (list: number[]): string => list.sort((x, y) => x - y).join();
    return sorted(before) === sorted(after);
  }

  #inputName(run: RunGraph, unit: number | undefined): string {
    const found = unit === undefined ? undefined : run.units[unit];
    return found === undefined ? "(none)" : nameOf(run, found);
  }

  #pairOf(unit: RunUnit, other: RunUnit): { readonly a: string; readonly b: string } {
    return { a: nameOf(this.#a, unit), b: nameOf(this.#b, other) };
  }
}

/** The key of a unit, the path of a file, or the id. */
export function nameOf({ reader }: RunGraph, { node, isFile }: RunUnit): string {
  const name = isFile ? reader.nameOf(node) : keyOfNode(reader.index, node);
  return name ?? reader.brief(node).id;
}

/** Tells whether an attempt got so far as to have arguments. */
function ran({ status }: RunUnit): boolean {
  return status !== "blocked" && status !== "pending" && status !== "cancelled";
}

/** A path, a URL or a file name with an ending: what a task without inputs reads. */
function looksLikeFile(text: string | undefined): boolean {
  return (
    text !== undefined &&
    /^"?(?:[a-z][a-z0-9+.-]*:\/\/|\.{0,2}\/|[A-Z]:\\|[^\s"]+\.[A-Za-z]\w{0,5}"?$)/.test(text)
  );
}

/** Values of literals as text, read when they are asked for, in batches of neighbours. */
class LiteralValues {
  readonly #run: RunGraph;
  readonly #withDigest: boolean;
  readonly #known = new Map<number, string>();

  constructor(run: RunGraph, withDigest: boolean) {
    this.#run = run;
    this.#withDigest = withDigest;
  }

  of(entity: number): string {
    const known = this.#known.get(entity);
    if (known !== undefined) return known;
    const { reader } = this.#run;
    const [item] = reader.items([entity]);
    const { digest, ...plain } = item ?? { id: "", type: "unknown" };
    const shown = this.#withDigest ? item : plain;
    const text = describe(shown, () => reader.attributes([entity]).get(entity));
    this.#known.set(entity, text);
    return text;
  }
}

function describe(
  item: LineageItem | undefined,
  attributes: () => KnownAttributes | undefined,
): string {
  if (item === undefined) return "";
  const text = valueText(item);
  const size = item.value === undefined || item.nbytes === undefined ? "" : ` (${item.nbytes} B)`;
  const digest = item.digest === undefined ? "" : ` ${item.digest.slice(0, 16)}`;
  if (text !== "") return text + size + digest;
  // Of a document of others: whatever it says.
  const known = attributes();
  const hash = known?.get("taskprov:sha256")?.[0];
  if (known?.has("taskprov:path") === true && hash !== undefined) {
    return `${known.get("taskprov:size")?.[0] ?? "?"} B, SHA-256 ${hash.slice(0, 12)}`;
  }
  const all = [...(known ?? [])]
    .filter(([name]) => name !== "prov:type" && name !== "prov:label")
    .map(([name, values]) => `${name}=${values.map((value) => textOf(value)).join(",")}`);
  return all.join(" ").slice(0, 200);
}
