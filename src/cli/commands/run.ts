import { TaskprovError } from "../../base/errors.js";
import { setLogFormat } from "../../base/log.js";
import { isolatingOption } from "../../engines/dask/isolated-python.js";
import { missingDask } from "../../engines/dask/missing-dask.js";
import type { RunSummary } from "../../track/build-document.js";
import { type TrackedProgram, trackProgram } from "../../track/track-program.js";
import type { Command } from "../command.js";
import { countsText, otherTexts } from "../counts-text.js";
import type { Io } from "../io.js";
import { jsonLogOption } from "../log-options.js";
import { quietOption, statusRowFor } from "../run-progress.js";
import { runOptions, runOptionsOf } from "../tracker-options.js";

/** `taskprov run -- PROGRAM ARGS`. */
export const runCommand: Command = {
  name: "run",
  summary: "run a Python program with its Dask schedulers tracked",
  arguments: "-- PROGRAM [ARGS]",
  count: [1, Number.POSITIVE_INFINITY],
  about: [
    "Runs a program unchanged and records every Dask distributed scheduler it starts (Client(),",
    "LocalCluster, dask scheduler) and what Dask's local schedulers (threads, sync, processes) do",
    "in it. When the program has ended, however it did, the documents are written: one for each",
    "cluster, one for each process that computed without; a line on standard error says where.",
    "Standard input, output and error, signals and the exit status are the program's; when that is",
    "0 and tracking was incomplete, --strict makes it 1.",
  ].join("\n"),
  options: {
    strict: { type: "boolean", help: "exit status 1 when tracking was incomplete" },
    quiet: quietOption,
    json: jsonLogOption,
    ...runOptions,
  },
  examples: [
    "taskprov run -- python analysis.py",
    "taskprov run --destination results --keep-traceback -- python analysis.py --year 2026",
  ],
  run: async (parsed, io) => {
    const [program, ...args] = parsed.positionals;
    if (program === undefined) {
      throw new TaskprovError("ERR_USAGE", "Name the program: taskprov run -- PROGRAM [ARGS].");
    }
    if (parsed.flag("json") === true) setLogFormat("json");
    const row = statusRowFor(parsed, io);
    const tracked = await trackProgram([program, ...args], runOptionsOf(parsed), row?.show).finally(
      () => row?.close(),
    );
    await report(tracked, program, args, io);
    if (tracked.status !== 0) return tracked.status;
    return parsed.flag("strict") === true && isIncomplete(tracked) ? 1 : 0;
  },
};

async function report(
  tracked: TrackedProgram,
  program: string,
  args: readonly string[],
  io: Io,
): Promise<void> {
  const { runs, failures } = tracked;
  for (const run of runs) io.note(`taskprov: ${told(run)}`, run.incomplete ? "warning" : "info");
  for (const failure of failures) io.note(`taskprov: ${failure}`, "error");
  const option = isolatingOption(program, args);
  if (option !== undefined) {
    io.note(
      `taskprov: with ${option} Python loads no \`sitecustomize\` from PYTHONPATH: Dask's local schedulers (threads, sync, processes) were not recorded.`,
      "warning",
    );
  }
  if (runs.length > 0 || failures.length > 0) return;
  const why = await missingDask(program);
  io.note(
    `taskprov: no document: the program used no Dask scheduler that could be recorded${why === undefined ? "" : `, because ${why}`}.`,
    "warning",
  );
}

function told(run: RunSummary): string {
  const what = [
    `wrote ${run.document ?? "no document"}: ${countsText(run)}`,
    ...otherTexts(run),
  ].join("; ");
  if (run.incomplete) return `${what}; incomplete: ${run.problems.join("; ")}.`;
  if ((run.counts["tasks"] ?? 0) > 0) return `${what}.`;
  return `${what}. The scheduler received no task; usual causes: the work ran without the client, or xarray opened its data without \`chunks\`.`;
}

function isIncomplete({ runs, failures }: TrackedProgram): boolean {
  return failures.length > 0 || runs.some((run) => run.incomplete);
}
