import type { Context, Link, Span, SpanContext } from "@opentelemetry/api";
import { type EpochSeconds, systemClock } from "../base/clock.js";
import { TaskprovError } from "../base/errors.js";
import { encodeKey, keyText } from "../describe/key.js";
import { functionName } from "../engines/local/function-name.js";
import { keyId } from "../engines/local/key.js";
import type { Scheduler } from "../engines/local/scheduler.js";
import type {
  GraphUpdate,
  GraphUpdateTask,
  Key,
  SchedulerPlugin,
  TaskStateName,
  TransitionInfo,
} from "../engines/local/scheduler-plugin.js";

type Api = typeof import("@opentelemetry/api");

/** What is kept of a task until it is forgotten. */
interface TracedTask {
  readonly name: string;
  readonly group: string;
  readonly dependencies: readonly Key[];
  /** What was active where the task was submitted. */
  readonly parent: Context;
  attempts: number;
  /** Of the attempt that ended last. */
  last: SpanContext | undefined;
  /** When the attempt that runs was sent off. */
  sent: EpochSeconds | undefined;
  /** Its span, once somebody else can have children of it. */
  open: Span | undefined;
}

/**
 * Makes a plugin that tells every attempt of the embedded engine to the program's own
 * OpenTelemetry, as a span below the span that was active where the task was submitted. Links name
 * the attempts that made the inputs, and the one that is repeated. Spans that a task makes are
 * children of its attempt's. The package
 * `@opentelemetry/api` must be installed; where no SDK is registered, nothing happens.
 *
 * @throws {@link TaskprovError} `ERR_DEPENDENCY` when `@opentelemetry/api` is not installed.
 * @example
 * ```ts
 * client.registerPlugin(await openTelemetryPlugin());
 * ```
 */
export async function openTelemetryPlugin(): Promise<SchedulerPlugin> {
  return new OpenTelemetryPlugin(await loadApi());
}

async function loadApi(): Promise<Api> {
  try {
    return await import("@opentelemetry/api");
  } catch (cause) {
    throw new TaskprovError(
      "ERR_DEPENDENCY",
      "`openTelemetryPlugin` needs the package @opentelemetry/api, which is not installed. Run: npm install @opentelemetry/api",
      { cause },
    );
  }
}

class OpenTelemetryPlugin implements SchedulerPlugin {
  readonly name = "taskprov-opentelemetry";
  readonly #api: Api;
  readonly #tasks = new Map<string, TracedTask>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** Hook of the scheduler. */
  updateGraph(_scheduler: Scheduler, update: GraphUpdate): void {
    const parent = this.#api.context.active();
    for (const task of update.tasks) {
      this.#tasks.set(keyId(task.key), {
        name: task.fn === undefined ? task.group : nameOf(task, task.fn),
        group: task.group,
        dependencies: task.dependencies,
        parent,
        attempts: 0,
        last: undefined,
        sent: undefined,
        open: undefined,
      });
    }
  }

  /** Hook of the scheduler: the function sees the attempt's span as the active one. */
  aroundTask(key: Key, run: () => void): void {
    const task = this.#tasks.get(keyId(key));
    if (task === undefined) return;
    const { context, trace } = this.#api;
    context.with(trace.setSpan(task.parent, this.#opened(key, task)), run);
  }

  /** Hook of the scheduler. */
  traceparentOf(key: Key): string | undefined {
    const task = this.#tasks.get(keyId(key));
    if (task === undefined) return undefined;
    const spanContext = this.#opened(key, task).spanContext();
    if (!this.#api.isSpanContextValid(spanContext)) return undefined;
    const { traceId, spanId, traceFlags } = spanContext;
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
  }

  #opened(key: Key, task: TracedTask): Span {
    task.open ??= this.#begin(key, task, task.sent ?? systemClock.now());
    return task.open;
  }

  /** Hook of the scheduler. */
  transition(key: Key, start: TaskStateName, finish: TaskStateName, info: TransitionInfo): void {
    const id = keyId(key);
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    if (finish === "processing") task.sent = info.time;
    else if (start === "processing") this.#ended(key, task, finish, info);
    else if (finish === "erred") this.#blocked(key, task, info);
    if (finish === "forgotten") this.#tasks.delete(id);
  }

  /** An attempt is over; a span that nobody has seen is made now, with the times that it had. */
  #ended(key: Key, task: TracedTask, finish: TaskStateName, info: TransitionInfo): void {
    const { startStop, error, time, worker } = info;
    const began = startStop?.start ?? task.sent ?? time;
    const stop = Math.max(began, startStop?.stop ?? time);
    task.sent = undefined;
    const span = task.open ?? this.#begin(key, task, began);
    task.open = undefined;
    if (worker !== undefined) span.setAttribute("taskprov.worker", worker.address);
    if (error !== undefined) this.#fail(span, error.thrown, stop);
    else if (finish === "memory") span.setStatus({ code: this.#api.SpanStatusCode.OK });
    else this.#end(span, info.reason ?? "lost");
    span.end(milliseconds(stop));
    task.last = span.spanContext();
  }

  /** Its input failed: a moment, with the reason. */
  #blocked(key: Key, task: TracedTask, info: TransitionInfo): void {
    const span = this.#begin(key, task, info.time);
    this.#end(span, info.blamed === undefined ? "blocked" : `blocked by ${textOf(info.blamed)}`);
    span.end(milliseconds(info.time));
    task.last = span.spanContext();
  }

  #begin(key: Key, task: TracedTask, time: EpochSeconds): Span {
    task.attempts++;
    const links: Link[] = [];
    for (const dependency of task.dependencies) {
      const made = this.#tasks.get(keyId(dependency))?.last;
      if (made !== undefined) links.push(linkTo(made, "dependency"));
    }
    if (task.last !== undefined) links.push(linkTo(task.last, "retry"));
    const tracer = this.#api.trace.getTracer("taskprov");
    return tracer.startSpan(
      task.name,
      {
        startTime: milliseconds(time),
        links,
        attributes: {
          "taskprov.key": textOf(key),
          "taskprov.group": task.group,
          "taskprov.attempt": task.attempts,
        },
      },
      task.parent,
    );
  }

  /** Without a time of its own an exception would be told as of now. */
  #fail(span: Span, thrown: unknown, time: EpochSeconds): void {
    const message = messageOf(thrown);
    span.recordException(thrown instanceof Error ? thrown : message, milliseconds(time));
    this.#end(span, message);
  }

  #end(span: Span, message: string): void {
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message });
  }
}

function nameOf(task: GraphUpdateTask, fn: NonNullable<GraphUpdateTask["fn"]>): string {
  const name = functionName(fn);
  return name === "" ? task.group : name;
}

function linkTo(context: SpanContext, kind: string): Link {
  return { context, attributes: { "taskprov.link": kind } };
}

function milliseconds(time: EpochSeconds): number {
  return time * 1000;
}

function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    // What was thrown cannot be shown; that it was thrown is the news.
    return "something that has no text";
  }
}

/** As the document and exported traces have it. */
function textOf(key: Key): string {
  return keyText(encodeKey(key));
}
