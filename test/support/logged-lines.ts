import { readFileSync } from "node:fs";
import type { ActionMessage } from "../../src/index.js";

/** The messages in files of an action log. */
export function loggedLines(files: readonly string[]): ActionMessage[] {
  const lines = files.flatMap((file) => readFileSync(file, "utf8").split("\n"));
  return lines.filter((line) => line !== "").map((line): ActionMessage => JSON.parse(line));
}
