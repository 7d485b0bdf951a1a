import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { wellFormed } from "../base/well-formed.js";
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
 * A batch as a protobuf message: a `TracesData`, or the body of a request to a collector, which has
 * the same fields. Messages one after the other are again one message, so a file is just that.
 * Field numbers are those of opentelemetry-proto 1.
 */
export function otlpProtobuf({ trace, spans }: OtlpBatch): Uint8Array {
  const out = new BinaryWriter();
  inside(out, 1, () => {
    inside(out, 1, () => writeAttributes(out, 1, trace.resource));
    inside(out, 2, () => {
      inside(out, 1, () => {
        text(out, 1, "taskprov");
        text(out, 2, trace.scopeVersion);
      });
      const traceId = fromHex(trace.traceId);
      for (const span of spans) inside(out, 2, () => writeSpan(out, trace, traceId, span));
    });
  });
  return out.finish();
}

function writeSpan(out: BinaryWriter, trace: OtlpTrace, traceId: Uint8Array, span: OtlpSpan): void {
  bytes(out, 1, traceId);
  bytes(out, 2, fromHex(span.spanId));
  if (trace.traceState !== undefined) text(out, 3, trace.traceState);
  if (span.parentSpanId !== undefined) bytes(out, 4, fromHex(span.parentSpanId));
  text(out, 5, span.name);
  out.tag(6, WireType.Varint).uint32(internalKind);
  nanoseconds(out, 7, span.start);
  nanoseconds(out, 8, span.end);
  writeAttributes(out, 9, span.attributes);
  for (const event of span.events) {
    inside(out, 11, () => {
      nanoseconds(out, 1, event.time);
      text(out, 2, event.name);
      writeAttributes(out, 3, event.attributes);
    });
  }
  for (const link of span.links) {
    inside(out, 13, () => {
      bytes(out, 1, traceId);
      bytes(out, 2, fromHex(link.spanId));
      writeAttributes(out, 4, link.attributes);
      out.tag(6, WireType.Bit32).fixed32(spanFlags(trace));
    });
  }
  const { code, message } = span.status;
  inside(out, 15, () => {
    if (message !== undefined) text(out, 2, message);
    out.tag(3, WireType.Varint).uint32(code);
  });
  out.tag(16, WireType.Bit32).fixed32(spanFlags(trace, span.remoteParent));
}

function writeAttributes(out: BinaryWriter, field: number, attributes: OtlpAttributes): void {
  for (const [key, value] of attributes) {
    inside(out, field, () => {
      text(out, 1, key);
      inside(out, 2, () => writeValue(out, value));
    });
  }
}

function writeValue(out: BinaryWriter, value: OtlpValue): void {
  if (typeof value === "string") text(out, 1, value);
  else if (typeof value === "boolean") out.tag(2, WireType.Varint).bool(value);
  else if (typeof value === "number") out.tag(3, WireType.Varint).int64(value);
  else out.tag(4, WireType.Bit64).double(value.double);
}

function inside(out: BinaryWriter, field: number, write: () => void): void {
  out.tag(field, WireType.LengthDelimited).fork();
  write();
  out.join();
}

function text(out: BinaryWriter, field: number, value: string): void {
  // A lone surrogate is no text in protobuf.
  out.tag(field, WireType.LengthDelimited).string(wellFormed(value));
}

function bytes(out: BinaryWriter, field: number, value: Uint8Array): void {
  out.tag(field, WireType.LengthDelimited).bytes(value);
}

function nanoseconds(out: BinaryWriter, field: number, microseconds: number): void {
  out.tag(field, WireType.Bit64).fixed64(BigInt(microseconds) * 1000n);
}

function fromHex(hex: string): Uint8Array {
  const result = new Uint8Array(hex.length / 2);
  for (let i = 0; i < result.length; i++) {
    result[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  }
  return result;
}
