import { compareTexts } from "../compare-texts.js";
import { recordFormals, recordKinds } from "../formals.js";
import { nameText } from "../names.js";
import type { RecordKind } from "../records.js";
import type { Conflict, UniquenessConstraint } from "./conflict.js";
import type { Instance } from "./instance.js";
import { absent, argumentsWidth } from "./statements.js";
import type { Term } from "./terms.js";
import type { TimeClash } from "./time-slots.js";
import { TripleTable } from "./triple-table.js";

/** Which arguments of a kind determine its id, and by which constraint. */
const determinants: Partial<
  Readonly<
    Record<RecordKind, { constraint: 24 | 25 | 26 | 27; positions: readonly [number, number] }>
  >
> = {
  wasGeneratedBy: { constraint: 24, positions: [0, 1] },
  wasInvalidatedBy: { constraint: 25, positions: [0, 1] },
  wasStartedBy: { constraint: 26, positions: [0, 2] },
  wasEndedBy: { constraint: 27, positions: [0, 2] },
};

const kindNumber: ReadonlyMap<RecordKind, number> = new Map(
  recordKinds.map((kind, number) => [kind, number]),
);
const keyTags = 0;
const determinantTags = recordKinds.length;
const mentionTag = 2 * recordKinds.length;

/**
 * Merges what must be the same by PROV-CONSTRAINTS 22 to 29, to a fixed point.
 *
 * Congruence closure: statements are found again by hashed keys, and only those in which a
 * variable got a value are looked at again, so the time is near-linear in the number of records.
 */
export class Unifier {
  readonly conflicts: Conflict[] = [];
  readonly #instance: Instance;
  readonly #table = new TripleTable();
  /** Statements that were found to be the same. */
  readonly #parent: Int32Array;
  /** For every variable, a chain of the statements whose keys it is part of. */
  readonly #firstUse: Int32Array;
  readonly #lastUse: Int32Array;
  readonly #nextUse: Int32Array;
  readonly #queue: number[] = [];
  readonly #reported = new Set<string>();

  /** @param instance - with everything inferred. */
  constructor(instance: Instance) {
    this.#instance = instance;
    const { count } = instance.statements;
    this.#parent = Int32Array.from({ length: count }, (_, statement) => statement);
    this.#firstUse = new Int32Array(instance.terms.count).fill(absent);
    this.#lastUse = new Int32Array(instance.terms.count).fill(absent);
    this.#nextUse = new Int32Array(count * 3).fill(absent);
  }

  /** Does all of it; the result is in {@link conflicts}, and in what `find` answers. */
  run(): void {
    const { count } = this.#instance.statements;
    for (let statement = 0; statement < count; statement++) {
      this.#noteUses(statement);
    }
    for (let statement = 0; statement < count; statement++) {
      this.#insert(statement);
      this.#insertAgain();
    }
    this.#joinActivityTimes();
  }

  /** The statement that stands for all that are the same. */
  find(statement: number): number {
    let current = statement;
    for (;;) {
      const next = this.#parent[current] ?? current;
      if (next === current) {
        return current;
      }
      const after = this.#parent[next] ?? next;
      this.#parent[current] = after;
      current = after;
    }
  }

