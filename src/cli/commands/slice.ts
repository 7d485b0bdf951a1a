import { TaskprovError } from "../../base/errors.js";
import { writeFileAtomically } from "../../base/files.js";
import { type Dialect, dialects, writeProvJson } from "../../formats/index.js";
import type { Command } from "../command.js";
import {
  fileHelp,
  numberOption,
  openInput,
  sharedOptions,
  sliceOptionsHelp,
} from "../lineage-input.js";
import { dialectOf } from "../slice-output.js";

const directions = ["up", "down", "both"] as const;

/** `taskprov slice KEY`. */
export const sliceDocumentCommand: Command = {
  name: "slice",
  summary: "write a smaller document about one result and what it came from",
  arguments: "KEY [FILE]",
  count: [1, 2],
  about: [
    "Writes a valid PROV-JSON document that holds one item, what it came from (or what came from",
    "it), and what belongs to that: functions, workers, places, the run. Bundles stay bundles; the",
    "dialect is that of the document.",
    "KEY is a key, an id, a label, a pattern or the beginning of one of these.",
    fileHelp,
  ].join("\n"),
  options: {
    direction: { type: "string", value: "WAY", help: "up (default), down or both" },
    ...sliceOptionsHelp,
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      help: "where to write (default: standard output)",
    },
    dialect: { type: "string", value: "NAME", help: "shared, portable or yprov" },
    index: sharedOptions["index"] ?? { type: "boolean", help: "" },
  },
  examples: [
    "taskprov slice total-1-9 -o total.json",
    "taskprov slice load-1-1 output/yprov4wfs.json --direction down | taskprov check -",
  ],
  run: async (parsed, io) => {
    const [key = ""] = parsed.positionals;
    const depth = numberOption(parsed, "depth");
    const direction = oneOf("direction", parsed.text("direction") ?? "up", directions);
    const lineage = await openInput(parsed, io, 1);
    try {
      const document = await lineage.slice([key], {
        direction,
        stopAt: parsed.texts("stop-at"),
        ...(depth !== undefined && { depth }),
      });
      const named = parsed.text("dialect");
      const dialect: Dialect =
        named === undefined ? dialectOf(document) : oneOf("dialect", named, dialects);
      const output = parsed.text("output");
      const chunks = writeProvJson(document, { dialect });
      if (output !== undefined && output !== "-") writeFileAtomically(output, chunks);
      else for (const chunk of chunks) await io.out(chunk);
      return 0;
    } finally {
      lineage.close();
    }
  },
};

function oneOf<const T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected one of ${known.join(", ")} for --${option}, got ${JSON.stringify(text)}.`,
  );
}
