import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { writeFileAtomically } from "../../base/files.js";
import type { Namespace } from "../../prov/names.js";
import type { Cells } from "./column.js";
import type { DetailSpool } from "./details.js";
import type { FurtherRecord, LineageIndex } from "./lineage-index.js";
import { TextPool, type TextPoolParts } from "./text-pool.js";

/**
 * The index file: 8 bytes of magic, the length of the header (u32), the header as JSON, then the
 * typed arrays one after the other, each at a multiple of 8 bytes, then the texts of records where
 * the source has none (journals). Bytes in the machine's own order, which the header names.
 */
const magic = "TPINDX2\n";
const byteOrder = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? "little" : "big";

/** What tells whether an index still belongs to its source. */
export interface SourceStamp {
  readonly path: string;
  readonly size: number;
  readonly modified: string;
  /** SHA-256 of size, beginning, end and fourteen pieces between them. */
  readonly hash: string;
}

const pieces = 16;
const pieceBytes = 1 << 14;

/** The stamp of a file as it is now. */
export function sourceStamp(path: string): SourceStamp {
  const fd = openSync(path, "r");
  try {
    const { size, mtimeNs } = fstatSync(fd, { bigint: true });
    const hash = createHash("sha256").update(String(size));
    const buffer = Buffer.alloc(pieceBytes);
    const last = Math.max(0, Number(size) - pieceBytes);
    for (let i = 0; i < pieces; i++) {
      const at = Math.floor((last * i) / (pieces - 1));
      hash.update(buffer.subarray(0, readSync(fd, buffer, 0, pieceBytes, at)));
    }
    return { path, size: Number(size), modified: String(mtimeNs), hash: hash.digest("hex") };
  } finally {
    closeSync(fd);
  }
}

interface ArrayPlace {
  readonly type: string;
  readonly at: number;
  readonly length: number;
}

interface Header {
  readonly byteOrder: string;
  readonly source: SourceStamp;
  readonly arrays: Readonly<Record<string, ArrayPlace>>;
  readonly details: { readonly at: number; readonly length: number } | undefined;
  readonly seed: number;
  readonly spaces: readonly Namespace[];
  readonly scopes: readonly (readonly Namespace[])[];
  readonly scopeOf: readonly (readonly [number, number])[];
  readonly more: readonly (readonly [number, readonly FurtherRecord[]])[];
  readonly run: number;
  readonly problems: readonly string[];
}

/**
 * Writes an index.
 *
 * @param spool - the texts of records, where the source cannot be read for them.
 */
export function writeIndexFile(
  path: string,
  index: LineageIndex,
  source: SourceStamp,
  spool: DetailSpool | undefined,
): void {
  const arrays = arraysOf(index);
  const places: Record<string, ArrayPlace> = {};
  let at = 0;
  for (const [name, array] of Object.entries(arrays)) {
    places[name] = { type: array.constructor.name, at, length: array.length };
    at += padded(array.byteLength);
  }
  const header: Header = {
    byteOrder,
    source,
    arrays: places,
    details: spool === undefined ? undefined : { at, length: spool.length },
    seed: index.ids.parts().seed,
    spaces: index.spaces,
    scopes: index.scopes,
    scopeOf: [...index.scopeOf],
    more: [...index.more],
    run: index.run,
    problems: index.problems,
  };
  writeFileAtomically(path, chunks(header, Object.values(arrays), spool), { mode: 0o600 });
}

function* chunks(
  header: Header,
  arrays: readonly Cells[],
  spool: DetailSpool | undefined,
): Generator<Uint8Array> {
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(padded(magic.length + 4 + text.length), " ");
  head.write(magic, "latin1");
  head.writeUInt32LE(head.length - magic.length - 4, magic.length);
  text.copy(head, magic.length + 4);
  yield head;
  for (const array of arrays) {
    yield Buffer.from(array.buffer, array.byteOffset, array.byteLength);
    const padding = padded(array.byteLength) - array.byteLength;
    if (padding > 0) yield new Uint8Array(padding);
  }
  if (spool !== undefined) yield* spool.bytes();
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function arraysOf(index: LineageIndex): Readonly<Record<string, Cells>> {
  const named: Record<string, Cells> = {};
  const add = (prefix: string, columns: object): void => {
    for (const [name, column] of Object.entries(columns)) {
      if (ArrayBuffer.isView(column)) named[`${prefix}.${name}`] = column as Cells;
    }
  };
  add("nodes", index.nodes);
  add("activities", index.activities);
  add("edges", index.edges);
  add("ids", index.ids.parts());
  add("texts", index.texts.parts());
  named["firstOfKey"] = index.firstOfKey;
  return named;
}

/** An index that was read back. */
export interface StoredIndex {
  readonly index: LineageIndex;
  /** Where the texts of records lie in the index file, where it has them. */
  readonly detailsAt: number | undefined;
}

/**
 * Reads an index; undefined when there is none, or none that belongs to the source as it is now:
 * an index is safe to delete and never trusted.
 */
export function readIndexFile(path: string, source: SourceStamp): StoredIndex | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined; // No index yet, or none that we may read.
  }
  try {
    const header = readHeader(fd);
    if (header === undefined || !isOf(header, source)) return undefined;
    return restored(header.header, readArrays(fd, header), header.bytes);
  } finally {
    closeSync(fd);
  }
}

