import {
  formalNames,
  formalTimes,
  isElementKind,
  type ProvRecord,
  type RecordKind,
  uriOf,
} from "../../src/prov/index.js";

/** A name, `-`, or an unknown thing (`?1`) that may turn out to be another term. */
type Term = string;

interface Statement {
  readonly kind: RecordKind;
  readonly id: Term;
  readonly args: readonly Term[];
  readonly times: readonly Term[];
  readonly isEmpty: boolean;
}

/**
 * Tells whether records are valid by PROV-CONSTRAINTS, rule by rule as the Recommendation has them:
 * everything inferred, everything compared with everything, cubic closures. For small instances
 * only; the judge of the fast checker.
 */
export function isValidByTheBook(records: readonly ProvRecord[]): boolean {
  const chase = new Chase(records);
  return chase.isValid();
}

class Chase {
  readonly #statements: Statement[] = [];
  readonly #values = new Map<Term, Term>();
  #unknowns: number = 0;
  #failed: boolean = false;

  constructor(records: readonly ProvRecord[]) {
    for (const record of records) this.#expand(record);
  }

  isValid(): boolean {
    this.#infer();
    this.#unify();
    return !this.#failed && this.#isOrdered() && this.#isTyped() && this.#isPossible();
  }

  #unknown(): Term {
    this.#unknowns += 1;
    return `?${this.#unknowns}`;
  }

  // Definitions 1 to 4.
  #expand(record: ProvRecord): void {
    const { kind } = record;
    const derivation = kind === "wasDerivedFrom";
    const args = formalNames(record).map((name, position) => {
      if (name !== undefined) return uriOf(name);
      const isPlan = kind === "wasAssociatedWith" && position === 2;
      const isNull = derivation && (position === 2 || record.activity === undefined);
      return isPlan || isNull ? "-" : this.#unknown();
    });
    const times = formalTimes(record).map((time) => time ?? this.#unknown());
    const id = record.id === undefined ? this.#unknown() : uriOf(record.id);
    const isEmpty =
      kind === "entity" &&
      record.attributes.some(
        ([, value]) =>
          typeof value === "object" && "local" in value && value.local === "EmptyCollection",
      );
    this.#statements.push({ kind, id, args, times, isEmpty });
  }

  #add(kind: RecordKind, id: Term, args: readonly Term[], times: readonly Term[] = []): void {
    this.#statements.push({ kind, id, args, times, isEmpty: false });
  }

  #all(kind: RecordKind): readonly Statement[] {
    return this.#statements.filter((each) => each.kind === kind);
  }

  #infer(): void {
    const unknown = (): Term => this.#unknown();
    for (const { args } of this.#all("mentionOf")) {
      this.#add("specializationOf", unknown(), args.slice(0, 2));
    }
    this.#closeSpecialization();
    // 21
    for (const { args } of this.#all("specializationOf")) {
      for (const general of this.#all("entity").filter(({ id }) => id === args[1])) {
        this.#statements.push({ ...general, id: args[0] ?? "" });
      }
    }
    // 7 and 8
    for (const { id } of this.#all("entity")) {
      this.#add("wasGeneratedBy", unknown(), [id, unknown()], [unknown()]);
      this.#add("wasInvalidatedBy", unknown(), [id, unknown()], [unknown()]);
    }
    for (const { id, times } of this.#all("activity")) {
      this.#add("wasStartedBy", unknown(), [id, unknown(), unknown()], times.slice(0, 1));
      this.#add("wasEndedBy", unknown(), [id, unknown(), unknown()], times.slice(1));
    }
    // 5
    for (const { args } of this.#all("wasInformedBy")) {
      const entity = unknown();
      this.#add("wasGeneratedBy", unknown(), [entity, args[1] ?? ""], [unknown()]);
      this.#add("used", unknown(), [args[0] ?? "", entity], [unknown()]);
    }
    // 13 and 14
    for (const { args } of this.#all("wasAttributedTo")) {
      const activity = unknown();
      this.#add("wasGeneratedBy", unknown(), [args[0] ?? "", activity], [unknown()]);
      this.#add("wasAssociatedWith", unknown(), [activity, args[1] ?? "", unknown()]);
    }
    for (const { args } of this.#all("actedOnBehalfOf")) {
      for (const agent of args.slice(0, 2)) {
        this.#add("wasAssociatedWith", unknown(), [args[2] ?? "", agent, unknown()]);
      }
    }
    // 11
    for (const { args } of this.#all("wasDerivedFrom")) {
      const [generated = "", used = "", activity = "", generation = "", usage = ""] = args;
      if (activity !== "-") {
        this.#add("used", usage, [activity, used], [unknown()]);
        this.#add("wasGeneratedBy", generation, [generated, activity], [unknown()]);
      }
    }
    // 9 and 10
    for (const { args } of [...this.#all("wasStartedBy"), ...this.#all("wasEndedBy")]) {
      this.#add("wasGeneratedBy", unknown(), args.slice(1, 3), [unknown()]);
    }
    // 15
    for (const { kind, id, args } of [...this.#statements]) {
      if (influences.includes(kind)) this.#add("wasInfluencedBy", id, args.slice(0, 2));
    }
  }

  // 19
  #closeSpecialization(): void {
    const pairs = new Set(this.#all("specializationOf").map(({ args }) => args.join(" ")));
    for (let before = -1; before !== pairs.size; ) {
      before = pairs.size;
      for (const one of [...pairs]) {
        for (const two of [...pairs]) {
          const [a = "", b] = one.split(" ");
          const [c, d = ""] = two.split(" ");
          if (b === c) pairs.add(`${a} ${d}`);
        }
      }
    }
    for (const pair of pairs) this.#add("specializationOf", this.#unknown(), pair.split(" "));
  }

  #value(term: Term): Term {
    const next = this.#values.get(term);
    return next === undefined ? term : this.#value(next);
  }

  #same(a: Term, b: Term): boolean {
    return this.#value(a) === this.#value(b);
  }

  #equate(a: Term, b: Term): boolean {
    const [x, y] = [this.#value(a), this.#value(b)];
    if (x === y) return false;
    if (x.startsWith("?")) this.#values.set(x, y);
    else if (y.startsWith("?")) this.#values.set(y, x);
    else this.#failed = true;
    return !this.#failed;
  }

  // 22 to 29, again and again until nothing changes.
  #unify(): void {
    for (let changed = true; changed && !this.#failed; ) {
      changed = false;
      for (const a of this.#statements) {
        for (const b of this.#statements) {
          if (a !== b && !this.#failed && this.#equateStatements(a, b)) changed = true;
        }
      }
    }
  }

  #equateStatements(a: Statement, b: Statement): boolean {
    let changed = false;
    const equate = (x: Term | undefined, y: Term | undefined): void => {
      if (x !== undefined && y !== undefined && this.#equate(x, y)) changed = true;
    };
    if (a.kind === b.kind && keyed(a.kind) && this.#same(a.id, b.id)) {
      for (const [i, arg] of a.args.entries()) equate(arg, b.args[i]);
      for (const [i, time] of a.times.entries()) equate(time, b.times[i]);
    }
    const at = determinants[a.kind];
    if (a.kind === b.kind && at?.every((i) => this.#same(a.args[i] ?? "", b.args[i] ?? ""))) {
      equate(a.id, b.id);
    }
    if (
      a.kind === "mentionOf" &&
      b.kind === "mentionOf" &&
      this.#same(a.args[0] ?? "", b.args[0] ?? "")
    ) {
      equate(a.args[1], b.args[1]);
      equate(a.args[2], b.args[2]);
    }
    if (a.kind === "activity" && this.#same(a.id, b.args[0] ?? "")) {
      if (b.kind === "wasStartedBy") equate(a.times[0], b.times[0]);
      if (b.kind === "wasEndedBy") equate(a.times[1], b.times[0]);
    }
    return changed;
  }

  // 30 to 49
  #isOrdered(): boolean {
    const order = new Order();
    const before = (a: Statement, b: Statement, strict = false): void =>
      order.add(this.#eventOf(a), this.#eventOf(b), strict);
    const about = (kind: RecordKind, thing: Term | undefined, position = 0): readonly Statement[] =>
      this.#all(kind).filter(({ args }) => this.#same(args[position] ?? "", thing ?? ""));
    const each = (a: readonly Statement[], b: readonly Statement[], strict = false): void => {
      for (const one of a) for (const two of b) before(one, two, strict);
    };
    const starts = (activity: Term | undefined): readonly Statement[] =>
      about("wasStartedBy", activity);
    const ends = (activity: Term | undefined): readonly Statement[] =>
      about("wasEndedBy", activity);
    const generations = (entity: Term | undefined): readonly Statement[] =>
      about("wasGeneratedBy", entity);
    const invalidations = (entity: Term | undefined): readonly Statement[] =>
      about("wasInvalidatedBy", entity);
    for (const statement of this.#statements) {
      const [a, b, c, g, u] = statement.args;
      switch (statement.kind) {
        case "wasStartedBy":
          each([statement], ends(a));
          each([statement], starts(a));
          each(generations(b), [statement]);
          each([statement], invalidations(b));
          break;
        case "wasEndedBy":
          each([statement], ends(a));
          each(generations(b), [statement]);
          each([statement], invalidations(b));
          break;
        case "used":
          each(starts(a), [statement]);
          each([statement], ends(a));
          each(generations(b), [statement]);
          each([statement], invalidations(b));
          break;
        case "wasGeneratedBy":
          each(starts(b), [statement]);
          each([statement], ends(b));
          each([statement], invalidations(a));
          each([statement], generations(a));
          break;
        case "wasInvalidatedBy":
          each([statement], invalidations(a));
          break;
        case "wasInformedBy":
          each(starts(b), ends(a));
          break;
        case "wasDerivedFrom":
          each(generations(b), generations(a), true);
          if (c !== "-") {
            const events = (kind: RecordKind, id: Term | undefined): readonly Statement[] =>
              this.#all(kind).filter((event) => this.#same(event.id, id ?? ""));
            each(events("used", u), events("wasGeneratedBy", g));
          }
          break;
        case "specializationOf":
          each(generations(b), generations(a));
          each(invalidations(a), invalidations(b));
          break;
        case "wasAssociatedWith":
          each(starts(a), invalidations(b));
          each(generations(b), ends(a));
          each(starts(a), ends(b));
          each(starts(b), ends(a));
          break;
        case "wasAttributedTo":
          each(generations(b), generations(a));
          each(starts(b), generations(a));
          break;
        case "actedOnBehalfOf":
          each(generations(b), invalidations(a));
          each(starts(b), ends(a));
          break;
        default:
          break;
      }
    }
    return order.isPossible();
  }

  #eventOf({ kind, id }: Statement): string {
    return `${kind} ${this.#value(id)}`;
  }

  // 50, 55 and 56
  #isTyped(): boolean {
    const types = new Map<Term, Set<string>>();
    const learn = (term: Term | undefined, type: string): void => {
      const value = this.#value(term ?? "-");
      if (value !== "-") types.set(value, (types.get(value) ?? new Set()).add(type));
    };
    for (const { kind, id, args, isEmpty } of this.#statements) {
      if (kind === "entity" || kind === "activity") learn(id, kind);
      if (isEmpty) learn(id, "empty");
      for (const [i, type] of (positions[kind] ?? []).entries()) {
        if (type !== "") learn(args[i], type);
      }
    }
    const isDisjoint = [...types.values()].every(
      (set) => !(set.has("entity") && set.has("activity")),
    );
    return (
      isDisjoint &&
      this.#all("hadMember").every(
        ({ args }) => types.get(this.#value(args[0] ?? ""))?.has("empty") !== true,
      )
    );
  }

  // 51 to 54
  #isPossible(): boolean {
    for (const { args } of this.#all("wasDerivedFrom")) {
      const [, , activity, generation, usage] = args;
      if (activity === "-" && (generation !== "-" || usage !== "-")) return false;
    }
    if (
      this.#all("specializationOf").some(({ args }) => this.#same(args[0] ?? "", args[1] ?? ""))
    ) {
      return false;
    }
    return this.#statements.every((a) =>
      this.#statements.every(
        (b) =>
          a.kind === b.kind ||
          !this.#same(a.id, b.id) ||
          (!(disjoint.includes(a.kind) && disjoint.includes(b.kind)) &&
            !(isElementKind(a.kind) && influences.concat("wasInfluencedBy").includes(b.kind))),
      ),
    );
  }
}

