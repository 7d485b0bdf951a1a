import { types } from "node:util";
import { wellFormed } from "../base/well-formed.js";
import { ownData } from "./inspect.js";

/** What an n-dimensional array or a table says of itself. */
export interface DuckShape {
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly columns?: readonly string[];
}

const maxDimensions = 32;
const maxColumns = 100;
const maxTextChars = 200;

/**
 * The `shape`, `dtype` and `columns` of an object that has them as own data properties of the
 * expected form: `shape` an array of up to 32 whole numbers, `dtype` a string, `columns` an array of
 * strings (the first 100 count). Undefined when there is neither shape nor columns.
 */
export function duckShapeOf(target: object): DuckShape | undefined {
  const shape = listOf(ownData(target, "shape"), maxDimensions, isDimension);
  const columns = listOf(ownData(target, "columns"), maxColumns, isText);
  if (shape === undefined && columns === undefined) return undefined;
  const dtype = ownData(target, "dtype");
  return {
    ...(shape !== undefined && { shape }),
    ...(typeof dtype === "string" && { dtype: cut(dtype) }),
    ...(columns !== undefined && { columns: columns.map(cut) }),
  };
}

/** The first items of an array; undefined when it is none, or one item is not as expected. */
function listOf<T>(
  value: unknown,
  limit: number,
  isItem: (item: unknown) => item is T,
): T[] | undefined {
  if (types.isProxy(value) || !Array.isArray(value)) return undefined;
  const items: T[] = [];
  for (let i = 0; i < Math.min(value.length, limit); i++) {
    const item = ownData(value, i);
    if (!isItem(item)) return undefined;
    items.push(item);
  }
  return items;
}

function isDimension(item: unknown): item is number {
  return typeof item === "number" && Number.isSafeInteger(item) && item >= 0;
}

function isText(item: unknown): item is string {
  return typeof item === "string";
}

function cut(text: string): string {
  return wellFormed(text.length > maxTextChars ? `${text.slice(0, maxTextChars)}…` : text);
}
