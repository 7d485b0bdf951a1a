import type { EpochSeconds } from "../base/clock.js";
import { formatEpochSeconds } from "../base/clock.js";
import type {
  AssignEvent,
  DoneEvent,
  FailedEvent,
  LostEvent,
  MessagesEvent,
  OutputEvent,
  Span,
} from "../events/attempt-event.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { KnownEvent, ScatterEvent } from "../events/graph-event.js";
import type { QualifiedName } from "../prov/names.js";
import type { Attribute } from "../prov/records.js";
import { typedLiteral } from "../prov/values.js";
import type { AttemptOutcome } from "./attempt-records.js";
import { declareExcluded, isRepeated, writeAttempt } from "./attempt-records.js";
import { spanOfAttempt, timeAttributes } from "./attempt-times.js";
import { type DataFacts, writeData, writeException, writeOutput } from "./data-records.js";
import { writeFiles, writeGivenFiles } from "./file-records.js";
import { descriptionAttributes, integerLiteral, literalAttributes } from "./literal-values.js";
import type { EndedAttempt, Generation, LiveTask, RunningAttempt } from "./live-task.js";
import type { RunContext } from "./run-context.js";
import { writeSteps } from "./step-records.js";
import { taskprovAttributes as attr, prov, taskprovTypes as types, xsd } from "./vocabulary.js";

/** The task was sent to a worker. */
export function assign(context: RunContext, task: LiveTask, event: AssignEvent): void {
  if (task.running !== undefined) loseSight(context, task, task.running);
  if (task.data !== undefined) nextGeneration(task);
  begin(context, task, event.worker, event.time);
}

/** A recomputation makes new data of the same key. */
function nextGeneration(task: LiveTask): void {
  task.counts.generations++;
  task.generation = task.counts.generations;
  task.data = undefined;
}

function begin(
  context: RunContext,
  task: LiveTask,
  worker: number | undefined,
  time: EpochSeconds,
): RunningAttempt {
  task.counts.attempts++;
  const inputs = inputsOf(context, task);
  task.running = {
    name: context.names.attempt(task.name, task.counts.attempts),
    number: task.counts.attempts,
    worker,
    assigned: time,
    after: isRepeated(task.last) ? task.last?.end : undefined,
    inputs,
    unknownInputs: task.dependencies.length - inputs.size,
    gaps: context.gaps(),
    printed: 0,
  };
  return task.running;
}

const noInputs: ReadonlyMap<TaskNumber, Generation> = new Map();

/** The data that the task's inputs are now, where it is known. */
function inputsOf(context: RunContext, task: LiveTask): ReadonlyMap<TaskNumber, Generation> {
  if (task.dependencies.length === 0) return noInputs;
  const inputs = new Map<TaskNumber, Generation>();
  for (const number of task.dependencies) {
    const data = context.taskOf(number)?.data;
    if (data !== undefined) inputs.set(number, data);
  }
  return inputs;
}

/** An attempt finished: activity, data, derivations. */
export function finish(context: RunContext, task: LiveTask, event: DoneEvent): void {
  if (task.running === undefined && task.data !== undefined) nextGeneration(task);
  const running = task.running ?? begin(context, task, event.worker, event.time);
  task.running = undefined;
  const { start, end, clamped } = spanOfAttempt(event.spans, running, event.time);
  if (task.isGiven) {
    task.counts.attempts--;
    give(context, task, { generated: end, type: event.typeName, nbytes: event.nbytes });
    writeGivenFiles(context, task, event.files, end);
    return;
  }
  write(context, task, {
    name: running.name,
    number: running.number,
    inputs: running.inputs,
    unknownInputs: running.unknownInputs,
    logged: running,
    status: "ok",
    start,
    end,
    worker: event.worker,
    more: joined(timeAttributes(context, task, running, start, event.spans), clamped),
  });
  setFailed(context, task, false);
  task.last = ended(running, "ok", end);
  remember(task);
  const { files } = event;
  const sources = files && writeFiles(context, task, { running, files, start, end });
  writeData(context, task, {
    running,
    generated: end,
    type: event.richType ?? event.typeName,
    nbytes: event.nbytes,
    sources,
    more: madeAttributes(event),
  });
  if (task.included && task.inner !== undefined && context.options.expandFused) {
    writeSteps(context, task, { running, worker: event.worker, generated: end });
  }
}

/** What the data is made of, and its hash. */
function madeAttributes({ about, digest }: DoneEvent): Attribute[] | undefined {
  if (about === undefined && digest === undefined) return undefined;
  const attributes = about === undefined ? [] : descriptionAttributes(about);
  return digest === undefined ? attributes : [...attributes, [attr.digest, digest]];
}

/** An attempt that is under way printed something. */
export function print(context: RunContext, task: LiveTask, event: OutputEvent): void {
  const { running } = task;
  if (running === undefined || !task.included) return;
  running.printed++;
  writeOutput(context, task, running, event);
}

