import { quoted } from "../../formats/quoted.js";
import { compareDateTimes, type DateTimeText, nameText } from "../../prov/index.js";
import { absent } from "../../prov/unify/statements.js";
import { nothing, type Term } from "../../prov/unify/terms.js";
import type { Scope } from "../scope.js";
import type { Report } from "../whereabouts.js";

/** A time and the record that gives it. */
interface Reading {
  readonly time: DateTimeText;
  readonly record: number;
}

type Readings = Map<Term, Reading>;

/** What should come first, and what then; 1 and 2 stand for the names in question. */
interface Order {
  readonly earlier: string;
  readonly later: string;
}

/** What an activity, 1, does with a thing, 2. */
interface Deed {
  readonly afterStart: Order;
  readonly beforeEnd: Order;
}

function order(earlier: string, later: string): Order {
  return { earlier, later };
}

function deed(what: string): Deed {
  return { afterStart: order("1 started", what), beforeEnd: order(what, "1 ended") };
}

const said = {
  activity: order("it started", "1 ended"),
  generating: deed("1 generated 2"),
  generation: order("it was generated", "1 was invalidated"),
  using: deed("1 used 2"),
  use: order("2 was generated", "1 used 2"),
  lateUse: order("1 used it", "2 was invalidated"),
  start: order("2 was generated", "2 started 1"),
  end: order("2 was generated", "2 ended 1"),
  communication: order("2, which informed it, started", "1 ended"),
  derivation: order("2, from which it was derived, was generated", "1 was generated"),
} as const;

/**
 * Warns of times that contradict the order of events. PROV-CONSTRAINTS does not look at clocks, so
 * such a document is valid; it was probably made with two clocks or a wrong offset.
 *
 * @param scope - a complete top level or bundle, after its constraints were checked.
 */
export function lintClockOrder(scope: Scope, report: Report): void {
  new ClockOrder(scope, report).run();
}

class ClockOrder {
  readonly #scope: Scope;
  readonly #report: Report;
  readonly #starts: Readings = new Map();
  readonly #ends: Readings = new Map();
  readonly #generations: Readings = new Map();
  readonly #invalidations: Readings = new Map();

  constructor(scope: Scope, report: Report) {
    this.#scope = scope;
    this.#report = report;
  }

  run(): void {
    const { records } = this.#scope.instance;
    for (let s = 0; s < records.length; s++) {
      this.#read(s);
    }
    for (let s = 0; s < records.length; s++) {
      this.#compare(s);
    }
  }

  #read(s: number): void {
    const { statements } = this.#scope.instance;
    switch (statements.kind[s]) {
      case "activity":
        this.#note(this.#starts, this.#id(s), this.#time(s));
        this.#note(this.#ends, this.#id(s), this.#time(s, 1));
        break;
      case "wasStartedBy":
        this.#note(this.#starts, this.#argument(s, 0), this.#time(s));
        break;
      case "wasEndedBy":
        this.#note(this.#ends, this.#argument(s, 0), this.#time(s));
        break;
      case "wasGeneratedBy":
        this.#note(this.#generations, this.#argument(s, 0), this.#time(s));
        break;
      case "wasInvalidatedBy":
        this.#note(this.#invalidations, this.#argument(s, 0), this.#time(s));
        break;
      default:
        break;
    }
  }

  #compare(s: number): void {
    const { statements } = this.#scope.instance;
    const [one, two] = [this.#argument(s, 0), this.#argument(s, 1)];
    const time = this.#time(s);
    switch (statements.kind[s]) {
      case "activity": {
        const id = this.#id(s);
        this.#expect(this.#starts.get(id), this.#ends.get(id), said.activity, id, nothing);
        break;
      }
      case "wasGeneratedBy":
        this.#within(time, two, said.generating, one);
        this.#expect(time, this.#invalidations.get(one), said.generation, one, two);
        break;
      case "used":
        this.#within(time, one, said.using, two);
        this.#expect(this.#generations.get(two), time, said.use, one, two);
        this.#expect(time, this.#invalidations.get(two), said.lateUse, one, two);
        break;
      case "wasStartedBy":
        this.#expect(this.#generations.get(two), time, said.start, one, two);
        break;
      case "wasEndedBy":
        this.#expect(this.#generations.get(two), time, said.end, one, two);
        break;
      case "wasInformedBy":
        this.#expect(this.#starts.get(two), this.#ends.get(one), said.communication, one, two);
        break;
      case "wasDerivedFrom": {
        const derived = this.#generations.get(one);
        this.#expect(this.#generations.get(two), derived, said.derivation, one, two);
        break;
      }
      default:
        break;
    }
  }

  // Something an activity did happened between its start and its end.
  #within(time: Reading | undefined, activity: Term, deed: Deed, thing: Term): void {
    const { afterStart, beforeEnd } = deed;
    this.#expect(this.#starts.get(activity), time, afterStart, activity, thing);
    this.#expect(time, this.#ends.get(activity), beforeEnd, activity, thing);
  }

  #expect(
    first: Reading | undefined,
    second: Reading | undefined,
    { earlier, later }: Order,
    one: Term,
    two: Term,
  ): void {
    if (
      first !== undefined &&
      second !== undefined &&
      compareDateTimes(first.time, second.time) > 0
    ) {
      const tell = (phrase: string): string =>
        phrase.replaceAll(/[12]/g, (which) => this.#name(which === "1" ? one : two));
      const message = `By the clock, ${tell(later)} (${second.time}) before ${tell(earlier)} (${first.time}).`;
      const records = [...new Set([first.record, second.record])];
      this.#report(this.#scope.finding("warning", "clock-order", message, records));
    }
  }

  #note(readings: Readings, term: Term, reading: Reading | undefined): void {
    if (reading !== undefined && !readings.has(term)) {
      readings.set(term, reading);
    }
  }

  // What others know of the time of the same event counts too.
  #time(s: number, offset: number = 0): Reading | undefined {
    const { statements, times } = this.#scope.instance;
    const slot = statements.time[s] ?? absent;
    const time = slot === absent ? undefined : times.textOf(slot + offset);
    return time === undefined ? undefined : { time, record: statements.record[s] ?? 0 };
  }

  #id(s: number): Term {
    const { statements, terms } = this.#scope.instance;
    return terms.find(statements.id[s] ?? nothing);
  }

  #argument(s: number, position: number): Term {
    const { statements, terms } = this.#scope.instance;
    const term = statements.argument(s, position);
    return term === absent ? nothing : terms.find(term);
  }

  #name(term: Term): string {
    const name = term === nothing ? undefined : this.#scope.instance.terms.nameOf(term);
    return name === undefined ? "something" : quoted(nameText(name));
  }
}
