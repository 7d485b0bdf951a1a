import { encodeMessage } from "../actions/encode-message.js";
import {
  type ActionFields,
  attemptType,
  computeType,
  graphTaskType,
  remoteTaskType,
} from "../actions/message.js";
import type { EpochSeconds } from "../base/clock.js";
import { AttemptLog } from "./attempt-log.js";
import { type FailedTasks, failureText } from "./failure-text.js";
import { LoggedTree, type OpenAction } from "./logged-tree.js";
import type {
  AttemptRef,
  AttemptStatus,
  TraceAttempt,
  TraceAttemptBegin,
  TraceGraph,
  TraceGraphBegin,
  TraceRun,
} from "./trace-attempt.js";
import type { TraceWriter } from "./trace-writer.js";

interface OpenTask {
  readonly action: OpenAction;
  readonly dependencies: readonly string[];
  begun: boolean;
  end: EpochSeconds;
  /** What the last message says. */
  outcome: ActionFields;
}

interface OpenGraph {
  readonly action: OpenAction;
  failed: number;
  blocked: number;
}

/** What a graph is called in the log of Dask users. */
const daskComputeType = "dask:compute";
const runType = "taskprov:run";
/** Messages that are not in the record. */
const omittedType = "taskprov:omitted";

/**
 * A run as an action log that Eliot's tools read: the run is an action, in it every graph, in those
 * every task with its key and dependencies, and in tasks the tries after the first. Ids are the
 * run's, so that the same journal gives the same lines.
 */
export function createEliotWriter(): TraceWriter {
  const log = new EliotLog();
  const attempts = new AttemptLog({
    attempt: (attempt) => log.attempt(attempt),
    graph: (graph) => log.endGraph(graph),
    graphBegan: (graph) => log.beginGraph(graph),
    attemptBegan: (begin) => log.beginAttempt(begin),
    task: (_group, status, last, graph) => log.endTask(status, last, graph),
  });
  return {
    push: (event) => {
      if (event.type === "run" && attempts.run === undefined) {
        log.beginRun(event.runId, event.engine, event.time);
      }
      attempts.push(event);
      return log.take();
    },
    noteGap: () => attempts.noteGap(),
    finish: function* () {
      const run = attempts.finish();
      log.endRun(run);
      yield log.take();
    },
  };
}

class EliotLog {
  readonly #root: OpenAction = { level: [], type: runType, last: 0 };
  readonly #graphs = new Map<number, OpenGraph>();
  readonly #tasks = new Map<string, OpenTask>();
  /** Of attempts under way, for graphs that they submit. */
  readonly #running = new Map<number, OpenAction>();
  #uuid = "";
  #computeType = computeType;
  #text = "";

