import { TaskprovError } from "../../base/errors.js";
import { analyseNotebook } from "../../notebook/analyse-notebook.js";
import { formatNotebookAnalysis } from "../../notebook/format-notebook-analysis.js";
import { splitNames } from "../../notebook/generating-names.js";
import { decodeNotebookBytes, readNotebookFile } from "../../notebook/read-notebook-file.js";
import type { Command } from "../command.js";
import { readAllInput } from "../read-input.js";
import { fileArgument } from "../tracker-options.js";

/** `taskprov notebook analyse FILE`. */
export const notebookAnalyseCommand: Command = {
  name: "notebook analyse",
  summary: "show which calls of a notebook start tasks",
  arguments: "FILE",
  count: [1, 1],
  about: [
    "Lists the calls in the code cells of a Jupyter notebook that start tasks, with cell, line,",
    "column and the reason. Nothing is run. Semantic mode follows what objects are through the",
    "cells; strict mode goes by names of functions, as yProv4DASK does. The hints",
    "`# Jupyter:ignore` and `# Jupyter:track` (`// …` in TypeScript cells) count in both.",
    "FILE is an .ipynb of nbformat 3 or 4, or - for standard input.",
  ].join("\n"),
  options: {
    all: { type: "boolean", help: "every call, also those that start nothing" },
    json: { type: "boolean", help: "the whole analysis as JSON" },
    mode: { type: "string", value: "MODE", help: "semantic (default) or strict" },
    names: {
      type: "string",
      value: "LIST",
      multiple: true,
      help: "change the generating names: +foo,-get",
    },
  },
  examples: [
    "taskprov notebook analyse analysis.ipynb",
    "taskprov notebook analyse analysis.ipynb --mode strict --names +to_parquet,-get",
    "taskprov notebook analyse analysis.ipynb --json | jq '.cells[].sites[]'",
  ],
  run: async (parsed, io) => {
    const mode = parsed.text("mode");
    if (mode !== undefined && mode !== "semantic" && mode !== "strict") {
      throw new TaskprovError(
        "ERR_USAGE",
        `Expected --mode to be semantic or strict, got ${JSON.stringify(mode)}.`,
      );
    }
    const file = fileArgument(parsed);
    const text =
      file === "-"
        ? decodeNotebookBytes(await readAllInput(io), "standard input")
        : await readNotebookFile(file);
    const names = parsed.texts("names").join(",");
    const analysis = await analyseNotebook(text, {
      ...(mode !== undefined && { notebookMode: mode }),
      ...(names !== "" && { generatingNames: splitNames(names) }),
    });
    await io.out(
      parsed.flag("json") === true
        ? `${JSON.stringify(analysis, null, 2)}\n`
        : formatNotebookAnalysis(analysis, { all: parsed.flag("all") === true }),
    );
    return 0;
  },
};
