import type { TaskEvent } from "../events/task-event.js";

/** Turns the events of one run into text, a piece at a time. */
export interface TraceWriter {
  /** Takes the next event; gives what can be written now, often nothing. */
  readonly push: (event: TaskEvent) => string;
  /** Events are missing here. */
  readonly noteGap: () => void;
  /** Gives the rest; once. */
  readonly finish: () => Iterable<string>;
}
