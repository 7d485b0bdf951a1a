import type { Encoded, ObjectDescription } from "../describe/encoded.js";
import { encodeNumber, encodeText } from "../describe/key.js";
import type { FieldKey, Fields } from "./fields.js";

/**
 * Decodes a key or an argument. Forms that only careless producers write are put right where
 * nothing is lost: big integers become `["i", …]`, bytes `["b", …]`, lone surrogates `["s", …]`.
 *
 * @throws EventError for an unknown tag or a tag with the wrong content.
 */
export function decodeEncoded(fields: Fields, key: FieldKey): Encoded {
  const value = fields.raw(key);
  if (value === undefined) return null;
  switch (typeof value) {
    case "boolean":
      return value;
    case "number":
      return encodeNumber(value);
    case "string":
      return encodeText(value);
    case "bigint":
      return ["i", String(value)];
    default:
      return value instanceof Uint8Array
        ? ["b", Buffer.from(value).toString("base64")]
        : decodeTagged(fields.list(key));
  }
}

function decodeTagged(fields: Fields): Encoded {
  const tag = fields.text(0);
  switch (tag) {
    case "r":
      return ["r", fields.count(1)];
    case "q":
      return ["q", fields.count(1)];
    case "l":
      return ["l", fields.map(1, decodeEncoded)];
    case "t":
      return ["t", fields.map(1, decodeEncoded)];
    case "d":
      return ["d", fields.map(1, decodePair)];
    case "i":
      return ["i", decimal(fields)];
    case "b":
      return ["b", fields.text(1)];
    case "s":
      return ["s", fields.text(1)];
    case "o":
      return ["o", fields.text(1), decodeDescription(fields, 2) ?? {}];
    case "x":
      return ["x"];
    default:
      return fields.fail(0, 'one of the tags "r", "q", "l", "t", "d", "i", "b", "s", "o", "x"');
  }
}

function decodePair(items: Fields, index: number): readonly [Encoded, Encoded] {
  const pair = items.list(index);
  return [decodeEncoded(pair, 0), decodeEncoded(pair, 1)];
}

function decimal(fields: Fields): string {
  const text = fields.text(1);
  return /^-?\d+$/.test(text) ? text : fields.fail(1, "an integer in decimal");
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Decodes what is said of an object; undefined when nothing is. */
export function decodeDescription(fields: Fields, key: FieldKey): ObjectDescription | undefined {
  const about = fields.optionalRecord(key);
  if (about === undefined) return undefined;
  const result: Mutable<ObjectDescription> = {};
  const len = about.optionalCount("len");
  const nbytes = about.optionalCount("nbytes");
  const shape = about.optionalMap("shape", (items, i) => items.count(i));
  const dtype = about.optionalText("dtype");
  const columns = about.optionalMap("columns", (items, i) => items.text(i));
  const dims = about.optionalMap("dims", (items, i) => items.text(i));
  const chunks = about.optionalMap("chunks", (items, i) => items.count(i));
  const rich = about.optionalText("rich");
  const head = about.optionalText("head");
  const digest = about.optionalText("digest");
  if (len !== undefined) result.len = len;
  if (nbytes !== undefined) result.nbytes = nbytes;
  if (shape !== undefined) result.shape = shape;
  if (dtype !== undefined) result.dtype = dtype;
  if (columns !== undefined) result.columns = columns;
  if (dims !== undefined) result.dims = dims;
  if (chunks !== undefined) result.chunks = chunks;
  if (rich !== undefined) result.rich = rich;
  if (head !== undefined) result.head = head;
  if (digest !== undefined) result.digest = digest;
  return result;
}
