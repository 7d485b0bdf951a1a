import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Client } from "../../src/engines/local/client.js";
import { LocalCluster } from "../../src/engines/local/local-cluster.js";
import { buildDocument } from "../../src/track/build-document.js";
import { ProvTracker } from "../../src/track/prov-tracker.js";
import { temporaryFolder } from "../support/temporary.js";
import { readRun, tracked } from "../support/tracked.js";

const inc = (x: number): number => x + 1;

function stderrLines(): string[] {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  return lines;
}

describe("a tracker", () => {
  test("registered, then started, then registered again records each task once", async () => {
    const tracker = new ProvTracker({ destination: temporaryFolder() });
    const client = new Client({ workers: 1 });
    client.registerPlugin(tracker);
    tracker.start(client.scheduler);
    client.registerPlugin(tracker);
    await client.submit(inc, 1).result();
    await client.close();
    expect((await tracker.done).counts).toMatchObject({ tasks: 1, ok: 1 });
  });

  test("started before it is registered records each task once", async () => {
    const tracker = new ProvTracker({ destination: temporaryFolder() });
    const client = new Client({ workers: 1 });
    tracker.start(client.scheduler);
    client.registerPlugin(tracker);
    await client.submit(inc, 1).result();
    await client.close();
    expect((await tracker.done).counts).toMatchObject({ tasks: 1, ok: 1 });
  });

  test("registered late knows what is there, and that it did not see it made", async () => {
    const client = new Client({ workers: 1 });
    const early = client.with({ key: "early" }).submit(inc, 1);
    await early.result();
    const tracker = new ProvTracker({ destination: temporaryFolder() });
    client.registerPlugin(tracker);
    await client.with({ key: "late" }).submit(inc, early).result();
    await client.close();
    const run = readRun(await tracker.done);
    expect(run.lines("wasDerivedFrom")).toEqual(["wasDerivedFrom(data:late, data:early)"]);
    expect(run.about("data:early")).toContain("taskprov:Data");
    expect(run.about("task:early")).toBe("");
    expect(run.lines("wasGeneratedBy").join()).not.toContain("data:early");
    expect(run.summary.problems).toEqual([]);
  });

  test("registered while tasks run and wait records how they end", async () => {
    const client = new Client({ workers: 1 });
    let release: (value: number) => void = () => {};
    const slow = (): Promise<number> =>
      new Promise((resolve) => {
        release = resolve;
      });
    const running = client.with({ key: "running" }).submit(slow);
    const waiting = client.with({ key: "waiting" }).submit(inc, running);
    await new Promise((resolve) => setImmediate(resolve));
    const tracker = new ProvTracker({ destination: temporaryFolder() });
    client.registerPlugin(tracker);
    release(1);
    expect(await waiting.result()).toBe(2);
    await client.close();
    const run = readRun(await tracker.done);
    expect(run.summary.counts).toMatchObject({ tasks: 2, ok: 2 });
    expect(run.lines("wasDerivedFrom")).toEqual(["wasDerivedFrom(data:waiting, data:running)"]);
  });

  test("beside another one writes its own document", async () => {
    const folder = temporaryFolder();
    const client = new Client({ workers: 1 });
    const trackers = ["a.json", "b.json"].map(
      (fileName) => new ProvTracker({ destination: folder, fileName }),
    );
    for (const tracker of trackers) client.registerPlugin(tracker);
    await client.submit(inc, 1).result();
    await client.close();
    for (const tracker of trackers) expect((await tracker.done).counts).toMatchObject({ ok: 1 });
    expect(readdirSync(folder).sort()).toEqual(["a.journal", "a.json", "b.journal", "b.json"]);
  });

  test("closed twice writes once, the second call waiting for the first", async () => {
    const tracker = new ProvTracker({ destination: temporaryFolder() });
    const client = new Client({ workers: 1 });
    client.registerPlugin(tracker);
    await client.submit(inc, 1).result();
    await Promise.all([tracker.close(), tracker.close()]);
    await client.close();
    const { document = "", older } = await tracker.done;
    expect(existsSync(document)).toBe(true);
    expect(older).toBeUndefined();
  });

  test("closed while tasks run says what is running and what waits; the cluster lives on", async () => {
    const tracker = new ProvTracker({ destination: temporaryFolder() });
    const client = new Client({ workers: 1 });
    client.registerPlugin(tracker);
    let release: (value: number) => void = () => {};
    const started = new Promise<void>((resolve) => {
      const work = (): Promise<number> => {
        resolve();
        return new Promise((done) => {
          release = done;
        });
      };
      const slow = client.with({ key: "slow" }).submit(work);
      client.fireAndForget(client.with({ key: "next" }).submit(inc, slow));
    });
    await started;
    await tracker.close();
    release(1);
    expect(await client.submit(inc, 1).result()).toBe(2);
    await client.close();
    const run = readRun(await tracker.done);
    expect(run.about("task:slow")).toContain('taskprov:status="running"');
    expect(run.about("task:next")).toContain('taskprov:status="pending"');
    expect(run.summary.counts["tasks"]).toBe(2);
  });

  test("whose cluster closes while tasks run says they were cancelled", async () => {
    const run = await tracked(async (client) => {
      await new Promise<void>((resolve) => {
        const never = (): Promise<never> => {
          resolve();
          return new Promise(() => {});
        };
        const stuck = client.with({ key: "stuck" }).submit(never);
        stuck.result().catch(() => undefined);
        client
          .with({ key: "after" })
          .submit(inc, stuck)
          .result()
          .catch(() => undefined);
      });
    });
    expect(run.about("task:stuck")).toContain('taskprov:status="cancelled"');
    expect(run.about("task:after")).toContain('taskprov:status="pending"');
  });

  test("of a run without tasks writes the workflow and says so in one line", async () => {
    const lines = stderrLines();
    const run = await tracked(() => {});
    vi.restoreAllMocks();
    expect(run.lines("activity")).toHaveLength(1);
    expect(run.summary).toMatchObject({ incomplete: false, problems: [] });
    expect(lines).toEqual([expect.stringContaining("the scheduler received no task")]);
  });

  test("closed before it was registered resolves and says so", async () => {
    const tracker = new ProvTracker();
    await tracker.close();
    expect((await tracker.done).problems).toEqual([
      expect.stringContaining("nothing was recorded"),
    ]);
  });

  test("records one scheduler only", async () => {
    const tracker = new ProvTracker({ destination: temporaryFolder() });
    const [one, two] = [new Client({ workers: 1 }), new Client({ workers: 1 })];
    one.registerPlugin(tracker);
    expect(() => two.registerPlugin(tracker)).toThrow(
      /records another scheduler .* Make another ProvTracker/,
    );
    expect(await two.submit(inc, 1).result()).toBe(2);
    await Promise.all([one.close(), two.close()]);
  });

  test("of a cluster that a client only uses writes when the cluster closes", async () => {
    const cluster = new LocalCluster({ workers: 1 });
    const client = new Client({ cluster });
    const tracker = new ProvTracker({ destination: temporaryFolder() });
    client.registerPlugin(tracker);
    await client.submit(inc, 1).result();
    await client.close();
    const state = await Promise.race([tracker.done, Promise.resolve("open")]);
    expect(state).toBe("open");
    await cluster.close();
    expect((await tracker.done).counts).toMatchObject({ ok: 1 });
  });

  test("keeps the journal beside the document, or not", async () => {
    const folder = temporaryFolder();
    await tracked((client) => client.submit(inc, 1).result(), {
      destination: folder,
      journal: false,
    });
    expect(readdirSync(folder)).toEqual(["yprov4wfs.json"]);
  });

  test("leaves the same bytes that `build` makes of its journal", async () => {
    const run = await tracked(async (client) => {
      const parts = client.map(inc, [1, 2, 3]);
      await client.gather(parts);
    });
    const output = join(temporaryFolder(), "again.json");
    await buildDocument(run.summary.journal ?? "", { output });
    expect(readFileSync(output, "utf8")).toBe(run.text);
  });
});

