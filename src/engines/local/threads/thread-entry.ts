/** What a worker thread runs: loads the module of a task, calls its function, tells how it went. */
import { performance } from "node:perf_hooks";
import { parentPort } from "node:worker_threads";
import { move, transferableSymbol, valueSymbol } from "piscina";
import { movedResult } from "./move-result.js";
import {
  type LastWords,
  packThrown,
  type ThreadReply,
  type ThreadRequest,
} from "./thread-message.js";

// Node itself tells nothing of a DOMException that ends a thread, such as that of a result which
// cannot be cloned.
process.on("uncaughtExceptionMonitor", (error: unknown) => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  parentPort?.postMessage({ name, message } satisfies LastWords);
});

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
  let started = now();
  try {
    const fn = await functionOf(request);
    started = now();
    const result = await fn(...request.args);
    const moved = movedResult(result);
    const span = { started, stopped: now() };
    if (moved === undefined) return { ok: true, value: result, span } satisfies ThreadReply;
    const reply = { ok: true, value: moved.value, span } satisfies ThreadReply;
    return move({ [transferableSymbol]: moved.transfer, [valueSymbol]: reply });
  } catch (thrown) {
    const span = { started, stopped: now() };
    return { ok: false, thrown: packThrown(thrown), span } satisfies ThreadReply;
  }
}