/** Tells whether a file is the index of the source as it is now, without reading its arrays. */
export function isIndexOf(path: string, source: SourceStamp): boolean {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return false; // No index yet, or none that we may read.
  }
  try {
    const header = readHeader(fd);
    return header !== undefined && isOf(header, source);
  } finally {
    closeSync(fd);
  }
}

interface ReadHeader {
  readonly header: Header;
  /** How many bytes come before the arrays. */
  readonly bytes: number;
}

function readHeader(fd: number): ReadHeader | undefined {
  const head = Buffer.alloc(magic.length + 4);
  if (readSync(fd, head, 0, head.length, 0) < head.length) return undefined;
  if (head.toString("latin1", 0, magic.length) !== magic) return undefined;
  const length = head.readUInt32LE(magic.length);
  const { size } = fstatSync(fd);
  if (length > size) return undefined;
  const text = Buffer.alloc(length);
  readSync(fd, text, 0, length, head.length);
  try {
    // Written by writeIndexFile; what it names is compared with the file's size below.
    const header = JSON.parse(text.toString("utf8")) as Header;
    const bytes = head.length + length;
    const ends = Object.values(header.arrays).map(
      ({ at, length: count, type }) => bytes + at + count * (widths[type] ?? Number.NaN),
    );
    const details = header.details === undefined ? 0 : header.details.at + header.details.length;
    return ends.every((end) => end <= size) && bytes + details <= size
      ? { header, bytes }
      : undefined;
  } catch {
    return undefined; // Cut off or overwritten: it is built again.
  }
}

function isOf({ header }: ReadHeader, source: SourceStamp): boolean {
  const { size, modified, hash } = header.source;
  return (
    header.byteOrder === byteOrder &&
    size === source.size &&
    modified === source.modified &&
    hash === source.hash
  );
}

const widths: Readonly<Record<string, number>> = {
  Uint8Array: 1,
  Uint16Array: 2,
  Uint32Array: 4,
  Int32Array: 4,
  Float32Array: 4,
  Float64Array: 8,
};

/** Each array is read by itself: one piece of a gigabyte is more than some machines give. */
function readArrays(fd: number, { header, bytes }: ReadHeader): ReadonlyMap<string, Cells> {
  const arrays = new Map<string, Cells>();
  for (const [name, { type, at, length }] of Object.entries(header.arrays)) {
    const buffer = new ArrayBuffer(length * (widths[type] ?? 0));
    const target = new Uint8Array(buffer);
    for (let done = 0; done < target.length; ) {
      const count = Math.min(target.length - done, 1 << 30);
      const got = readSync(fd, target, done, count, bytes + at + done);
      if (got === 0) break;
      done += got;
    }
    arrays.set(name, typedArray(type, buffer));
  }
  return arrays;
}

function typedArray(type: string, buffer: ArrayBuffer): Cells {
  switch (type) {
    case "Uint8Array":
      return new Uint8Array(buffer);
    case "Uint16Array":
      return new Uint16Array(buffer);
    case "Uint32Array":
      return new Uint32Array(buffer);
    case "Int32Array":
      return new Int32Array(buffer);
    case "Float32Array":
      return new Float32Array(buffer);
    default:
      return new Float64Array(buffer);
  }
}

function restored(header: Header, arrays: ReadonlyMap<string, Cells>, bytes: number): StoredIndex {
  const group = (prefix: string): Readonly<Record<string, Cells>> =>
    Object.fromEntries(
      [...arrays]
        .filter(([name]) => name.startsWith(`${prefix}.`))
        .map(([name, array]) => [name.slice(prefix.length + 1), array]),
    );
  const pool = (prefix: string): TextPool =>
    // The names and kinds of arrays are those that arraysOf wrote; the header's magic says so.
    new TextPool(header.seed, { ...group(prefix), seed: header.seed } as unknown as TextPoolParts);
  const { spaces, scopes, run, problems } = header;
  const index = {
    spaces,
    ids: pool("ids"),
    texts: pool("texts"),
    nodes: group("nodes"),
    activities: group("activities"),
    edges: group("edges"),
    firstOfKey: arrays.get("firstOfKey"),
    scopes,
    scopeOf: new Map(header.scopeOf),
    more: new Map(header.more),
    run,
    problems,
  } as unknown as LineageIndex;
  const { details } = header;
  return { index, detailsAt: details === undefined ? undefined : bytes + details.at };
}

/** Size of a file in bytes, 0 when it cannot be read. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
