import { describe, expect, test } from "vitest";
import type { TaskEvent } from "../../src/events/task-event.js";
import type { ProvRecord } from "../../src/prov/records.js";
import { type ProvTrackerOptions, replayOptions } from "../../src/track/options.js";
import { Recorder } from "../../src/track/recorder.js";
import { EventRun } from "../support/event-run.js";
import { recordText } from "../support/record-text.js";

function record(events: readonly TaskEvent[], options: ProvTrackerOptions = {}): string[] {
  const [run, ...rest] = events;
  if (run?.type !== "run") throw new Error("the first event must be `run`");
  const records: ProvRecord[] = [];
  const recorder = new Recorder(run, replayOptions(run.options, options), (one) => {
    records.push(one);
  });
  for (const event of rest) recorder.apply(event);
  recorder.close();
  return records.map(recordText);
}

/** `("out", 0)` joins `ones`, and an addition of that to `x` and 5. */
function fused(): EventRun {
  const run = new EventRun().task("x").runs("x");
  run.add({ type: "fn", function: 7, module: "numpy", name: "ones", kind: "function" });
  run.add({ type: "fn", function: 8, module: "operator", name: "add", kind: "builtin" });
  run.add({
    type: "graph",
    graph: 9,
    client: 0,
    tasks: [
      {
        task: 70,
        key: ["t", ["out", 0]],
        group: "out",
        function: 8,
        arguments: [[0, ["r", run.number("x")]]],
        dependencies: [run.number("x")],
        inner: [
          { key: ["t", ["ones", 0]], function: 7, dependencies: [], arguments: [["shape", 4]] },
          {
            key: ["t", ["out", 0]],
            function: 8,
            dependencies: [["t", ["ones", 0]], "x"],
            arguments: [
              [
                0,
                [
                  "l",
                  [
                    ["q", 0],
                    ["r", run.number("x")],
                  ],
                ],
              ],
              [1, 5],
            ],
          },
        ],
      },
    ],
  });
  run.add({ type: "assign", task: 70, worker: 0 });
  const span = { action: "compute", start: 1_795_169_701, stop: 1_795_169_702 };
  return run.add({ type: "done", task: 70, worker: 0, spans: [span] }).end();
}

const key = "_xt_out_xc_0";
const starting = (records: readonly string[], head: string): string[] =>
  records.filter((line) => line.startsWith(head));

