import type { EpochSeconds } from "../base/clock.js";
import { cutText } from "../base/cut-text.js";
import type { Encoded } from "../describe/encoded.js";
import { keyText } from "../describe/key-text.js";
import type { AssignEvent, DoneEvent, FailedEvent, LostEvent } from "../events/attempt-event.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { GraphTask } from "../events/graph-event.js";
import type { RunEvent, WorkerAddedEvent } from "../events/run-event.js";
import type { TaskEvent } from "../events/task-event.js";
import type { SampleEvent } from "../events/telemetry-event.js";
import { GroupTally, type TallyPlace } from "./group-tally.js";
import type {
  FailureOverview,
  RunningTask,
  RunOverview,
  RunProgress,
  WorkerOverview,
} from "./run-overview.js";

/** Types of exceptions that are counted by themselves. */
const maxTypes = 100;
const otherTypes = "(other)";
const longestShown = 10;
const longestMessage = 200;

interface WatchedTask {
  readonly key: Encoded;
  readonly group: string;
  /** Absent: nobody counts it, as an alias that the engine does not run. */
  place: TallyPlace | undefined;
  /** While it runs. */
  worker: number | undefined;
  sent: EpochSeconds;
}

interface WatchedWorker {
  readonly about: WorkerAddedEvent;
  sample: SampleEvent | undefined;
  running: number;
  ended: number;
}

/**
 * Knows how a run stands, at any moment of it, from its events. What it keeps is bounded by the
 * groups and by what is alive.
 */
export class RunWatch {
  readonly #tasks = new Map<TaskNumber, WatchedTask>();
  readonly #running = new Map<TaskNumber, WatchedTask>();
  readonly #workers = new Map<number, WatchedWorker>();
  readonly #failures = new Map<string, FailureOverview>();
  readonly #tally = new GroupTally();
  #run: RunEvent | undefined;
  #scheduler: SampleEvent | undefined;
  #time: EpochSeconds = 0;
  #retries = 0;
  #workersLost = 0;
  #dropped = 0;
  #isClosing = false;
  #isOver = false;

