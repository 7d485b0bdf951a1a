import type { EpochSeconds } from "../base/clock.js";
import { TaskprovError } from "../base/errors.js";
import type { Encoded } from "../describe/encoded.js";
import { keyText } from "../describe/key-text.js";
import type {
  AssignEvent,
  DoneEvent,
  FailedEvent,
  LostEvent,
  Span,
} from "../events/attempt-event.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { GraphEvent, GraphTask } from "../events/graph-event.js";
import type { RunEvent, WorkerAddedEvent } from "../events/run-event.js";
import type { TaskEvent } from "../events/task-event.js";
import {
  isToBeRetried,
  isUntold,
  type LiveTask,
  type OpenAttempt,
  type Outcome,
  retried,
} from "./live-task.js";
import { type OpenGraph, OpenGraphs } from "./open-graphs.js";
import { RunTally } from "./run-tally.js";
import type { AttemptRef, TraceRun, TraceSink } from "./trace-attempt.js";

/** Id of the run itself. */
export const runId = 1;

/**
 * Follows the events of one run and tells every attempt when it is over. It counts as the recorder
 * of the PROV document counts, filters left out. What it keeps is bounded by what is alive.
 */
export class AttemptLog {
  readonly #sink: TraceSink;
  readonly #workers = new Map<number, WorkerAddedEvent>();
  readonly #functions = new Map<number, string>();
  readonly #clients = new Map<number, string>();
  readonly #tasks = new Map<TaskNumber, LiveTask>();
  readonly #graphs: OpenGraphs;
  #run: RunEvent | undefined;
  #ids = runId;
  readonly #tally = new RunTally();
  #closing = false;
  #now: EpochSeconds = 0;

  constructor(sink: TraceSink) {
    this.#sink = sink;
    this.#graphs = new OpenGraphs(sink);
  }

  /** The `run` event, once it was there. */
  get run(): RunEvent | undefined {
    return this.#run;
  }

  /**
   * Takes the next event.
   *
   * @throws {@link TaskprovError} `ERR_JOURNAL` when `run` does not come first,
   *   `ERR_EVENT_INVALID` when it comes twice.
   */
  push(event: TaskEvent): void {
    this.#tally.see(event.time);
    this.#now = event.time;
    if (event.type === "run") this.#begin(event);
    else if (this.#run === undefined) throw withoutRun();
    else this.#apply(event);
  }

  /** Events are missing here: how what was open before has ended is not known any more. */
  noteGap(): void {
    this.#tally.gaps++;
  }

  /** Tells what is still open, and sums up the run. */
  finish(): TraceRun {
    const event = this.#run;
    if (event === undefined) throw withoutRun();
    for (const task of this.#tasks.values()) {
      const { running } = task;
      if (running !== undefined) {
        this.#leave(task, running, running.gaps === this.#tally.gaps ? "running" : "unknown");
      } else if (isUntold(task) || isToBeRetried(task)) this.#unstarted(task, "pending");
      this.#retire(task);
    }
    this.#tasks.clear();
    this.#graphs.closeAll();
    return this.#tally.sum(event);
  }

  #begin(event: RunEvent): void {
    if (this.#run !== undefined) {
      throw new TaskprovError(
        "ERR_EVENT_INVALID",
        `A second \`run\` event (run ${event.runId}) in the record of run ${this.#run.runId}: two runs are mixed in one file. Separate them.`,
      );
    }
    this.#run = event;
  }

