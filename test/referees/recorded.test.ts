import fc from "fast-check";
import { expect, test } from "vitest";
import type { GraphArgument } from "../../src/events/graph-event.js";
import type { TaskEvent } from "../../src/events/task-event.js";
import { type Dialect, writeProvJson } from "../../src/formats/index.js";
import type { ProvRecord } from "../../src/prov/index.js";
import { replayOptions } from "../../src/track/options.js";
import { Recorder } from "../../src/track/recorder.js";
import { createRunNames } from "../../src/track/run-names.js";
import { EventRun } from "../support/event-run.js";
import { describeWith, peer } from "../support/peers.js";
import {
  type JudgedDocument,
  judgeProvToolbox,
  judgePython,
  judgeW3cSchema,
  rejected,
  type Verdict,
} from "../support/referees.js";
import { fullTier, runs } from "../support/tier.js";

const prov3 = await peer("prov3");
const prov2 = await peer("prov2");
const provtoolbox = await peer("provtoolbox");

const seed = fullTier ? Math.floor(Math.random() * 2 ** 31) : 20_261_120;

type Key = string | readonly [string, number];

/** Keys that have been trouble: tuples that look like strings, other scripts, syntax of PROV-N. */
const keys: readonly Key[] = [
  "load-1",
  ["x", 0],
  "('x', 0)",
  "x_0",
  "größe 😀",
  "a:b c/d?e#f",
  "_x0041_.g2",
  "]]></x>\n\t\"'\\",
];

/** What happens next, taken only when a scheduler could tell it at that moment. */
const step = fc.record({
  key: fc.nat(keys.length - 1),
  input: fc.nat(keys.length - 1),
  second: fc.nat(keys.length - 1),
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constant("go") },
    { weight: 4, arbitrary: fc.constantFrom("fail", "retry", "die", "cancel") },
    { weight: 2, arbitrary: fc.constant("drop") },
  ),
  text: fc.string({ unit: "grapheme", maxLength: 8 }),
  number: fc.oneof(fc.integer(), fc.double(), fc.constant(null), fc.boolean()),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

type State = "waiting" | "running" | "memory" | "erred";

interface Known {
  state: State;
  readonly inputs: readonly Key[];
}

/** Plays steps as a scheduler would: inputs first, blocked when one failed, forgotten at last. */
function play(steps: readonly Step[]): TaskEvent[] {
  const run = new EventRun({ keepTraceback: true, errorTracking: true });
  const known = new Map<Key, Known>();
  for (const one of steps) {
    const key = keyAt(one.key);
    const task = known.get(key);
    if (task === undefined) announce(run, known, one, key);
    else advance(run, known, one, key, task);
  }
  return run.end().events;
}

function keyAt(index: number): Key {
  return keys[index] ?? "load-1";
}

function announce(run: EventRun, known: Map<Key, Known>, one: Step, key: Key): void {
  if (one.what === "drop") {
    run.scatter(key);
    known.set(key, { state: "memory", inputs: [] });
    return;
  }
  const inputs = [...new Set([keyAt(one.input), keyAt(one.second)])].filter(
    (input) => input !== key && known.has(input) && !reaches(known, input, key),
  );
  const literals: GraphArgument[] = [
    ["text", one.text],
    [1, ["l", [one.number, ["o", "Blob", { len: 3, shape: [3], columns: ["a", "b"] }]]]],
  ];
  const references = inputs.map((input, i): GraphArgument => [i, ["r", run.number(input)]]);
  run.task(key, inputs, { args: [...references, ...literals] });
  const state = inputs.some((input) => known.get(input)?.state === "erred") ? "erred" : "waiting";
  const culprit = inputs.find((input) => known.get(input)?.state === "erred");
  if (culprit !== undefined) run.blocked(key, culprit);
  known.set(key, { state, inputs });
}

function reaches(known: Map<Key, Known>, from: Key, to: Key): boolean {
  return from === to || (known.get(from)?.inputs ?? []).some((next) => reaches(known, next, to));
}