describe("a fused task", () => {
  const records = record(fused().events);

  test("is one activity that names its steps", () => {
    const activities = starting(records, `activity(task:${key}`);
    expect(activities).toHaveLength(1);
    expect(activities[0]).toContain("taskprov:stepKey=\"('ones', 0)\"");
    expect(activities[0]).not.toContain("taskprov:stepKey=\"('out', 0)\"");
  });

  test("has a plan with the functions of its steps as members, and their order", () => {
    const [plan] = records.filter((line) => line.includes("taskprov:FusedPlan"));
    const steps = JSON.stringify([
      ["numpy.ones", [], { shape: "4" }],
      ["operator.add", [0], { "1": "5" }],
    ]);
    expect(plan).toContain(`taskprov:steps=${JSON.stringify(steps)}`);
    expect(plan).toContain('prov:label="numpy.ones > operator.add"');
    const id = /^entity\(([^,]+),/.exec(plan ?? "")?.[1];
    expect(starting(records, "wasAssociatedWith").join("\n")).toContain(`task:${key}, `);
    expect(starting(records, "wasAssociatedWith").join("\n")).toContain(id);
    expect(starting(records, "hadMember")).toEqual([
      `hadMember(${id}, fn:numpy_x002E_ones)`,
      `hadMember(${id}, fn:operator_x002E_add)`,
    ]);
  });

  test("uses its inputs; the literals of its steps stand in the plan", () => {
    const uses = starting(records, `used(task:${key}, `);
    expect(uses).toEqual([`used(task:${key}, data:x, [prov:role="0"])`]);
  });

  test("shares its plan with tasks of the same steps, and uses what differs from it", () => {
    const events = [...fused().events];
    const [end] = events.splice(-1);
    for (const event of events.slice()) {
      if (event.type !== "graph" || event.graph !== 9) continue;
      const tasks = event.tasks.map((task) => ({
        ...task,
        task: 71,
        key: "twin",
        inner: (task.inner ?? []).map((step) => ({
          ...step,
          arguments: step.arguments.map(
            ([role, value]) => [role, value === 5 ? 6 : value] as const,
          ),
        })),
      }));
      events.push({ ...event, graph: 10, tasks });
    }
    const { time } = events.at(-1) ?? { time: 0 };
    events.push({ type: "assign", time, task: 71, worker: 0 });
    events.push({ type: "done", time, task: 71, worker: 0, spans: [] });
    if (end !== undefined) events.push(end);
    const twice = record(events);
    expect(twice.filter((line) => line.includes("taskprov:FusedPlan"))).toHaveLength(1);
    expect(starting(twice, "used(task:twin, ")).toEqual([
      'used(task:twin, data:x, [prov:role="0"])',
      'used(task:twin, data:twin.astep2.1, [prov:role="step2.1"])',
    ]);
  });
});

describe("a fused task with expandFused", () => {
  const records = record(fused().events, { expandFused: true });

  test("has an activity for each step, part of the attempt, without times", () => {
    const steps = records.filter((line) => line.includes("taskprov:Step"));
    expect(steps.map((line) => line.slice(0, line.indexOf(",")))).toEqual([
      `activity(task:${key}.s1`,
      `activity(task:${key}.s2`,
    ]);
    for (const step of steps) {
      expect(step).toContain(`taskprov:partOf=task:${key}`);
      expect(step).not.toContain("Time");
    }
  });

  test("shows what each step made and used, the last one making the task's data", () => {
    expect(starting(records, `used(task:${key}.s`)).toEqual([
      `used(task:${key}.s1, data:${key}.astep1.shape, [prov:role="shape"])`,
      `used(task:${key}.s2, data:x, [prov:role="0.1"])`,
      `used(task:${key}.s2, data:${key}.s1, [prov:role="0.0"])`,
      `used(task:${key}.s2, data:${key}.astep2.1, [prov:role="1"])`,
    ]);
    const made = starting(records, "wasGeneratedBy").filter((line) => line.includes(key));
    expect(made.map((line) => line.replace(/, time=.*/, ")"))).toEqual([
      `wasGeneratedBy(data:${key}, task:${key})`,
      `wasGeneratedBy(data:${key}.s1, task:${key}.s1)`,
      `wasGeneratedBy(data:${key}, task:${key}.s2)`,
    ]);
    const derived = starting(records, `wasDerivedFrom(data:${key}`);
    expect(derived).toEqual([
      `wasDerivedFrom(data:${key}, data:x)`,
      `wasDerivedFrom(data:${key}, data:${key}.s1)`,
    ]);
  });
});

describe("on Dask", () => {
  const dask = (): EventRun => new EventRun({}, { engine: "dask" });
  const at = (n: number): number => 1_795_169_700 + n;
  const computed = (
    start: number,
    stop: number,
  ): { action: string; start: number; stop: number } => ({
    action: "compute",
    start: at(start),
    stop: at(stop),
  });

  test("queue and transfer times stand apart from the computation, with the source", () => {
    const run = dask().task("a");
    run.add({ type: "assign", task: run.number("a"), worker: 0 });
    const transfer = { action: "transfer", start: at(3), stop: at(3.25), source: "inproc-0" };
    const spans = [transfer, computed(4, 5)];
    run.add({ type: "done", task: run.number("a"), worker: 0, spans }).end();
    const [activity = ""] = starting(record(run.events), "activity(task:a");
    expect(activity).toContain(
      "startTime=2026-11-20T10:15:04.000000Z, endTime=2026-11-20T10:15:05.000000Z",
    );
    expect(activity).toContain("taskprov:transferSeconds=0.25");
    expect(activity).toContain("taskprov:transferredFrom=run:worker.inproc-0");
    const [, queued] = /taskprov:queueSeconds=([\d.]+)/.exec(activity) ?? [];
    // From the graph, three milliseconds into the run, to the start at 4 s, without the transfer.
    expect(Number(queued)).toBeCloseTo(3.75, 1);
  });

  test("clocks that disagree never let an input be younger than what was made from it", () => {
    const run = dask().task("a").task("b", ["a"]);
    for (const [key, start, stop] of [
      ["a", 5, 9],
      ["b", 6, 7],
    ] as const) {
      run.add({ type: "assign", task: run.number(key), worker: 0 });
      run.add({ type: "done", task: run.number(key), worker: 0, spans: [computed(start, stop)] });
    }
    const records = record(run.end().events);
    const [b = ""] = starting(records, "activity(task:b");
    expect(b).toContain(
      "startTime=2026-11-20T10:15:06.000000Z, endTime=2026-11-20T10:15:09.000000Z",
    );
    expect(b).toContain("taskprov:clamped=true");
    expect(starting(records, "activity(task:a")[0]).not.toContain("clamped");
  });

  test("clocks that disagree never let a retry begin before the failure that caused it", () => {
    const run = dask().task("a");
    const task = run.number("a");
    run.add({ type: "assign", task, worker: 0 });
    const failure = { exceptionType: "E", text: "t", retriesLeft: 1, spans: [computed(3, 5)] };
    run.add({ type: "failed", task, worker: 0, ...failure });
    run.add({ type: "assign", task, worker: 0 });
    run.add({ type: "done", task, worker: 0, spans: [computed(4, 6)] });
    const [again = ""] = starting(record(run.end().events), "activity(task:a.2");
    expect(again).toContain(
      "startTime=2026-11-20T10:15:05.000000Z, endTime=2026-11-20T10:15:06.000000Z",
    );
    expect(again).toContain("taskprov:clamped=true");
  });

  test("annotations stand on the attempts of their tasks", () => {
    const run = dask();
    run.add({
      type: "graph",
      graph: 0,
      client: 0,
      annotations: { retries: 2, span: ["load"] },
      tasks: [
        { task: 5, key: "k", group: "k", function: null, arguments: [], dependencies: [] },
        { task: 6, key: "m", group: "m", function: 0, arguments: [], dependencies: [] },
      ],
    });
    const [activity] = starting(record(run.end().events), "activity(task:m");
    expect(activity).toContain('taskprov:annotation="retries=2"');
    expect(activity).toContain('taskprov:annotation="span=[\\"load\\"]"');
  });
});
