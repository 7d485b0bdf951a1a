import type { EpochSeconds } from "../base/clock.js";
import type { Encoded } from "../describe/encoded.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { GraphEvent, GraphTask, ScatterEvent } from "../events/graph-event.js";
import type { TaskEvent } from "../events/task-event.js";

/** A task whose announcement was dropped. */
interface Untold {
  /** Of a graph: its number. */
  readonly graph: number;
  readonly key: Encoded;
  readonly group: string;
  /** Its data is there. */
  made: boolean;
}

/** Announcements of workers, functions and places kept at most; a run has a few hundred. */
const mostKept = 10_000;

/** New tasks in one `graph` event at most. */
const tasksPerEvent = 500;

/**
 * Between a producer and a journal that drops events when the disk does not take them: remembers
 * what was announced in vain and is still alive, and announces it when the disk works again, so
 * that later events mean something. Of a task that is its key and group, not its arguments: there
 * is no room for these.
 */
export class Announcements {
  readonly #append: (event: TaskEvent) => boolean;
  readonly #tasks = new Map<TaskNumber, Untold>();
  readonly #scattered = new Map<TaskNumber, ScatterEvent>();
  #others: TaskEvent[] = [];

  /** @param append - returns false when it drops the event. */
  constructor(append: (event: TaskEvent) => boolean) {
    this.#append = append;
  }

  /** Takes the next event. */
  append(event: TaskEvent): void {
    if (!this.#append(event)) this.#missed(event);
  }

  /** The disk takes events again. */
  resume(time: EpochSeconds): void {
    const others = this.#others;
    this.#others = [];
    for (const event of others) this.append(event);
    const scattered = [...this.#scattered.values()];
    this.#scattered.clear();
    for (const event of scattered) this.append(event);
    const untold = [...this.#tasks];
    this.#tasks.clear();
    for (const event of graphsOf(untold, time)) this.append(event);
    for (const [task, { key, made }] of untold) {
      if (made) this.append({ type: "known", time, task, key });
    }
  }

  #missed(event: TaskEvent): void {
    switch (event.type) {
      case "graph":
        for (const { task, key, group } of event.tasks) {
          this.#tasks.set(task, { graph: event.graph, key, group, made: false });
        }
        break;
      case "scatter":
        this.#scattered.set(event.task, event);
        break;
      case "done":
      case "known":
        this.#setMade(event.task, true);
        break;
      case "release":
        this.#setMade(event.task, false);
        break;
      case "forget":
        this.#tasks.delete(event.task);
        this.#scattered.delete(event.task);
        break;
      case "client+":
      case "client-":
      case "worker+":
      case "worker-":
      case "fn":
      case "source":
      case "site":
        if (this.#others.length < mostKept) this.#others.push(event);
        break;
      default:
    }
  }

  #setMade(task: TaskNumber, made: boolean): void {
    const untold = this.#tasks.get(task);
    if (untold !== undefined) untold.made = made;
  }
}

function* graphsOf(
  untold: readonly (readonly [TaskNumber, Untold])[],
  time: EpochSeconds,
): Generator<GraphEvent> {
  const nothing = { function: null, arguments: [], dependencies: [] };
  const graphs = new Map<number, GraphTask[]>();
  for (const [task, { graph, key, group }] of untold) {
    const tasks = graphs.get(graph) ?? [];
    tasks.push({ task, key, group, ...nothing });
    graphs.set(graph, tasks);
  }
  for (const [graph, tasks] of graphs) {
    for (let from = 0; from < tasks.length; from += tasksPerEvent) {
      const some = tasks.slice(from, from + tasksPerEvent);
      yield { type: "graph", time, graph, client: null, tasks: some };
    }
  }
}
