type Call = <T>(fn: () => T) => T;

const plain: Call = (fn) => fn();

/**
 * Makes what calls a function below a span of another thread, so that the spans of the function are
 * its children. Where `@opentelemetry/api` is not installed, or the thread has no context manager of
 * an SDK, the function is just called.
 *
 * @param traceparent - as W3C Trace Context has it; none: the function is just called.
 */
export async function withinTrace(traceparent: string | undefined): Promise<Call> {
  if (traceparent === undefined) return plain;
  const [, traceId = "", spanId = "", flags = ""] = traceparent.split("-");
  try {
    const { context, trace } = await import("@opentelemetry/api");
    const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
    return (fn) => context.with(trace.setSpanContext(context.active(), parent), fn);
  } catch {
    // The task is what matters.
    return plain;
  }
}
