import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ActionMessage } from "../../src/index.js";
import { gapsOf } from "../actions/support.js";
import { projectFolder, runScript } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";

// Worker threads load the built package, as a user's do.
const tasks = `
import { setTimeout as later } from "node:timers/promises";
import { currentAction, logCall, logMessage, startAction } from "taskprov";
export const square = logCall((n) => n * n, { actionType: "square", args: ["n"] });
export async function busy(n) {
  logMessage("begin", { n });
  await Promise.all([1, 2].map((i) => startAction("side", { i }, async () => await later(i))));
  currentAction().addSuccessFields({ inside: n });
  return square(n);
}
let tries = 0;
export function flaky() {
  logMessage("trying", { odd: () => 1, sum: new Map([["a", 1n]]) });
  if (tries++ === 0) throw new RangeError("transient");
  return "fine";
}
export async function dies() {
  logMessage("last words");
  await later(300);
  process.exit(3);
}
`;

async function runProgram(text: string, folder = temporaryFolder()): Promise<ActionMessage[]> {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(projectFolder, join(folder, "node_modules", "taskprov"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tasks.mjs"), tasks);
  const script = join(folder, "program.mjs");
  writeFileSync(
    script,
    `import { Client, ProvTracker, startAction, toFile, workerModule } from "taskprov";
const tasks = workerModule(new URL("./tasks.mjs", import.meta.url));
toFile("run.log");
const client = new Client({ workers: 2 });
${text}
await client.close();
`,
  );
  const { stderr, status } = await runScript({ script, cwd: folder });
  expect([status, stderr]).toEqual([0, ""]);
  const lines = readFileSync(join(folder, "run.log"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

test("worker threads continue the action that submitted their task, in one file and one tree", async () => {
  const messages = await runProgram(`
await startAction("main", async () => {
  const busy = client.map(tasks.busy, [1, 2, 3, 4, 5, 6]);
  const flaky = client.with({ retries: 2 }).submit(tasks.flaky);
  await client.gather([...busy, flaky]);
});`);
  expect(gapsOf(messages)).toEqual([]);
  expect(new Set(messages.map((message) => message.task_uuid)).size).toBe(1);
  const count = (field: string, value: string): number =>
    messages.filter((message) => message[field] === value).length;
  expect(count("action_type", "eliot:remote_task")).toBe(14);
  expect(count("action_type", "square")).toBe(12);
  expect(count("action_type", "side")).toBe(24);
  expect(count("action_type", "taskprov:attempt")).toBe(count("message_type", "trying") * 2);
  const ends = messages.filter(
    (message) => message["action_type"] === "eliot:remote_task" && message["inside"] !== undefined,
  );
  expect(
    ends.map((message) => message["inside"]).toSorted((a, b) => Number(a) - Number(b)),
  ).toEqual([1, 2, 3, 4, 5, 6]);
  expect(messages.find((message) => message["message_type"] === "trying")).toMatchObject({
    sum: { a: 1 },
  });
});

test("the last words of a thread that dies are in the log, and the next try goes on", async () => {
  const messages = await runProgram(`
await startAction("main", async () => {
  await client.submit(tasks.dies).result().catch(() => undefined);
});`);
  const words = messages.filter((message) => message["message_type"] === "last words");
  expect(words.length).toBeGreaterThan(0);
  expect(gapsOf(messages)).toEqual([]);
  const end = messages.filter((message) => message["action_type"] === "eliot:remote_task").at(-1);
  expect(end).toMatchObject({ action_status: "failed", reason: expect.stringMatching(/given up/) });
});

test("what worker threads log is with the attempt in the document, also of a thread that dies", async () => {
  const folder = temporaryFolder();
  await runProgram(
    `
client.registerPlugin(new ProvTracker({ destination: "output" }));
await client.with({ key: "alone", retries: 1 }).submit(tasks.flaky).result();
await client.with({ key: "dies" }).submit(tasks.dies).result().catch(() => undefined);
await startAction("main", async () => {
  await client.with({ key: "inside" }).submit(tasks.busy, 3).result();
});`,
    folder,
  );
  const { activity } = JSON.parse(readFileSync(join(folder, "output/yprov4wfs.json"), "utf8"));
  const typesOf = (id: string): unknown[] => {
    const texts: string[] = [activity[`task:${id}`]["taskprov:logMessage"] ?? []].flat();
    return texts.map((text) => JSON.parse(text)).map((m) => m.message_type ?? m.action_type);
  };
  expect(typesOf("alone")).toEqual(["trying"]);
  expect(typesOf("dies")).toEqual(["last words"]);
  expect(typesOf("dies.2")).toEqual(["last words"]);
  expect(typesOf("inside")).toEqual(["begin", ...Array(4).fill("side"), "square", "square"]);
});
