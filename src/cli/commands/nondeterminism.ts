import { nondeterminism } from "../../lineage/nondeterminism.js";
import { nondeterminismText } from "../../lineage/text/nondeterminism-text.js";
import type { Command } from "../command.js";
import { jsonText, numberOption, outputStyle } from "../lineage-input.js";

/** `taskprov nondeterminism`. */
export const nondeterminismCommand: Command = {
  name: "nondeterminism",
  summary: "list same code and inputs with different results, in one run and over several",
  arguments: "[FILE|FOLDER]…",
  count: [0, 10_000],
  about: [
    "Lists computations that had the same code and the same inputs and gave different results:",
    "computed again or submitted twice in one run, or from run to run. Needs digests: record with",
    "`digest: true` or --digest. Exit status 1 when there are any.",
    "FILE is a PROV document or a journal, - standard input; a folder stands for the runs in it, by",
    "default ./output. What a function takes from around it is no input.",
  ].join("\n"),
  options: {
    limit: { type: "string", value: "N", help: "at most N in full (default 20)" },
    json: { type: "boolean", help: "the answer as JSON" },
  },
  examples: ["taskprov nondeterminism", "taskprov nondeterminism monday.json tuesday.json"],
  run: async (parsed, io) => {
    const limit = numberOption(parsed, "limit") ?? 20;
    const named = parsed.positionals.length === 0 ? ["output"] : parsed.positionals;
    const answer = await nondeterminism(named.map((each) => (each === "-" ? io.input : each)));
    const isJson = parsed.flag("json") === true;
    await io.out(isJson ? jsonText(answer) : nondeterminismText(answer, limit, outputStyle()));
    return answer.findings.length > 0 ? 1 : 0;
  },
};
