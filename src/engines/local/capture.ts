import { fileURLToPath } from "node:url";
import type { LoggedMessages } from "../../actions/attempt-messages.js";
import { describeThrown } from "../../describe/describe-thrown.js";
import { encodeArgument } from "../../describe/encode-argument.js";
import { type Encoded, isTagged } from "../../describe/encoded.js";
import { encodeKey } from "../../describe/key.js";
import { redactedJson } from "../../describe/redact-json.js";
import { richTypeOf } from "../../describe/rich-type.js";
import { sizeOf } from "../../describe/size-of.js";
import { typeNameOf } from "../../describe/type-name.js";
import { digestOf } from "../../describe/value-digest.js";
import type { ValuePolicy } from "../../describe/value-policy.js";
import type { FileUse } from "../../events/attempt-event.js";
import type { Json } from "../../events/event-parts.js";
import type { GraphTask } from "../../events/graph-event.js";
import type { TaskEvent } from "../../events/task-event.js";
import { ArgumentFiles } from "./argument-files.js";
import { FunctionTable } from "./function-table.js";
import { keyId } from "./key.js";
import type { Scheduler } from "./scheduler.js";
import type {
  CallSiteInfo,
  ClientInfo,
  GraphUpdate,
  GraphUpdateTask,
  Key,
  ScatterInfo,
  TaskStateName,
  TransitionInfo,
  WorkerInfo,
} from "./scheduler-plugin.js";

/** What may be recorded, decided before anything is. */
export interface CaptureOptions {
  readonly policy: ValuePolicy;
  readonly keepTraceback: boolean;
  /** Looks for files among arguments, and hashes them if so asked. @defaultValue no files */
  readonly files?: { readonly digest: boolean };
  /** Takes the events in order. Must not throw and keeps no reference to user values. */
  readonly append: (event: TaskEvent) => void;
}

/** New tasks in one `graph` event at most; a larger graph is several with the same number. */
const tasksPerEvent = 500;

/**
 * Turns the hooks of a scheduler into events. Everything is described when the hook is called:
 * events hold no reference to keys' values, arguments or errors of the user.
 */
export class LocalCapture {
  readonly #options: CaptureOptions;
  readonly #tasks = new Map<string, number>();
  readonly #workers = new Map<string, number>();
  readonly #clients = new Map<string, number>();
  readonly #sites = new Map<string, number>();
  /** The engine hands out one object per stack: most submissions end here. */
  readonly #knownSites = new WeakMap<CallSiteInfo, number>();
  readonly #functions: FunctionTable;
  readonly #files: ArgumentFiles | undefined;
  /** Tasks under way when recording began, until their graph is told. */
  readonly #unseen = new Set<string>();
  #nextTask = 0;
  #nextGraph = 0;