  /** What was written since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  beginRun(runId: string, engine: string, time: EpochSeconds): void {
    this.#uuid = runId;
    if (engine !== "local") this.#computeType = daskComputeType;
    this.#start(this.#root, time, { engine });
  }

  endRun({ end, incomplete, failedTasks }: TraceRun): void {
    if (!incomplete) this.#end(this.#root, end, failureOf(failedTasks));
  }

  beginGraph({ id, parent, client, start }: TraceGraphBegin): void {
    const around = this.#running.get(parent) ?? this.#root;
    const action = this.#within(around, this.#computeType);
    this.#graphs.set(id, { action, failed: 0, blocked: 0 });
    this.#start(action, start, client === undefined ? {} : { client });
  }

  endGraph({ id, end, tasks }: TraceGraph): void {
    const graph = this.#graphs.get(id);
    if (graph === undefined) return;
    this.#graphs.delete(id);
    this.#end(graph.action, end, { tasks, ...failureOf(graph) });
  }

  beginAttempt({ ref, number, graph, dependencies }: TraceAttemptBegin): void {
    const id = taskId(ref, graph);
    let task = this.#tasks.get(id);
    if (task === undefined) {
      const around = (graph === undefined ? undefined : this.#graphs.get(graph))?.action;
      const action = this.#within(around ?? this.#root, remoteTaskType);
      // Its two first messages are written when it is known when it began.
      action.last = 2;
      task = { action, dependencies, begun: false, end: 0, outcome: {} };
      this.#tasks.set(id, task);
    }
    const action = number === 1 ? task.action : this.#within(task.action, attemptType);
    this.#running.set(ref.id, action);
  }

  attempt(attempt: TraceAttempt): void {
    const task = this.#tasks.get(taskId(attempt.ref, attempt.graph));
    const action = this.#running.get(attempt.ref.id);
    if (task === undefined || action === undefined) return;
    this.#running.delete(attempt.ref.id);
    this.#beginTask(task, attempt);
    task.end = attempt.end;
    task.outcome = outcomeOf(attempt);
    if (action !== task.action) {
      this.#start(action, attempt.start, { attempt: attempt.number, ...placeOf(attempt) });
      this.#messages(action, attempt);
      this.#endAttempt(action, attempt, task.outcome);
    } else if (isRepeated(attempt)) this.#firstOfMany(task.action, attempt, task.outcome);
    else this.#messages(action, attempt);
  }

  /** What the attempt logged, in its action. */
  #messages(action: OpenAction, { messages, omittedMessages, end }: TraceAttempt): void {
    const tree = new LoggedTree(action);
    for (const text of messages) {
      const { level, timestamp, fields } = tree.place(text, end);
      this.#write(level, timestamp, fields);
    }
    if (omittedMessages === 0) return;
    const about = { omitted: omittedMessages, message_type: omittedType };
    this.#write([...action.level, ++action.last], end, about);
  }

  endTask(status: AttemptStatus, last: AttemptRef, graph: number | undefined): void {
    const id = taskId(last, graph);
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    this.#tasks.delete(id);
    const around = graph === undefined ? undefined : this.#graphs.get(graph);
    if (status === "running" || status === "unknown") return;
    if (status === "error" && around !== undefined) around.failed++;
    if (status === "blocked" && around !== undefined) around.blocked++;
    this.#end(task.action, task.end, task.outcome);
  }

  #beginTask(task: OpenTask, attempt: TraceAttempt): void {
    if (task.begun) return;
    task.begun = true;
    const { action, dependencies } = task;
    const { start, ref, functionName } = attempt;
    const named = functionName === undefined ? {} : { function: functionName };
    const begin = { ...named, ...placeOf(attempt), action_type: action.type };
    this.#write([...action.level, 1], start, { ...begin, action_status: "started" });
    const about = { key: ref.key, dependencies, message_type: graphTaskType };
    this.#write([...action.level, 2], start, about);
  }

  /** The first try stands in the task itself, unless others followed. */
  #firstOfMany(task: OpenAction, attempt: TraceAttempt, outcome: ActionFields): void {
    if (task.last === 2) {
      const action = this.#within(task, attemptType);
      this.#start(action, attempt.start, { attempt: 1 });
      this.#messages(action, attempt);
      this.#endAttempt(action, attempt, outcome);
      return;
    }
    this.#messages(task, attempt);
    const level = [...task.level, ++task.last];
    this.#write(level, attempt.end, { attempt: 1, ...outcome, message_type: attemptType });
  }

  #endAttempt(action: OpenAction, attempt: TraceAttempt, outcome: ActionFields): void {
    const { status, end } = attempt;
    if (status === "running" || status === "unknown") return;
    this.#end(action, end, outcome);
  }

  #within(around: OpenAction, type: string): OpenAction {
    return { level: [...around.level, ++around.last], type, last: 0 };
  }

  #start(action: OpenAction, time: EpochSeconds, fields: ActionFields): void {
    const about = { ...fields, action_type: action.type, action_status: "started" };
    this.#write([...action.level, ++action.last], time, about);
  }

  /** Failed when an exception is among the fields. */
  #end(action: OpenAction, time: EpochSeconds, fields: ActionFields): void {
    const status = "exception" in fields ? "failed" : "succeeded";
    const about = { ...fields, action_type: action.type, action_status: status };
    this.#write([...action.level, ++action.last], time, about);
  }

  #write(level: readonly number[], timestamp: EpochSeconds, about: ActionFields): void {
    const message = { timestamp, task_uuid: this.#uuid, task_level: level };
    this.#text += `${encodeMessage({ ...about, ...message })}\n`;
  }
}

function taskId(ref: AttemptRef, graph: number | undefined): string {
  return `${graph ?? ""} ${ref.key}`;
}

function failureOf(tasks: FailedTasks): ActionFields {
  const reason = failureText(tasks);
  return reason === undefined ? {} : { exception: "taskprov.Failed", reason };
}

function placeOf({ worker, thread }: TraceAttempt): ActionFields {
  if (worker === undefined) return {};
  return { worker: worker.name ?? worker.address, ...(thread !== undefined && { thread }) };
}

/** Another try was to follow. */
function isRepeated({ status, failure }: TraceAttempt): boolean {
  return status === "lost" || (status === "error" && (failure?.retriesLeft ?? 0) > 0);
}

/** What its last message says: of one that failed why, of others what it made. */
function outcomeOf(attempt: TraceAttempt): ActionFields {
  const { status, failure, blamed, nbytes, typeName } = attempt;
  switch (status) {
    case "ok":
      return {
        ...(typeName !== undefined && { type: typeName }),
        ...(nbytes !== undefined && { nbytes }),
      };
    case "error":
      return { exception: failure?.type ?? "builtins.Error", reason: failure?.text ?? "" };
    case "blocked":
      return { exception: "taskprov.Blocked", reason: `${blamed?.key ?? "its input"} failed` };
    case "lost":
      return { exception: "taskprov.Lost", reason: "its worker went away" };
    default:
      return { exception: "taskprov.Cancelled", reason: `it was ${status}` };
  }
}
