import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaskEvent } from "../../src/events/task-event.js";
import { uriOf } from "../../src/prov/names.js";
import type { ProvRecord } from "../../src/prov/records.js";
import { type ProvTrackerOptions, replayOptions } from "../../src/track/options.js";
import { Recorder } from "../../src/track/recorder.js";
import { EventRun } from "../support/event-run.js";
import { recordText } from "../support/record-text.js";

function record(
  events: readonly TaskEvent[],
  options: ProvTrackerOptions = {},
  damage: readonly string[] = [],
): ProvRecord[] {
  const [run, ...rest] = events;
  if (run?.type !== "run") throw new Error("the first event must be `run`");
  const records: ProvRecord[] = [];
  const recorder = new Recorder(run, replayOptions(run.options, options), (one) => {
    records.push(one);
  });
  for (const event of rest) recorder.apply(event);
  recorder.close(damage);
  return records;
}

function lines(records: readonly ProvRecord[], kind?: string): string[] {
  return records.filter((one) => kind === undefined || one.kind === kind).map(recordText);
}

function about(records: readonly ProvRecord[], id: string): string {
  const found = records.filter((one) => recordText(one).startsWith(`${one.kind}(${id},`));
  return found.map(recordText).join("\n");
}

/** Some events were dropped here. */
function missing(run: EventRun): EventRun {
  return run.add({ type: "dropped", count: 7, reason: "not written" });
}

const chain = (): EventRun =>
  new EventRun().task("a").task("b", ["a"]).runs("a").runs("b").release("a").forget("a");

describe("an attempt that works", () => {
  const records = record(chain().end().events);

  test("is an activity with the worker's compute span as start and end", () => {
    expect(about(records, "task:b")).toContain(
      "startTime=2026-11-20T10:15:00.012000Z, endTime=2026-11-20T10:15:00.013000Z",
    );
  });

  test("generates the data of its key, which is understood to be at its end", () => {
    expect(lines(records, "wasGeneratedBy")).toContain("wasGeneratedBy(data:b, task:b)");
    const inFull = record(chain().end().events, { dialect: "yprov" });
    expect(lines(inFull, "wasGeneratedBy")).toContain(
      "wasGeneratedBy(data:b, task:b, time=2026-11-20T10:15:00.013000Z)",
    );
  });

  test("uses what it depends on, in the role of the argument", () => {
    expect(lines(records, "used")).toEqual(['used(task:b, data:a, [prov:role="0"])']);
  });

  test("is informed by the attempt that made its input, not by the workflow", () => {
    expect(lines(records, "wasInformedBy")).toEqual([
      "wasInformedBy(task:a, run:workflow)",
      "wasInformedBy(task:b, task:a)",
    ]);
  });

  test("derives its data from its input, unless derivations are off", () => {
    expect(lines(records, "wasDerivedFrom")).toEqual(["wasDerivedFrom(data:b, data:a)"]);
    const without = record(chain().end().events, { derivations: false });
    expect(lines(without, "wasDerivedFrom")).toEqual([]);
  });

  test("is associated with the worker, the function being the plan", () => {
    expect(lines(records, "wasAssociatedWith")).toContain(
      "wasAssociatedWith(task:b, run:worker.inproc-0, plan=fn:b)",
    );
  });

  test("has its data invalidated on release, once, by no activity", () => {
    const [invalidated, ...more] = lines(records, "wasInvalidatedBy");
    expect(invalidated).toMatch(/^wasInvalidatedBy\(data:a, time=2026-11-20T10:15:00\.\d{6}Z\)$/);
    expect(more).toEqual([]);
  });

  test("keeps yProv's attributes; what says the same again is understood", () => {
    expect(about(records, "task:b")).toMatch(
      /, \[prov:type=taskprov:TaskAttempt, yprov4wfs:status="success", yprov4wfs:group="b", yprov4wfs:name="b", yprov4wfs:nice_name="b", yprov4wfs:processed_on="inproc-0"\]\)$/m,
    );
    expect(about(records, "data:b")).not.toContain("prov:label");
  });

  test("has all of yProv's attributes in the yprov dialect", () => {
    const text = about(record(chain().end().events, { dialect: "yprov" }), "task:b");
    for (const part of [
      'prov:label="b"',
      'yprov4wfs:status="success"',
      'yprov4wfs:level="1"',
      'yprov4wfs:group="b"',
      'yprov4wfs:nice_name="b"',
      'yprov4wfs:processed_on="inproc-0"',
      'taskprov:status="ok"',
    ]) {
      expect(text).toContain(part);
    }
  });
});

