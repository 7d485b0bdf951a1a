import {
  internalKind,
  type OtlpAttributes,
  type OtlpBatch,
  type OtlpSpan,
  type OtlpTrace,
  type OtlpValue,
  spanFlags,
} from "./otlp-span.js";

/** A batch as one line of OTLP/JSON: a `TracesData`, or the body of a request to a collector. */
export function otlpJson({ trace, spans }: OtlpBatch): string {
  const spanJson = createSpanJson();
  return spansJson({ trace, spans: spans.map((span) => spanJson(span, trace)) });
}

/** Like {@link otlpJson}, of spans that are written already. */
export function spansJson({ trace, spans }: OtlpBatch<string>): string {
  const resource: string[] = [];
  writeAttributes(resource, trace.resource, attributeText);
  const version = JSON.stringify(trace.scopeVersion);
  const head = `{"resourceSpans":[{"resource":{"attributes":${resource.join("")}},"scopeSpans":[{"scope":{"name":"taskprov","version":${version}},"spans":[`;
  return `${head}${spans.join(",")}]}]}]}\n`;
}

/** Writes an attribute. */
type AttributeText = (key: string, value: OtlpValue) => string;

/**
 * Gives what writes spans. It writes piece by piece, for a span is half constant text, and joins
 * them: texts that are added up hang together in thousands of pieces, which the collector of
 * garbage copies again and again.
 */
export function createSpanJson(): (span: OtlpSpan, trace: OtlpTrace) => string {
  const attribute = rememberedText();
  return (span, trace) => {
    const out: string[] = [];
    writeSpan(out, trace, span, attribute);
    return out.join("");
  };
}

function writeSpan(
  out: string[],
  trace: OtlpTrace,
  span: OtlpSpan,
  attribute: AttributeText,
): void {
  out.push('{"traceId":"', trace.traceId, '","spanId":"', span.spanId, '"');
  if (trace.traceState !== undefined) out.push(',"traceState":', JSON.stringify(trace.traceState));
  if (span.parentSpanId !== undefined) out.push(',"parentSpanId":"', span.parentSpanId, '"');
  out.push(',"name":', JSON.stringify(span.name), kindAndStart, nanoseconds(span.start));
  out.push('","endTimeUnixNano":"', nanoseconds(span.end), '","attributes":');
  writeAttributes(out, span.attributes, attribute);
  if (span.events.length > 0) writeEvents(out, span.events);
  if (span.links.length > 0) writeLinks(out, trace, span.links, attribute);
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
    writeAttributes(out, attributes, attributeText);
    out.push("}");
  }
  out.push("]");
}

function writeLinks(
  out: string[],
  trace: OtlpTrace,
  links: OtlpSpan["links"],
  attribute: AttributeText,
): void {
  const end = `,"flags":${spanFlags(trace)}}`;
  let before = ',"links":[{"traceId":"';
  for (const { spanId, attributes } of links) {
    out.push(before, trace.traceId, '","spanId":"', spanId, '","attributes":');
    writeAttributes(out, attributes, attribute);
    out.push(end);
    before = ',{"traceId":"';
  }
  out.push("]");
}

function writeAttributes(
  out: string[],
  attributes: OtlpAttributes,
  attribute: AttributeText,
): void {
  let before = "[";
  for (const [key, value] of attributes) {
    out.push(before, attribute(key, value));
    before = ",";
  }
  out.push(attributes.length === 0 ? "[]" : "]");
}

/** Values of an attribute that are remembered, and how long each may be. */
const maxRemembered = 256;
const maxRememberedChars = 256;

/**
 * Like {@link attributeText}, with a memory: most attributes have few values in a run, as workers
 * and groups have. Nothing more is remembered of an attribute that has many.
 */
function rememberedText(): AttributeText {
  const memories = new Map<string, Map<OtlpValue, string>>();
  const varied = new Set<string>();
  return (key, value) => {
    const memory = memories.get(key);
    const known = memory?.get(value);
    if (known !== undefined) return known;
    const text = attributeText(key, value);
    if (varied.has(key) || typeof value === "object" || text.length > maxRememberedChars) {
      return text;
    }
    if (memory === undefined) memories.set(key, new Map([[value, text]]));
    else if (memory.size < maxRemembered) memory.set(value, text);
    else {
      memories.delete(key);
      varied.add(key);
    }
    return text;
  };
}

/** Protobuf's JSON writes 64-bit integers as strings. */
function attributeText(key: string, value: OtlpValue): string {
  const start = `{"key":"${key}","value":{`;
  if (typeof value === "string") return `${start}"stringValue":${JSON.stringify(value)}}}`;
  if (typeof value === "boolean") return `${start}"boolValue":${value}}}`;
  if (typeof value === "number") return `${start}"intValue":"${value}"}}`;
  return `${start}"doubleValue":${value.double}}}`;
}

/** A 64-bit number as protobuf's JSON has it. */
function nanoseconds(microseconds: number): string {
  return microseconds === 0 ? "0" : `${microseconds}000`;
}
