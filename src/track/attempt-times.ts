import type { EpochSeconds } from "../base/clock.js";
import type { Span } from "../events/attempt-event.js";
import type { Attribute } from "../prov/records.js";
import { typedLiteral } from "../prov/values.js";
import type { LiveTask, RunningAttempt } from "./live-task.js";
import type { RunContext } from "./run-context.js";
import { taskprovAttributes as attr, xsd } from "./vocabulary.js";

/** When an attempt ran. */
interface AttemptSpan {
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
  /** Says so where the end had to be moved. */
  readonly clamped: readonly Attribute[];
}

/**
 * Start and end of the compute span; without one, from the assignment to the event. The clocks of
 * two workers can disagree: an end before the inputs were there is moved onto the last of them, a
 * start before the end of the attempt that it repeats onto that, and the attempt is marked.
 */
export function spanOfAttempt(
  spans: readonly Span[],
  running: RunningAttempt,
  time: EpochSeconds,
): AttemptSpan {
  const compute = spans.find((span) => span.action === "compute");
  const began = compute?.start ?? Math.min(running.assigned, time);
  const start = Math.max(began, running.after ?? began);
  let end = Math.max(start, compute?.stop ?? time);
  let isLate = start !== began;
  for (const { generated } of running.inputs.values()) {
    if (generated === undefined || generated <= end) continue;
    end = generated;
    isLate = true;
  }
  return { start, end, clamped: isLate ? [[attr.clamped, typedLiteral("true", xsd.boolean)]] : [] };
}

/** What a Dask attempt spent before it computed: waiting while it could have run, and fetching. */
export function timeAttributes(
  context: RunContext,
  task: LiveTask,
  running: RunningAttempt,
  start: EpochSeconds,
  spans: readonly Span[],
): Attribute[] {
  const transfers = spans.filter((span) => span.action === "transfer");
  if (transfers.length === 0 && context.engine !== "dask") return [];
  const fetched = transfers.reduce((sum, span) => sum + span.stop - span.start, 0);
  const attributes: Attribute[] = [];
  if (context.engine === "dask") {
    const queued = Math.max(0, start - readySince(task, running) - fetched);
    attributes.push([attr.queueSeconds, seconds(Number(queued.toFixed(6)))]);
  }
  if (fetched !== 0) attributes.push([attr.transferSeconds, seconds(fetched)]);
  for (const address of new Set(transfers.map((span) => span.source))) {
    const worker = address === undefined ? undefined : context.catalog.workerAt(address);
    if (worker !== undefined) attributes.push([attr.transferredFrom, worker]);
  }
  return attributes;
}

/** Since when nothing but a free worker was missing; of a later attempt, since it was sent. */
function readySince(task: LiveTask, running: RunningAttempt): EpochSeconds {
  if (task.last !== undefined) return running.assigned;
  let ready = task.submitted;
  for (const { generated } of running.inputs.values()) {
    if (generated !== undefined && generated > ready) ready = generated;
  }
  return ready;
}

function seconds(value: number): Attribute[1] {
  return typedLiteral(String(value), xsd.double);
}
