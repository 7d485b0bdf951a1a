import type { FailedEvent } from "../events/attempt-event.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { TaskEvent } from "../events/task-event.js";

/** Where a task is, in Dask's words. */
export type TaskPlace = "waiting" | "processing" | "memory" | "erred" | "released";

/** Places in the order of a task's life. */
export const taskPlaces: readonly TaskPlace[] = [
  "waiting",
  "processing",
  "memory",
  "erred",
  "released",
];

/** The group of what no task of the record made: every piece of it would be a group of its own. */
const dataGroup = "(data)";

interface KnownTask {
  readonly group: string;
  place: TaskPlace;
}

/**
 * Counts where the tasks that are alive are, by group. What it keeps of a task is gone when the
 * engine forgets it.
 */
export class TaskStates {
  readonly #tasks = new Map<TaskNumber, KnownTask>();
  readonly #counts = new Map<string, Map<TaskPlace, number>>();
  readonly #groupOf: (group: string) => string;

  /** @param groupOf - the name under which a group is counted. */
  constructor(groupOf: (group: string) => string) {
    this.#groupOf = groupOf;
  }

  /** Takes the next event. */
  push(event: TaskEvent): void {
    switch (event.type) {
      case "graph":
        for (const task of event.tasks) this.#add(task.task, task.group, "waiting");
        break;
      case "scatter":
        this.#add(event.task, dataGroup, "memory");
        break;
      case "known":
        if (this.#tasks.has(event.task)) this.#move(event.task, "memory");
        else this.#add(event.task, dataGroup, "memory");
        break;
      case "assign":
        this.#move(event.task, "processing");
        break;
      case "done":
        this.#move(event.task, "memory");
        break;
      case "failed":
        this.#move(event.task, isRetried(event) ? "waiting" : "erred");
        break;
      case "lost":
        this.#move(event.task, event.reason === "cancelled" ? "released" : "waiting");
        break;
      case "release":
        this.#move(event.task, "released");
        break;
      case "forget":
        this.#forget(event.task);
        break;
      default: // Says nothing of tasks.
    }
  }

  /** How many tasks are where, by group; also what is zero by now. */
  get counts(): ReadonlyMap<string, ReadonlyMap<TaskPlace, number>> {
    return this.#counts;
  }

  #add(number: TaskNumber, group: string, place: TaskPlace): void {
    const name = this.#groupOf(group);
    this.#tasks.set(number, { group: name, place });
    this.#count(name, place, 1);
  }

  #move(number: TaskNumber, place: TaskPlace): void {
    const task = this.#tasks.get(number);
    if (task === undefined) return;
    this.#count(task.group, task.place, -1);
    task.place = place;
    this.#count(task.group, place, 1);
  }

  #forget(number: TaskNumber): void {
    const task = this.#tasks.get(number);
    if (task === undefined) return;
    this.#count(task.group, task.place, -1);
    this.#tasks.delete(number);
  }

  #count(group: string, place: TaskPlace, change: number): void {
    const places = this.#counts.get(group) ?? new Map<TaskPlace, number>();
    this.#counts.set(group, places);
    places.set(place, (places.get(place) ?? 0) + change);
  }
}

function isRetried({ retriesLeft }: FailedEvent): boolean {
  return retriesLeft !== undefined && retriesLeft > 0;
}
