/** What a worker thread runs: loads the module of a task, calls its function, tells how it went. */
import { performance } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { move, transferableSymbol, valueSymbol } from "piscina";
import { receiveAction } from "../../../actions/hand-over.js";
import { keepMessages } from "./kept-messages.js";
import { movedResult } from "./move-result.js";
import { announceThread, watchMemory } from "./thread-gauge.js";
import {
  type LastWords,
  packThrown,
  type ThreadLog,
  type ThreadReply,
  type ThreadRequest,
} from "./thread-message.js";
import { withinTrace } from "./within-trace.js";

// Node itself tells nothing of a DOMException that ends a thread, such as that of a result which
// cannot be cloned.
process.on("uncaughtExceptionMonitor", (error: unknown) => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  parentPort?.postMessage({ name, message } satisfies LastWords);
});

const gauge = workerData instanceof Int32Array ? workerData : undefined;
if (gauge !== undefined) announceThread(gauge);

/** Milliseconds since the epoch; threads of one process share the clock. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

async function functionOf(request: ThreadRequest): Promise<(...args: unknown[]) => unknown> {
  const exported: Record<string, unknown> = await import(request.module);
  const fn = exported[request.name];
  if (typeof fn === "function") return (...args) => Reflect.apply(fn, undefined, args);
  const names = Object.keys(exported).filter((name) => typeof exported[name] === "function");
  throw new TypeError(
    `${request.module} exports no function ${request.name}; it exports ${names.join(", ") || "none"}.`,
  );
}

/** Answers a request; whatever the function throws is an answer, too. */
export default async function answer(request: ThreadRequest): Promise<unknown> {
  if (gauge !== undefined) watchMemory(gauge);
  const { args } = request;
  const within = request.action && receiveAction(request.action, sendLog);
  const notes = request.isObserved && keepMessages(request.runId);
  let started = now();
  const facts = () => ({
    span: { started, stopped: now() },
    ...(within !== undefined && { action: within.returned() }),
    ...notes?.taken(),
  });
  const call = (fn: () => unknown): unknown => (notes === undefined ? fn() : notes.run(fn));
  try {
    const fn = await functionOf(request);
    // After the module: it is what starts an SDK in this thread.
    const traced = await withinTrace(request.traceparent);
    started = now();
    const result = await call(() =>
      traced(() => (within === undefined ? fn(...args) : within.run(() => fn(...args)))),
    );
    const moved = movedResult(result);
    if (moved === undefined) return { ok: true, value: result, ...facts() } satisfies ThreadReply;
    const reply = { ok: true, value: moved.value, ...facts() } satisfies ThreadReply;
    return move({ [transferableSymbol]: moved.transfer, [valueSymbol]: reply });
  } catch (thrown) {
    return { ok: false, thrown: packThrown(thrown), ...facts() } satisfies ThreadReply;
  } finally {
    if (gauge !== undefined) watchMemory(gauge);
  }
}

function sendLog(log: ThreadLog["log"]): void {
  parentPort?.postMessage({ log } satisfies ThreadLog);
}
