import { readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { projectFolder, runScript } from "../support/run-script.js";
import { threadPrograms } from "../support/thread-programs.js";

const programs = threadPrograms();
const { runProgram } = programs;

describe("functions of a worker module", () => {
  test("run on threads, as many as there are slots, with results as everywhere", async () => {
    const told = await runProgram(`
      const three = client.submit(tasks.add, 1, 2);
      tell(await client.submit(tasks.add, three, 4).result());
      tell(await client.gather(client.map(tasks.later, [1, 2, 3, 4])));
      tell(await client.submit(tasks.sum, client.map(tasks.add, [1, 2], [3, 4])).result());
      const ids = await client.gather(client.map(tasks.whichThread, [1, 2, 3, 4, 5, 6]));
      tell(new Set(ids).size <= 2 && !ids.includes(0));
      tell(client.scheduler.workers.map((worker) => worker.name));
      tell(Object.keys(await client.run(tasks.whichThread)));
    `);
    expect(told).toEqual([
      7,
      [1, 2, 3, 4],
      10,
      true,
      ["inproc-0", "inproc-1", "thread-0", "thread-1"],
      ["inproc-0", "inproc-1"],
    ]);
  });

  test("cannot be called directly, and need an absolute URL", async () => {
    const told = await runProgram(`
      for (const attempt of [() => tasks.add(1, 2), () => workerModule("./tasks.mjs"), () => workerModule(7)]) {
        try { attempt(); } catch (error) { tell([error.code, error.message.includes("Submit it") || error.message.includes("import.meta.url")]); }
      }
      tell((await tasks) === tasks);
    `);
    expect(told).toEqual([["ERR_USAGE", true], ["ERR_OPTION", true], ["ERR_OPTION", true], true]);
  });

  test("share a SharedArrayBuffer, take what is transferred, hand over what they move", async () => {
    const told = await runProgram(`
      const shared = new SharedArrayBuffer(4);
      await client.gather(client.map(tasks.increment, Array(20).fill(shared)));
      tell(new Int32Array(shared)[0]);
      const buffer = new ArrayBuffer(1000);
      tell(await client.with({ transfer: [buffer] }).submit(tasks.size, buffer).result());
      tell(buffer.byteLength);
      const moved = await client.submit(tasks.moved, 4).result();
      tell([moved.constructor.name, ...moved]);
      const again = new ArrayBuffer(10);
      const failed = await caught(client.with({ transfer: [again], retries: 1 }).submit(tasks.failWith, again));
      tell([failed.code, failed.message.includes("handed over")]);
    `);
    expect(told).toEqual([20, 1000, 0, ["Float64Array", 1, 1, 1, 1], ["ERR_CLONE", true]]);
  });

  test("fail with what they throw: class name, message, stack, cause, data", async () => {
    const told = await runProgram(`
      const error = await caught(client.submit(tasks.fail, "rain"));
      tell([error instanceof Error, error.name, error.message, error.code, error.unit, error.cause instanceof RangeError, error.cause.message, error.stack.includes("tasks.mjs")]);
      tell([await caught(client.submit(tasks.failWith, "plain")), await caught(client.submit(tasks.failWith, null))]);
      const many = await caught(client.submit(tasks.failWithMany));
      tell([many instanceof AggregateError, many.errors.map(String)]);
      tell((await caught(client.submit(tasks.missing))).message.includes("exports no function missing"));
      tell((await caught(client.submit(tasks.notAFunction))).message.includes("it exports add, "));
      const nowhere = workerModule(new URL("./nowhere.mjs", import.meta.url));
      tell((await caught(client.submit(nowhere.f))).code);
      tell(await client.submit(tasks.add, 1, 1).result());
    `);
    expect(told).toEqual([
      [true, "BadWeather", "rain", "E_RAIN", { mm: 12 }, true, "too much rain", true],
      ["plain", null],
      [true, ["TypeError: one", "two"]],
      true,
      true,
      "ERR_MODULE_NOT_FOUND",
      2,
    ]);
  });

  test("name the task when an argument or a result cannot travel", async () => {
    const told = await runProgram(
      `
      const argument = await caught(client.with({ key: "k" }).submit(tasks.add, 1, () => 2));
      tell([argument.code, argument.message.startsWith("Argument 1 of task \\"k\\" (add)")]);
      const result = await caught(client.with({ key: "r" }).submit(tasks.returnFunction));
      tell([result.code, result.message.startsWith("Task \\"r\\" (returnFunction) returned")]);
      tell(await client.submit(tasks.add, 1, 1).result());
      tell(client.scheduler.workers.map((worker) => worker.name).filter((name) => name.startsWith("thread")));
    `,
      "{ workers: 1 }",
    );
    expect(told).toEqual([["ERR_CLONE", true], ["ERR_CLONE", true], 2, ["thread-0"]]);
  });
});

describe("what worker threads use", () => {
  test("is noted and drawn by ResourceProfiler for each of them, also while one computes", async () => {
    const told = await runProgram(`
      const { readFileSync } = await import("node:fs");
      const { ResourceProfiler, withCallbacks } = await import("taskprov");
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const until = async (is) => { while (!is()) await sleep(10); };
      const profiler = new ResourceProfiler({ dt: 0.02 });
      const shared = new SharedArrayBuffer(4);
      await withCallbacks([profiler], async () => {
        const busy = client.submit(tasks.busyUntil, shared);
        const holding = client.submit(tasks.holdUntil, shared, 40e6);
        const seen = (name, is) => profiler.results.some(({ threads }) => threads.some((one) => one.thread === name && is(one)));
        await until(() => seen("thread-0", ({ cpu, loop }) => cpu > 1 && loop > 50));
        await until(() => seen("thread-1", ({ mem }) => mem > 40));
        Atomics.store(new Int32Array(shared), 0, 1);
        await client.gather([busy, holding]);
      });
      tell(profiler.results[0].threads);
      const all = profiler.results.flatMap(({ threads }) => threads);
      tell([...new Set(all.map(({ thread }) => thread))].sort());
      tell(all.every(({ cpu, loop }) => cpu >= 0 && cpu <= 100 && loop >= 0 && loop <= 100));
      const text = readFileSync(profiler.visualize({ filename: "threads.html" }), "utf8");
      tell(["% CPU", "Memory", "% CPU thread-0", "Memory thread-1"].map((name) => text.includes(JSON.stringify(name))));
    `);
    expect(told).toEqual([[], ["thread-0", "thread-1"], true, [true, true, true, true]]);
  }, 120_000);

  test("is in the journal when samples are asked for, and in its profile", async () => {
    const told = await runProgram(`
      const { profileJournal, readJournal } = await import("taskprov");
      const tracker = new ProvTracker({ destination: "./sampled", sampleSeconds: 0.05 });
      client.registerPlugin(tracker);
      const shared = new SharedArrayBuffer(4);
      const holding = client.submit(tasks.holdUntil, shared, 40e6);
      const { readdirSync } = await import("node:fs");
      const heavy = async () => {
        const [file] = readdirSync("./sampled").filter((name) => name.endsWith(".journal"));
        if (file === undefined) return false;
        const { resources } = await profileJournal("./sampled/" + file);
        return resources.some(({ name, maxMemory }) => name === "thread-0" && maxMemory > 40);
      };
      while (!(await heavy())) await new Promise((resolve) => setTimeout(resolve, 20));
      Atomics.store(new Int32Array(shared), 0, 1);
      await holding.result();
      await client.close();
      const { resources, usage } = await profileJournal((await tracker.done).journal);
      tell(resources.map(({ name }) => name));
      tell(usage.every(({ moments }) => moments.length > 0));
    `);
    expect(told).toEqual([["program", "thread-0"], true]);
  }, 120_000);
});

test("a function on a thread runs below the span that its attempt has", async () => {
  await symlink(
    path.join(projectFolder, "node_modules", "@opentelemetry"),
    path.join(programs.folder, "node_modules", "@opentelemetry"),
    "dir",
  );
  // What an SDK registers in each thread.
  await writeFile(
    path.join(programs.folder, "traced.mjs"),
    `import { AsyncLocalStorage } from "node:async_hooks";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
const active = new AsyncLocalStorage();
const manager = {
  active: () => active.getStore() ?? ROOT_CONTEXT,
  with: (inner, fn, self, ...args) => active.run(inner, () => Reflect.apply(fn, self, args)),
  bind: (_, target) => target,
  enable: () => manager,
  disable: () => manager,
};
context.setGlobalContextManager(manager);
export async function whichSpan() {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return trace.getActiveSpan()?.spanContext();
}
`,
  );
  const told = await runProgram(`
    const { context, ROOT_CONTEXT, trace } = await import("@opentelemetry/api");
    const { openTelemetryPlugin } = await import("taskprov");
    await import("./traced.mjs");
    const traced = workerModule(new URL("./traced.mjs", import.meta.url));
    tell((await client.submit(traced.whichSpan).result()) ?? "none");
    client.registerPlugin(await openTelemetryPlugin());
    // Without an SDK a span is the one around it.
    const caller = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
    const inside = trace.setSpanContext(ROOT_CONTEXT, caller);
    tell(await context.with(inside, () => client.submit(traced.whichSpan).result()));
    tell(await context.with(inside, () => client.submit(() => trace.getActiveSpan().spanContext().spanId).result()));
  `);
  expect(told).toEqual([
    "none",
    {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
      isRemote: true,
    },
    "b7ad6b7169203331",
  ]);
});

describe("a thread that ends", () => {
  test("loses its attempt, which is tried again on another one, and is told by the document", async () => {
    const told = await runProgram(`
      const tracker = new ProvTracker({ destination: ${JSON.stringify("./lost")} });
      client.registerPlugin(tracker);
      const shared = new SharedArrayBuffer(4);
      tell(await client.with({ key: "shaky" }).submit(tasks.exitAtFirst, shared, 2).result());
      await client.close();
      const { counts } = await tracker.done;
      tell(counts);
    `);
    expect(told).toEqual([2, { tasks: 1, ok: 1, lost: 2, data: 1 }]);
    const document = JSON.parse(
      await readFile(path.join(programs.folder, "lost", "yprov4wfs.json"), "utf8"),
    );
    expect(document.activity["task:shaky"]["taskprov:status"]).toEqual(["lost"]);
    expect(document.activity["task:shaky.3"]).toMatchObject({
      "yprov4wfs:status": "success",
      "yprov4wfs:processed_on": "thread-2",
    });
  });

  test("again and again is given up, with the story; others go on", async () => {
    const told = await runProgram(`
      const error = await caught(client.with({ key: "deadly" }).submit(tasks.exit, 7));
      tell([error.code, error.message.includes("deadly"), error.message.includes("4 workers"), error.message.includes("code: 7")]);
      tell(await client.submit(tasks.add, 1, 1).result());
    `);
    expect(told).toEqual([["ERR_WORKER_LOST", true, true, true], 2]);
  });

  test("for want of memory does not take the program along", async () => {
    const told = await runProgram(
      `
      const error = await caught(client.submit(tasks.eatMemory));
      tell([error.code, /memory/i.test(error.message)]);
      tell(await client.submit(tasks.add, 1, 1).result());
    `,
      "{ workers: 1, threadLimits: { maxOldGenerationSizeMb: 32 } }",
    );
    expect(told).toEqual([["ERR_WORKER_LOST", true], 2]);
  });

  test("is ended by the timeout of its task, by cancelling, by closing", async () => {
    const told = await runProgram(`
      const slow = await caught(client.with({ timeout: 0.2 }).submit(tasks.forever));
      tell(slow.code);
      const future = client.submit(tasks.forever);
      await new Promise((resolve) => setTimeout(resolve, 100));
      future.cancel();
      tell((await caught(future)).code);
      tell(await client.submit(tasks.add, 1, 1).result());
      const left = caught(client.submit(tasks.forever));
      await new Promise((resolve) => setTimeout(resolve, 100));
      await client.close();
      tell((await left).code);
    `);
    expect(told).toEqual(["ERR_TIMEOUT", "ERR_CANCELLED", 2, "ERR_CLOSED"]);
  });

  test("because of an exception outside its task loses the task that ran", async () => {
    const told = await runProgram(`
      const error = await caught(client.submit(tasks.throwOutside));
      tell([error.code, error.message.includes("outside any task")]);
    `);
    expect(told).toEqual([["ERR_WORKER_LOST", true]]);
  });
});

describe("threads and the cluster", () => {
  test("come and go with scale, tasks in flight finish", async () => {
    const told = await runProgram(
      `
      const cluster = client.cluster;
      const futures = client.map(tasks.later, Array.from({ length: 30 }, (_, i) => i), Array(30).fill(10));
      cluster.scale(4);
      await client.wait(futures, { returnWhen: "FIRST_COMPLETED" });
      cluster.scale(1);
      tell((await client.gather(futures)).length);
      tell(client.scheduler.workers.length);
      cluster.scale(3);
      tell(await client.gather(client.map(tasks.add, [1, 2], [1, 2])));
    `,
      "{ workers: 2 }",
    );
    expect(told).toEqual([30, 2, [2, 4]]);
  });

  test("a chain stays on the thread that made its first result, side by side with others", async () => {
    const told = await runProgram(
      `
      const threads = [];
      client.registerPlugin({ transition: (key, start, finish, info) => {
        if (finish === "processing") threads.push(info.worker.name);
      } });
      await client.gather(client.map(tasks.add, [1, 2, 3, 4], [1, 2, 3, 4]));
      tell(new Set(threads).size);
      threads.length = 0;
      let last = client.submit(tasks.add, 1, 1);
      for (let i = 0; i < 20; i++) last = client.submit(tasks.add, last, 1);
      tell(await last.result());
      tell(new Set(threads).size);
    `,
      "{ workers: 4 }",
    );
    expect(told).toEqual([4, 22, 1]);
  });

  test("do not keep an idle program alive", async () => {
    const file = path.join(programs.folder, "idle.mjs");
    await writeFile(
      file,
      `import { Client, workerModule } from "taskprov";
const tasks = workerModule(new URL("./tasks.mjs", import.meta.url));
const client = new Client({ workers: 2 });
console.log(await client.submit(tasks.add, 1, 2).result());
`,
    );
    const { stdout, status } = await runScript({ script: file, cwd: programs.folder });
    expect([stdout, status]).toEqual(["3\n", 0]);
  });

  test("times are those of the thread", async () => {
    const told = await runProgram(`
      const spans = [];
      client.registerPlugin({ transition: (key, start, finish, info) => {
        if (finish === "memory") spans.push(info.startStop.stop - info.startStop.start);
      } });
      await client.gather(client.map(tasks.busy, [50, 50]));
      tell(spans.every((span) => span >= 0.049 && span < 0.5));
    `);
    expect(told).toEqual([true]);
  });
});

describe("digests of what worker threads computed", () => {
  test("are those of the same values computed in the process, and what moved has one too", async () => {
    const destination = path.join(programs.folder, "digests");
    await runProgram(`
      const tracker = new ProvTracker({ destination: ${JSON.stringify(destination)}, digest: true });
      client.registerPlugin(tracker);
      const here = (a, b) => a + b;
      await client.with({ key: "thread" }).submit(tasks.add, 1, 2).result();
      await client.with({ key: "process" }).submit(here, 1, 2).result();
      await client.with({ key: "other" }).submit(tasks.add, 1, 3).result();
      await client.with({ key: "moved" }).submit(tasks.moved, 4).result();
      await client.with({ key: "array" }).submit((n) => new Float64Array(n).fill(1), 4).result();
      await tracker.close();
    `);
    const text = await readFile(path.join(destination, "yprov4wfs.json"), "utf8");
    const { entity }: { entity: Record<string, Record<string, unknown>> } = JSON.parse(text);
    const digest = (key: string): string =>
      String([entity[`data:${key}`]?.["taskprov:digest"]].flat()[0]);
    expect(digest("thread")).toMatch(/^js1:[0-9a-f]{64}$/);
    expect(digest("process")).toBe(digest("thread"));
    expect(digest("other")).toMatch(/^js1:/);
    expect(digest("other")).not.toBe(digest("thread"));
    expect(digest("moved")).toMatch(/^js1:/);
    expect(digest("moved")).toBe(digest("array"));
  });
});
