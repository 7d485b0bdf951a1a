import { TaskprovError } from "../base/errors.js";

/** Where an event stands in a journal. */
export interface EventPosition {
  /** Sequence number of the frame, in a journal of frames. */
  readonly sequence?: number;
  /** Position in the frame, from 0. */
  readonly index?: number;
  /** Line number, from 1, in NDJSON. */
  readonly line?: number;
}

/** An event that does not have the form its kind asks for; code `ERR_EVENT_INVALID`. */
export class EventError extends TaskprovError {
  override readonly name: string = "EventError";
  /** Where the event stands. */
  readonly position: EventPosition;
  /** JSON path of the offending value in the event, `$[3][0]`. */
  readonly path: string;

  /**
   * @param position - where the event stands.
   * @param path - JSON path of the offending value.
   * @param problem - what was expected and what was found.
   */
  constructor(position: EventPosition, path: string, problem: string) {
    super("ERR_EVENT_INVALID", `Invalid event at ${placeOf(position)}, ${path}: ${problem}.`);
    this.position = position;
    this.path = path;
  }
}

/** `line 7`, or `frame 3, event 12`. */
function placeOf(position: EventPosition): string {
  if (position.line !== undefined) return `line ${position.line}`;
  const frame = `frame ${position.sequence ?? "?"}`;
  return position.index === undefined ? frame : `${frame}, event ${position.index}`;
}