/** An attempt that is under way logged messages. */
export function note(task: LiveTask, event: MessagesEvent): void {
  const { running } = task;
  if (running === undefined || !task.included) return;
  running.messages = [...(running.messages ?? []), ...event.texts];
  running.omittedMessages = (running.omittedMessages ?? 0) + (event.omitted ?? 0);
}

/**
 * Plain data in a graph, or another name of a task: nothing was computed, so there is an entity
 * and no activity. An alias is an alternate of what it names, and what uses it is informed by the
 * attempt that made that.
 */
function give(context: RunContext, task: LiveTask, facts: DataFacts): void {
  const [target] = task.dependencies;
  const data = target === undefined ? undefined : context.taskOf(target)?.data;
  const [value] = task.arguments;
  const isLiteral = target === undefined && value !== undefined;
  writeData(context, task, {
    ...facts,
    ...(isLiteral && { type: undefined, more: literalAttributes(value[1], context.engine) }),
    ...(data?.producer !== undefined && { producer: data.producer }),
  });
  if (data === undefined || task.data === undefined || !task.included) return;
  declareExcluded(context, data);
  context.emit({
    kind: "alternateOf",
    alternate1: task.data.entity,
    alternate2: data.entity,
    attributes: [],
  });
}

/**
 * Data that was there before its making could be recorded: what it was made from is known, the
 * attempt that made it is not.
 */
export function meet(context: RunContext, task: LiveTask, event: KnownEvent): void {
  const type = event.richType ?? event.typeName;
  const facts = { generated: event.time, type, nbytes: event.nbytes };
  if (task.isGiven) give(context, task, facts);
  else writeData(context, task, { ...facts, inputs: inputsOf(context, task).values() });
}

/** A client put data in: an entity that no activity generated. */
export function scatter(context: RunContext, task: LiveTask, event: ScatterEvent): void {
  writeData(context, task, {
    generated: event.time,
    type: event.richType ?? event.typeName,
    nbytes: event.nbytes,
    more: [
      [prov.type, types.Scattered],
      ...(event.digest === undefined ? [] : [[attr.digest, event.digest] as const]),
    ],
  });
  const agent = context.catalog.clientOf(event.client);
  if (agent === undefined || task.data === undefined) return;
  context.emit({ kind: "wasAttributedTo", entity: task.data.entity, agent, attributes: [] });
}

/** An attempt raised, or a dependent cannot run because its input failed. */
export function fail(context: RunContext, task: LiveTask, event: FailedEvent): void {
  if (event.worker === null && event.exceptionType === undefined) {
    block(context, task, event.blamed);
    return;
  }
  const { running: begun } = task;
  const running = begun ?? begin(context, task, event.worker ?? undefined, event.time);
  task.running = undefined;
  // It failed before it could be recorded: when is not known.
  const isOld = begun === undefined && event.spans === undefined;
  const { start, end, clamped } = spanOfAttempt(event.spans ?? [], running, event.time);
  const worker = event.worker ?? running.worker;
  write(context, task, {
    name: running.name,
    number: running.number,
    inputs: running.inputs,
    unknownInputs: running.unknownInputs,
    logged: running,
    status: "error",
    ...(!isOld && { start, end }),
    worker,
    failure: { type: event.exceptionType, text: event.text },
    more: [...retriesAttributes(event.retriesLeft, running.number), ...(isOld ? [] : clamped)],
  });
  if (event.files !== undefined) {
    const times = isOld ? { start: undefined, end: undefined } : { start, end };
    writeFiles(context, task, { running, files: event.files, ...times });
  }
  const exception = writeException(context, task, running, event, isOld ? undefined : end);
  task.last = {
    ...ended(running, "error", isOld ? undefined : end),
    exception,
    exceptionText: event.text,
  };
  keepHistory(context, task);
  setFailed(context, task, (event.retriesLeft ?? 0) === 0);
}

/** Mostly both are empty. */
function joined(some: readonly Attribute[], others: readonly Attribute[]): readonly Attribute[] {
  return others.length === 0 ? some : [...some, ...others];
}

/** Which attempt of how many it was. */
function retriesAttributes(left: number | undefined, number: number): Attribute[] {
  if (left === undefined) return [];
  return [
    [attr.retriesLeft, integerLiteral(left)],
    [attr.maxAttempts, integerLiteral(number + left)],
  ];
}

function block(context: RunContext, task: LiveTask, blamed: TaskNumber | undefined): void {
  const culprit = blamed === undefined ? undefined : context.taskOf(blamed);
  task.counts.attempts++;
  const name = context.names.attempt(task.name, task.counts.attempts);
  write(context, task, {
    name,
    number: task.counts.attempts,
    status: "blocked",
    ...(culprit !== undefined && {
      blamed: {
        keyText: culprit.keyText,
        activity: culprit.included ? culprit.last?.name : undefined,
      },
    }),
  });
  task.last = ended({ name, number: task.counts.attempts }, "blocked", undefined);
  keepHistory(context, task);
  setFailed(context, task, true);
}

