import type { LogEntry } from "../../actions/log-entry.js";
import {
  type FieldFilter,
  filterEntry,
  isWanted,
  type LogFilter,
} from "../../actions/log-filter.js";
import { TaskprovError } from "../../base/errors.js";
import { readActionLog } from "../../lineage/read-action-log.js";
import { actionOneLines, actionTreeLines } from "../../lineage/text/action-log-text.js";
import type { Command, Parsed } from "../command.js";
import { jsonText, numberOption, outputStyle } from "../lineage-input.js";

/** `taskprov tree FILES`. */
export const treeCommand: Command = {
  name: "tree",
  summary: "show an action log, or the run of a journal, as a tree: what called what, with what",
  arguments: "FILE...",
  count: [1, 10_000],
  about: [
    "Shows what called what, with inputs, results, durations and failures. FILEs are action logs of",
    "taskprov or Eliot, all files of all workers in any order, or journals, or - for standard input.",
    "What belongs together becomes one tree. Conditions all hold; what leads to a match and what is",
    "inside it is shown with it. Status 1: something could not be read, which standard error names.",
  ].join("\n"),
  options: {
    "one-line": { type: "boolean", help: "an action a line, for grep and sort, without messages" },
    task: {
      type: "string",
      short: "u",
      value: "UUID",
      help: "only the tree of this UUID, or its beginning",
    },
    since: { type: "string", value: "TIME", help: "under way at or after this time (ISO 8601)" },
    until: { type: "string", value: "TIME", help: "that began at or before this time" },
    select: {
      type: "string",
      multiple: true,
      value: "FIELD[=TEXT|~TEXT]",
      help: "with this field, with this value (=) or containing it (~); repeat for several",
    },
    type: {
      type: "string",
      multiple: true,
      value: "TYPE",
      help: "actions and messages of this type",
    },
    failed: { type: "boolean", help: "actions that failed" },
    "field-limit": {
      type: "string",
      value: "N",
      help: "characters of a value (default 100; 0: all)",
    },
    json: { type: "boolean", help: "the trees as JSON" },
  },
  examples: [
    "taskprov tree run.log worker-*.log",
    "taskprov tree output/yprov4wfs.journal --failed",
    "taskprov tree run.log --one-line | grep complex_calc",
    "taskprov tree run.log --select path~2015 --since 2026-11-20T10:15:00Z",
  ],
  run: async (parsed, io) => {
    const filter = filterOf(parsed);
    const fieldLimit = numberOption(parsed, "field-limit") ?? 100;
    const sources = parsed.positionals.map((file) => (file === "-" ? io.input : file));
    const log = await readActionLog(sources);
    const options = { style: outputStyle(), fieldLimit };
    if (parsed.flag("one-line") === true) {
      const entries = actionsOf(log.roots, filter);
      for (const text of gathered(actionOneLines(entries, options))) await io.out(text);
    } else {
      const roots = log.roots.flatMap((root) => filterEntry(root, filter) ?? []);
      if (parsed.flag("json") === true) await io.out(jsonText(roots));
      else for (const text of gathered(actionTreeLines(roots, options))) await io.out(text);
    }
    for (const problem of log.problems) io.note(`taskprov: ${problem}`);
    const more = log.problemCount - log.problems.length;
    if (more > 0) io.note(`taskprov: and ${more} more lines that could not be read.`);
    return log.problemCount === 0 ? 0 : 1;
  },
};

function filterOf(parsed: Parsed): LogFilter {
  const task = parsed.text("task");
  const since = timeOption(parsed, "since");
  const until = timeOption(parsed, "until");
  const types = parsed.texts("type");
  return {
    ...(task !== undefined && { task }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(types.length > 0 && { types }),
    ...(parsed.flag("failed") === true && { status: "failed" }),
    fields: parsed.texts("select").map(fieldFilter),
  };
}

function timeOption(parsed: Parsed, name: string): number | undefined {
  const text = parsed.text(name);
  if (text === undefined) return undefined;
  const milliseconds = Date.parse(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(milliseconds)) return milliseconds / 1000;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected --${name} to be a time such as 2026-11-20T10:15:00Z, got ${JSON.stringify(text)}.`,
  );
}

function fieldFilter(text: string): FieldFilter {
  const [, name, sign, rest = ""] = /^([^=~]+)(?:([=~])(.*))?$/s.exec(text) ?? [];
  if (name === undefined) {
    throw new TaskprovError(
      "ERR_USAGE",
      `Expected --select to be FIELD, FIELD=TEXT or FIELD~TEXT, got ${JSON.stringify(text)}.`,
    );
  }
  if (sign === undefined) return { name };
  return sign === "=" ? { name, equals: rest } : { name, contains: rest };
}

/** Wanted actions in the order of the trees, each with the types that lead to it. */
function* actionsOf(
  roots: readonly LogEntry[],
  filter: LogFilter,
): Generator<{ readonly entry: LogEntry; readonly path: readonly string[] }> {
  const open = roots.map((entry) => ({ entry, path: pathTo([], entry) })).reverse();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { entry, path } = at;
    const isAction = entry.status !== "message" && entry.type !== undefined;
    if (isAction && isWanted(entry, filter)) yield at;
    const below = entry.children.map((child) => ({ entry: child, path: pathTo(path, child) }));
    open.push(...below.reverse());
  }
}

function pathTo(path: readonly string[], { type }: LogEntry): readonly string[] {
  return type === undefined ? path : [...path, type];
}

/** A write for each line would cost more than making it. */
function* gathered(lines: Iterable<string>): Generator<string> {
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < 1 << 16) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
