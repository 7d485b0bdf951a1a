import { hashOf } from "./hash.js";
import type { RunGraph, RunUnit } from "./run-graph.js";

/** Which unit of one run is which of the other; -1 for none. */
export interface Alignment {
  readonly toB: Int32Array;
  readonly toA: Int32Array;
}

/** Hashes of each unit, of what stands above and below it. */
interface Signatures {
  /** Function, place, arguments with values, and so for everything it came from. */
  readonly exact: Float64Array;
  /** Everything that came from it, by function and argument. */
  readonly below: Float64Array;
  /** The unit's own literals. */
  readonly literals: Float64Array;
}

/**
 * Pairs the units of two runs. Keys say little, because they are random in part; so first what is
 * the same from the sources down, then what the pairs found so far lead to, then what merely has
 * the same function. Every step takes time linear in the edges.
 */
export function align(a: RunGraph, b: RunGraph): Alignment {
  const pairing = new Pairing(a, b);
  const ofA = signaturesOf(a);
  const ofB = signaturesOf(b);
  const both = (pick: (s: Signatures, unit: number, run: RunGraph) => number): void => {
    pairing.byKey(
      (unit) => pick(ofA, unit, a),
      (unit) => pick(ofB, unit, b),
    );
  };
  const own = (run: RunGraph, unit: number): readonly number[] => {
    const { name, place } = run.units[unit] ?? { name: 0, place: 0 };
    return [name, place];
  };
  both((s, unit) => hashOf([s.exact[unit] ?? 0, s.below[unit] ?? 0]));
  both((s, unit) => s.exact[unit] ?? 0);
  // What has no inputs and is not the same: by what came from it, then by name alone.
  const root = (run: RunGraph, unit: number): boolean => run.units[unit]?.inputs.length === 0;
  both((s, unit, run) =>
    root(run, unit) ? hashOf([...own(run, unit), s.below[unit] ?? 0]) : Number.NaN,
  );
  both((_, unit, run) => (root(run, unit) ? hashOf(own(run, unit)) : Number.NaN));
  pairing.downwards(ofA.literals, ofB.literals, true);
  pairing.upwards(true);
  pairing.downwards(ofA.literals, ofB.literals, true);
  both((s, unit, run) => hashOf([...own(run, unit), s.literals[unit] ?? 0]));
  both((_, unit, run) => hashOf(own(run, unit)));
  both((s, unit, run) => hashOf([run.units[unit]?.name ?? 0, s.literals[unit] ?? 0]));
  // A function put in another's place.
  pairing.upwards(false);
  pairing.downwards(ofA.literals, ofB.literals, false);
  return pairing;
}

function signaturesOf(run: RunGraph): Signatures {
  const { units, users, order } = run;
  const exact = new Float64Array(units.length);
  const below = new Float64Array(units.length);
  const literals = new Float64Array(units.length);
  for (const at of order) {
    const unit = units[at];
    if (unit === undefined) continue;
    literals[at] = hashOf(unit.literals.flatMap(({ role, print }) => [role, print]));
    exact[at] = hashOf(exactParts(unit, literals[at] ?? 0, exact));
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const at = order[i] ?? 0;
    const parts = (users[at] ?? []).map(({ role, unit }) => hashOf([role, below[unit] ?? 0]));
    const { name = 0, place = 0 } = units[at] ?? {};
    below[at] = hashOf([name, place, ...parts.sort((x, y) => x - y)]);
  }
  return { exact, below, literals };
}

function* exactParts(unit: RunUnit, literals: number, exact: Float64Array): Generator<number> {
  yield unit.name;
  yield unit.place;
  yield literals;
  if (!unit.isTask) yield unit.print;
  for (const { role, unit: input } of unit.inputs) {
    yield role;
    yield exact[input] ?? 0;
  }
}

/** A list from which candidates are taken in order. */
interface Candidates {
  readonly units: number[];
  next: number;
}

class Pairing implements Alignment {
  readonly toA: Int32Array;
  readonly toB: Int32Array;
  readonly #a: RunGraph;
  readonly #b: RunGraph;

  constructor(a: RunGraph, b: RunGraph) {
    this.#a = a;
    this.#b = b;
    this.toB = new Int32Array(a.units.length).fill(-1);
    this.toA = new Int32Array(b.units.length).fill(-1);
  }

