import { isTaskprovError, TaskprovError } from "../base/errors.js";
import { nearestName } from "../base/nearest-name.js";
import type { Command } from "./command.js";
import { columns, commandHelp, parseCommand } from "./command.js";
import type { Io } from "./io.js";

/** Commands are loaded when they are asked for: start-up stays short. */
interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const commands: ReadonlyMap<string, CommandEntry> = new Map([
  [
    "attach",
    {
      summary: "record a Dask cluster that runs already",
      load: async () => (await import("./commands/attach.js")).attachCommand,
    },
  ],
  [
    "build",
    {
      summary: "write the document of a journal, also after a crash",
      load: async () => (await import("./commands/build.js")).buildCommand,
    },
  ],
  [
    "check",
    {
      summary: "check PROV documents: readable, valid by PROV-CONSTRAINTS, free of common mistakes",
      load: async () => (await import("./commands/check.js")).checkCommand,
    },
  ],
  [
    "convert",
    {
      summary: "write a PROV document in another format",
      load: async () => (await import("./commands/convert.js")).convertCommand,
    },
  ],
  [
    "export",
    {
      summary: "write a run for other tools: OpenTelemetry, Perfetto, speedscope, Prometheus",
      load: async () => (await import("./commands/export.js")).exportCommand,
    },
  ],
  [
    "journal cat",
    {
      summary: "print a journal as NDJSON",
      load: async () => (await import("./commands/journal.js")).journalCatCommand,
    },
  ],
  [
    "journal verify",
    {
      summary: "check a journal: checksums, gaps, torn tail, events",
      load: async () => (await import("./commands/journal.js")).journalVerifyCommand,
    },
  ],
  [
    "notebook analyse",
    {
      summary: "show which calls of a notebook start tasks",
      load: async () => (await import("./commands/notebook.js")).notebookAnalyseCommand,
    },
  ],
  [
    "profile",
    {
      summary: "show where the time of a run went, by group, function and worker",
      load: async () => (await import("./commands/profile.js")).profileCommand,
    },
  ],
  [
    "notebook annotate",
    {
      summary: "write what each cell of a notebook led to beside it, or into its metadata",
      load: async () => (await import("./commands/notebook-annotate.js")).notebookAnnotateCommand,
    },
  ],
  [
    "notebook run",
    {
      summary: "execute a TypeScript or JavaScript notebook with its work tracked",
      load: async () => (await import("./commands/notebook-run.js")).notebookRunCommand,
    },
  ],
  [
    "notebook attach",
    {
      summary: "record a Dask cluster with the cells of a running notebook",
      load: async () => (await import("./commands/notebook-attach.js")).notebookAttachCommand,
    },
  ],
  [
    "run",
    {
      summary: "run a Python program with its Dask schedulers tracked",
      load: async () => (await import("./commands/run.js")).runCommand,
    },
  ],
  [
    "blame",
    {
      summary: "show what failed, why, in which attempts, and what it blocked",
      load: async () => (await import("./commands/blame.js")).blameCommand,
    },
  ],
  [
    "cells",
    {
      summary: "show which tasks and data each notebook cell caused",
      load: async () => (await import("./commands/cells.js")).cellsCommand,
    },
  ],
  [
    "critical",
    {
      summary: "show which chain of tasks decided how long the run took",
      load: async () => (await import("./commands/critical.js")).criticalCommand,
    },
  ],
  [
    "equal",
    {
      summary: "tell whether two PROV documents say the same, in whatever formats",
      load: async () => (await import("./commands/equal.js")).equalCommand,
    },
  ],
  [
    "merge",
    {
      summary: "put PROV documents together, of one run or of several",
      load: async () => (await import("./commands/merge.js")).mergeCommand,
    },
  ],
  [
    "stats",
    {
      summary: "count what is in a PROV document",
      load: async () => (await import("./commands/stats.js")).statsCommand,
    },
  ],
  [
    "impact",
    {
      summary: "show everything that came from a piece of data or a task",
      load: async () => (await import("./commands/impact.js")).impactCommand,
    },
  ],
  [
    "list",
    {
      summary: "list attempts by status, group, function, worker, cell or time",
      load: async () => (await import("./commands/list.js")).listCommand,
    },
  ],
  [
    "path",
    {
      summary: "show how one item came from another",
      load: async () => (await import("./commands/path.js")).pathCommand,
    },
  ],
  [
    "show",
    {
      summary: "show everything recorded of one task, piece of data or agent",
      load: async () => (await import("./commands/show.js")).showCommand,
    },
  ],
  [
    "slice",
    {
      summary: "write a smaller document about one result and what it came from",
      load: async () => (await import("./commands/slice.js")).sliceDocumentCommand,
    },
  ],
  [
    "why",
    {
      summary: "show what a result came from: data, functions, parameters, places",
      load: async () => (await import("./commands/why.js")).whyCommand,
    },
  ],
  [
    "diff",
    {
      summary: "show what differs between two runs, and why",
      load: async () => (await import("./commands/diff.js")).diffCommand,
    },
  ],
  [
    "open",
    {
      summary: "name the newest run of a folder and sum it up",
      load: async () => (await import("./commands/open.js")).openCommand,
    },
  ],
  [
    "push",
    {
      summary: "send a PROV document to a store of the yProv family",
      load: async () => (await import("./commands/push.js")).pushCommand,
    },
  ],
  [
    "draw",
    {
      summary: "draw the task graph, or what one result came from, as SVG, PNG, DOT or Mermaid",
      load: async () => (await import("./commands/draw.js")).drawCommand,
    },
  ],
  [
    "report",
    {
      summary: "write one HTML page that shows a run: graph, timeline, lineage, failures",
      load: async () => (await import("./commands/report.js")).reportCommand,
    },
  ],
  [
    "runs",
    {
      summary: "list the runs recorded in a folder, or how one result changed over them",
      load: async () => (await import("./commands/runs.js")).runsCommand,
    },
  ],
]);

