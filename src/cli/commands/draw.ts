import { TaskprovError } from "../../base/errors.js";
import { writeFileAtomically } from "../../base/files.js";
import {
  type DrawGraphOptions,
  drawGraph,
  type GraphFormat,
  graphFormats,
} from "../../report/draw/draw-graph.js";
import type { Command, Parsed } from "../command.js";
import { fileHelp, newestDocument, numberOption } from "../lineage-input.js";

/** `taskprov draw`. */
export const drawCommand: Command = {
  name: "draw",
  summary: "draw the task graph, or what one result came from, as SVG, PNG, DOT or Mermaid",
  arguments: "[FILE]",
  count: [0, 1],
  about: [
    "Draws attempts as boxes, or groups of them where there are more than 40. --key draws what one",
    "item came from. PNG needs the optional packages @resvg/resvg-wasm and dejavu-fonts-ttf.",
    fileHelp,
  ].join("\n"),
  options: {
    key: { type: "string", short: "k", value: "KEY", help: "only what this item came from" },
    direction: { type: "string", value: "WAY", help: "of KEY: up (default), down or both" },
    depth: { type: "string", value: "N", help: "of KEY: at most N tasks away" },
    by: {
      type: "string",
      value: "WHAT",
      help: "a box for each task or each group (default: auto)",
    },
    flow: { type: "string", value: "WAY", help: "right (default) or down" },
    limit: { type: "string", value: "N", help: "at most N boxes (default: 200)" },
    to: {
      type: "string",
      value: "FORMAT",
      help: `${graphFormats.join(", ")} (default: as the output is called, else svg)`,
    },
    output: {
      type: "string",
      short: "o",
      value: "PATH",
      help: "where to write (default: standard output)",
    },
    index: {
      type: "boolean",
      negatable: true,
      help: "keep an index of a large file in the cache (default)",
    },
  },
  examples: [
    "taskprov draw -o graph.svg",
    "taskprov draw run.json --key total --depth 3 --to mermaid",
    "taskprov draw run.json --by group --flow down -o run.png",
  ],
  run: async (parsed, io) => {
    const file = parsed.positionals[0] ?? newestDocument("output");
    const output = parsed.text("output");
    const picture = await drawGraph(file === "-" ? io.input : file, optionsOf(parsed, output));
    if (output !== undefined && output !== "-") writeFileAtomically(output, picture);
    else if (typeof picture === "string") await io.out(picture);
    else
      throw new TaskprovError(
        "ERR_USAGE",
        "PNG is not written to the terminal. Name a file: -o graph.png.",
      );
    return 0;
  },
};

function optionsOf(parsed: Parsed, output: string | undefined): DrawGraphOptions {
  const key = parsed.text("key");
  const depth = numberOption(parsed, "depth");
  const limit = numberOption(parsed, "limit");
  return {
    format: formatOf(parsed.text("to"), output),
    direction: oneOf(parsed, "direction", ["up", "down", "both"]) ?? "up",
    by: oneOf(parsed, "by", ["auto", "task", "group"]) ?? "auto",
    flow: oneOf(parsed, "flow", ["right", "down"]) ?? "right",
    index: parsed.flag("index") === false ? "none" : "auto",
    ...(key !== undefined && { key }),
    ...(depth !== undefined && { depth }),
    ...(limit !== undefined && { limit }),
  };
}

const extensions: Readonly<Record<string, GraphFormat>> = { gv: "dot", mmd: "mermaid" };

function formatOf(to: string | undefined, output: string | undefined): GraphFormat {
  const extension = /\.(\w+)$/.exec(output ?? "")?.[1]?.toLowerCase() ?? "";
  const wanted = to ?? extensions[extension] ?? (extension || "svg");
  const format = graphFormats.find((each) => each === wanted);
  if (format !== undefined) return format;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected one of ${graphFormats.join(", ")} for --to, got ${JSON.stringify(wanted)}.`,
  );
}

function oneOf<const T extends string>(
  parsed: Parsed,
  name: string,
  allowed: readonly T[],
): T | undefined {
  const text = parsed.text(name);
  if (text === undefined) return undefined;
  const found = allowed.find((each) => each === text);
  if (found !== undefined) return found;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected one of ${allowed.join(", ")} for --${name}, got ${JSON.stringify(text)}.`,
  );
}
