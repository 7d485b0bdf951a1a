import { log } from "../base/log.js";
import { keyId } from "../engines/local/key.js";
import type { Scheduler } from "../engines/local/scheduler.js";
import type {
  GraphUpdate,
  Key,
  SchedulerPlugin,
  TaskStateName,
  TransitionInfo,
} from "../engines/local/scheduler-plugin.js";
import { type BaseCallback, hears } from "./base-callback.js";
import { Computation } from "./computation.js";
import type { TableTask } from "./task-table.js";

/** Whom a watch tells about itself. */
interface WatchListener {
  /** A callback threw and is out. */
  readonly removed?: (callback: BaseCallback) => void;
  readonly closed?: () => void;
}

let watches = 0;

/** Tells callbacks about the computations of one scheduler. */
export class ComputationWatch implements SchedulerPlugin {
  readonly name: string = `taskprov-callbacks-${++watches}`;
  readonly #listener: WatchListener;
  /** Those that were told of the start of the computation that is going on, or wait for one. */
  #callbacks: readonly BaseCallback[];
  #before: readonly BaseCallback[] = [];
  #after: readonly BaseCallback[] = [];
  #release: readonly BaseCallback[] = [];
  #scheduler: Scheduler | undefined;
  #computation: Computation | undefined;
  /** Tasks that ran already when the watch came, until their graph is told. */
  readonly #underWay = new Set<string>();
  /** What is told first may be older than what is told next. */
  #late = false;
  /** The computation has a task that ran or is running. */
  #begun = false;
  #finishing = false;

  constructor(callbacks: Iterable<BaseCallback>, listener: WatchListener = {}) {
    this.#callbacks = [...callbacks];
    this.#listener = listener;
    this.#sort();
  }