describe("a failure", () => {
  const events = new EventRun()
    .task("a")
    .task("b", ["a"])
    .task("c", ["b"])
    .assign("a")
    .fails("a")
    .blocked("b", "a")
    .blocked("c", "a")
    .end().events;
  const records = record(events);

  test("generates an exception and no data", () => {
    expect(lines(records, "wasGeneratedBy")).toEqual([
      expect.stringMatching(/^wasGeneratedBy\(data:a\.e1, task:a\)$/),
    ]);
    expect(about(records, "data:a.e1")).toContain('taskprov:exceptionType="RangeError"');
    expect(about(records, "data:a")).toBe("");
  });

  test("blocks its dependents: no times, no inputs, no agent, and the culprit named", () => {
    const text = about(records, "task:c");
    expect(text).toContain('taskprov:status="blocked"');
    expect(text).toContain('yprov4wfs:blamed_task="a"');
    expect(text).toContain("taskprov:blamed=task:a");
    expect(text).not.toContain("Time=");
    expect(lines(records, "used").concat(lines(records, "wasAssociatedWith")).join()).not.toContain(
      "task:c",
    );
    expect(lines(records, "wasInformedBy")).toContain("wasInformedBy(task:c, task:a)");
  });

  test("makes the workflow a failure", () => {
    expect(about(records, "run:workflow")).toContain('yprov4wfs:status="failure"');
  });

  test("of a task that is retried starts the next attempt and is no failure of the run", () => {
    const retried = record(
      new EventRun().task("a").assign("a").fails("a", "flaky", 1).runs("a").end().events,
    );
    expect(lines(retried, "wasStartedBy")).toEqual(["wasStartedBy(task:a.2, data:a.e1, task:a)"]);
    expect(about(retried, "task:a")).toContain('taskprov:status="error"');
    expect(about(retried, "task:a.2")).toContain('yprov4wfs:status="success"');
    expect(about(retried, "run:workflow")).toContain('yprov4wfs:status="success"');
    expect(lines(retried, "wasGeneratedBy").at(-1)).toContain("(data:a, task:a.2)");
  });

  test("carries its history and similar successes with `errorTracking`", () => {
    const run = new EventRun();
    for (const key of ["f-1", "f-2", "f-3", "f-4"]) run.task(key, [], { fn: "f" }).runs(key);
    run.task("f-5", [], { fn: "f" }).assign("f-5").fails("f-5", "once", 1);
    run.assign("f-5").fails("f-5", "twice").end();
    const text = about(record(run.events, { errorTracking: true }), "task:f-5.2");
    expect(text).toContain('yprov4wfs:attempt_count="2"');
    expect(text).toContain('yprov4wfs:retry_count="1"');
    expect(text).toContain(JSON.stringify(JSON.stringify(["f-2", "f-3", "f-4"])));
    expect(text).toContain("once");
  });
});

describe("a task that does not finish", () => {
  test.each([
    ["waiting", new EventRun().task("a"), "pending"],
    ["running", new EventRun().task("a").assign("a"), "running"],
    ["cancelled while it waits", new EventRun().task("a").lost("a", "cancelled"), "cancelled"],
    [
      "cancelled while it runs",
      new EventRun().task("a").assign("a").lost("a", "cancelled"),
      "cancelled",
    ],
    [
      "on a worker that dies",
      new EventRun().task("a").assign("a").lost("a", "worker-died").forget("a"),
      "lost",
    ],
    ["forgotten before it ran", new EventRun().task("a").forget("a"), "cancelled"],
    [
      "forgotten when events are missing since it was sent",
      missing(new EventRun().task("a").assign("a")).forget("a"),
      "unknown",
    ],
    [
      "forgotten without a word of its end",
      new EventRun().task("a").assign("a").forget("a"),
      "unknown",
    ],
    [
      "sent again without a word of its end",
      new EventRun().task("a").assign("a").assign("a"),
      "unknown",
    ],
    [
      "forgotten when events are missing since it was submitted",
      missing(new EventRun().task("a")).forget("a"),
      "unknown",
    ],
    [
      "running when events are missing since",
      missing(new EventRun().task("a").assign("a")),
      "unknown",
    ],
    ["waiting when events are missing since", missing(new EventRun().task("a")), "unknown"],
    ["sent after events went missing", missing(new EventRun().task("a")).assign("a"), "running"],
    [
      "cancelled in so many words after events went missing",
      missing(new EventRun().task("a")).lost("a", "cancelled"),
      "cancelled",
    ],
  ])("%s has the status of that", (_, run, status) => {
    expect(about(record(run.end().events), "task:a")).toContain(`taskprov:status="${status}"`);
  });

  test("is pending again after an attempt was lost", () => {
    const records = record(
      new EventRun().task("a").assign("a").lost("a", "worker-died").end().events,
    );
    expect(about(records, "task:a.2")).toContain('taskprov:status="pending"');
    expect(lines(records, "wasStartedBy")).toEqual(["wasStartedBy(task:a.2, task:a)"]);
  });
});

