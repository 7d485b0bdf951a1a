import fc from "fast-check";
import type { InnerStep } from "../../src/events/graph-event.js";
import type { TaskEvent } from "../../src/events/task-event.js";
import type { ProvDocument, ProvRecord } from "../../src/prov/records.js";
import { type ProvTrackerOptions, replayOptions } from "../../src/track/options.js";
import { Recorder } from "../../src/track/recorder.js";
import { EventRun } from "../support/event-run.js";

/** The document of a list of events, in memory. */
export function documentOf(
  events: readonly TaskEvent[],
  options: ProvTrackerOptions = {},
): ProvDocument {
  const [run, ...rest] = events;
  if (run?.type !== "run") throw new Error("the first event must be `run`");
  const records: ProvRecord[] = [];
  const recorder = new Recorder(run, replayOptions(run.options, options), (record) => {
    records.push(record);
  });
  for (const event of rest) recorder.apply(event);
  recorder.close();
  return { namespaces: recorder.names.namespaces, records, bundles: [] };
}

/** What becomes of one task of a random run. */
interface Fate {
  readonly dependencies: readonly number[];
  readonly kind:
    | "ok"
    | "retry"
    | "lost"
    | "fails"
    | "recomputed"
    | "alias"
    | "scattered"
    | "waits"
    | "fused";
  readonly literal: number | undefined;
}

/** The functions of the steps of fused tasks. */
const stepFunctions = [900, 901, 902] as const;

const fates: fc.Arbitrary<readonly Fate[]> = fc.array(
  fc.record({
    dependencies: fc.uniqueArray(fc.nat(40), { maxLength: 3 }),
    kind: fc.constantFrom(
      "ok",
      "ok",
      "ok",
      "retry",
      "lost",
      "fails",
      "recomputed",
      "alias",
      "scattered",
      "waits",
      "fused",
    ),
    literal: fc.option(fc.nat(9), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 25 },
);

/**
 * A run over random graphs, with retries, losses, recomputation, aliases, blocked and fused tasks;
 * in half of them each step of a fused task is an activity.
 */
export const randomRuns: fc.Arbitrary<EventRun> = fc
  .tuple(fates, fc.boolean())
  .map(([tasks, expandFused]) => {
    const run = new EventRun({ expandFused });
    for (const number of stepFunctions) {
      run.add({ type: "fn", function: number, name: `step${number}`, kind: "function" });
    }
    const good: string[] = [];
    const bad: string[] = [];
    tasks.forEach((fate, i) => {
      perform(run, `k${i}-${i}`, fate, good, bad);
    });
    return run.end();
  });

function perform(
  run: EventRun,
  key: string,
  { kind, dependencies, literal }: Fate,
  good: string[],
  bad: string[],
): void {
  if (kind === "scattered") {
    run.scatter(key);
    good.push(key);
    return;
  }
  const inputs = pick(good, dependencies);
  const culprit = bad[dependencies[0] ?? 0];
  if (culprit !== undefined && kind === "fails") {
    run.task(key, [culprit, ...inputs]).blocked(key, culprit);
    return;
  }
  const [target] = inputs;
  if (kind === "alias" && target !== undefined) {
    run.task(key, [target], { fn: null });
    run.add({ type: "done", task: run.number(key), worker: 0, spans: [] });
    good.push(key);
    return;
  }
  if (kind === "fused") {
    run.task(key, inputs, { inner: stepsOf(run, key, inputs, literal) }).runs(key);
    good.push(key);
    return;
  }
  const references = inputs.map((input, at) => [at, ["r", run.number(input)]] as const);
  const values = literal === undefined ? [] : [["x", literal] as const];
  // The encoded forms of a reference and of a number, as events carry them.
  run.task(key, inputs, { args: [...references, ...values] as never });
  if (kind === "waits") return;
  if (kind === "fails") {
    run.assign(key).fails(key);
    bad.push(key);
    return;
  }
  if (kind === "retry") run.assign(key).fails(key, "flaky", 1);
  if (kind === "lost") run.assign(key).lost(key, "worker-died");
  run.runs(key);
  if (kind === "recomputed") run.lost(key, "worker-died").runs(key);
  good.push(key);
}

/** Each step takes an input of the task, the result of the step before it, and perhaps a literal. */
function stepsOf(
  run: EventRun,
  key: string,
  inputs: readonly string[],
  literal: number | undefined,
): InnerStep[] {
  return stepFunctions.map((number, at) => {
    const input = inputs[at];
    const isLast = at === stepFunctions.length - 1;
    const given = [
      ...(input === undefined ? [] : [["r", run.number(input)]]),
      ...(at === 0 ? [] : [["q", at - 1]]),
      ...(literal === undefined ? [] : [literal + at]),
    ];
    return {
      key: isLast ? key : `${key}-step${at}`,
      function: number,
      dependencies: [
        ...(input === undefined ? [] : [input]),
        ...(at === 0 ? [] : [`${key}-step${at - 1}`]),
      ],
      arguments: given.map((value, position) => [position, value] as never),
    };
  });
}

function pick(from: readonly string[], indexes: readonly number[]): string[] {
  if (from.length === 0) return [];
  return [...new Set(indexes.map((i) => from[i % from.length] ?? ""))];
}