function advance(run: EventRun, known: Map<Key, Known>, one: Step, key: Key, task: Known): void {
  const ready = task.inputs.every((input) => known.get(input)?.state === "memory");
  if (task.state === "waiting" && ready) {
    run.assign(key);
    task.state = "running";
  } else if (task.state === "running" && !(one.what === "cancel" && isNeeded(known, key))) {
    finish(run, known, one, key, task);
  } else if (task.state === "memory" && one.what === "drop" && !isNeeded(known, key)) {
    run.release(key).forget(key);
    known.delete(key);
  }
}

function finish(run: EventRun, known: Map<Key, Known>, one: Step, key: Key, task: Known): void {
  if (one.what === "fail") {
    run.fails(key, one.text);
    fail(run, known, key, key, task);
  } else if (one.what === "retry") {
    run.fails(key, one.text, 1);
    task.state = "waiting";
  } else if (one.what === "die") {
    run.lost(key, "worker-died");
    task.state = "waiting";
  } else if (one.what === "cancel") {
    run.lost(key, "cancelled").forget(key);
    known.delete(key);
  } else {
    run.done(key);
    task.state = "memory";
  }
}

function fail(run: EventRun, known: Map<Key, Known>, culprit: Key, key: Key, task: Known): void {
  task.state = "erred";
  for (const [other, dependent] of known) {
    if (!dependent.inputs.includes(key) || dependent.state !== "waiting") continue;
    run.blocked(other, culprit);
    fail(run, known, culprit, other, dependent);
  }
}

function isNeeded(known: Map<Key, Known>, key: Key): boolean {
  return [...known.values()].some(({ inputs }) => inputs.includes(key));
}

function documentOf(events: readonly TaskEvent[], dialect: Dialect): string {
  const [run, ...rest] = events;
  if (run?.type !== "run") throw new Error("the first event must be `run`");
  const records: ProvRecord[] = [];
  const recorder = new Recorder(run, replayOptions(run.options), (one) => records.push(one));
  for (const event of rest) recorder.apply(event);
  recorder.close([]);
  const { namespaces } = createRunNames(run.runId);
  return [...writeProvJson({ namespaces, records, bundles: [] }, { dialect })].join("");
}

const histories = fc.sample(fc.array(step, { minLength: 60, maxLength: 90 }), {
  numRuns: runs(60),
  seed,
});

function recorded(dialect: Dialect): JudgedDocument[] {
  return histories.map((steps, index) => ({
    name: `${dialect} document of history ${index} of seed ${seed}`,
    text: documentOf(play(steps), dialect),
  }));
}

function accepts(judge: (documents: readonly JudgedDocument[]) => Promise<Verdict[]>): void {
  test.each<Dialect>(["shared", "portable"])(
    "accepts what the recorder makes of random runs, in the %s dialect",
    async (dialect) => {
      const documents = recorded(dialect);
      expect(rejected(documents, await judge(documents))).toEqual({
        judged: documents.length,
        rejected: 0,
      });
    },
  );
}

test("the random runs hold failures, retries, blocked tasks, lost attempts and releases", () => {
  const texts = recorded("portable").map(({ text }) => text);
  for (const sign of [
    '"taskprov:status":["error"]',
    '"taskprov:status":["blocked"]',
    '"taskprov:status":["lost"]',
    '"taskprov:status":["cancelled"]',
    '"yprov4wfs:status":["success"]',
    '"wasStartedBy"',
    '"wasInvalidatedBy"',
    '"wasDerivedFrom"',
    '"alternateOf"',
  ]) {
    expect(texts.filter((text) => text.includes(sign)).length, sign).toBeGreaterThan(5);
  }
});

describeWith("Python prov 3.2.3", prov3, (python) => {
  accepts((documents) => judgePython(python, documents));
});

describeWith("Python prov 2.0.1", prov2, (python) => {
  accepts((documents) => judgePython(python, documents));
});

describeWith("ProvToolbox 2.2.1, with its PROV-CONSTRAINTS validator", provtoolbox, (toolbox) => {
  accepts((documents) => judgeProvToolbox(toolbox, documents, { python: prov3 }));
});

describeWith("the W3C PROV-JSON schema", prov3, (python) => {
  accepts((documents) => judgeW3cSchema(python, documents));
});
