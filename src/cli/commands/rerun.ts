import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { TaskprovError } from "../../base/errors.js";
import { rerun } from "../../lineage/rerun.js";
import { rerunText } from "../../lineage/text/rerun-text.js";
import type { Command } from "../command.js";
import { jsonText, newestDocument, outputStyle } from "../lineage-input.js";

/** `taskprov rerun KEY`. */
export const rerunCommand: Command = {
  name: "rerun",
  summary: "run a task and what it came from again, and compare the results",
  arguments: "KEY [FILE]",
  count: [1, 2],
  about: [
    "Runs a task of the embedded engine again, with everything it came from, and compares the",
    "digests of the results. No code comes from FILE: it runs only exports of the module that",
    "--module names, which is loaded as any program is, and only those whose source is the recorded",
    "one. Exit status 1 when a result differs or a task fails.",
  ].join("\n"),
  options: {
    module: { type: "string", value: "MODULE", help: "JavaScript with the functions; needed" },
    json: { type: "boolean", help: "the answer as JSON" },
  },
  examples: ["taskprov rerun total-1-9 --module ./steps.mjs"],
  run: async (parsed, io) => {
    const [key = "", file = newestDocument("output")] = parsed.positionals;
    const { functions, moduleHash } = await load(parsed.text("module"));
    const source = file === "-" ? io.input : file;
    const answer = await rerun(source, key, { functions, moduleHash });
    const isJson = parsed.flag("json") === true;
    await io.out(isJson ? jsonText(answer) : rerunText(answer, outputStyle()));
    return answer.tasks.every(({ result }) => result === "same" || result === "unknown") ? 0 : 1;
  },
};

async function load(
  module: string | undefined,
): Promise<{ functions: Readonly<Record<string, unknown>>; moduleHash: string }> {
  if (module === undefined) {
    throw new TaskprovError(
      "ERR_USAGE",
      "Name the JavaScript module with the functions: --module ./steps.mjs. A document brings no code.",
    );
  }
  const path = resolve(module);
  try {
    const moduleHash = createHash("sha256").update(readFileSync(path)).digest("hex");
    const functions: Readonly<Record<string, unknown>> = await import(pathToFileURL(path).href);
    return { functions, moduleHash };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TaskprovError("ERR_FILE", `Cannot load ${path}: ${why}`, { cause });
  }
}
