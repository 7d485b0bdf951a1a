import { pathText } from "../../lineage/text/answer-text.js";
import { dotText } from "../../lineage/text/dot-text.js";
import type { Command } from "../command.js";
import { fileHelp, jsonText, openInput, outputStyle, sharedOptions } from "../lineage-input.js";

/** `taskprov path A B`. */
export const pathCommand: Command = {
  name: "path",
  summary: "show how one item came from another",
  arguments: "A B [FILE]",
  count: [2, 3],
  about: [
    "Shows a shortest way between two items along lineage, whichever of them came from the other.",
    "Exit status 1 when neither did.",
    fileHelp,
  ].join("\n"),
  options: { ...sharedOptions, dot: { type: "boolean", help: "the way as a graph for Graphviz" } },
  examples: ["taskprov path load-1-1 total-1-9"],
  run: async (parsed, io) => {
    const [from = "", to = ""] = parsed.positionals;
    const lineage = await openInput(parsed, io, 2);
    try {
      const answer = lineage.path(from, to);
      if (parsed.flag("json") === true) await io.out(jsonText(answer ?? null));
      else if (answer === undefined) {
        await io.out(`Neither of ${from} and ${to} came from the other.\n`);
      } else if (parsed.flag("dot") === true) {
        await io.out(dotText(answer.items, answer.relations));
      } else await io.out(pathText(answer, outputStyle()));
      return answer === undefined ? 1 : 0;
    } finally {
      lineage.close();
    }
  },
};