  /** @param options - what may be recorded, and where events go. */
  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#functions = new FunctionTable(options.append);
    this.#files = options.files && new ArgumentFiles(options.files.digest);
  }

  /** Learns which results are there already: a tracker can come late. */
  start(scheduler: Scheduler): void {
    const time = scheduler.clock.now();
    for (const info of scheduler.tasks) {
      if (info.state !== "memory") this.#unseen.add(keyId(info.key));
      if (info.state !== "memory" || !this.#claim(info.key)) continue;
      const task = this.#numberOf(info.key) ?? 0;
      const key = encodeKey(info.key);
      const nothing = { function: null, arguments: [], dependencies: [] };
      const tasks: readonly GraphTask[] = [{ task, key, group: info.group, ...nothing }];
      this.#options.append({ type: "graph", time, graph: this.#nextGraph++, client: null, tasks });
      this.#options.append({ type: "known", time, task, key });
    }
  }

  /** A client connected. */
  addClient(scheduler: Scheduler, client: ClientInfo): void {
    const number = this.#clients.size;
    this.#clients.set(client.id, number);
    const time = scheduler.clock.now();
    this.#options.append({ type: "client+", time, client: number, name: client.id });
  }

  /** A client left. */
  removeClient(scheduler: Scheduler, client: ClientInfo): void {
    const number = this.#clients.get(client.id);
    if (number === undefined) return;
    this.#options.append({ type: "client-", time: scheduler.clock.now(), client: number });
  }

  /** A worker came. */
  addWorker(scheduler: Scheduler, worker: WorkerInfo): void {
    const number = this.#workers.size;
    this.#workers.set(worker.address, number);
    this.#options.append({
      type: "worker+",
      time: scheduler.clock.now(),
      worker: number,
      address: worker.address,
      name: worker.name,
      threads: worker.threads,
    });
  }

  /** The number that events name a worker by; undefined for one that is not this scheduler's. */
  numberOfWorker(scheduler: Scheduler, worker: WorkerInfo): number | undefined {
    return scheduler.workers.includes(worker) ? this.#workers.get(worker.address) : undefined;
  }

  /** A worker went. */
  removeWorker(scheduler: Scheduler, worker: WorkerInfo, reason: string): void {
    const number = this.#workers.get(worker.address);
    if (number === undefined) return;
    this.#options.append({ type: "worker-", time: scheduler.clock.now(), worker: number, reason });
  }

  /** New tasks. */
  updateGraph(scheduler: Scheduler, update: GraphUpdate): void {
    const time = scheduler.clock.now();
    const site = update.site === undefined ? undefined : this.#siteNumber(update.site, time);
    const parent = update.parent === undefined ? undefined : this.#numberOf(update.parent);
    const fresh = update.tasks.filter((task) => this.#claim(task.key));
    const graph = this.#nextGraph++;
    const client = update.client === undefined ? undefined : this.#clients.get(update.client.id);
    const reference = (value: unknown): number | undefined => {
      const key = update.referenceOf(value);
      return key === undefined ? undefined : this.#numberOf(key);
    };
    const annotations = annotationsOf(fresh, this.#options.policy);
    for (let from = 0; from < fresh.length; from += tasksPerEvent) {
      const tasks = fresh
        .slice(from, from + tasksPerEvent)
        .map((task) => this.#graphTask(task, time, reference));
      this.#options.append({
        type: "graph",
        time,
        graph,
        client: client ?? null,
        // No stimulus: the engine's says nothing that number and time do not.
        ...(parent !== undefined && { parent }),
        ...(annotations !== undefined && { annotations }),
        ...(site !== undefined && { site }),
        tasks,
      });
    }
    if (this.#unseen.size > 0) for (const task of fresh) this.#catchUp(scheduler, task.key);
  }

  /** A task moved from one state to another. */
  transition(key: Key, start: TaskStateName, finish: TaskStateName, info: TransitionInfo): void {
    const id = keyId(key);
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    const { append } = this.#options;
    const { time } = info;
    const runId = info.runId === undefined ? {} : { runId: info.runId };
    if (info.messages !== undefined) this.#messages(task, time, info.messages);
    if (finish === "processing") {
      append({ type: "assign", time, task, worker: this.#workerNumber(info.worker), ...runId });
    } else if (finish === "memory") {
      this.#done(task, key, info);
    } else if (info.error !== undefined) {
      this.#failed(task, info.error.thrown, info);
    } else if (finish === "erred") {
      const blamed = info.blamed === undefined ? undefined : this.#numberOf(info.blamed);
      append({ type: "failed", time, task, worker: null, ...(blamed !== undefined && { blamed }) });
    } else if (start === "processing") {
      const reason = lostReason(info.reason);
      append({ type: "lost", time, task, ...runId, reason, ...spansOf(info) });
    } else if (start === "memory") {
      append({
        type: "release",
        time,
        task,
        ...(info.reason !== undefined && { reason: info.reason }),
      });
    } else if (info.reason === "cancelled" && finish === "released") {
      append({ type: "lost", time, task, reason: "cancelled" });
    }
    if (finish === "forgotten") {
      append({ type: "forget", time, task });
      this.#files?.forget(task);
      this.#tasks.delete(id);
    }
  }

  /** A client put data in. */
  scatter(scheduler: Scheduler, info: ScatterInfo): void {
    if (!this.#claim(info.key)) return;
    const { append, policy } = this.#options;
    const client = info.client === undefined ? undefined : this.#clients.get(info.client.id);
    append({
      type: "scatter",
      time: scheduler.clock.now(),
      task: this.#tasks.get(keyId(info.key)) ?? 0,
      key: encodeKey(info.key),
      client: client ?? null,
      nbytes: sizeOf(info.value),
      workers: info.workers.map((worker) => this.#workerNumber(worker)),
      typeName: typeNameOf(info.value),
      ...(policy.richTypes && { richType: richTypeOf(info.value) }),
      ...this.#digestOf(info.value),
    });
  }

  #digestOf(value: unknown): { readonly digest?: string } {
    const digest = this.#options.policy.digest === true ? digestOf(value) : undefined;
    return digest === undefined ? {} : { digest };
  }

  /** Gives a key a number; false when it has one. */
  #claim(key: Key): boolean {
    const id = keyId(key);
    if (this.#tasks.has(id)) return false;
    this.#tasks.set(id, this.#nextTask++);
    return true;
  }

  #numberOf(key: Key): number | undefined {
    return this.#tasks.get(keyId(key));
  }

  #workerNumber(worker: WorkerInfo | undefined): number {
    return (worker && this.#workers.get(worker.address)) ?? 0;
  }

  #graphTask(
    task: GraphUpdateTask,
    time: number,
    reference: (value: unknown) => number | undefined,
  ): GraphTask {
    const { policy } = this.#options;
    const dependencies: number[] = [];
    for (const key of task.dependencies) {
      const number = this.#numberOf(key);
      if (number !== undefined) dependencies.push(number);
    }
    // Looking for references is the costly part of describing; without dependencies there are none.
    const find = task.dependencies.length === 0 ? undefined : reference;
    const number = this.#numberOf(task.key) ?? 0;
    this.#files?.look(number, task.args);
    return {
      task: number,
      key: encodeKey(task.key),
      group: task.group,
      function: task.fn === undefined ? null : this.#functions.numberOf(task.fn, time),
      arguments: task.args.map((value, i): readonly [number, Encoded] => [
        i,
        encodeArgument(value, policy, find),
      ]),
      dependencies,
    };
  }

  /** A tracker that comes late learns where each task stands. */
  #catchUp(scheduler: Scheduler, key: Key): void {
    if (!this.#unseen.delete(keyId(key))) return;
    const info = scheduler.tasks.get(key);
    const task = this.#numberOf(key);
    if (info === undefined || task === undefined) return;
    const time = scheduler.clock.now();
    if (info.state !== "processing") return;
    this.#options.append({
      type: "assign",
      time,
      task,
      worker: this.#workerNumber(info.worker),
      ...(info.runId !== undefined && { runId: info.runId }),
    });
  }

  #done(task: number, key: Key, info: TransitionInfo): void {
    const value = info.result?.value;
    if (info.worker === undefined) {
      // Plain data in a graph is there without having run.
      this.#options.append({ type: "known", time: info.time, task, key: encodeKey(key) });
      return;
    }
    this.#options.append({
      type: "done",
      time: info.time,
      task,
      ...(info.runId !== undefined && { runId: info.runId }),
      worker: this.#workerNumber(info.worker),
      spans: [],
      ...spansOf(info),
      nbytes: sizeOf(value),
      typeName: typeNameOf(value),
      ...(this.#options.policy.richTypes && { richType: richTypeOf(value) }),
      ...this.#digestOf(value),
      ...this.#filesOf(task, info),
    });
  }

  #filesOf(task: number, info: TransitionInfo): { readonly files?: readonly FileUse[] } {
    const files = this.#files?.usesOf(task, info.startStop?.start);
    if (files === undefined) return {};
    const { redactor } = this.#options.policy;
    return { files: files.map((file) => ({ ...file, path: redactor.redactText(file.path) })) };
  }

  /** Secrets go, by the names of fields and inside texts; the rest stays as it was written. */
  #messages(task: number, time: number, { texts, omitted }: LoggedMessages): void {
    const { redactor } = this.#options.policy;
    this.#options.append({
      type: "messages",
      time,
      task,
      texts: redactor.active ? texts.map((text) => redactedJson(text, redactor)) : texts,
      ...(omitted > 0 && { omitted }),
    });
  }

  #failed(task: number, thrown: unknown, info: TransitionInfo): void {
    const { keepTraceback, policy } = this.#options;
    const about = describeThrown(thrown, { keepTraceback, redactor: policy.redactor });
    this.#options.append({
      type: "failed",
      time: info.time,
      task,
      ...(info.runId !== undefined && { runId: info.runId }),
      worker: this.#workerNumber(info.worker),
      exceptionType: about.type,
      text: about.text,
      ...(about.traceback !== undefined && { traceback: withoutEngine(about.traceback) }),
      ...spansOf(info),
      retriesLeft: info.retriesLeft ?? 0,
      ...this.#filesOf(task, info),
    });
  }

  #siteNumber(site: CallSiteInfo, time: number): number {
    const before = this.#knownSites.get(site);
    if (before !== undefined) return before;
    const number = this.#announceSite(site, time);
    this.#knownSites.set(site, number);
    return number;
  }

  #announceSite(site: CallSiteInfo, time: number): number {
    const id = `${site.file}:${site.line}:${site.column}`;
    const inStack = site.stack.map(({ file, line, column }) => `${file}:${line}:${column}`);
    const place = [id, ...inStack].join("|");
    const known = this.#sites.get(place);
    if (known !== undefined) return known;
    const number = this.#sites.size + 1;
    this.#sites.set(place, number);
    this.#options.append({
      type: "site",
      time,
      site: number,
      file: site.file,
      span: { startLine: site.line, startColumn: site.column },
      stack: site.stack.map((frame) => ({
        file: frame.file,
        startLine: frame.line,
        startColumn: frame.column,
        ...(frame.function !== undefined && { function: frame.function }),
      })),
    });
    return number;
  }
}