  /** Takes the next event. */
  push(event: TaskEvent): void {
    this.#time = Math.max(this.#time, event.time);
    switch (event.type) {
      case "run":
        this.#run ??= event;
        break;
      case "graph":
        for (const task of event.tasks) this.#announce(task);
        break;
      case "known":
        this.#move(event.task, "done");
        break;
      case "assign":
        this.#assign(event);
        break;
      case "done":
        this.#done(event);
        break;
      case "failed":
        this.#failed(event);
        break;
      case "lost":
        this.#lost(event);
        break;
      case "release":
        this.#giveUp(event.task);
        break;
      case "forget":
        this.#giveUp(event.task);
        this.#tasks.delete(event.task);
        break;
      case "worker+":
        this.#workers.set(event.worker, {
          about: event,
          sample: undefined,
          running: 0,
          ended: 0,
        });
        break;
      case "worker-":
        if (event.reason === "died") this.#workersLost++;
        this.#workers.delete(event.worker);
        break;
      case "sample":
        this.#sample(event);
        break;
      case "dropped":
        this.#dropped += event.count;
        break;
      case "closing":
        this.#isClosing = true;
        break;
      case "end":
        this.#isOver = true;
        break;
      default: // Says nothing of how the run stands.
    }
  }

  /** When the last event was, on the scheduler's clock. */
  get time(): EpochSeconds {
    return this.#time;
  }

  /** What one line needs. @param time - the moment, on the scheduler's clock. */
  progress(time: EpochSeconds = this.#time): RunProgress {
    return {
      tasks: this.#tally.counts(),
      rate: this.#tally.rate(this.#isOver ? undefined : time),
      workers: this.#workers.size,
      droppedEvents: this.#dropped,
      isOver: this.#isOver,
    };
  }

  /**
   * All of it, or undefined before the first event.
   *
   * @param time - the moment, on the scheduler's clock; default: that of the last event.
   */
  overview(time: EpochSeconds = this.#time): RunOverview | undefined {
    if (this.#run === undefined) return undefined;
    const moment = this.#isOver ? this.#time : time;
    const { runId, engine, address, time: start, options } = this.#run;
    const { name } = options;
    const { tasks, rate, isOver, droppedEvents } = this.progress(moment);
    return {
      runId,
      engine,
      ...(typeof name === "string" && { name }),
      ...(address !== undefined && { address }),
      start,
      time: moment,
      heard: this.#time,
      isOver,
      droppedEvents,
      tasks,
      rate,
      retries: this.#retries,
      workersLost: this.#workersLost,
      ...(this.#scheduler !== undefined && { scheduler: figuresOf(this.#scheduler) }),
      groups: this.#tally.overview(isOver ? undefined : moment),
      workers: Array.from(this.#workers.values(), workerOverview),
      longest: this.#longest(moment),
      failures: [...this.#failures.values()].sort((a, b) => b.count - a.count),
    };
  }

  #announce({ task, key, group, function: fn }: GraphTask): void {
    if (this.#tasks.has(task)) return;
    const name = this.#tally.nameOf(group);
    this.#tasks.set(task, { key, group: name, place: undefined, worker: undefined, sent: 0 });
    // Plain data and aliases count when the engine treats them as tasks.
    if (fn !== null) this.#move(task, "waiting");
  }

  #assign({ task: number, worker, time }: AssignEvent): void {
    const task = this.#tasks.get(number);
    if (task === undefined) return;
    this.#move(number, "running");
    this.#running.set(number, task);
    task.worker = worker;
    task.sent = time;
    const place = this.#workers.get(worker);
    if (place !== undefined) place.running++;
    this.#tally.began(task.group, time);
  }

  #done({ task: number, worker, spans, time }: DoneEvent): void {
    const task = this.#tasks.get(number);
    if (task === undefined) return;
    this.#move(number, "done");
    let seconds = 0;
    for (const span of spans) if (span.action === "compute") seconds += span.stop - span.start;
    this.#tally.ended(task.group, time, seconds);
    this.#countEnd(worker);
  }

  #failed(event: FailedEvent): void {
    const task = this.#tasks.get(event.task);
    if (task === undefined) return;
    const isRetried = (event.retriesLeft ?? 0) > 0;
    const isBlocked = event.worker === null && event.blamed !== undefined;
    this.#move(event.task, isRetried ? "waiting" : isBlocked ? "blocked" : "failed");
    if (isRetried) this.#retries++;
    if (isBlocked) return;
    this.#countFailure(event, task);
    if (!isRetried) this.#tally.ended(task.group, event.time);
    this.#countEnd(event.worker);
  }

  #lost({ task, reason }: LostEvent): void {
    if (reason === "cancelled") this.#giveUp(task);
    else this.#move(task, "waiting");
  }

  /** A result that is dropped was there; of what has not ended nobody will hear again. */
  #giveUp(number: TaskNumber): void {
    // While everything is taken down nobody wanted that.
    if (this.#isClosing) return;
    const place = this.#tasks.get(number)?.place;
    if (place === "waiting" || place === "running") this.#move(number, "cancelled");
  }

  #move(number: TaskNumber, place: TallyPlace): void {
    const task = this.#tasks.get(number);
    if (task === undefined) return;
    if (task.place === "running") this.#leave(number, task);
    this.#tally.move(task.group, task.place, place);
    task.place = place;
  }

  #leave(number: TaskNumber, task: WatchedTask): void {
    this.#running.delete(number);
    const worker = task.worker === undefined ? undefined : this.#workers.get(task.worker);
    if (worker !== undefined) worker.running = Math.max(0, worker.running - 1);
    task.worker = undefined;
  }

  #countEnd(number: number | null): void {
    const worker = number === null ? undefined : this.#workers.get(number);
    if (worker !== undefined) worker.ended++;
  }

  #countFailure({ exceptionType = "(unknown)", text }: FailedEvent, task: WatchedTask): void {
    const isKnown = this.#failures.has(exceptionType) || this.#failures.size < maxTypes;
    const type = isKnown ? exceptionType : otherTypes;
    this.#failures.set(type, {
      type,
      count: (this.#failures.get(type)?.count ?? 0) + 1,
      key: keyText(task.key),
      ...(text !== undefined && { text: cutText(text, longestMessage) }),
    });
  }

  #sample(event: SampleEvent): void {
    if (event.worker === null) {
      this.#scheduler = event;
      return;
    }
    const worker = this.#workers.get(event.worker);
    if (worker !== undefined) worker.sample = event;
  }

  #longest(time: EpochSeconds): RunningTask[] {
    // In the order in which they were sent: the first are there longest.
    return Array.from(this.#running.values())
      .slice(0, longestShown)
      .map(({ key, group, worker, sent }) => {
        const about = worker === undefined ? undefined : this.#workers.get(worker)?.about;
        return {
          key: keyText(key),
          group,
          worker: about?.name ?? about?.address ?? "?",
          seconds: Math.max(0, time - sent),
        };
      });
  }
}

function workerOverview({ about, sample, running, ended }: WatchedWorker): WorkerOverview {
  const { address, name = address, threads, memoryLimit } = about;
  const spilled = sample?.memory?.spilled;
  return {
    address,
    name,
    ...(threads !== undefined && { threads }),
    running,
    ended,
    ...(sample !== undefined && figuresOf(sample)),
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(spilled !== undefined && { spilled }),
  };
}

function figuresOf({ cpu, memory }: SampleEvent): {
  readonly cpu?: number;
  readonly memory?: number;
} {
  return {
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory: memory.process }),
  };
}
