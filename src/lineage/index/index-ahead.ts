import { existsSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { log } from "../../base/log.js";
import { sizeOf } from "./index-file.js";
import { lacksIndex } from "./open-index.js";
import { sourceForm } from "./read-source.js";

const entry = new URL("./index-ahead-entry.js", import.meta.url);

/**
 * Makes the second of two indexes while the first is made, where both documents are large and new,
 * and memory holds the text of the second.
 */
export async function indexSecond(first: unknown, second: unknown): Promise<void> {
  if (typeof first !== "string" || typeof second !== "string") return;
  if (resolve(first) === resolve(second) || !lacksIndex(first) || !lacksIndex(second)) return;
  const isWanted = sourceForm(second) === "prov-json" && sizeOf(second) < freemem();
  if (isWanted) await indexAhead(second);
}

/**
 * Makes the index of a document in the cache, on a thread of its own. It is the code of opening it,
 * so whoever opens it then finds the index, or makes it anew and says what is wrong. Nothing is done
 * where there is no second processor, or no file for a thread to start with (the package bundled
 * into one file).
 */
async function indexAhead(path: string): Promise<void> {
  if (availableParallelism() < 2 || !existsSync(fileURLToPath(entry))) return;
  log("debug", "a thread makes the index of the second document", { path });
  const worker = new Worker(entry, {
    workerData: path,
    // The program's flags are not meant for this thread; where the cache is, its environment says.
    execArgv: [],
    name: "taskprov-index",
    // Records live for microseconds: with room they die before anyone has to copy them.
    resourceLimits: { maxYoungGenerationSizeMb: 48 },
  });
  await new Promise<void>((settle) => {
    worker.once("error", () => settle());
    worker.once("exit", () => settle());
  });
}
