import { TaskprovError } from "../../base/errors.js";
import type { RunOverview } from "../../traces/run-overview.js";
import { runOverview, watchRun } from "../../track/watch-run.js";
import type { Command } from "../command.js";
import { findJournal } from "../find-journal.js";
import type { Io } from "../io.js";
import { jsonText } from "../lineage-input.js";
import { openScreen, type Terminal } from "../terminal.js";
import { topLines } from "../top-lines.js";

const defaultColumns = 120;

/** `taskprov top RUN`. */
export const topCommand: Command = {
  name: "top",
  summary: "watch a run in the terminal: tasks, groups, workers, failures, what takes longest",
  arguments: "[RUN]",
  count: [0, 1],
  about: [
    "Shows how a run stands, drawn over in place as its journal grows, until it ends or you press",
    "Ctrl-C; the last table stays. RUN is a journal, a document with its journal beside it, or a",
    "folder, in which the newest journal counts; by default ./output. When standard output is no",
    "terminal, or with --once, it prints one table of what is there now.",
  ].join("\n"),
  options: {
    once: { type: "boolean", help: "print one table and end" },
    interval: { type: "string", value: "SECONDS", help: "between two looks, 0.1 to 3600 (1)" },
    json: { type: "boolean", help: "what the table is made of as JSON, once" },
  },
  examples: ["taskprov top", "taskprov top output/yprov4wfs.journal --once | head -20"],
  run: async (parsed, io) => {
    const intervalSeconds = intervalOf(parsed.text("interval"));
    const journal = findJournal(parsed.positionals[0]);
    const { terminal } = io;
    if (parsed.flag("json") === true) {
      await io.out(jsonText(await runOverview(journal === "-" ? io.input : journal)));
    } else if (parsed.flag("once") === true || terminal === undefined || journal === "-") {
      await print(await runOverview(journal === "-" ? io.input : journal), io);
    } else {
      const signal = io.interruptible();
      const last = await watch(journal, terminal, { intervalSeconds, signal });
      if (last !== undefined) await print(last, io);
    }
    return 0;
  },
};

interface Watching {
  readonly intervalSeconds: number;
  readonly signal: AbortSignal;
}

/** Draws until the run is over or nobody wants to see more; gives what was seen last. */
async function watch(
  journal: string,
  terminal: Terminal,
  options: Watching,
): Promise<RunOverview | undefined> {
  const runs = watchRun(journal, options);
  let last: RunOverview | undefined;
  let screen: ReturnType<typeof openScreen> | undefined;
  try {
    for await (const run of runs) {
      last = run;
      screen ??= openScreen(terminal);
      screen.draw(topLines(run, terminal.columns, terminal.rows));
    }
  } finally {
    screen?.close();
  }
  return last;
}

async function print(run: RunOverview, { out, terminal }: Io): Promise<void> {
  const columns = terminal?.columns ?? defaultColumns;
  const lines = topLines(run, columns, Number.POSITIVE_INFINITY);
  await out(lines.map(({ text }) => `${text}\n`).join(""));
}

function intervalOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected --interval to be a number of seconds from 0.1 to 3600, got "${text}".`,
  );
}
