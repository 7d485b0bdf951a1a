import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Attributes,
  type Context,
  type ContextManager,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Client } from "../../src/engines/local/client.js";
import { openTelemetryPlugin } from "../../src/observe/open-telemetry.js";

interface Told {
  readonly name: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly start: number;
  readonly links: readonly Link[];
  readonly attributes: Attributes;
  readonly exceptions: { readonly text: string; readonly time: number }[];
  status: SpanStatus;
  end: number;
}

const spans: Told[] = [];

function numberOf(time: unknown): number {
  if (typeof time !== "number") throw new TypeError("a span without a time of its own");
  return time;
}

/** Keeps what is told, as an SDK's in-memory exporter does. */
function startSpan(name: string, options: SpanOptions = {}, parent = context.active()): Span {
  const spanContext: SpanContext = {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: String(spans.length + 1).padStart(16, "0"),
    traceFlags: 1,
  };
  const told: Told = {
    name,
    id: spanContext.spanId,
    parent: trace.getSpanContext(parent)?.spanId,
    start: options.startTime === undefined ? Date.now() : numberOf(options.startTime),
    links: options.links ?? [],
    attributes: { ...options.attributes },
    exceptions: [],
    status: { code: SpanStatusCode.UNSET },
    end: Number.NaN,
  };
  spans.push(told);
  const span: Span = {
    spanContext: () => spanContext,
    setAttribute: (key, value) => {
      told.attributes[key] = value;
      return span;
    },
    setAttributes: () => span,
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: (status) => {
      told.status = status;
      return span;
    },
    updateName: () => span,
    end: (time) => {
      told.end = time === undefined ? Date.now() : numberOf(time);
    },
    isRecording: () => true,
    recordException: (exception, time) => {
      told.exceptions.push({ text: String(exception), time: numberOf(time) });
    },
  };
  return span;
}

const tracer: Tracer = {
  startSpan,
  startActiveSpan: () => {
    throw new Error("not used");
  },
};

const active = new AsyncLocalStorage<Context>();
const manager: ContextManager = {
  active: () => active.getStore() ?? ROOT_CONTEXT,
  with: (inner, fn, self, ...args) => active.run(inner, () => Reflect.apply(fn, self, args)),
  bind: (_inner, target) => target,
  enable: () => manager,
  disable: () => manager,
};

describe("openTelemetryPlugin", () => {
  let client: Client;
  beforeAll(() => {
    context.setGlobalContextManager(manager);
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
  });
  afterAll(() => {
    context.disable();
    trace.disable();
  });
  beforeEach(async () => {
    spans.length = 0;
    client = new Client({ workers: 2 });
    client.registerPlugin(await openTelemetryPlugin());
    return () => client.close();
  });

  const named = (key: string): Told[] =>
    spans.filter(({ attributes }) => attributes["taskprov.key"] === key);

  test("an attempt is a child of the span that was active where its task was submitted", async () => {
    const request = startSpan("request");
    const inside = trace.setSpan(ROOT_CONTEXT, request);
    const future = context.with(inside, () => client.with({ key: "x" }).submit(() => 6 * 7));
    const outside = client.with({ key: "y" }).submit(() => 1);
    await Promise.all([future.result(), outside.result()]);
    const [span] = named("x");
    expect(span?.parent).toBe(request.spanContext().spanId);
    expect(span?.status.code).toBe(SpanStatusCode.OK);
    expect(span?.attributes["taskprov.worker"]).toMatch(/^inproc-/);
    expect(named("y")[0]?.parent).toBeUndefined();
  });

  test("the attempt's span is active inside its task, also after it waited, and of each try", async () => {
    const activeId = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;
    const seen: (string | undefined)[] = [];
    const work = async (): Promise<string> => {
      startSpan("inside");
      await new Promise((resolve) => setTimeout(resolve, 1));
      startSpan("after");
      seen.push(activeId());
      if (seen.length === 1) throw new RangeError("transient");
      return "done";
    };
    const request = startSpan("request");
    const inside = trace.setSpan(ROOT_CONTEXT, request);
    const submit = (): Promise<string> =>
      client.with({ key: "work", retries: 1 }).submit(work).result();
    expect(await context.with(inside, submit)).toBe("done");
    const tries = named("work");
    expect(seen).toEqual(tries.map(({ id }) => id));
    for (const span of tries) expect(span.parent).toBe(request.spanContext().spanId);
    for (const name of ["inside", "after"]) {
      const made = spans.filter((span) => span.name === name).map(({ parent }) => parent);
      expect(made).toEqual(tries.map(({ id }) => id));
    }
    expect(activeId()).toBeUndefined();
  });

  test("a plugin that fails around a task is told once and keeps no task from running", async () => {
    const told: string[] = [];
    await using other = new Client({ onPluginError: (_, hook) => told.push(hook) });
    const order: string[] = [];
    other.registerPlugin({
      aroundTask: (key, run) => {
        order.push(`before ${String(key)}`);
        if (key === "b") throw new Error("before it ran");
        run();
        run();
        throw new Error("after it ran");
      },
    });
    other.registerPlugin({ aroundTask: () => {} });
    const run = (key: string): Promise<string> =>
      other
        .with({ key })
        .submit(() => {
          order.push(`in ${key}`);
          return key;
        })
        .result();
    expect([await run("a"), await run("b")]).toEqual(["a", "b"]);
    expect(order).toEqual(["before a", "in a", "before b", "in b"]);
    expect(told).toEqual(["aroundTask"]);
    const boom = other.submit((): never => {
      throw new RangeError("its own");
    });
    await expect(boom.result()).rejects.toThrow(new RangeError("its own"));
  });

  test("spans have the times of the attempts, not of the telling", async () => {
    const before = Date.now() - 1;
    const seen: number[] = [];
    const slow = async (): Promise<void> => {
      seen.push(Date.now());
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(Date.now());
    };
    await client.with({ key: "slow" }).submit(slow).result();
    const [span] = named("slow");
    const [start = 0, stop = 0] = seen;
    expect(span?.start).toBeGreaterThanOrEqual(before);
    expect(span?.start).toBeLessThanOrEqual(start + 1);
    expect(span?.end).toBeGreaterThanOrEqual(stop);
  });

  test("each try is a span; the exception has its time, and the next one links back", async () => {
    let tries = 0;
    const flaky = (): number => {
      if (tries++ < 1) throw new RangeError("transient");
      return 1;
    };
    const first = client.with({ key: "flaky", retries: 2 }).submit(flaky);
    await client
      .with({ key: "next" })
      .submit((n: number) => n, first)
      .result();
    const [failed, worked] = named("flaky");
    expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: "transient" });
    expect(failed?.exceptions).toEqual([{ text: "RangeError: transient", time: failed?.end }]);
    expect(worked?.links.map(({ context: { spanId } }) => spanId)).toEqual([failed?.id]);
    expect(named("next")[0]?.links.map(({ context: { spanId } }) => spanId)).toEqual([worked?.id]);
  });

  test("a task that never ran is a moment that names the culprit", async () => {
    const boom = client.with({ key: "boom" }).submit((): number => {
      throw new TypeError("bad");
    });
    await client
      .with({ key: "blocked" })
      .submit((n: number) => n, boom)
      .exception();
    const [blocked] = named("blocked");
    expect(blocked?.status).toEqual({ code: SpanStatusCode.ERROR, message: "blocked by boom" });
    expect(blocked?.end).toBe(blocked?.start);
  });
});
