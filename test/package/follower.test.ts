import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildDocument, type RunSummary } from "../../src/track/build-document.js";
import { temporaryFolder } from "../support/temporary.js";

// The thread that records a large run while it goes on loads the built package.

/** Tracks so many tasks that the journal is long before they are done; then runs the rest. */
function program(folder: string, rest: string): string[] {
  const script = `
    import { Client, ProvTracker } from "taskprov";
    const threads = [];
    process.on("worker", (worker) => threads.push(worker));
    const client = new Client({ workers: 1 });
    const tracker = new ProvTracker({ destination: ${JSON.stringify(folder)} });
    client.registerPlugin(tracker);
    async function work(windows) {
      for (let i = 0; i < windows; i++) {
        const futures = client.map(function inc(x) { return x + 1; }, Array.from({ length: 10_000 }, (_, n) => n));
        await client.gather(futures);
        for (const future of futures) future.release();
      }
    }
    await work(6);
    ${rest}
  `;
  return ["--input-type=module", "--eval", script];
}

const closing = `
  await client.close();
  console.log(JSON.stringify({ threads: threads.length, summary: await tracker.done }));
`;

async function run(folder: string, rest: string): Promise<{ stdout: string; stderr: string }> {
  const child = spawn(process.execPath, program(folder, rest));
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    text.stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    text.stderr += String(chunk);
  });
  await once(child, "close");
  return text;
}

/** The document that `build` makes of the journal of a run. */
async function builtAgain(journal: string | undefined): Promise<Buffer> {
  const output = join(temporaryFolder(), "again.json");
  await buildDocument(journal ?? "", { output });
  return readFileSync(output);
}

describe("a large run", () => {
  test.each([
    ["is recorded on a thread of its own while it goes on", ""],
    ["is recorded at the end when that thread dies", "await threads[0]?.terminate();"],
  ])("%s, byte for byte as `build` does", async (_, meanwhile) => {
    const folder = temporaryFolder();
    const { stdout, stderr } = await run(folder, `${meanwhile}\nawait work(1);\n${closing}`);
    const told: { threads: number; summary: RunSummary } = JSON.parse(stdout);
    expect(stderr).toBe("");
    expect(told.threads).toBe(availableParallelism() > 1 ? 1 : 0);
    expect(told.summary).toMatchObject({
      counts: { tasks: 70_000, ok: 70_000, data: 70_000 },
      dropped: 0,
      problems: [],
      incomplete: false,
    });
    expect(readdirSync(folder).sort()).toEqual(["yprov4wfs.journal", "yprov4wfs.json"]);
    const document = readFileSync(told.summary.document ?? "");
    expect(document.equals(await builtAgain(told.summary.journal))).toBe(true);
  });

  test("that is never closed ends by itself and leaves nothing but its journal", async () => {
    const folder = temporaryFolder();
    const { stderr } = await run(folder, "");
    const [journal = "", ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(stderr).toContain(`make the document with: taskprov build ${join(folder, journal)}`);
  });

  test("that is killed leaves nothing but its journal, which has all of it", async () => {
    const folder = temporaryFolder();
    const rest = 'setTimeout(() => console.log("ready"), 300); setInterval(() => {}, 1000);';
    const child = spawn(process.execPath, program(folder, rest));
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const [journal = "", ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    const summary = await buildDocument(join(folder, journal), {
      output: join(temporaryFolder(), "killed.json"),
    });
    expect(summary).toMatchObject({ incomplete: true, counts: { tasks: 60_000, ok: 60_000 } });
  });
});