const engineFolder = fileURLToPath(new URL(".", import.meta.url));

/** A traceback ends where the user's code does, as Dask's: how we called it is of no interest. */
function withoutEngine(traceback: string): string {
  if (!traceback.includes(engineFolder)) return traceback;
  return traceback
    .split("\n")
    .filter((line) => !(/^\s+at /.test(line) && line.includes(engineFolder)))
    .join("\n");
}

function spansOf(info: TransitionInfo): { readonly spans?: readonly [ComputeSpan] } {
  const { startStop } = info;
  if (startStop === undefined) return {};
  return { spans: [{ action: "compute", start: startStop.start, stop: startStop.stop }] };
}

interface ComputeSpan {
  readonly action: "compute";
  readonly start: number;
  readonly stop: number;
}

function lostReason(reason: string | undefined): string {
  switch (reason) {
    case "worker-died":
    case "restart":
    case "rescheduled":
      return reason;
    default:
      // Cancelled by name, released while it ran, or the cluster closed: nobody waits for it.
      return "cancelled";
  }
}

/** Scalars among the annotations of a graph's tasks, the last one of a name; often none. */
function annotationsOf(
  tasks: readonly GraphUpdateTask[],
  policy: ValuePolicy,
): Readonly<Record<string, Json>> | undefined {
  const found = new Map<string, Json>();
  for (const task of tasks) {
    if (task.annotations === undefined) continue;
    for (const [name, value] of Object.entries(task.annotations)) {
      if (policy.redactor.redactsName(name)) continue;
      const encoded = encodeArgument(value, policy);
      if (!isTagged(encoded)) found.set(name, encoded);
    }
  }
  return found.size === 0 ? undefined : Object.fromEntries(found);
}
