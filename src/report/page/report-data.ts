import { statuses } from "../../lineage/index/kinds.js";
import type { ColumnName, ReportHead, StatusName } from "./report-format.js";

/** Marks "none" among rows. */
const noRow = -1;

/** The attempts of a run, unpacked. */
export interface ReportData {
  readonly head: ReportHead;
  readonly rows: number;
  /** Microseconds after the origin; NaN without a start. */
  readonly start: Float64Array;
  /** Microseconds; NaN without an end. */
  readonly duration: Float64Array;
  readonly transfer: Float64Array;
  readonly nbytes: Float64Array;
  readonly status: Uint8Array;
  readonly attempt: Uint32Array;
  readonly group: Uint32Array;
  /** Number of the worker plus 1; 0 for none. */
  readonly worker: Uint32Array;
  readonly thread: Uint32Array;
  /** Numbers of texts plus 1; 0 for none. */
  readonly function: Uint32Array;
  readonly place: Uint32Array;
  readonly cell: Uint32Array;
  readonly result: Uint32Array;
  /** Row of the attempt before, of the same task; -1 for none. */
  readonly earlier: Int32Array;
  /** Row of the attempt after; -1 for none. */
  readonly later: Int32Array;
  /** What row r came from: `input` from `inputFirst[r]` to `inputFirst[r + 1]`. */
  readonly inputFirst: Uint32Array;
  readonly input: Uint32Array;
  readonly inputRole: Uint32Array;
  /** Literals and data without an origin. */
  readonly valueFirst: Uint32Array;
  readonly valueRole: Uint32Array;
  readonly value: Uint32Array;
  /** The way back: rows that came from row r. */
  readonly outputFirst: Uint32Array;
  readonly output: Uint32Array;
  readonly keys: TextBytes;
  readonly texts: TextBytes;
}

/** Texts in one array of bytes. */
export interface TextBytes {
  readonly bytes: Uint8Array;
  /** Text n: from `first[n]` to `first[n + 1]`. */
  readonly first: Uint32Array;
}

/** Unpacks the columns of a page. */
export async function unpackColumns(head: ReportHead, base64: string): Promise<ReportData> {
  const bytes = await inflate(base64, head.unpacked);
  return decodeColumns(head, bytes);
}

/** So many characters are decoded at once; a multiple of 4. */
const pieceChars = 1 << 18;

async function inflate(base64: string, length: number): Promise<Uint8Array> {
  const stream = new DecompressionStream("deflate-raw");
  const writer = stream.writable.getWriter();
  const written = writeAll(writer, base64);
  const result = new Uint8Array(length);
  let used = 0;
  const reader = stream.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (used + value.length > length)
      throw new Error("the data of this page is longer than it says");
    result.set(value, used);
    used += value.length;
  }
  await written;
  if (used !== length) throw new Error("the data of this page is cut off");
  return result;
}

async function writeAll(
  writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
  base64: string,
): Promise<void> {
  for (let at = 0; at < base64.length; at += pieceChars) {
    const text = atob(base64.slice(at, at + pieceChars));
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    await writer.write(bytes);
  }
  await writer.close();
}

