import type { RecordWhereabouts } from "../../formats/index.js";
import { quoted } from "../../formats/quoted.js";
import {
  datatypes,
  formalTimes,
  isTypedLiteral,
  type ProvRecord,
  uriOf,
} from "../../prov/index.js";
import { findingAt, type Report } from "../whereabouts.js";
import { Occurrences } from "./occurrences.js";

const dateTimeUri = uriOf(datatypes.dateTime);

interface Weakness {
  readonly name: string;
  readonly form: RegExp;
  readonly consequence: string;
}

/** What a time may look like, and what becomes of it. */
const weaknesses: readonly Weakness[] = [
  {
    name: "no-offset",
    form: /T[\d:.]+$/,
    consequence: "has no offset, so every reader takes it for its own local time",
  },
  {
    name: "nanoseconds",
    form: /\.\d{7}/,
    consequence: "has more than six fraction digits; Python cuts the others off",
  },
  {
    name: "microseconds",
    form: /\.\d{4,6}(?!\d)/,
    consequence: "has more than three fraction digits; ProvToolbox cuts the others off",
  },
  {
    name: "far-year",
    form: /^(?:-|0000|\d{5})/,
    consequence: "is not of the years 1 to 9999, which Python cannot hold",
  },
  {
    name: "hour-24",
    form: /T24:/,
    consequence: "is the hour 24, which many readers reject; write 00:00:00 of the next day",
  },
];

/** Warns of times that some tools drop, shorten or change, one warning a form. */
export class DroppedDatesLint {
  readonly #occurrences = new Occurrences();

  record(record: ProvRecord, at: RecordWhereabouts): void {
    for (const time of formalTimes(record)) {
      if (time !== undefined) {
        this.#time(time, record, at);
      }
    }
    for (const [, value] of record.attributes) {
      if (
        typeof value === "object" &&
        isTypedLiteral(value) &&
        value.datatype.local === "dateTime" &&
        uriOf(value.datatype) === dateTimeUri
      ) {
        this.#time(value.text, record, at);
      }
    }
  }

  finish(report: Report): void {
    this.#occurrences.finish(report);
  }

  #time(time: string, record: ProvRecord, at: RecordWhereabouts): void {
    // A time is some thirty characters; what is longer was made to be slow.
    const text = time.slice(0, 100);
    for (const { name, form, consequence } of weaknesses) {
      if (form.test(text)) {
        this.#occurrences.add(name, () => {
          const message = `The time ${quoted(time)} of this ${record.kind} ${consequence}.`;
          return findingAt("warning", "dropped-dates", message, at);
        });
      }
    }
  }
}
