import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { TaskprovError } from "../../base/errors.js";
import { type RerunTask, rerun } from "../../lineage/rerun.js";
import { rerunLine, rerunSum, rerunText } from "../../lineage/text/rerun-text.js";
import type { Command } from "../command.js";
import { jsonText, newestDocument, numberOption, outputStyle } from "../lineage-input.js";

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
    "one. All is checked before anything runs. Each task is told as soon as it is compared; Ctrl-C",
    "ends it. Exit status 1 when a result differs or a task fails.",
  ].join("\n"),
  options: {
    module: { type: "string", value: "MODULE", help: "JavaScript with the functions; needed" },
    depth: { type: "string", value: "N", help: "at most N tasks away" },
    input: {
      type: "string",
      multiple: true,
      value: "KEY=JSON",
      help: "a result that is taken as it is instead of running its task; repeat for several",
    },
    "dry-run": { type: "boolean", help: "check everything, say what would run, run nothing" },
    json: { type: "boolean", help: "the answer as JSON" },
  },
  examples: [
    "taskprov rerun total-1-9 --module ./steps.mjs --dry-run",
    "taskprov rerun total-1-9 --module ./steps.mjs",
    "taskprov rerun total-1-9 --module ./steps.mjs --depth 1 --input load-1-1=[1,2,3]",
  ],
  run: async (parsed, io) => {
    const [key = "", file = newestDocument("output")] = parsed.positionals;
    const { functions, moduleHash } = await load(parsed.text("module"));
    const source = file === "-" ? io.input : file;
    const isJson = parsed.flag("json") === true;
    const depth = numberOption(parsed, "depth");
    const style = outputStyle();
    let told: Promise<void> = Promise.resolve();
    const tell = (task: RerunTask): void => {
      told = told.then(async () => await io.out(`${rerunLine(task, style)}\n`));
    };
    const dryRun = parsed.flag("dry-run") === true;
    const answer = await rerun(source, key, {
      functions,
      moduleHash,
      inputs: inputsOf(parsed.texts("input")),
      dryRun,
      ...(depth !== undefined && { depth }),
      ...(!isJson && { onTask: tell }),
    });
    await told;
    if (isJson) await io.out(jsonText(answer));
    else await io.out(dryRun ? rerunText(answer, style) : `\n${rerunSum(answer)}\n`);
    return answer.tasks.every(({ result }) => fine.has(result)) ? 0 : 1;
  },
};

const fine: ReadonlySet<RerunTask["result"]> = new Set(["same", "unknown", "planned"]);

function inputsOf(texts: readonly string[]): Readonly<Record<string, unknown>> {
  const inputs: [string, unknown][] = texts.map((text) => {
    // A key may have an equals sign; JSON begins after the first one that leaves JSON behind it.
    for (let at = text.indexOf("="); at > 0; at = text.indexOf("=", at + 1)) {
      try {
        return [text.slice(0, at), JSON.parse(text.slice(at + 1))];
      } catch {
        // The next one, then.
      }
    }
    throw new TaskprovError(
      "ERR_USAGE",
      `Expected --input as KEY=JSON, got ${JSON.stringify(text)}. A text needs quotes: --input 'name="ada"'.`,
    );
  });
  return Object.fromEntries(inputs);
}

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
