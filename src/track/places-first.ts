import type { JournalReading } from "../events/read-journal.js";
import type { TaskEvent } from "../events/task-event.js";

/** Events that were read together. */
export interface EventBatch {
  readonly events: readonly TaskEvent[];
  /** Whether some are missing among them, or before them. */
  readonly damaged: boolean;
}

/**
 * The events of a journal, with what a notebook's kernel tells of its cells before the tasks they
 * submit: it travels to a scheduler on a way of its own, and may come a moment after them. Looks
 * one batch ahead.
 */
export async function* placesFirst(reading: JournalReading): AsyncGenerator<EventBatch> {
  let held: EventBatch | undefined;
  for await (const batch of markedBatches(reading)) {
    if (held === undefined) {
      held = batch;
      continue;
    }
    const places = batch.events.filter(isEarly);
    if (places.length === 0) {
      yield hoisted(held);
      held = batch;
    } else {
      yield hoisted({ ...held, events: [...held.events, ...places] });
      held = { ...batch, events: batch.events.filter((event) => !isEarly(event)) };
    }
  }
  if (held !== undefined) yield hoisted(held);
}

async function* markedBatches(reading: JournalReading): AsyncGenerator<EventBatch> {
  let before = 0;
  for await (const events of reading.batches()) {
    const { report } = reading;
    const damage = report.badFrames + report.gaps + report.invalidEvents;
    yield { events, damaged: damage > before };
    before = damage;
  }
}

/** The record's first event stays the first. */
function hoisted(batch: EventBatch): EventBatch {
  const { events } = batch;
  const firstTask = events.findIndex(({ type }) => type === "graph");
  if (firstTask < 0) return batch;
  const after = events.slice(firstTask);
  const late = after.filter(isEarly);
  if (late.length === 0) return batch;
  const rest = after.filter((event) => !isEarly(event));
  return { ...batch, events: [...events.slice(0, firstTask), ...late, ...rest] };
}

function isEarly(event: TaskEvent): boolean {
  const { type } = event;
  if (type === "site") return event.frames !== undefined || event.run !== undefined;
  return type === "source" || type === "cell";
}