/** An attempt was lost while it ran, a result afterwards, or a task was cancelled before. */
export function lose(context: RunContext, task: LiveTask, event: LostEvent): void {
  const status = event.reason === "cancelled" ? "cancelled" : "lost";
  if (task.running !== undefined) endAttempt(context, task, status, event.time, event.spans);
  else if (task.data !== undefined) invalidate(context, task, event.time);
  else if (status === "cancelled" && !task.recorded) writeUnstarted(context, task, "cancelled");
}

function endAttempt(
  context: RunContext,
  task: LiveTask,
  status: "lost" | "cancelled",
  time: EpochSeconds,
  spans: readonly Span[] = [],
): void {
  const { running } = task;
  if (running === undefined) return;
  task.running = undefined;
  const { start, end } = spanOfAttempt(spans, running, time);
  write(context, task, {
    name: running.name,
    number: running.number,
    inputs: running.inputs,
    unknownInputs: running.unknownInputs,
    logged: running,
    status,
    start,
    end,
    worker: running.worker,
  });
  task.last = ended(running, status, end);
  keepHistory(context, task);
}

/** The data is gone; said once, and not for what shutting down drops. */
export function invalidate(context: RunContext, task: LiveTask, time: EpochSeconds): void {
  const { data } = task;
  if (data === undefined || data.invalidated || context.isClosing()) return;
  data.invalidated = true;
  if (!data.declared) return;
  const { generated } = data;
  // Two clocks can disagree: a release before the generation is moved onto it and marked.
  const isEarly = generated !== undefined && time < generated;
  context.emit({
    kind: "wasInvalidatedBy",
    entity: data.entity,
    time: formatEpochSeconds(isEarly ? generated : time),
    attributes: isEarly ? [[attr.clamped, typedLiteral("true", xsd.boolean)]] : [],
  });
}

/** The scheduler knows the task no more; says what the document still has to say of it. */
export function forget(context: RunContext, task: LiveTask): void {
  if (task.running !== undefined) loseSight(context, task, task.running);
  else if (!task.recorded) {
    writeUnstarted(context, task, unlessMissed(context, task, endOfWaiting(context)));
  }
}

/** Every attempt's end is told: one that is over without a word ended where events are missing. */
function loseSight(context: RunContext, task: LiveTask, running: RunningAttempt): void {
  task.running = undefined;
  writeOpen(context, task, running, "unknown");
  task.last = ended(running, "unknown", undefined);
  keepHistory(context, task);
}

/** The record ends while the task is running or waiting. */
export function leaveOpen(context: RunContext, task: LiveTask): void {
  const { running } = task;
  if (running !== undefined) {
    writeOpen(context, task, running, running.gaps === context.gaps() ? "running" : "unknown");
  } else if (!task.recorded || isToBeRetried(task)) {
    writeUnstarted(context, task, unlessMissed(context, task, "pending"));
  }
}

/** It began; its end is not in the record. */
function writeOpen(
  context: RunContext,
  task: LiveTask,
  running: RunningAttempt,
  status: "running" | "unknown",
): void {
  write(context, task, {
    name: running.name,
    number: running.number,
    inputs: running.inputs,
    unknownInputs: running.unknownInputs,
    logged: running,
    status,
    start: running.assigned,
    worker: running.worker,
  });
}

/** What became of a task that nobody wants any more before it ran. */
function endOfWaiting(context: RunContext): "pending" | "cancelled" {
  return context.isClosing() ? "pending" : "cancelled";
}

/** Nothing says that it began; where events are missing it may have. */
function unlessMissed<Status>(
  context: RunContext,
  task: LiveTask,
  status: Status,
): Status | "unknown" {
  return task.gaps === context.gaps() ? status : "unknown";
}

function writeUnstarted(
  context: RunContext,
  task: LiveTask,
  status: "pending" | "cancelled" | "unknown",
): void {
  task.counts.attempts++;
  const name = context.names.attempt(task.name, task.counts.attempts);
  write(context, task, { name, number: task.counts.attempts, status });
}

function write(context: RunContext, task: LiveTask, outcome: AttemptOutcome): void {
  task.recorded = true;
  if (!task.included) return;
  context.count(outcome.status);
  writeAttempt(context, task, outcome);
}

function ended(
  attempt: { readonly name: QualifiedName; readonly number: number },
  status: EndedAttempt["status"],
  end: EpochSeconds | undefined,
): EndedAttempt {
  const { name, number } = attempt;
  return { name, number, status, end, exception: undefined, exceptionText: undefined };
}

function keepHistory(context: RunContext, task: LiveTask): void {
  if (context.options.errorTracking && task.last !== undefined) {
    task.history = [...task.history, task.last];
  }
}

function setFailed(context: RunContext, task: LiveTask, failed: boolean): void {
  if (!task.included || failed === task.failed) return;
  task.failed = failed;
  context.countFailure(failed ? 1 : -1);
}

/** The last attempt failed with retries left, or was lost: another was to come. */
function isToBeRetried(task: LiveTask): boolean {
  const status = task.last?.status;
  return status === "lost" || (status === "error" && !task.failed);
}

function remember(task: LiveTask): void {
  const successes = task.fn?.successes;
  if (successes === undefined) return;
  successes.push(task.keyText);
  if (successes.length > 3) successes.shift();
}