  #noteUses(statement: number): void {
    const { statements } = this.#instance;
    const { kind } = statements;
    this.#noteUse(statements.id[statement] ?? absent, statement * 3);
    const determinant = determinants[kind[statement] ?? "entity"];
    if (determinant !== undefined) {
      const [a, b] = determinant.positions;
      this.#noteUse(statements.argument(statement, a), statement * 3 + 1);
      this.#noteUse(statements.argument(statement, b), statement * 3 + 2);
    } else if (kind[statement] === "mentionOf") {
      this.#noteUse(statements.argument(statement, 0), statement * 3 + 1);
    }
  }

  #noteUse(term: Term, use: number): void {
    if (term === absent || this.#instance.terms.isConstant(term)) {
      return;
    }
    const last = this.#lastUse[term] ?? absent;
    if (last === absent) {
      this.#firstUse[term] = use;
    } else {
      this.#nextUse[last] = use;
    }
    this.#lastUse[term] = use;
  }

  #insertAgain(): void {
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      this.#insert(next);
    }
  }

  #insert(statement: number): void {
    const { statements, terms } = this.#instance;
    const kind = statements.kind[statement] ?? "entity";
    const number = kindNumber.get(kind) ?? 0;
    const id = statements.id[statement] ?? absent;
    if (id !== absent) {
      const other = this.#table.claim(keyTags + number, terms.find(id), 0, statement);
      if (other !== -1) {
        this.#merge(other, statement, number < 3 ? 22 : 23);
      }
    }
    const determinant = determinants[kind];
    if (determinant !== undefined) {
      const [a, b] = determinant.positions;
      const first = terms.find(statements.argument(statement, a));
      const second = terms.find(statements.argument(statement, b));
      const other = this.#table.claim(determinantTags + number, first, second, statement);
      if (other !== -1 && other !== statement) {
        this.#joinIds(other, statement, determinant.constraint);
      }
    } else if (kind === "mentionOf") {
      const first = terms.find(statements.argument(statement, 0));
      const other = this.#table.claim(mentionTag, first, 0, statement);
      if (other !== -1) {
        this.#merge(other, statement, "unique-mention");
      }
    }
  }

  #joinIds(a: number, b: number, constraint: 24 | 25 | 26 | 27): void {
    const { statements } = this.#instance;
    const idA = statements.id[a] ?? absent;
    const idB = statements.id[b] ?? absent;
    if (!this.#join(idA, idB, a, b)) {
      this.#report(constraint, a, b, "id", idA, idB);
    }
  }

  #merge(a: number, b: number, constraint: 22 | 23 | "unique-mention"): void {
    const rootA = this.find(a);
    const rootB = this.find(b);
    if (rootA === rootB) {
      return;
    }
    this.#parent[rootB] = rootA;
    const { statements } = this.#instance;
    const formals = recordFormals[statements.kind[a] ?? "entity"];
    for (let position = 0; position < argumentsWidth; position++) {
      const termA = statements.argument(a, position);
      const termB = statements.argument(b, position);
      if (termA !== absent && termB !== absent && !this.#join(termA, termB, a, b)) {
        // Merging has failed: what else differs would only repeat it in other words.
        const property = formals[position]?.property ?? "id";
        this.#report(constraint, a, b, property, termA, termB);
        return;
      }
    }
    this.#mergeTimes(a, b, constraint);
  }

  #mergeTimes(a: number, b: number, constraint: 22 | 23 | "unique-mention"): void {
    const { statements, times } = this.#instance;
    const timeA = statements.time[a] ?? absent;
    const timeB = statements.time[b] ?? absent;
    if (timeA === absent || timeB === absent) {
      return;
    }
    const isActivity = statements.kind[a] === "activity";
    const start = times.join(timeA, timeB);
    if (start !== undefined) {
      this.#reportTime(constraint, isActivity ? "startTime" : "time", start, a, b);
    }
    const end = isActivity ? times.join(timeA + 1, timeB + 1) : undefined;
    if (end !== undefined) {
      this.#reportTime(constraint, "endTime", end, a, b);
    }
  }

  // Constraints 28 and 29. Times are part of no key, so once is enough, after everything else.
  #joinActivityTimes(): void {
    const { statements, terms, times } = this.#instance;
    const activities = new Map<Term, number>();
    for (let s = 0; s < statements.count; s++) {
      if (statements.kind[s] === "activity") {
        activities.set(terms.find(statements.id[s] ?? absent), statements.time[s] ?? absent);
      }
    }
    for (let s = 0; s < statements.count; s++) {
      const kind = statements.kind[s];
      if ((kind !== "wasStartedBy" && kind !== "wasEndedBy") || this.find(s) !== s) {
        continue;
      }
      const first = activities.get(terms.find(statements.argument(s, 0)));
      if (first !== undefined) {
        const isStart = kind === "wasStartedBy";
        const clash = times.join(isStart ? first : first + 1, statements.time[s] ?? absent);
        if (clash !== undefined) {
          this.#reportTime(isStart ? 28 : 29, isStart ? "startTime" : "endTime", clash, s, s);
        }
      }
    }
  }

  // Makes two terms the same; false when both are constants.
  #join(a: Term, b: Term, statementA: number, statementB: number): boolean {
    const { terms, statements } = this.#instance;
    const rootA = terms.find(a);
    const rootB = terms.find(b);
    if (rootA === rootB) {
      return true;
    }
    const [value, holder] = terms.isConstant(rootA) ? [a, statementA] : [b, statementB];
    const source = terms.sourceOf(value, statements.record[holder] ?? -1);
    const joined = terms.join(rootA, rootB, source);
    if (joined === undefined) {
      return false;
    }
    this.#moveUses(joined.loser, joined.winner);
    return true;
  }

  #moveUses(loser: Term, winner: Term): void {
    const first = this.#firstUse[loser] ?? absent;
    if (first === absent) {
      return;
    }
    for (let use = first; use !== absent; use = this.#nextUse[use] ?? absent) {
      this.#queue.push(Math.floor(use / 3));
    }
    const last = this.#lastUse[winner] ?? absent;
    if (last === absent) {
      this.#firstUse[winner] = first;
    } else {
      this.#nextUse[last] = first;
    }
    this.#lastUse[winner] = this.#lastUse[loser] ?? absent;
  }

  #report(
    constraint: UniquenessConstraint,
    a: number,
    b: number,
    property: string,
    termA: Term,
    termB: Term,
  ): void {
    const { terms, statements } = this.#instance;
    const records = [
      terms.sourceOf(termA, statements.record[a] ?? -1),
      terms.sourceOf(termB, statements.record[b] ?? -1),
    ] as const;
    const values = [this.#textOf(termA), this.#textOf(termB)] as const;
    this.#add({ constraint, records, property, values }, a, b);
  }

  #reportTime(
    constraint: UniquenessConstraint,
    property: string,
    { records, texts }: TimeClash,
    a: number,
    b: number,
  ): void {
    this.#add({ constraint, records, property, values: texts }, a, b);
  }

  #add(found: Omit<Conflict, "kind">, a: number, b: number): void {
    const { constraint, records, property, values } = found;
    const pair = [0, 1].map((i) => `${records[i]} ${values[i]}`).sort(compareTexts);
    const key = [constraint, property, ...pair].join(" ");
    if (this.#reported.has(key)) {
      return;
    }
    this.#reported.add(key);
    const conflict = { ...found, kind: this.#instance.statements.kind[a] ?? "entity" };
    const because = constraint === 23 ? this.#because(a, b) : undefined;
    this.conflicts.push(because === undefined ? conflict : { ...conflict, because });
  }

  // Two statements with ids of their own became one by what they say, not by a common id.
  #because(a: number, b: number): 24 | 25 | 26 | 27 | undefined {
    const { statements } = this.#instance;
    const determinant = determinants[statements.kind[a] ?? "entity"];
    return statements.id[a] === statements.id[b] ? undefined : determinant?.constraint;
  }

  #textOf(term: Term): string {
    const { terms } = this.#instance;
    const name = terms.nameOf(terms.find(term));
    return name === undefined ? "-" : nameText(name);
  }
}