/** Reads columns from unpacked bytes. */
export function decodeColumns(head: ReportHead, bytes: Uint8Array): ReportData {
  const { rows } = head;
  const places = new Map(head.columns.map(([name, offset, length]) => [name, { offset, length }]));
  const raw = (name: ColumnName): Uint8Array => {
    const place = places.get(name) ?? { offset: 0, length: 0 };
    return bytes.subarray(place.offset, place.offset + place.length);
  };
  const numbers = (name: ColumnName, count: number): Uint32Array =>
    readVarints(raw(name), new Uint32Array(count));
  const large = (name: ColumnName): Float64Array => readVarints(raw(name), new Float64Array(rows));
  const inputFirst = sums(numbers("inputCount", rows));
  const edges = inputFirst[rows] ?? 0;
  const valueFirst = sums(numbers("valueCount", rows));
  const values = valueFirst[rows] ?? 0;
  const input = causes(inputFirst, readVarints(raw("input"), new Float64Array(edges)));
  const { outputFirst, output } = wayBack(inputFirst, input);
  const earlier = earlierRows(numbers("earlier", rows));
  return {
    head,
    rows,
    start: startTimes(large("start")),
    duration: large("duration").map((each) => (each === 0 ? Number.NaN : each - 1)),
    transfer: large("transfer"),
    nbytes: large("nbytes"),
    status: Uint8Array.from(numbers("status", rows)),
    attempt: numbers("attempt", rows),
    group: numbers("group", rows),
    worker: numbers("worker", rows),
    thread: numbers("thread", rows),
    function: numbers("function", rows),
    place: numbers("place", rows),
    cell: numbers("cell", rows),
    result: numbers("result", rows),
    earlier,
    later: laterRows(earlier),
    inputFirst,
    input,
    inputRole: numbers("inputRole", edges),
    valueFirst,
    valueRole: numbers("valueRole", values),
    value: numbers("value", values),
    outputFirst,
    output,
    keys: { bytes: raw("keyBytes"), first: sums(numbers("keyLength", rows)) },
    texts: textBytes(raw("textLength"), raw("textBytes")),
  };
}

function readVarints<T extends Uint32Array | Float64Array>(bytes: Uint8Array, into: T): T {
  let at = 0;
  for (let i = 0; i < into.length; i++) {
    let byte = bytes[at++] ?? 0;
    let value = byte & 127;
    for (let factor = 128; byte >= 128; factor *= 128) {
      byte = bytes[at++] ?? 0;
      value += (byte & 127) * factor;
    }
    into[i] = value;
  }
  return into;
}

function sums(counts: Uint32Array): Uint32Array {
  const first = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) first[i + 1] = (first[i] ?? 0) + (counts[i] ?? 0);
  return first;
}

function textBytes(lengths: Uint8Array, bytes: Uint8Array): TextBytes {
  let count = 0;
  for (const byte of lengths) if (byte < 128) count++;
  return { bytes, first: sums(readVarints(lengths, new Uint32Array(count))) };
}

/** Each start is told from the one before. */
function startTimes(steps: Float64Array): Float64Array {
  let clock = 0;
  return steps.map((step) => {
    if (step === 0) return Number.NaN;
    clock += step - 1;
    return clock;
  });
}

function causes(first: Uint32Array, zigzag: Float64Array): Uint32Array {
  const input = new Uint32Array(zigzag.length);
  for (let row = 0; row + 1 < first.length; row++) {
    for (let i = first[row] ?? 0; i < (first[row + 1] ?? 0); i++) {
      const value = zigzag[i] ?? 0;
      input[i] = row - (value % 2 === 1 ? -(value + 1) / 2 : value / 2);
    }
  }
  return input;
}

function wayBack(
  first: Uint32Array,
  input: Uint32Array,
): Pick<ReportData, "outputFirst" | "output"> {
  const rows = first.length - 1;
  const counts = new Uint32Array(rows);
  for (const cause of input) counts[cause] = (counts[cause] ?? 0) + 1;
  const outputFirst = sums(counts);
  const next = outputFirst.slice();
  const output = new Uint32Array(input.length);
  for (let row = 0; row < rows; row++) {
    for (let i = first[row] ?? 0; i < (first[row + 1] ?? 0); i++) {
      const cause = input[i] ?? 0;
      const at = next[cause] ?? 0;
      output[at] = row;
      next[cause] = at + 1;
    }
  }
  return { outputFirst, output };
}

function earlierRows(steps: Uint32Array): Int32Array {
  const earlier = new Int32Array(steps.length);
  steps.forEach((step, row) => {
    earlier[row] = step === 0 ? noRow : row - step;
  });
  return earlier;
}

function laterRows(earlier: Int32Array): Int32Array {
  const later = new Int32Array(earlier.length).fill(noRow);
  earlier.forEach((before, row) => {
    if (before >= 0) later[before] = row;
  });
  return later;
}

