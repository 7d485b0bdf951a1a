import fc from "fast-check";
import { expect, test } from "vitest";
import type { TaskEvent } from "../../src/events/task-event.js";
import { HeldReleases } from "../../src/track/held-releases.js";
import { replayOptions } from "../../src/track/options.js";
import { Recorder } from "../../src/track/recorder.js";
import { EventRun } from "../support/event-run.js";
import { recordText } from "../support/record-text.js";

/** What the record calls invalidated, in a run on Dask; `after` are seconds of silence before the event. */
function invalidated(run: EventRun, after: Readonly<Record<number, number>> = {}): string[] {
  const [begin, ...rest] = run.events;
  if (begin?.type !== "run") throw new Error("the first event must be `run`");
  const found: string[] = [];
  const recorder = new Recorder(begin, replayOptions(begin.options, {}), (record) => {
    if (record.kind === "wasInvalidatedBy") found.push(recordText(record).replace(/,.*/, ""));
  });
  let silence = 0;
  for (const [i, event] of rest.entries()) {
    silence += after[i + 1] ?? 0;
    recorder.apply({ ...event, time: event.time + silence });
  }
  recorder.close();
  return found;
}

const onDask = (): EventRun => new EventRun({}, { engine: "dask" });
const ran = (): EventRun => onDask().task("a").task("b", ["a"]).runs("a").runs("b");
const a = "wasInvalidatedBy(data:a";
const b = "wasInvalidatedBy(data:b";

test("what is dropped while the run goes on is invalidated", () => {
  expect(invalidated(ran().release("a").forget("a").task("c").runs("c").end())).toEqual([a]);
});

test("what is dropped as all ends is not: by the program, by a client that leaves", () => {
  expect(invalidated(ran().release("a").release("b").forget("a").forget("b").end())).toEqual([]);
  const parted = ran().release("a").add({ type: "client-", client: 0 }).release("b");
  expect(invalidated(parted.add({ type: "worker-", worker: 0 }).end())).toEqual([]);
});

test("a second of silence shows that a release was meant; after a client has left, half a minute", () => {
  const run = ran().release("a").release("b").end();
  const release = run.events.findIndex(({ type }) => type === "release");
  expect(invalidated(run, { [release + 1]: 2 })).toEqual([a]);
  const parted = ran().release("a").add({ type: "client-", client: 0 }).release("b").end();
  const second = parted.events.findLastIndex(({ type }) => type === "release");
  expect(invalidated(parted, { [second]: 20 })).toEqual([]);
  expect(invalidated(parted, { [second]: 40 })).toEqual([a]);
});

test("a client that left long before makes nobody wait longer", () => {
  const run = ran().add({ type: "client-", client: 0 }).task("c").runs("c").release("a");
  run.add({ type: "worker-", worker: 0 }).end();
  const graph = run.events.findLastIndex(({ type }) => type === "graph");
  const worker = run.events.findIndex(({ type }) => type === "worker-");
  expect(invalidated(run, { [graph]: 60, [worker]: 2 })).toEqual([a]);
});

test("a sample during the silence tells them at once", () => {
  const run = ran().release("a").add({ type: "sample", worker: 0, cpu: 1 }).end();
  const sample = run.events.findIndex(({ type }) => type === "sample");
  expect(invalidated(run, { [sample]: 2 })).toEqual([a]);
  expect(invalidated(run)).toEqual([]);
});

test("a record that stops before the cluster closes has every release", () => {
  expect(invalidated(ran().release("a").forget("a").release("b"))).toEqual([a, b]);
});

test("on the embedded engine, which says itself when it closes, nothing waits", () => {
  const run = new EventRun().task("a").runs("a").release("a").end();
  expect(invalidated(run)).toEqual([a]);
});

test("no task is kept that was forgotten, and nothing is told in another order", () => {
  const word = fc.constantFrom("release", "forget", "client-", "sample", "graph", "closing");
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.double({ min: 0, max: 40, noNaN: true }))), (words) => {
      let time = 0;
      const events = words.map(([type, after], task) => {
        time += after;
        return { type, time, task } as unknown as TaskEvent;
      });
      const told: TaskEvent[] = [];
      const releases = new HeldReleases((event) => told.push(event));
      for (const event of events) if (!releases.holds(event)) told.push(event);
      releases.tell();
      const left = new Set(events.filter((event) => !told.includes(event)));
      for (const event of left) expect(event.type).toBe("release");
      const going = (all: readonly TaskEvent[]): TaskEvent[] =>
        all.filter(({ type }) => type === "release" || type === "forget");
      expect(going(told)).toEqual(going(events).filter((event) => !left.has(event)));
    }),
  );
});
