import { TaskprovError } from "../../base/errors.js";
import { recordText } from "../../check/record-text.js";
import { type DocumentDifference, differences, equal } from "../../prov/index.js";
import type { Command } from "../command.js";
import { formatOption, givenFormat, readArgument } from "../document-input.js";

const maxShown = 20;

/** `taskprov equal A B`. */
export const equalCommand: Command = {
  name: "equal",
  summary: "tell whether two PROV documents say the same, in whatever formats",
  arguments: "A B",
  count: [2, 2],
  about: [
    "Compares two PROV documents of any formats: order, prefixes, spellings of values and blank ids",
    "do not matter, times are compared by instant. Shows the records that only one of them has. A or",
    "B may be - for standard input. Exit status: 0 equal, 1 different, 2 one cannot be read.",
  ].join("\n"),
  options: {
    strict: { type: "boolean", help: "repeated records and values count" },
    json: { type: "boolean", help: "the result as JSON" },
    format: formatOption,
  },
  examples: [
    "taskprov equal run.json run.ttl",
    "taskprov equal --json a.provn b.xml | jq .onlyInA",
  ],
  run: async (parsed, io) => {
    const [first = "", second = ""] = parsed.positionals;
    if (first === "-" && second === "-") {
      throw new TaskprovError("ERR_USAGE", "Only one of the documents can be standard input.");
    }
    const format = givenFormat(parsed);
    const a = await readArgument(first, format, io);
    const b = await readArgument(second, format, io);
    const options = { strict: parsed.flag("strict") === true };
    const isEqual = equal(a, b, options);
    const { onlyInA, onlyInB } = isEqual ? nothing : differences(a, b, options);
    if (parsed.flag("json") === true) {
      const result = { equal: isEqual, onlyInA: onlyInA.map(told), onlyInB: onlyInB.map(told) };
      await io.out(`${JSON.stringify(result, null, 2)}\n`);
    } else {
      await io.out(
        isEqual
          ? "equal\n"
          : `different\n${shown("-", first, onlyInA)}${shown("+", second, onlyInB)}`,
      );
    }
    return isEqual ? 0 : 1;
  },
};

const nothing = { onlyInA: [], onlyInB: [] } as const;

function told({ record, bundle }: DocumentDifference): { record: string; bundle?: string } {
  return { record: recordText(record), ...(bundle !== undefined && { bundle }) };
}

function shown(sign: string, file: string, found: readonly DocumentDifference[]): string {
  if (found.length === 0) return "";
  const lines = found.slice(0, maxShown).map((difference) => {
    const { record, bundle } = told(difference);
    return `  ${sign} ${record}${bundle === undefined ? "" : ` in bundle ${bundle}`}`;
  });
  const more = found.length > maxShown ? [`  ${sign} and ${found.length - maxShown} more`] : [];
  return `${[`only in ${file} (${found.length} records):`, ...lines, ...more].join("\n")}\n`;
}
