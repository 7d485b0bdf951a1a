import { quoted } from "../../formats/quoted.js";
import { compareDateTimes, type DateTimeText, nameText } from "../../prov/index.js";
import { absent } from "../../prov/unify/statements.js";
import { nothing, type Term } from "../../prov/unify/terms.js";
import type { Scope } from "../scope.js";
import type { Report } from "../whereabouts.js";

/**
 * A time that a record gives: twice the record's number plus one, or plus two for the end of an
 * activity; 0 for none. Most documents give a few times a record, which had better not be objects.
 */
type Reading = number;

/** The first reading of every term. */
type Readings = Int32Array;

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

function recordOf(reading: Reading): number {
  return (reading - 1) >> 1;
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
  readonly #starts: Readings;
  readonly #ends: Readings;
  readonly #generations: Readings;
  readonly #invalidations: Readings;
  /** By reading, what the time is compared by; see {@link orderNumber}. */
  readonly #orders: Float64Array;

  constructor(scope: Scope, report: Report) {
    this.#scope = scope;
    this.#report = report;
    const { count } = scope.instance.terms;
    this.#starts = new Int32Array(count);
    this.#ends = new Int32Array(count);
    this.#generations = new Int32Array(count);
    this.#invalidations = new Int32Array(count);
    this.#orders = new Float64Array(2 * scope.instance.recordCount + 1).fill(unread);
  }

  run(): void {
    const { recordCount } = this.#scope.instance;
    for (let s = 0; s < recordCount; s++) {
      this.#read(s);
    }
    for (let s = 0; s < recordCount; s++) {
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
    const one = this.#argument(s, 0);
    const two = this.#argument(s, 1);
    const time = this.#time(s);
    switch (statements.kind[s]) {
      case "activity": {
        const id = this.#id(s);
        this.#expect(this.#starts[id], this.#ends[id], said.activity, id, nothing);
        break;
      }
      case "wasGeneratedBy":
        this.#within(time, two, said.generating, one);
        this.#expect(time, this.#invalidations[one], said.generation, one, two);
        break;
      case "used":
        this.#within(time, one, said.using, two);
        this.#expect(this.#generations[two], time, said.use, one, two);
        this.#expect(time, this.#invalidations[two], said.lateUse, one, two);
        break;
      case "wasStartedBy":
        this.#expect(this.#generations[two], time, said.start, one, two);
        break;
      case "wasEndedBy":
        this.#expect(this.#generations[two], time, said.end, one, two);
        break;
      case "wasInformedBy":
        this.#expect(this.#starts[two], this.#ends[one], said.communication, one, two);
        break;
      case "wasDerivedFrom": {
        const derived = this.#generations[one];
        this.#expect(this.#generations[two], derived, said.derivation, one, two);
        break;
      }
      default:
        break;
    }
  }

  // Something an activity did happened between its start and its end.
  #within(time: Reading, activity: Term, deed: Deed, thing: Term): void {
    const { afterStart, beforeEnd } = deed;
    this.#expect(this.#starts[activity], time, afterStart, activity, thing);
    this.#expect(time, this.#ends[activity], beforeEnd, activity, thing);
  }

  #expect(
    first: Reading | undefined,
    second: Reading | undefined,
    order: Order,
    one: Term,
    two: Term,
  ): void {
    if (!first || !second || this.#order(first) < this.#order(second)) {
      return;
    }
    const earlier = this.#timeOf(first) ?? "";
    const later = this.#timeOf(second) ?? "";
    if (earlier !== later && compareDateTimes(earlier, later) > 0) {
      this.#tell(first, second, order, one, two);
    }
  }

  #tell(first: Reading, second: Reading, order: Order, one: Term, two: Term): void {
    const phrase = (text: string): string =>
      text.replaceAll(/[12]/g, (which) => this.#name(which === "1" ? one : two));
    const message = `By the clock, ${phrase(order.later)} (${this.#timeOf(second)}) before ${phrase(order.earlier)} (${this.#timeOf(first)}).`;
    const records = [...new Set([recordOf(first), recordOf(second)])];
    this.#report(this.#scope.finding("warning", "clock-order", message, records));
  }

  #note(readings: Readings, term: Term, reading: Reading): void {
    if (readings[term] === 0) {
      readings[term] = reading;
    }
  }

  // What others know of the time of the same event counts too.
  #time(s: number, offset: 0 | 1 = 0): Reading {
    const reading = 2 * s + 1 + offset;
    return this.#timeOf(reading) === undefined ? 0 : reading;
  }

  #order(reading: Reading): number {
    const known = this.#orders[reading] ?? unread;
    if (known !== unread) {
      return known;
    }
    const order = orderNumber(this.#timeOf(reading) ?? "");
    this.#orders[reading] = order;
    return order;
  }

  #timeOf(reading: Reading): DateTimeText | undefined {
    const { statements, times } = this.#scope.instance;
    const slot = statements.time[recordOf(reading)] ?? absent;
    return slot === absent ? undefined : times.textOf(slot + ((reading - 1) & 1));
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

const unread = -1;
const plainForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

// A number that is less than that of another time only if the time is no later: to the millisecond,
// with months of 31 days. Not a number for times of another form.
function orderNumber(text: DateTimeText): number {
  if (!plainForm.test(text)) {
    return Number.NaN;
  }
  const digits = (from: number, to: number): number => Number(text.slice(from, to));
  const days = (digits(0, 4) * 12 + digits(5, 7)) * 31 + digits(8, 10);
  const seconds = ((days * 24 + digits(11, 13)) * 60 + digits(14, 16)) * 60 + digits(17, 19);
  return seconds * 1000 + Math.trunc(Number(`0${text.slice(19, -1)}`) * 1000);
}
