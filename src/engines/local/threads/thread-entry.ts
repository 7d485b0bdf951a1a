/** What a worker thread runs: loads the module of a task, calls its function, tells how it went. */
import { performance } from "node:perf_hooks";
import { type MessagePort, workerData } from "node:worker_threads";
import { receiveAction } from "../../../actions/hand-over.js";
import { keepMessages } from "./kept-messages.js";
import { type Movable, movedResult } from "./move-result.js";
import { take } from "./thread-claims.js";
import { announceThread, watchMemory } from "./thread-gauge.js";
import {
  packThrown,
  type ThreadConnection,
  type ThreadFacts,
  type ThreadMessage,
  type ThreadOutcome,
  type ThreadRequest,
} from "./thread-message.js";
import { withinTrace } from "./within-trace.js";

type Exports = Readonly<Record<string, unknown>>;

let port: MessagePort | undefined;
const modules = new Map<string, Exports>();
const gauge = workerData instanceof Int32Array ? workerData : undefined;
if (gauge !== undefined) announceThread(gauge);

// Node itself tells nothing of a DOMException that ends a thread.
process.on("uncaughtExceptionMonitor", (error: unknown) => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  post({ name, message });
});

/** Answers what comes, one after the other. */
export default function connect({ port: given, claims }: ThreadConnection): void {
  port = given;
  const waiting: ThreadRequest[] = [];
  let isServing = false;
  const serve = async (): Promise<void> => {
    isServing = true;
    for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
      if (request.place === undefined || take(claims, request.place)) await answer(request);
      else post({ is: "skipped" });
    }
    isServing = false;
  };
  given.on("message", (request: ThreadRequest) => {
    waiting.push(request);
    if (!isServing) void serve();
  });
}

/** Calls a function; whatever it throws is an answer, too. */
async function answer(request: ThreadRequest): Promise<void> {
  if (gauge !== undefined) watchMemory(gauge);
  const { args } = request;
  const within = request.action && receiveAction(request.action, (log) => post({ log }));
  const notes = request.isObserved && keepMessages((messages) => post({ messages }));
  let started = now();
  const facts = (): ThreadFacts => ({
    span: { started, stopped: now() },
    ...(within !== undefined && { action: within.returned() }),
    ...notes?.taken(),
  });
  const call = (fn: () => unknown): unknown => (notes === undefined ? fn() : notes.run(fn));
  try {
    const exported = modules.get(request.module) ?? (await load(request.module));
    const fn = functionOf(request, exported);
    // After the module: it is what starts an SDK in this thread.
    const traced = await withinTrace(request.traceparent);
    started = now();
    const result = await call(() =>
      traced(() =>
        within === undefined
          ? Reflect.apply(fn, undefined, args)
          : within.run(() => Reflect.apply(fn, undefined, args)),
      ),
    );
    const moved = movedResult(result);
    const value = moved === undefined ? result : moved.value;
    reply({ is: "value", value, ...facts() }, moved?.transfer);
  } catch (thrown) {
    reply({ is: "thrown", thrown: packThrown(thrown), ...facts() });
  } finally {
    if (gauge !== undefined) watchMemory(gauge);
  }
}

async function load(module: string): Promise<Exports> {
  const exported: Exports = await import(module);
  modules.set(module, exported);
  return exported;
}

function functionOf(
  { module, name }: ThreadRequest,
  exported: Exports,
): (...args: never[]) => unknown {
  const fn = exported[name];
  if (typeof fn === "function") return (...args) => Reflect.apply(fn, undefined, args);
  const names = Object.keys(exported).filter((key) => typeof exported[key] === "function");
  throw new TypeError(
    `${module} exports no function ${name}; it exports ${names.join(", ") || "none"}.`,
  );
}

/** Milliseconds since the epoch; threads of one process share the clock. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

function reply(outcome: ThreadOutcome, transfer?: readonly Movable[]): void {
  try {
    post(outcome, transfer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const { span, action, messages } = outcome;
    const facts = { span, ...(action && { action }), ...(messages && { messages }) };
    post({ is: "unsent", why, ...facts });
  }
}

function post(message: ThreadMessage, transfer: readonly Movable[] = []): void {
  port?.postMessage(message, transfer);
}
