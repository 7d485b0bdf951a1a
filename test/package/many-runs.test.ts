import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readJournalSync } from "../../src/events/read-journal.js";
import { temporaryFolder } from "../support/temporary.js";

const processes = 8;
const tasksOfCluster = 300;

/** Two clusters, one of them with two clients and two trackers, all of one program. */
function program(folder: string, name: string): string {
  return `
    import { Client, LocalCluster, ProvTracker } from "taskprov";
    const destination = ${JSON.stringify(folder)};
    const inc = (x) => x + 1;
    async function runCluster(name, clients, trackers) {
      const cluster = new LocalCluster({ workers: 2 });
      const all = Array.from({ length: trackers }, () => new ProvTracker({ destination, name }));
      for (const tracker of all) cluster.scheduler.registerPlugin(tracker);
      const share = ${tasksOfCluster} / clients;
      await Promise.all(Array.from({ length: clients }, async (_, c) => {
        const client = new Client({ cluster });
        const futures = Array.from({ length: share }, (_, n) => client.with({ key: name + "/" + c + "/" + n }).submit(inc, n));
        await client.gather(futures);
        await client.close();
      }));
      await cluster.close();
      return await Promise.all(all.map((tracker) => tracker.done));
    }
    const summaries = await Promise.all([
      runCluster(${JSON.stringify(`${name}-one`)}, 2, 2),
      runCluster(${JSON.stringify(`${name}-two`)}, 1, 1),
    ]);
    console.log(JSON.stringify(summaries.flat()));
  `;
}

async function run(folder: string, name: string): Promise<{ runId: string; problems: string[] }[]> {
  const args = ["--input-type=module", "--eval", program(folder, name)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const [status] = await once(child, "close");
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

function keysIn(document: {
  activity: Record<string, { "taskprov:key"?: string | string[] }>;
}): string[] {
  return Object.values(document.activity).flatMap((attributes) => attributes["taskprov:key"] ?? []);
}

test("eight programs with two clusters and three trackers each write into one folder, nothing lost or mixed", async () => {
  const folder = temporaryFolder();
  const names = Array.from({ length: processes }, (_, n) => `program-${n}`);
  const summaries = (await Promise.all(names.map((name) => run(folder, name)))).flat();
  expect(summaries.flatMap(({ problems }) => problems)).toEqual([]);
  const runIds = summaries.map(({ runId }) => runId);
  expect(new Set(runIds).size).toBe(3 * processes);

  const files = readdirSync(folder);
  const documents = files.filter((file) => file.endsWith(".json"));
  const journals = files.filter((file) => file.endsWith(".journal"));
  // Nothing but documents and the journals beside them: no lock, no temporary file.
  expect(files).toHaveLength(2 * 3 * processes);
  expect(documents).toContain("yprov4wfs.json");
  const stems = (of: readonly string[]): string[] => of.map((file) => file.replace(/\.\w+$/, ""));
  expect(new Set(stems(journals))).toEqual(new Set(stems(documents)));

  const seen = new Map<string, number>();
  for (const file of documents) {
    const text = readFileSync(join(folder, file), "utf8");
    const runId = runIds.find((id) => text.includes(`urn:uuid:${id}`));
    const [first] = readJournalSync(join(folder, file.replace(/json$/, "journal")));
    expect(first, file).toMatchObject({ type: "run", runId });
    const keys = keysIn(JSON.parse(text));
    expect(new Set(keys).size, file).toBe(tasksOfCluster);
    const origins = new Set(keys.map((key) => key.split("/", 1)[0] ?? ""));
    expect(origins.size, file).toBe(1);
    for (const origin of origins) seen.set(origin, (seen.get(origin) ?? 0) + 1);
  }
  expect(Object.fromEntries(seen)).toEqual(
    Object.fromEntries(
      names.flatMap((name) => [
        [`${name}-one`, 2],
        [`${name}-two`, 1],
      ]),
    ),
  );
});