  /** A callback that comes while a computation is going on is told that it starts. */
  add(callback: BaseCallback): void {
    if (this.#callbacks.includes(callback)) return;
    this.#callbacks = [...this.#callbacks, callback];
    this.#sort();
    if (this.#begun && this.#computation !== undefined) this.#begin(callback, this.#computation);
  }

  /** A callback that leaves while a computation is going on is told that it finishes. */
  remove(callback: BaseCallback): void {
    if (!this.#callbacks.includes(callback)) return;
    this.#callbacks = this.#callbacks.filter((other) => other !== callback);
    this.#sort();
    if (this.#begun && this.#computation !== undefined) this.#end(callback, this.#computation);
  }

  /** Hook of the scheduler. */
  start(scheduler: Scheduler): void {
    this.#scheduler = scheduler;
    this.#late = scheduler.tasks.size > 0;
    for (const { key, state } of scheduler.tasks) {
      if (state === "processing") this.#underWay.add(keyId(key));
    }
  }

  /** Hook of the scheduler. */
  updateGraph(scheduler: Scheduler, update: GraphUpdate): void {
    const [first] = update.tasks;
    if (first === undefined) return;
    this.#computation ??= new Computation(scheduler.clock.now(), this.#late ? 0 : first.number);
    const computation = this.#computation;
    for (const task of update.tasks) computation.add(task);
    if (this.#underWay.size === 0) return;
    for (const { key, number } of update.tasks) {
      if (!this.#underWay.delete(keyId(key))) continue;
      const task = computation.find(number);
      if (task !== undefined) this.#began(task, computation);
    }
  }

  #began(task: TableTask, computation: Computation): void {
    // Not before: what is submitted in one go comes as many graphs.
    if (!this.#begun) {
      this.#begun = true;
      for (const callback of this.#callbacks) this.#begin(callback, computation);
    }
    computation.move(task, "running");
  }

  /** Hook of the scheduler. */
  transition(
    _key: Key,
    start: TaskStateName,
    finish: TaskStateName,
    info: TransitionInfo,
    number: number,
  ): void {
    const computation = this.#computation;
    const task = computation?.find(number);
    if (computation === undefined || task === undefined) return;
    switch (finish) {
      case "waiting":
        computation.move(task, "waiting");
        return;
      case "queued":
        computation.move(task, "ready");
        return;
      case "processing":
        this.#started(task, computation);
        return;
      case "memory":
        this.#finished(task, info, computation);
        break;
      case "erred":
        computation.move(task, "failed");
        break;
      default:
        if (start === "memory") this.#released(task, computation);
        if (finish === "forgotten") computation.forget(number, task);
    }
    if (computation.unfinished === 0) this.#finishSoon(computation);
  }

  #started(task: TableTask, computation: Computation): void {
    this.#began(task, computation);
    for (const callback of this.#before) {
      try {
        callback.pretask(task.key, computation.graph, computation);
      } catch (thrown) {
        this.#drop(callback, "pretask", thrown);
      }
    }
  }

  #finished(task: TableTask, info: TransitionInfo, computation: Computation): void {
    // Data that never ran, such as a scattered value, gets no call: it was there from the start.
    const ran = task.state === "running";
    computation.move(task, "finished");
    if (!ran) return;
    const { worker, startStop, result } = info;
    for (const callback of this.#after) {
      try {
        callback.posttask(
          task.key,
          result?.value,
          computation.graph,
          computation,
          worker?.address,
          startStop,
        );
      } catch (thrown) {
        this.#drop(callback, "posttask", thrown);
      }
    }
  }

  #released(task: TableTask, computation: Computation): void {
    if (task.state !== "finished") return;
    computation.move(task, "released");
    for (const callback of this.#release) {
      try {
        callback.release(task.key, computation.graph, computation);
      } catch (thrown) {
        this.#drop(callback, "release", thrown);
      }
    }
  }

  /** Not at once: results that the last task used up are released within the same stimulus. */
  #finishSoon(computation: Computation): void {
    if (this.#finishing) return;
    this.#finishing = true;
    queueMicrotask(() => {
      this.#finishing = false;
      if (this.#computation === computation && computation.unfinished === 0) this.#finish();
    });
  }

  #finish(): void {
    const computation = this.#computation;
    if (computation === undefined) return;
    this.#computation = undefined;
    if (!this.#begun) return;
    this.#begun = false;
    for (const callback of this.#callbacks) this.#end(callback, computation);
  }

  /** Hook of the scheduler. */
  beforeClose(): void {
    this.#finish();
  }

  /** Hook of the scheduler. */
  close(): void {
    this.#listener.closed?.();
  }

  #begin(callback: BaseCallback, computation: Computation): void {
    this.#guard(callback, "start", () => callback.start(computation.graph));
    this.#guard(callback, "startState", () => callback.startState(computation.graph, computation));
  }

  #end(callback: BaseCallback, computation: Computation): void {
    const failed = computation.counts.failed > 0;
    this.#guard(callback, "finish", () => callback.finish(computation.graph, computation, failed));
  }

  #guard(callback: BaseCallback, hook: string, call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.#drop(callback, hook, thrown);
    }
  }

  #drop(callback: BaseCallback, hook: string, thrown: unknown): void {
    this.#callbacks = this.#callbacks.filter((other) => other !== callback);
    this.#sort();
    log(
      "warning",
      `callback ${callback.constructor.name} failed in ${hook}: ${firstLine(thrown)} It is removed; the tasks go on.`,
    );
    this.#listener.removed?.(callback);
    // Nothing hears it any more: no hook is called for nobody.
    if (this.#callbacks.length === 0) this.#scheduler?.unregisterPlugin(this.name);
  }

  #sort(): void {
    this.#before = this.#callbacks.filter((callback) => hears(callback, "pretask"));
    this.#after = this.#callbacks.filter((callback) => hears(callback, "posttask"));
    this.#release = this.#callbacks.filter((callback) => hears(callback, "release"));
  }
}

function firstLine(thrown: unknown): string {
  try {
    const text = String(thrown).split("\n", 1)[0] ?? "";
    return /[.!?]$/u.test(text) ? text : `${text}.`;
  } catch {
    // What was thrown cannot be shown; that it was thrown is the news.
    return "something that has no text.";
  }
}