  /** Pairs what has the same key, in the order of the documents; NaN is no key. */
  byKey(keyOfA: (unit: number) => number, keyOfB: (unit: number) => number): void {
    const waiting = new Map<number, Candidates>();
    this.#b.units.forEach((_, unit) => {
      const key = this.toA[unit] === -1 ? keyOfB(unit) : Number.NaN;
      if (Number.isNaN(key)) return;
      const list = waiting.get(key);
      if (list === undefined) waiting.set(key, { units: [unit], next: 0 });
      else list.units.push(unit);
    });
    if (waiting.size === 0) return;
    this.#a.units.forEach((_, unit) => {
      const key = this.toB[unit] === -1 ? keyOfA(unit) : Number.NaN;
      const list = Number.isNaN(key) ? undefined : waiting.get(key);
      const other = list?.units[list.next];
      if (list === undefined || other === undefined) return;
      list.next++;
      this.#pair(unit, other);
    });
  }

  /**
   * From pairs to what uses them in the same argument, causes first.
   *
   * @param sameName - only units of the same function.
   */
  downwards(literalsA: Float64Array, literalsB: Float64Array, sameName: boolean): void {
    const tables = [true, false].map((withLiterals) =>
      this.#usersOfB(literalsB, sameName, withLiterals),
    );
    for (const at of this.#a.order) {
      const unit = this.#a.units[at];
      if (unit === undefined || this.toB[at] !== -1) continue;
      for (const [i, table] of tables.entries()) {
        const found = this.#firstUser(unit, table, i === 0 ? (literalsA[at] ?? 0) : 0, sameName);
        if (found === undefined) continue;
        this.#pair(at, found);
        break;
      }
    }
  }

  /** From pairs to what they use in the same argument, effects first. */
  upwards(sameName: boolean): void {
    for (let i = this.#a.order.length - 1; i >= 0; i--) {
      const at = this.#a.order[i] ?? 0;
      const other = this.toB[at] ?? -1;
      if (other !== -1) this.#pairInputs(at, other, sameName);
    }
  }

  #pairInputs(at: number, other: number, sameName: boolean): void {
    const byRole = new Map<number, number>();
    for (const { role, unit } of this.#b.units[other]?.inputs ?? []) byRole.set(role, unit);
    for (const { role, unit } of this.#a.units[at]?.inputs ?? []) {
      const candidate = byRole.get(role);
      if (candidate === undefined || this.toB[unit] !== -1 || this.toA[candidate] !== -1) continue;
      if (this.#canPair(unit, candidate, sameName)) this.#pair(unit, candidate);
    }
  }

  #canPair(a: number, b: number, sameName: boolean): boolean {
    const one = this.#a.units[a];
    const other = this.#b.units[b];
    if (one === undefined || other === undefined || one.isTask !== other.isTask) return false;
    return !sameName || one.name === other.name;
  }

  /** Unpaired users in B by what they use, in which argument, and their function. */
  #usersOfB(
    literals: Float64Array,
    sameName: boolean,
    withLiterals: boolean,
  ): ReadonlyMap<number, Candidates> {
    const table = new Map<number, Candidates>();
    this.#b.units.forEach((unit, at) => {
      if (this.toA[at] !== -1) return;
      for (const { role, unit: input } of unit.inputs.slice(0, maxInputs)) {
        const key = userKey(
          input,
          role,
          sameName ? unit.name : 0,
          withLiterals ? (literals[at] ?? 0) : 0,
        );
        const list = table.get(key);
        if (list === undefined) table.set(key, { units: [at], next: 0 });
        else list.units.push(at);
      }
    });
    return table;
  }

  #firstUser(
    unit: RunUnit,
    table: ReadonlyMap<number, Candidates>,
    literals: number,
    sameName: boolean,
  ): number | undefined {
    for (const { role, unit: input } of unit.inputs.slice(0, maxInputs)) {
      const other = this.toB[input] ?? -1;
      if (other === -1) continue;
      const list = table.get(userKey(other, role, sameName ? unit.name : 0, literals));
      if (list === undefined) continue;
      for (; list.next < list.units.length; list.next++) {
        const candidate = list.units[list.next] ?? 0;
        if (this.toA[candidate] === -1) return candidate;
      }
    }
    return undefined;
  }

  #pair(a: number, b: number): void {
    this.toB[a] = b;
    this.toA[b] = a;
  }
}

/** Enough to recognise a user by; a sum over 100,000 parts is known by its first. */
const maxInputs = 64;

function userKey(input: number, role: number, name: number, literals: number): number {
  return hashOf([input, role, name, literals]);
}
