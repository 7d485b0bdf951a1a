/** The W3C trace context in which a run was started, as it came: `traceparent`, `tracestate`. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** What a `traceparent` says. */
export interface ParentSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Bit 0: the caller records this trace. */
  readonly flags: number;
}

/** W3C asks to pass on at least this many characters of `tracestate`. */
const maxStateChars = 512;

/**
 * Reads a `traceparent` as W3C Trace Context says: a later version may have more fields.
 *
 * @returns undefined when it is not one; the caller then counts as untraced.
 */
export function parseTraceparent(text: string): ParentSpan | undefined {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text);
  if (match === null) return undefined;
  const [, version, traceId = "", spanId = "", flags = "", more] = match;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

/** The trace context that a caller left in the variables `TRACEPARENT` and `TRACESTATE`. */
export function traceContextOf(
  environment: Readonly<Record<string, string | undefined>>,
): TraceContext | undefined {
  const traceparent = environment["TRACEPARENT"]?.trim();
  if (traceparent === undefined || parseTraceparent(traceparent) === undefined) return undefined;
  const tracestate = environment["TRACESTATE"]?.trim();
  if (tracestate === undefined || !isTracestate(tracestate)) return { traceparent };
  return { traceparent, tracestate };
}

function isTracestate(text: string): boolean {
  return text !== "" && text.length <= maxStateChars && /^[\x20-\x7e]*$/.test(text);
}