const decoder = new TextDecoder();

function textAt({ bytes, first }: TextBytes, number: number): string {
  return decoder.decode(bytes.subarray(first[number] ?? 0, first[number + 1] ?? 0));
}

/** The text of a number plus 1; empty for 0. */
export function textOf({ texts }: ReportData, number: number | undefined): string {
  return number === undefined || number === 0 ? "" : textAt(texts, number - 1);
}

/** The key of a row's task. */
export function keyOf(data: ReportData, row: number): string {
  return textAt(data.keys, firstAttempt(data, row));
}

/** The first attempt of a row's task. */
function firstAttempt({ earlier }: ReportData, row: number): number {
  let first = row;
  for (let before = earlier[row] ?? noRow; before >= 0; before = earlier[before] ?? noRow) {
    first = before;
  }
  return first;
}

/** Every attempt of a row's task, the first one first. */
export function attemptsOf(data: ReportData, row: number): number[] {
  const attempts: number[] = [];
  for (let each = firstAttempt(data, row); each >= 0; each = data.later[each] ?? noRow) {
    attempts.push(each);
  }
  return attempts;
}

/** A row by its key, with the number of attempts beyond the first: `load-1 #2`. */
export function rowName(data: ReportData, row: number): string {
  const attempt = data.attempt[row] ?? 1;
  const key = keyOf(data, row);
  return attempt > 1 ? `${key} #${attempt}` : key;
}

/** How a row's attempt ended. */
export function statusOf({ status }: ReportData, row: number): StatusName {
  return statuses[status[row] ?? 0] ?? "";
}

/** Whether an attempt failed by itself. */
export function isFailed({ status }: ReportData, row: number): boolean {
  const code = status[row];
  return code === 2 || code === 3;
}

/** The name of a row's worker; empty for none. */
export function workerOf({ head, worker }: ReportData, row: number): string {
  return head.workers[(worker[row] ?? 0) - 1]?.name ?? "";
}

/** The name of a row's group. */
export function groupOf({ head, group }: ReportData, row: number): string {
  return head.groups[group[row] ?? 0]?.name ?? "";
}

/** The last attempt of a key; -1 when there is none. */
export function rowOfKey(data: ReportData, key: string): number {
  const row = findKey(data.keys, new TextEncoder().encode(key));
  return row < 0 ? noRow : (attemptsOf(data, row).at(-1) ?? row);
}

function findKey({ bytes, first }: TextBytes, wanted: Uint8Array): number {
  for (let row = 0; row + 1 < first.length; row++) {
    const from = first[row] ?? 0;
    if ((first[row + 1] ?? 0) - from !== wanted.length || wanted.length === 0) continue;
    let i = 0;
    while (i < wanted.length && bytes[from + i] === wanted[i]) i++;
    if (i === wanted.length) return row;
  }
  return noRow;
}

/** Rows whose key holds a text, ASCII letters in either case; at most `most`. */
export function searchKeys(data: ReportData, text: string, most: number): number[] {
  const { bytes, first } = data.keys;
  const wanted = new TextEncoder().encode(text).map(lowerCase);
  const found: number[] = [];
  const [head] = wanted;
  if (head === undefined) return found;
  const last = bytes.length - wanted.length;
  for (let at = 0; at <= last && found.length < most; at++) {
    if (lowerCase(bytes[at] ?? 0) !== head || !matchesAt(bytes, at, wanted)) continue;
    const row = textHolding(first, at);
    const end = first[row + 1] ?? 0;
    if (at + wanted.length > end) continue;
    found.push(row);
    at = end - 1;
  }
  return found;
}

function matchesAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let i = 1; i < wanted.length; i++) {
    if (lowerCase(bytes[at + i] ?? 0) !== wanted[i]) return false;
  }
  return true;
}

function lowerCase(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

/** The text that a byte belongs to; empty texts hold none. */
function textHolding(first: Uint32Array, at: number): number {
  let low = 0;
  let high = first.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((first[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low;
}
