/** A value of an attribute; whole numbers that are meant as doubles are wrapped. */
export type OtlpValue = string | number | boolean | { readonly double: number };

/** Attributes in the order in which they are written. */
export type OtlpAttributes = readonly (readonly [key: string, value: OtlpValue])[];

/** Something that happened at a moment of a span. */
export interface OtlpSpanEvent {
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly name: string;
  readonly attributes: OtlpAttributes;
}

/** A span that this one has to do with, of the same trace. */
export interface OtlpLink {
  readonly spanId: string;
  readonly attributes: OtlpAttributes;
}

/** A span of OTLP 1, with what taskprov uses of it. */
export interface OtlpSpan {
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** The parent is of another process. */
  readonly remoteParent?: boolean;
  readonly name: string;
  /** Microseconds since the epoch: doubles of this size are exact to a quarter of one. */
  readonly start: number;
  readonly end: number;
  readonly attributes: OtlpAttributes;
  readonly events: readonly OtlpSpanEvent[];
  readonly links: readonly OtlpLink[];
  readonly status: OtlpStatus;
}

/** How a span ended. */
export interface OtlpStatus {
  readonly code: 0 | 1 | 2;
  readonly message?: string;
}

/** `StatusCode`. */
export const statusCodes = { unset: 0, ok: 1, error: 2 } as const;
/** `SpanKind` INTERNAL. */
export const internalKind = 1;

/** The trace that all spans of a run belong to. */
export interface OtlpTrace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** First 8 hex digits of the ids of its spans: two runs may share a trace. */
  readonly spanPrefix: string;
  /** W3C trace flags. */
  readonly flags: number;
  readonly traceState: string | undefined;
  readonly resource: OtlpAttributes;
  readonly scopeVersion: string;
}

/** Some spans of one trace, or what was made of each: what a line, a message or a request carries. */
export interface OtlpBatch<T = OtlpSpan> {
  readonly trace: OtlpTrace;
  readonly spans: readonly T[];
}

/** Bits 8 and 9 of a span's flags: it is known whether the parent is remote; it is. */
const remoteKnown = 0x100;
const isRemote = 0x200;

/** The `flags` of a span or link. */
export function spanFlags(trace: OtlpTrace, remote = false): number {
  return (trace.flags & 0xff) | remoteKnown | (remote ? isRemote : 0);
}
