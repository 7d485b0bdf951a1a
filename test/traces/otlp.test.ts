import { beforeEach, describe, expect, test } from "vitest";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";
import { exported, type Recorded, recordTroubledRun, tornJournal } from "./recorded.js";

interface Attributes {
  readonly attributes: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
}

interface OtlpSpan extends Attributes {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly events?: readonly (Attributes & {
    readonly name: string;
    readonly timeUnixNano: string;
  })[];
  readonly links?: readonly (Attributes & { readonly traceId: string; readonly spanId: string })[];
  readonly status: { readonly code: number; readonly message?: string };
}

function spansOf(text: string): OtlpSpan[] {
  return text
    .trimEnd()
    .split("\n")
    .flatMap((line) => JSON.parse(line).resourceSpans)
    .flatMap((resource) => resource.scopeSpans)
    .flatMap((scope) => scope.spans);
}

function attribute(of: Attributes, key: string): unknown {
  const value = of.attributes.find((one) => one.key === key)?.value;
  return value === undefined ? undefined : Object.values(value)[0];
}

/** What the protocol and its semantic rules ask of any trace. */
function expectWellFormed(spans: readonly OtlpSpan[]): void {
  const ids = new Map(spans.map((span) => [span.spanId, span]));
  expect(ids.size).toBe(spans.length);
  const roots = spans.filter((span) => span.parentSpanId === undefined);
  expect(roots).toHaveLength(1);
  const [root] = roots;
  for (const span of spans) {
    expect(span.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(span.traceId).toBe(root?.traceId);
    expect(span.spanId).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
    if (span.parentSpanId !== undefined) expect(ids.has(span.parentSpanId)).toBe(true);
    for (const link of span.links ?? []) expect(ids.has(link.spanId)).toBe(true);
    const [start, end] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
    expect(start <= end).toBe(true);
    expect(start >= BigInt(root?.startTimeUnixNano ?? 0)).toBe(true);
    expect(end <= BigInt(root?.endTimeUnixNano ?? 0)).toBe(true);
    for (const event of span.events ?? []) {
      expect(BigInt(event.timeUnixNano) >= start && BigInt(event.timeUnixNano) <= end).toBe(true);
    }
  }
}

describe("OTLP of a real run with retries, a failure and what it blocked", () => {
  let run: Recorded;
  let spans: OtlpSpan[];
  beforeEach(async () => {
    run = await recordTroubledRun();
    spans = spansOf(await exported(run.journal, "otlp"));
  });
  const attemptsOf = (key: string): OtlpSpan[] =>
    spans.filter(
      (span) =>
        attribute(span, "taskprov.key") === key && attribute(span, "taskprov.span") === "attempt",
    );

  test("is one well-formed trace named by the run's id", () => {
    expectWellFormed(spans);
    expect(spans[0]?.traceId).toBe(run.summary.runId.replaceAll("-", ""));
  });

  test("has as many attempts of each status as the PROV document", () => {
    const { tasks: _, data: _data, ...expected } = run.summary.counts;
    const counted: Record<string, number> = {};
    for (const span of spans) {
      const status = attribute(span, "taskprov.status");
      if (typeof status === "string") counted[status] = (counted[status] ?? 0) + 1;
    }
    expect(counted).toEqual(expected);
  });

  test("a failed attempt has its exception as event, and the retry links back to it", () => {
    const [first, second, third] = attemptsOf("flaky-1");
    expect(first?.status).toEqual({ code: 2, message: "transient" });
    const event = first?.events?.[0];
    expect(event?.name).toBe("exception");
    if (event === undefined) throw new Error("no event");
    expect(attribute(event, "exception.type")).toBe("RangeError");
    expect(attribute(event, "exception.stacktrace")).toContain("flaky");
    expect(third?.status.code).toBe(1);
    expect(second?.links?.map(({ spanId }) => spanId)).toEqual([first?.spanId]);
    expect(third?.links?.map((link) => attribute(link, "taskprov.link"))).toEqual(["retry"]);
  });

  test("dependencies link to the attempts that made the inputs, the successful ones", () => {
    const [sum] = attemptsOf("sum");
    const flaky = attemptsOf("flaky-1")[2];
    expect(sum?.links).toHaveLength(7);
    expect(sum?.links?.map(({ spanId }) => spanId)).toContain(flaky?.spanId);
  });

  test("a blocked task names the attempt that is to blame, and the run failed", () => {
    const [blocked] = attemptsOf("blocked");
    const [boom] = attemptsOf('boom "quoted"\n\\');
    expect(blocked?.status.code).toBe(2);
    expect(blocked?.links?.map(({ spanId }) => spanId)).toEqual([boom?.spanId]);
    const root = spans.find((span) => span.parentSpanId === undefined);
    expect(root?.status).toEqual({
      code: 2,
      message: "1 task failed; 1 task never ran because of that",
    });
    if (root === undefined) throw new Error("no root");
    expect(attribute(root, "taskprov.failed_tasks")).toBe("1");
    expect(attribute(root, "taskprov.blocked_tasks")).toBe("1");
  });

  test("is the same text each time", async () => {
    expect(await exported(run.journal, "otlp")).toBe(await exported(run.journal, "otlp"));
  });

  test.each([0.5, 0.7, 0.9])(
    "is a well-formed trace of the first %s of the journal",
    async (part) => {
      // A small run is one frame or two, so its lines are cut.
      const { catJournal } = await import("../../src/events/read-journal.js");
      let lines = "";
      for await (const line of catJournal(run.journal)) lines += line;
      const text = lines.slice(0, Math.floor(lines.length * part));
      const cut = spansOf(await exported([Buffer.from(text)], "otlp"));
      expectWellFormed(cut);
      const root = cut.find((span) => span.parentSpanId === undefined);
      expect(root).toBeDefined();
      if (root !== undefined) expect(attribute(root, "taskprov.incomplete")).toBe(true);
    },
  );

  test("an empty journal is refused in one sentence", async () => {
    await expect(exported(tornJournal(run.journal, 0.01), "otlp")).rejects.toMatchObject({
      code: "ERR_JOURNAL",
    });
  });
});

test("a graph submitted inside a task is below that task's attempt", async () => {
  const run = new EventRun().task("outer").assign("outer").task("inner", [], { parent: "outer" });
  run.runs("inner").done("outer").end();
  const spans = spansOf(await exported(writeJournal(temporaryFolder(), run.events), "otlp"));
  expectWellFormed(spans);
  const find = (key: string): OtlpSpan | undefined =>
    spans.find((span) => attribute(span, "taskprov.key") === key);
  const graph = spans.find((span) => span.spanId === find("inner")?.parentSpanId);
  expect(graph?.parentSpanId).toBe(find("outer")?.spanId);
});

test("a lost and a running attempt are told, and clocks that disagree do not turn time round", async () => {
  const run = new EventRun().task("a").task("b", ["a"]).assign("a").lost("a", "worker-died");
  run.assign("a").add({
    type: "done",
    task: run.number("a"),
    worker: 0,
    spans: [{ action: "compute", start: 1_795_169_000, stop: 1_795_168_000 }],
  });
  run.assign("b");
  const spans = spansOf(await exported(writeJournal(temporaryFolder(), run.events), "otlp"));
  expectWellFormed(spans);
  expect(spans.map((span) => attribute(span, "taskprov.status")).filter(Boolean)).toEqual([
    "lost",
    "ok",
    "running",
  ]);
});
