import type { Command } from "./command.js";

/** A command as the overview shows it. It is loaded when it is asked for: start-up stays short. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** The commands by what they are for, in the order of the overview. */
export const commandGroups: ReadonlyMap<string, ReadonlyMap<string, CommandEntry>> = new Map([
  [
    "Record",
    new Map([
      [
        "run",
        {
          summary: "run a Python program with its Dask schedulers tracked",
          load: async () => (await import("./commands/run.js")).runCommand,
        },
      ],
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
    ]),
  ],
  [
    "Ask",
    new Map([
      [
        "why",
        {
          summary: "show what a result came from: data, functions, parameters, places",
          load: async () => (await import("./commands/why.js")).whyCommand,
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
        "blame",
        {
          summary: "show what failed, why, in which attempts, and what it blocked",
          load: async () => (await import("./commands/blame.js")).blameCommand,
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
        "nondeterminism",
        {
          summary: "list same code and inputs with different results, in one run and over several",
          load: async () => (await import("./commands/nondeterminism.js")).nondeterminismCommand,
        },
      ],
      [
        "rerun",
        {
          summary: "run a task and what it came from again, and compare the results",
          load: async () => (await import("./commands/rerun.js")).rerunCommand,
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
        "show",
        {
          summary: "show everything recorded of one task, piece of data or agent",
          load: async () => (await import("./commands/show.js")).showCommand,
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
        "slice",
        {
          summary: "write a smaller document about one result and what it came from",
          load: async () => (await import("./commands/slice.js")).sliceDocumentCommand,
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
        "cells",
        {
          summary: "show which tasks and data each notebook cell caused",
          load: async () => (await import("./commands/cells.js")).cellsCommand,
        },
      ],
      [
        "runs",
        {
          summary: "list the runs recorded in a folder, or how one result changed over them",
          load: async () => (await import("./commands/runs.js")).runsCommand,
        },
      ],
      [
        "open",
        {
          summary: "name the newest run of a folder and sum it up",
          load: async () => (await import("./commands/open.js")).openCommand,
        },
      ],
    ]),
  ],
  [
    "Look",
    new Map([
      [
        "report",
        {
          summary: "write one HTML page that shows a run: graph, timeline, lineage, failures",
          load: async () => (await import("./commands/report.js")).reportCommand,
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
        "top",
        {
          summary:
            "watch a run in the terminal: tasks, groups, workers, failures, what takes longest",
          load: async () => (await import("./commands/top.js")).topCommand,
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
        "tree",
        {
          summary:
            "show an action log, or the run of a journal, as a tree: what called what, with what",
          load: async () => (await import("./commands/tree.js")).treeCommand,
        },
      ],
      [
        "logs",
        {
          summary: "show the log records of a run's scheduler and workers, also while it goes on",
          load: async () => (await import("./commands/logs.js")).logsCommand,
        },
      ],
      [
        "export",
        {
          summary: "write a run for other tools: OpenTelemetry, Perfetto, speedscope, Prometheus",
          load: async () => (await import("./commands/export.js")).exportCommand,
        },
      ],
    ]),
  ],
  [
    "PROV documents",
    new Map([
      [
        "check",
        {
          summary:
            "check PROV documents: readable, valid by PROV-CONSTRAINTS, free of common mistakes",
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
        "push",
        {
          summary: "send a PROV document to a store of the yProv family",
          load: async () => (await import("./commands/push.js")).pushCommand,
        },
      ],
    ]),
  ],
  [
    "Notebooks",
    new Map([
      [
        "notebook analyse",
        {
          summary: "show which calls of a notebook start tasks",
          load: async () => (await import("./commands/notebook.js")).notebookAnalyseCommand,
        },
      ],
      [
        "notebook annotate",
        {
          summary: "write what each cell of a notebook led to beside it, or into its metadata",
          load: async () =>
            (await import("./commands/notebook-annotate.js")).notebookAnnotateCommand,
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
        "notebook run",
        {
          summary: "execute a TypeScript or JavaScript notebook with its work tracked",
          load: async () => (await import("./commands/notebook-run.js")).notebookRunCommand,
        },
      ],
    ]),
  ],
  [
    "Raw record",
    new Map([
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
    ]),
  ],
]);

/** Every command by its name. */
export const commands: ReadonlyMap<string, CommandEntry> = new Map(
  [...commandGroups.values()].flatMap((group) => [...group]),
);
