import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readJournal } from "../../src/events/read-journal.js";
import type { TaskEvent } from "../../src/events/task-event.js";
import type {
  BandwidthEvent,
  LogEvent,
  ProfileEvent,
  SampleEvent,
} from "../../src/events/telemetry-event.js";
import { cli } from "../support/cli.js";
import { daskPeers, daskVersions } from "../support/dask-versions.js";
import { describeWith } from "../support/peers.js";
import { daskProgram, runTracked, type TrackedResult } from "../support/tracked-program.js";

const schema = JSON.parse(
  readFileSync(new URL("../../schemas/event.schema.json", import.meta.url), "utf8"),
);
const isValid = new Ajv2020({ strict: true, strictTuples: false, strictTypes: false }).compile(
  schema,
);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A run of test/dask/programs/telemetry.py and what its journal has. */
class Recorded {
  readonly folder: string = mkdtempSync(join(tmpdir(), "taskprov-telemetry-"));
  result: TrackedResult | undefined;
  readonly events: TaskEvent[] = [];

  constructor() {
    folders.push(this.folder);
  }

  async run(python: string, options: readonly string[], ...args: string[]): Promise<void> {
    this.result = await runTracked({
      cwd: this.folder,
      options,
      command: [python, daskProgram("telemetry.py"), ...args],
      env: { DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES: "0" },
    });
    for await (const batch of readJournal(this.journal).batches()) this.events.push(...batch);
  }

  get journal(): string {
    return join(this.folder, "output/yprov4wfs.journal");
  }

  get samples(): SampleEvent[] {
    return this.events.filter((event) => event.type === "sample");
  }

  get logs(): LogEvent[] {
    return this.events.filter((event) => event.type === "log");
  }

  get profiles(): ProfileEvent[] {
    return this.events.filter((event) => event.type === "profile");
  }

  get bandwidth(): BandwidthEvent[] {
    return this.events.filter((event) => event.type === "bandwidth");
  }

  /** Numbers of tasks by key. */
  get tasks(): Map<unknown, number> {
    const graphs = this.events.filter((event) => event.type === "graph");
    return new Map(graphs.flatMap(({ tasks }) => tasks.map(({ key, task }) => [key, task])));
  }

  /** Worker that did a task, by its number. */
  workerOf(key: string): number | null | undefined {
    const task = this.tasks.get(key);
    const over = this.events.find(
      (event) => (event.type === "done" || event.type === "assign") && event.task === task,
    );
    return over?.type === "done" || over?.type === "assign" ? over.worker : undefined;
  }
}