/** Exit status after Ctrl-C, as shells have it: 128 and the signal's number. */
const interrupted = 130;

/**
 * Runs one command line.
 *
 * @param args - without `node` and the script.
 * @returns the exit status: 0 fine, 1 findings, 2 usage or unreadable input.
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") {
      io.note("taskprov: interrupted; nothing was written.");
      return interrupted;
    }
    if (!isTaskprovError(error)) throw error;
    io.note(`taskprov: ${error.message}`);
    return 2;
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [first, second] = args;
  if (first === undefined) {
    io.note(overview());
    return 2;
  }
  if (first === "--version" || first === "-V") {
    const { packageVersion } = await import("../track/run-facts.js");
    await io.out(`${packageVersion}\n`);
    return 0;
  }
  if (first === "--help" || first === "-h" || (first === "help" && second === undefined)) {
    await io.out(overview());
    return 0;
  }
  const words = first === "help" ? args.slice(1) : args;
  const { command, rest } = await findCommand(words, io);
  if (command === undefined) return 0;
  if (first === "help" || wantsHelp(rest)) {
    await io.out(commandHelp(command));
    return 0;
  }
  return await command.run(parseCommand(command, rest), io);
}

function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

async function findCommand(
  words: readonly string[],
  io: Io,
): Promise<{ command: Command | undefined; rest: readonly string[] }> {
  for (const length of [2, 1]) {
    const entry = commands.get(words.slice(0, length).join(" "));
    if (entry !== undefined) return { command: await entry.load(), rest: words.slice(length) };
  }
  const group = [...commands].filter(([name]) => name.startsWith(`${words[0]} `));
  if (group.length > 0) {
    const next = words[1];
    if (next === "--help" || next === "-h") {
      await io.out(overview(group));
      return { command: undefined, rest: [] };
    }
    throw unknownCommand(words.slice(0, 2).join(" "), group);
  }
  throw unknownCommand(words[0] ?? "", [...commands]);
}

function unknownCommand(
  name: string,
  candidates: readonly (readonly [string, CommandEntry])[],
): TaskprovError {
  const known = candidates.map(([candidate]) => candidate);
  const nearest = nearestName(name, known);
  const hint =
    nearest === undefined
      ? `Commands: ${known.join(", ")}.`
      : `Did you mean \`taskprov ${nearest}\`?`;
  return new TaskprovError("ERR_USAGE", `There is no command \`taskprov ${name}\`. ${hint}`);
}

function overview(shown: Iterable<readonly [string, CommandEntry]> = commands): string {
  return [
    "Usage: taskprov COMMAND [options]",
    "",
    "Records what a task graph did, as W3C PROV provenance.",
    "",
    "Commands",
    ...columns([...shown].map(([name, { summary }]) => [name, summary] as const)),
    "",
    "Options",
    "  -V, --version  show the version",
    "  -h, --help     show this text; after a command, its own",
    "",
    "Exit status: 0 fine, 1 findings, 2 usage or unreadable input.",
    "",
  ].join("\n");
}
