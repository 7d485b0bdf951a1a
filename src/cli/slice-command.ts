import { writeProvJson } from "../formats/index.js";
import type { Lineage } from "../lineage/lineage.js";
import { sliceDot } from "../lineage/text/dot-text.js";
import { mostTasksInTree, sliceText } from "../lineage/text/tree-text.js";
import type { Command, CommandOption, Parsed } from "./command.js";
import type { Io } from "./io.js";
import {
  jsonText,
  numberOption,
  openInput,
  outputStyle,
  sharedOptions,
  sliceOptionsHelp,
} from "./lineage-input.js";
import { dialectOf } from "./slice-output.js";

const options: Readonly<Record<string, CommandOption>> = {
  ...sliceOptionsHelp,
  all: { type: "boolean", help: "every task, however many" },
  limit: { type: "string", value: "N", help: "show groups from N tasks on (default 60)" },
  ...sharedOptions,
  dot: { type: "boolean", help: "the answer as a graph for Graphviz" },
  prov: { type: "boolean", help: "the answer as a PROV-JSON document" },
};

/** What makes `why` and `impact` differ. */
export interface SliceCommand {
  readonly name: "why" | "impact";
  readonly summary: string;
  readonly about: string;
  readonly examples: readonly string[];
}

/** A command that follows lineage one way. */
export function sliceCommand({ name, summary, about, examples }: SliceCommand): Command {
  return {
    name,
    summary,
    arguments: "KEY [FILE]",
    count: [1, 2],
    about,
    options,
    examples,
    run: async (parsed, io) => {
      const lineage = await openInput(parsed, io, 1);
      try {
        await io.out(await answered(lineage, name, parsed));
        return 0;
      } finally {
        lineage.close();
      }
    },
  };
}

async function answered(lineage: Lineage, name: "why" | "impact", parsed: Parsed): Promise<string> {
  const [key = ""] = parsed.positionals;
  const depth = numberOption(parsed, "depth");
  const how = { stopAt: parsed.texts("stop-at"), ...(depth !== undefined && { depth }) };
  if (parsed.flag("prov") === true) {
    const direction = name === "why" ? "up" : "down";
    const document = await lineage.slice([key], { ...how, direction });
    return [...writeProvJson(document, { dialect: dialectOf(document) })].join("");
  }
  const isAll = parsed.flag("all") === true;
  const most = isAll
    ? Number.POSITIVE_INFINITY
    : (numberOption(parsed, "limit") ?? mostTasksInTree);
  const limit = isAll ? Number.POSITIVE_INFINITY : Math.max(2000, most * 10);
  const answer =
    name === "why" ? lineage.why(key, { ...how, limit }) : lineage.impact(key, { ...how, limit });
  if (parsed.flag("json") === true) return jsonText(answer);
  if (parsed.flag("dot") === true) return sliceDot(answer, isAll ? most : Math.max(most, 200));
  return sliceText(answer, { style: outputStyle(), most });
}

/** For commands that print one answer. */
export async function printAnswer<T>(
  parsed: Parsed,
  io: Io,
  filePosition: number,
  ask: (lineage: Lineage) => T,
  tell: (answer: T) => string,
): Promise<T> {
  const lineage = await openInput(parsed, io, filePosition);
  try {
    const answer = ask(lineage);
    await io.out(parsed.flag("json") === true ? jsonText(answer) : tell(answer));
    return answer;
  } finally {
    lineage.close();
  }
}