describe("a key that is computed again", () => {
  test("gets a second generation, the alternate of the first", () => {
    const run = new EventRun().task("a").runs("a").lost("a", "worker-died").runs("a").end();
    const records = record(run.events);
    expect(lines(records, "alternateOf")).toEqual(["alternateOf(data:a.g2, data:a)"]);
    expect(lines(records, "wasGeneratedBy")).toEqual([
      "wasGeneratedBy(data:a, task:a)",
      "wasGeneratedBy(data:a.g2, task:a.2)",
    ]);
  });

  test("goes on counting after it was forgotten", () => {
    const run = new EventRun();
    for (let i = 0; i < 3; i++) run.task("a").runs("a").release("a").forget("a");
    const records = record(run.end().events);
    expect(lines(records, "activity").map((line) => line.slice(9, 17))).toEqual(
      expect.arrayContaining(["task:a, ", "task:a.2", "task:a.3"]),
    );
    expect(lines(records, "alternateOf")).toHaveLength(2);
  });

  test("twice at the same time has attempts and data of its own for each", () => {
    const run = new EventRun().task("a", [], { args: [[0, 1]] }).assign("a");
    const outer = run.number("a");
    run
      .task("a", [], { args: [[0, 2]] })
      .assign("a")
      .done("a")
      .forget("a");
    run.add({ type: "done", task: outer, worker: 0, spans: [] });
    run.add({ type: "forget", task: outer });
    const records = record(run.task("a").runs("a").end().events);
    expect(lines(records, "wasGeneratedBy")).toEqual([
      "wasGeneratedBy(data:a.g2, task:a.2)",
      "wasGeneratedBy(data:a, task:a)",
      "wasGeneratedBy(data:a.g3, task:a.3)",
    ]);
    const ids = records.flatMap((one) => (one.id === undefined ? [] : [uriOf(one.id)]));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("after a failure and with other arguments never reuses the id of a literal", () => {
    const run = new EventRun();
    run
      .task("a", [], { args: [[0, 1]] })
      .assign("a")
      .fails("a")
      .forget("a");
    run
      .task("a", [], { args: [[0, 2]] })
      .runs("a")
      .end();
    const records = record(run.events);
    const ids = records.flatMap((one) => (one.id === undefined ? [] : [uriOf(one.id)]));
    expect(new Set(ids).size).toBe(ids.length);
    expect(lines(records, "alternateOf")).toEqual([]);
  });
});

describe("arguments", () => {
  const run = new EventRun().task("x").runs("x");
  const x = run.number("x");
  run
    .task("y", ["x"], {
      args: [
        [0, ["r", x]],
        ["how", "fast"],
        [2, ["l", [["r", x], 5, ["d", [["k", ["r", x]]]]]]],
        [3, ["x"]],
        [4, ["o", "Float64Array", { len: 3, nbytes: 24, shape: [3], dtype: "float64" }]],
      ],
    })
    .runs("y")
    .end();
  const records = record(run.events);

  test("that are references share one `used` with one role per place", () => {
    expect(lines(records, "used")).toContain(
      'used(task:y, data:x, [prov:role="0", prov:role="2.0", prov:role="2.2.k"])',
    );
  });

  test("that are literals are entities of their own, used in their role", () => {
    expect(about(records, "data:y.ahow")).toBe(
      'entity(data:y.ahow, [prov:type=taskprov:Literal, yprov4wfs:value="fast", yprov4wfs:dtype="string", prov:value="fast"])',
    );
    expect(about(records, "data:y.a2.1")).toContain("prov:value=5^^xsd:int");
    expect(lines(records, "used")).toContain('used(task:y, data:y.a2.1, [prov:role="2.1"])');
  });

  test("that were redacted say so and nothing else", () => {
    expect(about(records, "data:y.a3")).toBe(
      "entity(data:y.a3, [prov:type=taskprov:Literal, taskprov:redacted=true^^xsd:boolean])",
    );
  });

  test("that are objects are described by type, size and shape", () => {
    const text = about(records, "data:y.a4");
    expect(text).toContain('yprov4wfs:dtype="Float64Array"');
    expect(text).toContain('taskprov:shape="[3]"');
    expect(text).toContain("taskprov:nbytes=24^^xsd:int");
  });

  test("never lead to derivations from literals", () => {
    expect(lines(records, "wasDerivedFrom")).toEqual(["wasDerivedFrom(data:y, data:x)"]);
  });
});

describe("what the document says of the run", () => {
  test("is who acted for whom", () => {
    expect(lines(record(chain().end().events), "actedOnBehalfOf")).toEqual([
      "actedOnBehalfOf(run:scheduler, run:user)",
      "actedOnBehalfOf(run:client.client-1, run:user)",
      "actedOnBehalfOf(run:worker.inproc-0, run:scheduler)",
    ]);
  });

  test("is that it is incomplete when the record stops early, has gaps or dropped events", () => {
    const isIncomplete = (records: ProvRecord[]): boolean =>
      about(records, "run:workflow").includes("taskprov:incomplete=true");
    expect(isIncomplete(record(chain().end().events))).toBe(false);
    expect(isIncomplete(record(chain().events))).toBe(true);
    expect(isIncomplete(record(chain().end().events, {}, ["a torn tail of 7 bytes"]))).toBe(true);
    const dropped = chain().add({ type: "dropped", count: 3 }).end();
    expect(isIncomplete(record(dropped.events))).toBe(true);
    expect(about(record(dropped.events), "run:workflow")).toContain("taskprov:dropped=3^^xsd:int");
  });

  test("counts events that name an unknown task and never guesses", () => {
    const records = record(chain().add({ type: "assign", task: 99, worker: 0 }).end().events);
    expect(about(records, "run:workflow")).toContain(
      "1 events name tasks that are not in the record",
    );
  });

  test("does not call releases after shutdown began invalidations", () => {
    const run = chain().add({ type: "closing" }).release("b").forget("b");
    expect(lines(record(run.events), "wasInvalidatedBy")).toHaveLength(1);
  });

  test("marks a release that the clock puts before the generation, and moves it", () => {
    const run = new EventRun().task("a").assign("a");
    const late = { action: "compute", start: 1_795_169_799, stop: 1_795_169_800 };
    run
      .add({ type: "done", task: run.number("a"), worker: 0, spans: [late] })
      .release("a")
      .end();
    expect(lines(record(run.events), "wasInvalidatedBy")).toEqual([
      "wasInvalidatedBy(data:a, time=2026-11-20T10:16:40.000000Z, [taskprov:clamped=true^^xsd:boolean])",
    ]);
  });

  test("attributes scattered data to the client, without a generation", () => {
    const records = record(new EventRun().scatter("s").task("a", ["s"]).runs("a").end().events);
    expect(lines(records, "wasAttributedTo")).toEqual([
      "wasAttributedTo(data:s, run:client.client-1)",
    ]);
    expect(about(records, "data:s")).toContain("prov:type=taskprov:Scattered");
    expect(lines(records, "wasGeneratedBy").join()).not.toContain("data:s");
    expect(lines(records, "used")).toContain('used(task:a, data:s, [prov:role="0"])');
  });

  test("links a task submitted from inside a task to the attempt that did", () => {
    const run = new EventRun().task("outer").assign("outer");
    run.task("inner", [], { parent: "outer" }).runs("inner").done("outer").end();
    expect(lines(record(run.events), "wasInformedBy")).toContain(
      "wasInformedBy(task:inner, task:outer, [prov:type=taskprov:Submission])",
    );
  });
});

describe("a graph node that computes nothing", () => {
  const run = new EventRun().task("x", [], { fn: null, args: [[0, 41]] }).runs("x");
  run.task("a", ["x"]).runs("a").task("alias", ["a"], { fn: null }).runs("alias");
  const records = record(run.task("b", ["alias"]).runs("b").end().events);

  test("is an entity with its value, and no activity", () => {
    expect(about(records, "data:x")).toContain("prov:value=41^^xsd:int");
    expect(about(records, "task:x")).toBe("");
    expect(lines(records, "wasGeneratedBy").join()).not.toContain("data:x");
  });

  test("is transparent when it is another name of a task", () => {
    expect(about(records, "task:alias")).toBe("");
    expect(lines(records, "alternateOf")).toEqual(["alternateOf(data:alias, data:a)"]);
    expect(lines(records, "wasInformedBy")).toContain("wasInformedBy(task:b, task:a)");
  });
});

describe("group filters", () => {
  const run = new EventRun().task("load-1").task("sum-1", ["load-1"]).runs("load-1").runs("sum-1");
  const { events } = run.end();

  test("leave the excluded task out, its data staying as a bare entity where it is used", () => {
    const records = record(events, { excludeGroups: ["loa*"] });
    expect(about(records, "task:load-1")).toBe("");
    expect(about(records, "data:load-1")).toBe(
      "entity(data:load-1, [prov:type=taskprov:Excluded])",
    );
    expect(lines(records, "used")).toEqual(['used(task:sum-1, data:load-1, [prov:role="0"])']);
    expect(lines(records, "wasInformedBy")).toEqual(["wasInformedBy(task:sum-1, run:workflow)"]);
  });

  test("let exclusion win over inclusion", () => {
    const records = record(events, { includeGroups: ["*"], excludeGroups: ["sum"] });
    expect(about(records, "task:sum-1")).toBe("");
    expect(about(records, "task:load-1")).not.toBe("");
  });
});

describe("any history", () => {
  /** Facts in any order, also ones no scheduler would tell. */
  const fact = fc.record({
    what: fc.constantFrom(
      "task",
      "assign",
      "done",
      "fails",
      "blocked",
      "cancel",
      "die",
      "release",
      "forget",
      "scatter",
    ),
    key: fc.constantFrom("a", "b", "c", "d"),
    other: fc.constantFrom("a", "b", "c", "d"),
  });

  function play(facts: readonly { what: string; key: string; other: string }[]): TaskEvent[] {
    const run = new EventRun();
    const known = new Set<string>();
    for (const { what, key, other } of facts) {
      if (what === "task" || what === "scatter") {
        if (known.has(key)) run.forget(key);
        known.add(key);
        const inputs = known.has(other) && other !== key ? [other] : [];
        if (what === "scatter") run.scatter(key);
        else run.task(key, inputs, { args: [[0, key.length]] });
      } else if (known.has(key)) {
        if (what === "assign") run.assign(key);
        else if (what === "done") run.done(key);
        else if (what === "fails") run.fails(key, "x", other === "a" ? 1 : 0);
        else if (what === "blocked" && known.has(other)) run.blocked(key, other);
        else if (what === "cancel") run.lost(key, "cancelled");
        else if (what === "die") run.lost(key, "worker-died");
        else if (what === "release") run.release(key);
        else if (what === "forget" && known.delete(key)) run.forget(key);
      }
    }
    return run.end().events;
  }

  const history = fc.array(fact, { maxLength: 60 });

  test("gives every element one record, and mentions only what is declared", () => {
    fc.assert(
      fc.property(history, (facts) => {
        const records = record(play(facts));
        const ids = records.flatMap((one) => (one.id === undefined ? [] : [uriOf(one.id)]));
        expect(new Set(ids).size).toBe(ids.length);
        const declared = new Set(ids);
        for (const { kind, id, attributes, ...formals } of records) {
          for (const value of Object.values(formals)) {
            if (typeof value === "object") expect(declared, kind).toContain(uriOf(value));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test("gives the same records again, and at most one generation per data entity", () => {
    fc.assert(
      fc.property(history, (facts) => {
        const records = record(play(facts));
        expect(lines(record(play(facts)))).toEqual(lines(records));
        const generated = records.flatMap((one) =>
          one.kind === "wasGeneratedBy" ? [uriOf(one.entity)] : [],
        );
        expect(new Set(generated).size).toBe(generated.length);
      }),
      { numRuns: 300 },
    );
  });
});

test("`jupyterTracking` without a notebook is a problem that the document names", () => {
  const workflow = (options: ProvTrackerOptions): string =>
    about(record(chain().end().events, options), "run:workflow");
  expect(workflow({ jupyterTracking: true })).toMatch(
    /taskprov:problem="option `jupyterTracking` found no notebook/,
  );
  expect(workflow({})).not.toContain("taskprov:problem");
});
