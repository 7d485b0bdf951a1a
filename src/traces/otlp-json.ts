import {
  internalKind,
  type OtlpAttributes,
  type OtlpBatch,
  type OtlpSpan,
  type OtlpTrace,
  type OtlpValue,
  spanFlags,
} from "./otlp-span.js";

/**
 * A batch as one line of OTLP/JSON: a `TracesData`, or the body of a request to a collector. Written
 * piece by piece, for a span is half constant text.
 */
export function otlpJson({ trace, spans }: OtlpBatch): string {
  const head = `{"resourceSpans":[{"resource":{"attributes":${attributesJson(trace.resource)}},"scopeSpans":[{"scope":{"name":"taskprov","version":${JSON.stringify(trace.scopeVersion)}},"spans":[`;
  // Joined, so that the many pieces are garbage at once.
  return `${head}${spans.map((span) => spanJson(trace, span)).join(",")}]}]}]}\n`;
}

function spanJson(trace: OtlpTrace, span: OtlpSpan): string {
  let text = `{"traceId":"${trace.traceId}","spanId":"${span.spanId}"`;
  if (trace.traceState !== undefined) text += `,"traceState":${JSON.stringify(trace.traceState)}`;
  if (span.parentSpanId !== undefined) text += `,"parentSpanId":"${span.parentSpanId}"`;
  text += `,"name":${JSON.stringify(span.name)},"kind":${internalKind},"startTimeUnixNano":"${nanoseconds(span.start)}","endTimeUnixNano":"${nanoseconds(span.end)}","attributes":${attributesJson(span.attributes)}`;
  if (span.events.length > 0) {
    const events = span.events.map(
      ({ time, name, attributes }) =>
        `{"timeUnixNano":"${nanoseconds(time)}","name":${JSON.stringify(name)},"attributes":${attributesJson(attributes)}}`,
    );
    text += `,"events":[${events.join(",")}]`;
  }
  if (span.links.length > 0) {
    const flags = spanFlags(trace);
    const links = span.links.map(
      ({ spanId, attributes }) =>
        `{"traceId":"${trace.traceId}","spanId":"${spanId}","attributes":${attributesJson(attributes)},"flags":${flags}}`,
    );
    text += `,"links":[${links.join(",")}]`;
  }
  const { code, message } = span.status;
  const status =
    message === undefined
      ? `{"code":${code}}`
      : `{"code":${code},"message":${JSON.stringify(message)}}`;
  return `${text},"status":${status},"flags":${spanFlags(trace, span.remoteParent)}}`;
}

function attributesJson(attributes: OtlpAttributes): string {
  let text = "[";
  let separator = "";
  for (const [key, value] of attributes) {
    text += `${separator}{"key":"${key}","value":${valueJson(value)}}`;
    separator = ",";
  }
  return `${text}]`;
}

/** Protobuf's JSON writes 64-bit integers as strings. */
function valueJson(value: OtlpValue): string {
  if (typeof value === "string") return `{"stringValue":${JSON.stringify(value)}}`;
  if (typeof value === "boolean") return `{"boolValue":${value}}`;
  return typeof value === "number" ? `{"intValue":"${value}"}` : `{"doubleValue":${value.double}}`;
}

/** A 64-bit number as protobuf's JSON has it. */
function nanoseconds(microseconds: number): string {
  return microseconds === 0 ? "0" : `${microseconds}000`;
}
