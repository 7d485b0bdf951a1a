import { describe, expect, test } from "vitest";
import { readJournal } from "../../src/events/read-journal.js";
import type { TaskEvent } from "../../src/events/task-event.js";
import type { MetricFamily } from "../../src/traces/metric-family.js";
import { RunMetrics } from "../../src/traces/run-metrics.js";
import { RunWatch } from "../../src/traces/run-watch.js";
import { EventRun } from "../support/event-run.js";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { largeRun } from "../support/large-run.mjs";

/** The events of a large run. */
async function events(tasks: number): Promise<TaskEvent[]> {
  const all: TaskEvent[] = [];
  for await (const event of readJournal([Buffer.from([...largeRun(tasks)].join(""))])) {
    all.push(event);
  }
  return all;
}

function sum(families: readonly MetricFamily[], name: string, state: string): number {
  const family = families.find((known) => known.name === name);
  return (family?.samples ?? [])
    .filter(({ labels }) => labels["state"] === state)
    .reduce((total, { value }) => total + value, 0);
}

describe("how a run stands", () => {
  test("agrees with its metrics at any moment", async () => {
    const [watch, metrics] = [new RunWatch(), new RunMetrics()];
    let announced = 0;
    for (const [i, event] of (await events(2000)).entries()) {
      watch.push(event);
      metrics.push(event);
      if (event.type === "graph") announced += event.tasks.length;
      if (i % 97 > 0) continue;
      const { tasks } = watch.progress();
      expect(tasks.total).toBe(announced);
      const families = metrics.families();
      expect(tasks.running).toBe(sum(families, "taskprov_tasks", "processing"));
      expect(tasks.waiting).toBe(sum(families, "taskprov_tasks", "waiting"));
      expect(tasks.failed + tasks.blocked).toBe(sum(families, "taskprov_tasks", "erred"));
      const overview = watch.overview();
      const running = overview?.workers.reduce((all, worker) => all + worker.running, 0);
      expect(running).toBe(tasks.running);
      const groups = overview?.groups.reduce((all, group) => all + group.total, 0);
      expect(groups).toBe(tasks.total);
    }
    expect(watch.progress()).toMatchObject({ isOver: true, tasks: { running: 0, waiting: 0 } });
  });

  test("the rate is that of the last ten seconds, and of the whole run when it is over", () => {
    const run = new EventRun();
    for (let i = 0; i < 20; i++) run.task(`t${i}`);
    const watch = new RunWatch();
    for (const event of run.events) watch.push(event);
    const start = watch.time;
    // One a second.
    for (let i = 0; i < 20; i++) {
      watch.push({ type: "assign", time: start + i, task: i, worker: 0 });
      watch.push({ type: "done", time: start + i + 1, task: i, worker: 0, spans: [] });
    }
    expect(watch.progress().rate).toBeCloseTo(1, 6);
    expect(watch.progress(start + 60).rate).toBe(0);
    watch.push({ type: "end", time: start + 60, counts: {} });
    expect(watch.progress().rate).toBeCloseTo(1, 6);
  });

  test("counts a task once, whatever becomes of it", () => {
    const run = new EventRun()
      .task("a")
      .task("b")
      .task("c")
      .task("d")
      .task("alias", [], { fn: null });
    run.assign("a").fails("a", "once more", 1).runs("a");
    run.assign("b").add({ type: "lost", task: run.number("b"), reason: "worker-died" });
    run.runs("b").add({ type: "release", task: run.number("b") });
    run.assign("c").add({ type: "lost", task: run.number("c"), reason: "cancelled" });
    run.add({ type: "forget", task: run.number("d") });
    run.add({ type: "forget", task: run.number("a") });
    const watch = new RunWatch();
    for (const event of run.events) watch.push(event);
    const counts = { total: 4, done: 2, cancelled: 2, running: 0, waiting: 0, failed: 0 };
    expect(watch.overview()).toMatchObject({ tasks: counts, retries: 1 });
  });

  test("what is taken down at the end is not said to be cancelled", () => {
    const run = new EventRun().task("a").assign("a").add({ type: "closing" });
    run.add({ type: "release", task: 0 }).add({ type: "forget", task: 0 });
    const watch = new RunWatch();
    for (const event of run.end().events) watch.push(event);
    expect(watch.progress().tasks).toMatchObject({ running: 1, cancelled: 0 });
  });

  test("what it keeps does not grow with what was", () => {
    const watch = new RunWatch();
    const run = new EventRun();
    for (const event of run.events) watch.push(event);
    const time = watch.time;
    for (let task = 0; task < 5000; task++) {
      const about = { task, key: `k${task}`, group: `g${task}`, function: 0 };
      const added = { ...about, arguments: [], dependencies: [] };
      watch.push({ type: "graph", time, graph: task, client: 0, tasks: [added] });
      watch.push({ type: "assign", time, task, worker: 0 });
      watch.push({ type: "done", time, task, worker: 0, spans: [] });
      watch.push({ type: "forget", time, task });
    }
    const overview = watch.overview();
    expect(overview?.tasks).toMatchObject({ total: 5000, done: 5000 });
    expect(overview?.groups.length).toBe(1001);
    expect(overview?.longest).toEqual([]);
  });
});
