import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** JSON as OTLP writes it. */
export type OtlpJson =
  | string
  | number
  | boolean
  | readonly OtlpJson[]
  | { readonly [name: string]: OtlpJson };

type Kind = "text" | "hex" | "bool" | "enum" | "int64" | "double" | "fixed64" | "fixed32" | Message;
interface Message {
  readonly [field: number]: readonly [name: string, kind: Kind, repeated?: "list"];
}

const value: Message = {
  1: ["stringValue", "text"],
  2: ["boolValue", "bool"],
  3: ["intValue", "int64"],
  4: ["doubleValue", "double"],
};
const attributes: readonly [string, Kind, "list"] = [
  "attributes",
  { 1: ["key", "text"], 2: ["value", value] },
  "list",
];
const event: Message = { 1: ["timeUnixNano", "fixed64"], 2: ["name", "text"], 3: attributes };
const link: Message = {
  1: ["traceId", "hex"],
  2: ["spanId", "hex"],
  4: attributes,
  6: ["flags", "fixed32"],
};
const span: Message = {
  1: ["traceId", "hex"],
  2: ["spanId", "hex"],
  3: ["traceState", "text"],
  4: ["parentSpanId", "hex"],
  5: ["name", "text"],
  6: ["kind", "enum"],
  7: ["startTimeUnixNano", "fixed64"],
  8: ["endTimeUnixNano", "fixed64"],
  9: attributes,
  11: ["events", event, "list"],
  13: ["links", link, "list"],
  15: ["status", { 2: ["message", "text"], 3: ["code", "enum"] }],
  16: ["flags", "fixed32"],
};
const scopeSpans: Message = {
  1: ["scope", { 1: ["name", "text"], 2: ["version", "text"] }],
  2: ["spans", span, "list"],
};
const resourceSpans: Message = {
  1: ["resource", { 1: attributes }],
  2: ["scopeSpans", scopeSpans, "list"],
};
const tracesData: Message = { 1: ["resourceSpans", resourceSpans, "list"] };

/** A `TracesData` in protobuf as the JSON that OTLP has for it; throws for unknown fields. */
export function decodeTracesData(bytes: Uint8Array): OtlpJson {
  return decode(bytes, tracesData);
}

function decode(bytes: Uint8Array, message: Message): OtlpJson {
  const reader = new BinaryReader(bytes);
  const result: Record<string, OtlpJson> = {};
  // Repeated fields that are empty are not on the wire; JSON of ours writes them.
  for (const [name, , repeated] of Object.values(message)) {
    if (repeated === "list" && name !== "events" && name !== "links") result[name] = [];
  }
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const field = message[number];
    if (field === undefined) throw new Error(`unknown field ${number}`);
    const [name, kind, repeated] = field;
    const item = read(reader, kind, type);
    if (repeated === undefined) result[name] = item;
    else {
      const before = result[name];
      result[name] = [...(Array.isArray(before) ? before : []), item];
    }
  }
  return result;
}

function read(reader: BinaryReader, kind: Kind, type: WireType): OtlpJson {
  if (typeof kind === "object") return decode(reader.bytes(), kind);
  const expected = {
    text: WireType.LengthDelimited,
    hex: WireType.LengthDelimited,
    bool: WireType.Varint,
    enum: WireType.Varint,
    int64: WireType.Varint,
    double: WireType.Bit64,
    fixed64: WireType.Bit64,
    fixed32: WireType.Bit32,
  }[kind];
  if (type !== expected) throw new Error(`${kind} with wire type ${type}`);
  switch (kind) {
    case "text":
      return reader.string();
    case "hex":
      return Buffer.from(reader.bytes()).toString("hex");
    case "bool":
      return reader.bool();
    case "enum":
      return reader.uint32();
    case "int64":
      return String(reader.int64());
    case "double":
      return reader.double();
    case "fixed64":
      return String(reader.fixed64());
    default:
      return reader.fixed32();
  }
}
