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
 * piece by piece, for a span is half constant text, and joined at the end: texts that are added up
 * hang together in thousands of pieces, which the collector of garbage copies again and again.
 */
export function otlpJson({ trace, spans }: OtlpBatch): string {
  const out: string[] = ['{"resourceSpans":[{"resource":{"attributes":'];
  writeAttributes(out, trace.resource);
  const version = JSON.stringify(trace.scopeVersion);
  out.push(`},"scopeSpans":[{"scope":{"name":"taskprov","version":${version}},"spans":[`);
  for (const [i, span] of spans.entries()) {
    if (i > 0) out.push(",");
    writeSpan(out, trace, span);
  }
  out.push("]}]}]}\n");
  return out.join("");
}

function writeSpan(out: string[], trace: OtlpTrace, span: OtlpSpan): void {
  out.push('{"traceId":"', trace.traceId, '","spanId":"', span.spanId, '"');
  if (trace.traceState !== undefined) out.push(',"traceState":', JSON.stringify(trace.traceState));
  if (span.parentSpanId !== undefined) out.push(',"parentSpanId":"', span.parentSpanId, '"');
  out.push(',"name":', JSON.stringify(span.name), kindAndStart, nanoseconds(span.start));
  out.push('","endTimeUnixNano":"', nanoseconds(span.end), '","attributes":');
  writeAttributes(out, span.attributes);
  if (span.events.length > 0) writeEvents(out, span.events);
  if (span.links.length > 0) writeLinks(out, trace, span.links);
  const { code, message } = span.status;
  out.push(',"status":{"code":', String(code));
  if (message !== undefined) out.push(',"message":', JSON.stringify(message));
  out.push('},"flags":', String(spanFlags(trace, span.remoteParent)), "}");
}

const kindAndStart = `,"kind":${internalKind},"startTimeUnixNano":"`;

function writeEvents(out: string[], events: OtlpSpan["events"]): void {
  for (const [i, { time, name, attributes }] of events.entries()) {
    out.push(i === 0 ? ',"events":[{"timeUnixNano":"' : ',{"timeUnixNano":"', nanoseconds(time));
    out.push('","name":', JSON.stringify(name), ',"attributes":');
    writeAttributes(out, attributes);
    out.push("}");
  }
  out.push("]");
}

function writeLinks(out: string[], trace: OtlpTrace, links: OtlpSpan["links"]): void {
  const flags = String(spanFlags(trace));
  for (const [i, { spanId, attributes }] of links.entries()) {
    out.push(i === 0 ? ',"links":[{"traceId":"' : ',{"traceId":"', trace.traceId);
    out.push('","spanId":"', spanId, '","attributes":');
    writeAttributes(out, attributes);
    out.push(',"flags":', flags, "}");
  }
  out.push("]");
}

function writeAttributes(out: string[], attributes: OtlpAttributes): void {
  let before = '[{"key":"';
  for (const [key, value] of attributes) {
    out.push(before, key, '","value":{');
    writeValue(out, value);
    before = '}},{"key":"';
  }
  out.push(attributes.length === 0 ? "[]" : "}}]");
}

/** Protobuf's JSON writes 64-bit integers as strings. */
function writeValue(out: string[], value: OtlpValue): void {
  if (typeof value === "string") out.push('"stringValue":', JSON.stringify(value));
  else if (typeof value === "boolean") out.push('"boolValue":', String(value));
  else if (typeof value === "number") out.push('"intValue":"', String(value), '"');
  else out.push('"doubleValue":', String(value.double));
}

/** A 64-bit number as protobuf's JSON has it. */
function nanoseconds(microseconds: number): string {
  return microseconds === 0 ? "0" : `${microseconds}000`;
}