for (const [at, dask] of daskPeers.entries()) {
  const version = daskVersions[at];
  describeWith(`what Dask's workers use, say and do (${version})`, dask, ({ python }) => {
    const run = new Recorded();

    beforeAll(async () => {
      await run.run(python, ["--sample-seconds", "0.25", "--strict"]);
    }, 120_000);

    test("is in a journal that keeps to the schema", async () => {
      const { stdout } = await cli(["journal", "cat", run.journal]);
      const lines = stdout.trim().split("\n").slice(1);
      for (const line of lines) {
        if (!isValid(JSON.parse(line))) expect([line, isValid.errors]).toEqual([]);
      }
      expect(lines.length).toBeGreaterThan(50);
    });

    test("disturbs neither the program nor its document", () => {
      expect(run.result?.status).toBe(0);
      expect(run.result?.stdout).toContain("ValueError('no luck')");
      expect(run.result?.stdout).toContain("KilledWorker");
      expect(run.result?.told.at(-1)).toMatch(/6 tasks/);
    });

    test("samples have memory by kind, processor and traffic of every worker", () => {
      const workers = new Set(run.samples.map(({ worker }) => worker));
      expect([...workers]).toEqual(expect.arrayContaining([null, 0, 1]));
      for (const { memory } of run.samples) expect(memory?.process).toBeGreaterThan(1e6);
      const held = run.samples.filter(({ worker }) => worker !== null);
      for (const { memory } of held) {
        expect(memory).toMatchObject({ managed: expect.any(Number), spilled: 0 });
        expect(memory?.unmanagedOld).toBeLessThanOrEqual(memory?.process ?? 0);
      }
      expect(Math.max(...held.map(({ memory }) => memory?.managed ?? 0))).toBeGreaterThanOrEqual(
        100_000,
      );
      expect(Math.max(...run.samples.map(({ cpu }) => cpu ?? 0))).toBeGreaterThan(10);
      const taker = run.workerOf("both");
      const own = held
        .filter(({ worker }) => worker === taker)
        .map(({ received }) => received ?? 0);
      expect(Math.max(...own)).toBeGreaterThanOrEqual(100_000);
      const sent = held.filter(({ worker }) => worker !== taker).map((sample) => sample.sent ?? 0);
      expect(Math.max(...sent)).toBeGreaterThanOrEqual(100_000);
    });

    test("samples come in the pace that was asked for, not more often", () => {
      const times = run.samples.filter(({ worker }) => worker === null).map(({ time }) => time);
      const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
      expect(times.length).toBeGreaterThan(4);
      expect(times.length).toBeLessThanOrEqual(span / 0.25 + 3);
    });

    test("log records say who said them, and while which task", () => {
      const [words] = run.logs.filter(({ text }) => text.startsWith("word of 1"));
      expect(words).toMatchObject({
        level: "warning",
        logger: "distributed.worker",
        worker: run.workerOf("work-1"),
        task: run.tasks.get("work-1"),
      });
      // The scheduler's own.
      expect(run.logs.some(({ worker, level }) => worker === null && level === "info")).toBe(true);
    });

    test("secrets are hidden in log records, and tracebacks left out", () => {
      const text = JSON.stringify(run.logs);
      expect(text).toContain("[redacted]");
      expect(text).not.toContain("hunter2");
      const [failure] = run.logs.filter((record) => record.text.startsWith("Compute Failed"));
      expect(failure?.text).toContain("no luck");
      expect(failure?.text).not.toMatch(/Traceback|telemetry\.py/);
    });

    test("the last words of a killed worker remain", () => {
      const [words] = run.logs.filter((record) => record.text === "last words");
      expect(words).toMatchObject({ level: "error", worker: run.workerOf("die") });
      const died = run.events.find((event) => event.type === "worker-" && event.reason === "died");
      expect(died).toMatchObject({ worker: words?.worker });
    });

    test("a flood of records is cut, and what is left out counted", () => {
      const chatter = run.logs.filter(({ logger }) => logger === "distributed.core");
      const shown = chatter.filter(({ text }) => text.startsWith("chatter")).length;
      expect(shown).toBeGreaterThan(500);
      expect(shown).toBeLessThan(3000);
      const omitted = run.logs.reduce((sum, record) => sum + (record.omitted ?? 0), 0);
      // What comes after the last record of a worker is counted with its next one, if there is one.
      expect(shown + omitted).toBeLessThanOrEqual(3000 + 100);
    });

    test("the profile shows the function that took the time", () => {
      const frames = run.profiles.flatMap((profile) =>
        profile.nodes.map(([, frame, count]) => ({ ...profile.frames[frame], count })),
      );
      const seen = frames.filter((frame) => frame.function === "work");
      expect(seen[0]?.file).toContain("telemetry.py");
      expect(seen.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0);
      for (const { nodes, start, stop } of run.profiles) {
        expect(start).toBeLessThan(stop);
        for (const [at, [parent]] of nodes.entries()) expect(parent ?? -1).toBeLessThan(at);
      }
    });

    test("bandwidth says what came from whom, and of which type", () => {
      const taker = run.workerOf("both");
      const last = run.bandwidth.filter(({ worker }) => worker === taker).at(-1);
      const giver = taker === 0 ? 1 : 0;
      expect(last?.from).toEqual([expect.objectContaining({ source: giver, count: 1 })]);
      // What the worker has dropped before it is asked has no type any more.
      const type = { typeName: expect.stringMatching(/^(bytes|\(unknown\))$/), count: 1 };
      expect(last?.types).toEqual([expect.objectContaining(type)]);
    });
  });
}

const [newest] = daskPeers;
if (newest !== undefined) {
  describeWith("telemetry of Dask", newest, ({ python }) => {
    test("is nothing at all when it is turned off", async () => {
      const run = new Recorded();
      const off = ["--sample-seconds", "0", "--record-logs", "none", "--profile-seconds", "0"];
      await run.run(python, off, "threads");
      expect(run.result?.status).toBe(0);
      expect(run.samples.length + run.logs.length).toBe(0);
      expect(run.profiles.length + run.bandwidth.length).toBe(0);
      expect(run.result?.stdout).not.toContain("taskprov-telemetry");
    }, 60_000);

    test("of workers in the scheduler's own process is recorded once", async () => {
      const run = new Recorded();
      await run.run(python, ["--record-logs", "warning"], "threads");
      expect(run.logs.filter(({ text }) => text.startsWith("word of 1"))).toHaveLength(1);
      expect(run.logs.filter(({ level }) => level === "info")).toEqual([]);
    }, 60_000);
  });
}
