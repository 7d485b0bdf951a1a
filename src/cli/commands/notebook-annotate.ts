import { dirname, join, parse } from "node:path";
import { TaskprovError } from "../../base/errors.js";
import { writeFileAtomically } from "../../base/files.js";
import { annotateNotebook, withAnnotation } from "../../lineage/annotate-notebook.js";
import { readNotebookFile } from "../../notebook/read-notebook-file.js";
import type { Command } from "../command.js";
import { formatOption, givenFormat, readArgument } from "../document-input.js";
import { newestDocument } from "../lineage-input.js";

/** `taskprov notebook annotate FILE [DOCUMENT]`. */
export const notebookAnnotateCommand: Command = {
  name: "notebook annotate",
  summary: "write what each cell of a notebook led to beside it, or into its metadata",
  arguments: "FILE [DOCUMENT]",
  count: [1, 2],
  about: [
    "Says for each code cell which tasks it led to in a run: calls, attempts, times, failures. It is",
    "written beside the notebook as NAME.taskprov.json; with --write into the metadata of the cells,",
    "under `taskprov`; with -o into a copy. Sources and outputs are never changed.",
    "DOCUMENT is a PROV document; by default the newest in ./output.",
  ].join("\n"),
  options: {
    write: { type: "boolean", help: "into the notebook's own metadata" },
    output: { type: "string", short: "o", value: "FILE", help: "an annotated copy, or - " },
    json: { type: "boolean", help: "print the annotation instead" },
    format: formatOption,
  },
  examples: [
    "taskprov notebook annotate analysis.ipynb",
    "taskprov notebook annotate analysis.ipynb output/yprov4wfs.json --write",
  ],
  run: async (parsed, io) => {
    const [file = "", given] = parsed.positionals;
    const output = parsed.text("output");
    const write = parsed.flag("write") === true;
    if (write && output !== undefined) {
      throw new TaskprovError("ERR_USAGE", "Expected either --write or -o FILE, got both.");
    }
    const text = await readNotebookFile(file);
    const document = given ?? newestDocument("output");
    const annotation = annotateNotebook(
      text,
      await readArgument(document, givenFormat(parsed), io),
    );
    const json = `${JSON.stringify({ version: 1, notebook: file, document, ...annotation }, null, 2)}\n`;
    if (parsed.flag("json") === true) {
      await io.out(json);
      return 0;
    }
    if (output === "-") {
      await io.out(withAnnotation(text, annotation));
      return 0;
    }
    const { name } = parse(file);
    const path = write ? file : (output ?? join(dirname(file), `${name}.taskprov.json`));
    const isNotebook = write || output !== undefined;
    writeFileAtomically(path, [isNotebook ? withAnnotation(text, annotation) : json]);
    const missing =
      annotation.unplaced === 0
        ? ""
        : `; ${annotation.unplaced} attempts are of cells that are not in it, or were changed since`;
    io.note(
      `taskprov: wrote ${path}: ${annotation.cells.length} cells that led to tasks${missing}.`,
    );
    return 0;
  },
};