describe("a destination", () => {
  test.each([
    [
      "that is a file",
      (folder: string) => {
        writeFileSync(join(folder, "out"), "");
      },
      /Cannot use .*out as destination: it exists already/,
    ],
    [
      "below a file",
      (folder: string) => {
        writeFileSync(join(folder, "out"), "");
      },
      /Cannot use/,
    ],
  ])(
    "%s is refused when the tracker is registered, before any task",
    async (name, prepare, message) => {
      const folder = temporaryFolder();
      prepare(folder);
      const destination = name.startsWith("below") ? join(folder, "out", "x") : join(folder, "out");
      const client = new Client({ workers: 1 });
      expect(() => client.registerPlugin(new ProvTracker({ destination }))).toThrow(message);
      expect(await client.submit(inc, 1).result()).toBe(2);
      await client.close();
    },
  );

  test("with a source of the document's name is refused, and nothing is overwritten", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "src", "yprov4wfs.json"), "mine");
    const client = new Client({ workers: 1 });
    const tracker = new ProvTracker({
      destination: join(folder, "out"),
      executionSource: join(folder, "src"),
    });
    expect(() => client.registerPlugin(tracker)).toThrow("Choose another `fileName`");
    expect(readFileSync(join(folder, "src", "yprov4wfs.json"), "utf8")).toBe("mine");
  });

  test("removed while the run goes on costs nothing: the record is written elsewhere", async () => {
    const lines = stderrLines();
    const folder = join(temporaryFolder(), "out");
    const tracker = new ProvTracker({ destination: folder });
    const client = new Client({ workers: 1 });
    client.registerPlugin(tracker);
    await client.submit(inc, 1).result();
    rmSync(folder, { recursive: true });
    expect(await client.submit(inc, 2).result()).toBe(3);
    await client.close();
    vi.restoreAllMocks();
    const summary = await tracker.done;
    expect(summary.problems.length).toBeGreaterThan(0);
    const refuge = join(tmpdir(), `taskprov-${summary.runId}`);
    onTestFinished(() => rmSync(refuge, { recursive: true, force: true }));
    expect(summary).toMatchObject({
      counts: { tasks: 2, ok: 2 },
      incomplete: false,
      document: join(refuge, "yprov4wfs.json"),
      journal: join(refuge, "yprov4wfs.journal"),
    });
    expect(readRun(summary).lines("activity")).toHaveLength(3);
    expect(lines.join("")).toContain(`The record was written to ${refuge} instead.`);
    expect(lines.join("")).not.toContain("    at ");
  });
});
