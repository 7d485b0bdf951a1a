import type { ForgetEvent, ReleaseEvent } from "../events/graph-event.js";
import type { TaskEvent } from "../events/task-event.js";

type Going = ReleaseEvent | ForgetEvent;

/** Seconds without another release after which what was dropped has nothing to do with closing. */
const patience = 1;
/** When a client has left, the cluster usually closes, which takes its workers some seconds. */
const patienceAfterParting = 30;
/** Events; more are told, so that what waits is bounded. */
const maxHeld = 500_000;

/**
 * Tells the releases of a Dask run that only mean that all is over from the others. Futures go out
 * of scope, the client leaves, the cluster closes: Dask drops each result on the way, by accident
 * of when Python lets go of a name. So releases wait until something happens that shows that the
 * run goes on; those that wait when the cluster begins to close are noise, as all after it.
 */
export class HeldReleases {
  readonly #apply: (event: Going) => void;
  #held: Going[] = [];
  #latest = 0;
  /** When a client left. */
  #parted = Number.NEGATIVE_INFINITY;

  /** @param apply - takes the events that waited, in their order. */
  constructor(apply: (event: Going) => void) {
    this.#apply = apply;
  }

  /** Looks at each event before it is applied; true when it has to wait. */
  holds(event: TaskEvent): boolean {
    switch (event.type) {
      case "release":
      case "forget":
        if (this.#isOver(event.time) || this.#held.length >= maxHeld) this.tell();
        this.#held.push(event);
        this.#latest = event.time;
        return true;
      case "client-":
        this.#parted = event.time;
        return false;
      case "closing":
        this.#drop();
        return false;
      case "client+":
      case "worker+":
      case "worker-":
      case "sample":
      case "log":
      case "profile":
      case "bandwidth":
        if (this.#isOver(event.time)) this.tell();
        return false;
      default:
        this.tell();
        return false;
    }
  }

  /** The run goes on, or its record ends: nothing waits any longer. */
  tell(): void {
    const held = this.#take();
    for (const event of held) this.#apply(event);
  }

  #drop(): void {
    for (const event of this.#take()) if (event.type === "forget") this.#apply(event);
  }

  #isOver(time: number): boolean {
    const end = Math.max(this.#latest + patience, this.#parted + patienceAfterParting);
    return this.#held.length > 0 && time > end;
  }

  #take(): readonly Going[] {
    const held = this.#held;
    if (held.length > 0) this.#held = [];
    return held;
  }
}
