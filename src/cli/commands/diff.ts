import { TaskprovError } from "../../base/errors.js";
import { writeFileAtomically } from "../../base/files.js";
import { type DiffOptions, diff, differenceKinds } from "../../lineage/diff/diff.js";
import type { DifferenceKind } from "../../lineage/diff/diff-answer.js";
import { diffHtml } from "../../lineage/text/diff-html.js";
import { diffText } from "../../lineage/text/diff-text.js";
import type { Command, Parsed } from "../command.js";
import { jsonText, outputStyle } from "../lineage-input.js";

/** `taskprov diff A B`. */
export const diffCommand: Command = {
  name: "diff",
  summary: "show what differs between two runs, and why",
  arguments: "A B",
  count: [2, 2],
  about: [
    "Compares two runs, although keys differ from run to run: changed code, parameters, inputs,",
    "environment and structure; the first data that differs; failures new and gone; and computing,",
    "transfer and waiting by group. Exit status 1 when anything differs, so that CI can use it;",
    "times count only with --threshold.",
    `A and B are PROV documents or journals. Kinds: ${differenceKinds.join(", ")}.`,
  ].join("\n"),
  options: {
    ignore: {
      type: "string",
      multiple: true,
      value: "KIND",
      help: "do not count this kind; repeat for several",
    },
    threshold: {
      type: "string",
      value: "PERCENT",
      help: "tasks slower by more than this are a difference",
    },
    price: {
      type: "string",
      value: "AMOUNT",
      help: "price of a worker for an hour, for the cost of both",
    },
    key: { type: "string", value: "KEY", help: "only what this result came from" },
    json: { type: "boolean", help: "the answer as JSON" },
    html: { type: "boolean", help: "the answer as one HTML page" },
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      help: "where to write (default: standard output)",
    },
  },
  examples: [
    "taskprov diff yesterday.json today.json",
    "taskprov diff base.json new.json --ignore environment --threshold 20",
    "taskprov diff a.json b.json --html -o diff.html",
  ],
  run: async (parsed, io) => {
    const [a = "", b = ""] = parsed.positionals;
    if (a === "-" && b === "-") {
      throw new TaskprovError("ERR_USAGE", "Only one of A and B can be standard input.");
    }
    const answer = await diff(
      a === "-" ? io.input : a,
      b === "-" ? io.input : b,
      optionsOf(parsed),
    );
    const output = parsed.text("output");
    const isHtml = parsed.flag("html") === true || output?.endsWith(".html") === true;
    const isJson = parsed.flag("json") === true;
    const style = outputStyle(output === undefined);
    const text = isJson ? jsonText(answer) : isHtml ? diffHtml(answer) : diffText(answer, style);
    if (output === undefined || output === "-") await io.out(text);
    else writeFileAtomically(output, text);
    return answer.different ? 1 : 0;
  },
};

function optionsOf(parsed: Parsed): DiffOptions {
  const threshold = amount(parsed, "threshold");
  const price = amount(parsed, "price");
  const key = parsed.text("key");
  return {
    ignore: parsed.texts("ignore").map(kindOf),
    ...(threshold !== undefined && { threshold: threshold / 100 }),
    ...(price !== undefined && { price }),
    ...(key !== undefined && { key }),
  };
}

function kindOf(text: string): DifferenceKind {
  const kind = differenceKinds.find((each) => each === text);
  if (kind !== undefined) return kind;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected one of ${differenceKinds.join(", ")} for --ignore, got ${JSON.stringify(text)}.`,
  );
}

function amount(parsed: Parsed, name: string): number | undefined {
  const text = parsed.text(name);
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?%?$/.test(text)) return Number.parseFloat(text);
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected a number from 0 up for --${name}, got ${JSON.stringify(text)}.`,
  );
}
