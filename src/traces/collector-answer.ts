/** What a collector's answer to a request says that it took says of spans it did not take. */
export interface Rejection {
  readonly rejected: number;
  readonly problem?: string;
}

/**
 * Reads an `ExportTraceServiceResponse`; what cannot be read counts as nothing rejected, for the
 * status said that the request was taken.
 */
export async function rejectedSpans(content: Uint8Array, isJson: boolean): Promise<Rejection> {
  try {
    return isJson ? fromJson(Buffer.from(content).toString("utf8")) : await fromProtobuf(content);
  } catch {
    // Not an answer of OTLP, as from a proxy.
    return { rejected: 0 };
  }
}

function fromJson(text: string): Rejection {
  const answer: unknown = text.trim() === "" ? {} : JSON.parse(text);
  const partial = field(answer, "partialSuccess");
  return rejection(field(partial, "rejectedSpans"), field(partial, "errorMessage"));
}

function field(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null && Object.hasOwn(of, name)
    ? Reflect.get(of, name)
    : undefined;
}

async function fromProtobuf(content: Uint8Array): Promise<Rejection> {
  const { BinaryReader, WireType } = await import("@bufbuild/protobuf/wire");
  let count: unknown;
  let message: unknown;
  const readInside = (bytes: Uint8Array, depth: number): void => {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      if (depth === 0 && number === 1 && type === WireType.LengthDelimited) {
        readInside(reader.bytes(), 1);
      } else if (depth === 1 && number === 1 && type === WireType.Varint) {
        count = reader.int64();
      } else if (depth === 1 && number === 2 && type === WireType.LengthDelimited) {
        message = reader.string();
      } else reader.skip(type, number);
    }
  };
  readInside(content, 0);
  return rejection(count, message);
}

function rejection(count: unknown, message: unknown): Rejection {
  const rejected = Number(count ?? 0);
  return {
    rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
    ...(typeof message === "string" && message !== "" && { problem: message.slice(0, 200) }),
  };
}