  #apply(event: TaskEvent): void {
    switch (event.type) {
      case "client+":
        this.#clients.set(event.client, event.name);
        break;
      case "worker+":
        this.#workers.set(event.worker, event);
        break;
      case "fn":
        this.#functions.set(
          event.function,
          event.module === undefined ? event.name : `${event.module}.${event.name}`,
        );
        break;
      case "graph":
        this.#addGraph(event);
        break;
      case "scatter":
        this.#tasks.set(event.task, { ...this.#given(event.key), hasData: true });
        break;
      case "known":
        this.#meet(event.task, event.key);
        break;
      case "assign":
        this.#withTask(event.task, (task) => this.#assign(task, event));
        break;
      case "done":
        this.#withTask(event.task, (task) => this.#done(task, event));
        break;
      case "failed":
        this.#withTask(event.task, (task) => this.#fail(task, event));
        break;
      case "messages":
        this.#withTask(event.task, ({ running }) => {
          if (running === undefined) return;
          running.messages = [...running.messages, ...event.texts];
          running.omittedMessages += event.omitted ?? 0;
        });
        break;
      case "lost":
        this.#withTask(event.task, (task) => this.#lose(task, event));
        break;
      case "forget":
        this.#withTask(event.task, (task) => this.#forget(task, event.task));
        break;
      case "dropped":
        this.#tally.dropped += event.count;
        this.#tally.gaps++;
        break;
      case "closing":
        this.#closing = true;
        break;
      case "end":
        this.#tally.ended = true;
        break;
      default: // The rest says nothing about when and where tasks ran.
    }
  }

  #withTask(number: TaskNumber, then: (task: LiveTask) => void): void {
    const task = this.#tasks.get(number);
    if (task === undefined) this.#tally.unknown++;
    else then(task);
  }

  #addGraph(event: GraphEvent): void {
    const graph = this.#graphs.add(event, () => this.#originOf(event));
    for (const task of event.tasks) this.#tasks.set(task.task, this.#liveTask(task, graph));
  }

  #originOf({ parent, client }: GraphEvent): Pick<OpenGraph, "id" | "parent" | "client"> {
    const submitting = parent === undefined ? undefined : this.#tasks.get(parent);
    return {
      id: ++this.#ids,
      parent: (submitting?.running ?? submitting?.last)?.ref.id ?? runId,
      client: client === null ? undefined : this.#clients.get(client),
    };
  }

  #liveTask(task: GraphTask, graph: OpenGraph): LiveTask {
    const fn = task.function === null ? undefined : this.#functions.get(task.function);
    return {
      ...this.#given(task.key),
      group: task.group,
      fn,
      isGiven: task.function === null,
      dependencies: task.dependencies,
      graph,
    };
  }

  #given(key: Encoded): LiveTask {
    const text = keyText(key);
    return {
      key: text,
      group: text,
      fn: undefined,
      isGiven: true,
      dependencies: [],
      graph: undefined,
      gaps: this.#tally.gaps,
      attempts: 0,
      running: undefined,
      last: undefined,
      hasData: false,
      made: undefined,
    };
  }

  /** After a drop a task is announced again in whatever state; after its graph: it has data. */
  #meet(number: TaskNumber, key: Encoded): void {
    const known = this.#tasks.get(number);
    if (known === undefined) this.#tasks.set(number, this.#given(key));
    else if (known.running === undefined) known.hasData = true;
  }

  #assign(task: LiveTask, event: AssignEvent): void {
    if (task.running !== undefined) this.#leave(task, task.running, "unknown");
    task.running = this.#open(task, event.worker);
  }

  #open(task: LiveTask, worker: number | undefined): OpenAttempt {
    const ref = { id: ++this.#ids, key: task.key };
    const number = ++task.attempts;
    this.#sink.attemptBegan?.({
      ref,
      number,
      graph: task.graph?.id,
      dependencies: task.dependencies.flatMap((input) => this.#tasks.get(input)?.key ?? []),
    });
    return {
      ref,
      number,
      worker,
      assigned: this.#now,
      inputs: task.dependencies.flatMap((number) => this.#tasks.get(number)?.made ?? []),
      gaps: this.#tally.gaps,
      messages: [],
      omittedMessages: 0,
    };
  }

  #done(task: LiveTask, event: DoneEvent): void {
    task.hasData = true;
    if (task.isGiven) {
      task.running = undefined;
      const [target] = task.dependencies;
      task.made = target === undefined ? undefined : this.#tasks.get(target)?.made;
      return;
    }
    const running = task.running ?? this.#open(task, event.worker);
    const { spans, worker } = event;
    this.#tell(task, running, {
      status: "ok",
      ...this.#times(task, running, spans),
      worker,
      spans,
      done: event,
    });
    task.made = running.ref;
  }

  #fail(task: LiveTask, event: FailedEvent): void {
    if (event.worker === null && event.exceptionType === undefined) {
      const blamed = event.blamed === undefined ? undefined : this.#tasks.get(event.blamed);
      this.#unstarted(task, "blocked", blamed?.last?.ref);
      return;
    }
    const running = task.running ?? this.#open(task, event.worker ?? undefined);
    const { spans = [], exceptionType: type, text, traceback, retriesLeft } = event;
    this.#tell(task, running, {
      status: "error",
      ...this.#times(task, running, spans),
      worker: event.worker ?? running.worker,
      spans,
      failure: { type, text, traceback, retriesLeft },
    });
  }

  #lose(task: LiveTask, event: LostEvent): void {
    const status = event.reason === "cancelled" ? "cancelled" : "lost";
    const { running } = task;
    if (running !== undefined) {
      const { spans = [] } = event;
      this.#tell(task, running, {
        status,
        ...this.#times(task, running, spans),
        worker: running.worker,
        spans,
      });
    } else if (status === "cancelled" && isUntold(task)) this.#unstarted(task, "cancelled");
  }

  #forget(task: LiveTask, number: TaskNumber): void {
    if (task.running !== undefined) this.#leave(task, task.running, "unknown");
    else if (isUntold(task)) this.#unstarted(task, this.#closing ? "pending" : "cancelled");
    this.#retire(task);
    this.#tasks.delete(number);
  }

  #retire({ last, group, graph }: LiveTask): void {
    if (last !== undefined) {
      this.#tally.count(last.status);
      this.#sink.task?.(group, last.status, last.ref, graph?.id);
    }
    if (graph !== undefined) this.#graphs.leave(graph);
  }

  /** The compute span; without one, from the assignment to the event. Never before a first try's end. */
  #times(
    task: LiveTask,
    running: OpenAttempt,
    spans: readonly Span[],
  ): { start: EpochSeconds; end: EpochSeconds } {
    const compute = spans.find((span) => span.action === "compute");
    const began = compute?.start ?? Math.min(running.assigned, this.#now);
    const start = Math.max(began, retried(task)?.end ?? began);
    return { start, end: Math.max(start, compute?.stop ?? this.#now) };
  }

  /** It began; its end is not in the record. */
  #leave(task: LiveTask, running: OpenAttempt, status: "running" | "unknown"): void {
    const { assigned: start, worker } = running;
    const latest = status === "running" ? this.#tally.end : this.#now;
    this.#tell(task, running, { status, start, end: Math.max(start, latest), worker });
  }

  #unstarted(
    task: LiveTask,
    status: "blocked" | "pending" | "cancelled",
    blamed?: AttemptRef,
  ): void {
    const isMissed = status !== "blocked" && task.gaps !== this.#tally.gaps;
    this.#tell(task, this.#open(task, undefined), {
      status: isMissed ? "unknown" : status,
      start: this.#now,
      end: this.#now,
      ran: false,
      blamed,
    });
  }

  #tell(task: LiveTask, open: OpenAttempt, outcome: Outcome): void {
    const { status, start, end, ran = true, worker, spans = [], done, failure, blamed } = outcome;
    const retryOf = retried(task)?.ref;
    task.running = undefined;
    task.last = { ref: open.ref, status, end, retriesLeft: failure?.retriesLeft };
    this.#tally.see(start);
    this.#tally.see(end);
    const { graph } = task;
    if (graph !== undefined) {
      graph.start = Math.min(graph.start, start);
      graph.end = Math.max(graph.end, end);
    }
    this.#sink.attempt({
      ref: open.ref,
      number: open.number,
      group: task.group,
      functionName: task.fn,
      status,
      ran,
      start,
      end,
      worker: worker === undefined ? undefined : this.#workers.get(worker),
      thread: done?.thread,
      transferSeconds: secondsOf(spans, "transfer"),
      nbytes: done?.nbytes,
      typeName: done?.richType ?? done?.typeName,
      failure,
      messages: open.messages,
      omittedMessages: open.omittedMessages,
      graph: graph?.id,
      inputs: open.inputs,
      retryOf,
      blamed,
    });
  }
}

function withoutRun(): TaskprovError {
  return new TaskprovError(
    "ERR_JOURNAL",
    "The journal does not begin with a `run` event, so nothing says which run it is about. Give the whole journal.",
  );
}

function secondsOf(spans: readonly Span[], action: string): number {
  let sum = 0;
  for (const span of spans) if (span.action === action) sum += span.stop - span.start;
  return sum;
}
