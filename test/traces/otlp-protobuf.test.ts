import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { wellFormed } from "../../src/base/well-formed.js";
import { otlpJson } from "../../src/traces/otlp-json.js";
import { otlpProtobuf } from "../../src/traces/otlp-protobuf.js";
import type { OtlpAttributes, OtlpBatch } from "../../src/traces/otlp-span.js";
import { parseTraceparent, traceContextOf } from "../../src/traces/trace-context.js";
import { decodeTracesData } from "../support/otlp-messages.js";
import { exported, recordTroubledRun } from "./recorded.js";

const text = fc.string({ unit: "binary" }).map(wellFormed);
const hex = (digits: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: 1n, max: (1n << BigInt(4 * digits)) - 1n }).map((id) => {
    return id.toString(16).padStart(digits, "0");
  });
const attributes: fc.Arbitrary<OtlpAttributes> = fc.array(
  fc.tuple(
    fc.constantFrom("taskprov.key", "host.name"),
    fc.oneof(
      text,
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((double) => ({ double })),
    ),
  ),
  { maxLength: 3 },
);
const moment = fc.nat({ max: 4e15 });
const batches: fc.Arbitrary<OtlpBatch> = fc.record({
  trace: fc.record({
    traceId: hex(32),
    spanPrefix: hex(8),
    flags: fc.nat({ max: 255 }),
    traceState: fc.option(fc.constant("a=b,c=d"), { nil: undefined }),
    resource: attributes,
    scopeVersion: text,
  }),
  spans: fc.array(
    fc.record({
      spanId: hex(16),
      parentSpanId: fc.option(hex(16), { nil: undefined }),
      remoteParent: fc.boolean(),
      name: text,
      start: moment,
      end: moment,
      attributes,
      events: fc.array(fc.record({ time: moment, name: text, attributes }), { maxLength: 2 }),
      links: fc.array(fc.record({ spanId: hex(16), attributes }), { maxLength: 2 }),
      status: fc.record(
        { code: fc.constantFrom(0, 1, 2), message: text },
        { requiredKeys: ["code"] },
      ),
    }),
    { maxLength: 3 },
  ),
});

test("protobuf says what JSON says, for any batch", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      // JSON has one zero.
      const lines = JSON.parse(otlpJson(batch), (_key, value) => (value === 0 ? 0 : value));
      const message = JSON.parse(JSON.stringify(decodeTracesData(otlpProtobuf(batch))));
      expect(message).toEqual(lines);
    }),
  );
});

test("a file of messages one after the other is one message with all spans of the lines", async () => {
  const { journal } = await recordTroubledRun();
  const bytes = Buffer.from(await exported(journal, "otlp-protobuf"), "latin1");
  const lines = (await exported(journal, "otlp")).trimEnd().split("\n");
  const spans = lines.flatMap((line) => JSON.parse(line).resourceSpans);
  expect(decodeTracesData(bytes)).toEqual({ resourceSpans: spans });
});

test.each([
  ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", 1],
  ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", 0],
  ["01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later", 1],
])("%s is a traceparent", (header, flags) => {
  expect(parseTraceparent(header)).toEqual({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    flags,
  });
});

test.each([
  "",
  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later",
  "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "00-00000000000000000000000000000000-b7ad6b7169203331-01",
  "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
  "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
])("%j is none, and its program counts as untraced", (header) => {
  expect(parseTraceparent(header)).toBeUndefined();
  expect(traceContextOf({ TRACEPARENT: header, TRACESTATE: "a=b" })).toBeUndefined();
});

test("a tracestate that HTTP could not carry is left out, the parent stays", () => {
  const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  expect(traceContextOf({ TRACEPARENT, TRACESTATE: "a=b\n" })).toEqual({
    traceparent: TRACEPARENT,
    tracestate: "a=b",
  });
  expect(traceContextOf({ TRACEPARENT, TRACESTATE: "a=\u0007" })).toEqual({
    traceparent: TRACEPARENT,
  });
});

test("a run that is started inside a trace belongs to it, below the caller's span", async () => {
  vi.stubEnv("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
  vi.stubEnv("TRACESTATE", "rojo=00f067aa0ba902b7");
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const { journal, summary } = await recordTroubledRun();
  const lines = (await exported(journal, "otlp")).trimEnd().split("\n");
  const spans = lines.flatMap((line) => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans);
  const run = spans.at(-1);
  expect(run).toMatchObject({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    traceState: "rojo=00f067aa0ba902b7",
    parentSpanId: "b7ad6b7169203331",
    flags: 0x300,
  });
  expect(run.spanId.slice(0, 8)).toBe(summary.runId.slice(0, 8));
  const ids = new Set(spans.map(({ spanId }: { spanId: string }) => spanId));
  for (const { parentSpanId } of spans.slice(0, -1)) expect(ids.has(parentSpanId)).toBe(true);
});
