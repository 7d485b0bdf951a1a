import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { Client, ProvTracker } from "taskprov";
import { expect, test } from "vitest";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";

/** Computes at once while it is recorded, and never ends when it is run again. */
const steps = `
let again = process.argv.includes("rerun");
export const first = (n) => n + 1;
export const endless = (n) => (again ? new Promise(() => setInterval(() => {}, 1000)) : n);
`;

test("Ctrl-C ends a rerun whatever runs; what was compared by then has been told", async () => {
  const folder = temporaryFolder();
  const module = path.join(folder, "steps.mjs");
  writeFileSync(module, steps);
  const { first, endless } = await import(/* @vite-ignore */ module);
  const tracker = new ProvTracker({ destination: folder, digest: true });
  const client = new Client();
  client.registerPlugin(tracker);
  await client.with({ key: "last" }).submit(endless, client.submit(first, 1)).result();
  await client.close();
  const { document = "" } = await tracker.done;
  const main = path.join(projectFolder, "dist/cli/main.js");
  const child = spawn(process.execPath, [main, "rerun", "last", document, "--module", module]);
  let told = "";
  let complaints = "";
  child.stderr.on("data", (data) => {
    complaints += String(data);
  });
  const ended = once(child, "exit");
  const toldFirst = new Promise<void>((resolve) => {
    child.stdout.on("data", (data) => {
      told += String(data);
      if (told.includes("\n")) resolve();
    });
  });
  await Promise.race([toldFirst, ended]);
  child.kill("SIGINT");
  const [status, signal] = await ended;
  expect([told, complaints, status, signal]).toEqual([
    expect.stringMatching(/^same +first-\d-\d {2}first\n$/),
    "",
    null,
    "SIGINT",
  ]);
});