/** Which event comes before which, closed by trying every event in between. */
class Order {
  readonly #edges = new Map<string, boolean>();
  readonly #events = new Set<string>();

  add(a: string, b: string, strict: boolean): void {
    this.#events.add(a).add(b);
    const key = `${a} < ${b}`;
    this.#edges.set(key, strict || this.#edges.get(key) === true);
  }

  isPossible(): boolean {
    for (const middle of this.#events) {
      for (const a of this.#events) {
        const first = this.#edges.get(`${a} < ${middle}`);
        if (first === undefined) continue;
        for (const b of this.#events) {
          const second = this.#edges.get(`${middle} < ${b}`);
          if (second !== undefined) this.add(a, b, first || second);
        }
      }
    }
    return [...this.#events].every((event) => this.#edges.get(`${event} < ${event}`) !== true);
  }
}

const influences: readonly RecordKind[] = [
  "wasGeneratedBy",
  "used",
  "wasInformedBy",
  "wasStartedBy",
  "wasEndedBy",
  "wasInvalidatedBy",
  "wasDerivedFrom",
  "wasAttributedTo",
  "wasAssociatedWith",
  "actedOnBehalfOf",
];

const disjoint: readonly RecordKind[] = influences.filter((kind) => kind !== "wasDerivedFrom");

const determinants: Partial<Record<RecordKind, readonly number[]>> = {
  wasGeneratedBy: [0, 1],
  wasInvalidatedBy: [0, 1],
  wasStartedBy: [0, 2],
  wasEndedBy: [0, 2],
};

const positions: Partial<Record<RecordKind, readonly string[]>> = {
  wasGeneratedBy: ["entity", "activity"],
  used: ["activity", "entity"],
  wasInformedBy: ["activity", "activity"],
  wasStartedBy: ["activity", "entity", "activity"],
  wasEndedBy: ["activity", "entity", "activity"],
  wasInvalidatedBy: ["entity", "activity"],
  wasDerivedFrom: ["entity", "entity", "activity"],
  wasAttributedTo: ["entity", ""],
  wasAssociatedWith: ["activity", "", "entity"],
  actedOnBehalfOf: ["", "", "activity"],
  specializationOf: ["entity", "entity"],
  alternateOf: ["entity", "entity"],
  hadMember: ["entity", "entity"],
  mentionOf: ["entity", "entity"],
};

function keyed(kind: RecordKind): boolean {
  return isElementKind(kind) || kind === "wasInfluencedBy" || influences.includes(kind);
}
