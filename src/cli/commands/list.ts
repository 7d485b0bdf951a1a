import { TaskprovError } from "../../base/errors.js";
import { type Status, statuses } from "../../lineage/index/kinds.js";
import type { ListFilter } from "../../lineage/listings.js";
import { listText } from "../../lineage/text/answer-text.js";
import type { Command, Parsed } from "../command.js";
import { fileHelp, numberOption, outputStyle, sharedOptions } from "../lineage-input.js";
import { printAnswer } from "../slice-command.js";

const patterns = ["group", "function", "worker", "cell", "key"] as const;
const times = ["since", "until"] as const;

/** `taskprov list`. */
export const listCommand: Command = {
  name: "list",
  summary: "list attempts by status, group, function, worker, cell or time",
  arguments: "[FILE]",
  count: [0, 1],
  about: [
    "Lists the attempts that fit every filter given. Patterns are those of the shell: *, ?, [abc].",
    "Statuses: ok, error, lost, cancelled, blocked, running, pending.",
    fileHelp,
  ].join("\n"),
  options: {
    status: {
      type: "string",
      multiple: true,
      value: "STATUS",
      help: "with this status; repeat for several",
    },
    group: { type: "string", value: "PATTERN", help: "of these groups" },
    function: { type: "string", value: "PATTERN", help: "of these functions" },
    worker: { type: "string", value: "PATTERN", help: "on these workers" },
    cell: { type: "string", value: "PATTERN", help: "from these notebook cells" },
    key: { type: "string", value: "PATTERN", help: "of these keys" },
    since: { type: "string", value: "TIME", help: "that ended at or after this time (ISO 8601)" },
    until: { type: "string", value: "TIME", help: "that started at or before this time" },
    limit: { type: "string", value: "N", help: "at most N of them (default 100)" },
    ...sharedOptions,
  },
  examples: [
    "taskprov list --status error --status lost",
    "taskprov list --group 'mean*' --worker 'tcp://10.*' --json",
    "taskprov list output/yprov4wfs.json --since 2026-11-20T10:15:00Z",
  ],
  run: async (parsed, io) => {
    const filter = filterOf(parsed);
    await printAnswer(
      parsed,
      io,
      0,
      (lineage) => lineage.list(filter),
      (answer) => listText(answer, outputStyle()),
    );
    return 0;
  },
};

function filterOf(parsed: Parsed): ListFilter {
  const given = [...patterns, ...times].flatMap((name) => {
    const text = parsed.text(name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return {
    ...Object.fromEntries(given),
    status: parsed.texts("status").map(statusOf),
    limit: numberOption(parsed, "limit") ?? 100,
  };
}

function statusOf(text: string): Status {
  const found = statuses.find((status) => status === text && status !== "");
  if (found !== undefined) return found;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected one of ${statuses.slice(1).join(", ")} for --status, got ${JSON.stringify(text)}.`,
  );
}
