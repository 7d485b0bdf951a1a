import { types } from "node:util";
import { isObject, isPlainObject, mapEntriesOf, ownData, setValuesOf } from "./inspect.js";

/** Tells the number of the task or data that a value stands for; undefined for plain data. */
export type ReferenceOf = (value: unknown) => number | undefined;

/** Items looked at in one argument. */
const maxVisits = 65_536;
/** Encoded, a level takes up to three levels of arrays, and events allow 100. */
export const maxContainerDepth = 24;

interface Search {
  readonly referenceOf: ReferenceOf;
  readonly carriers: Set<object>;
  readonly seen: Set<object>;
  visits: number;
}

const none: ReadonlySet<object> = new Set();

/**
 * The containers in a value that hold references at any depth, itself included. Looks at 65,536
 * items and 24 levels at most; a reference beyond that is not found.
 */
export function carriersIn(
  value: object,
  referenceOf: ReferenceOf | undefined,
): ReadonlySet<object> {
  if (referenceOf === undefined) return none;
  const search: Search = { referenceOf, carriers: new Set(), seen: new Set(), visits: maxVisits };
  holdsReference(value, search, 0);
  return search.carriers;
}

function holdsReference(container: object, search: Search, depth: number): boolean {
  // A container met again: what is known of it by now, which for a circle is decided further up.
  if (search.seen.has(container)) return search.carriers.has(container);
  search.seen.add(container);
  let holds = false;
  for (const item of itemsOf(container, search.visits)) {
    search.visits--;
    if (!isObject(item)) continue;
    const isReference = search.referenceOf(item) !== undefined;
    const isDeeper = !isReference && depth < maxContainerDepth - 1 && isContainer(item);
    if (isReference || (isDeeper && holdsReference(item, search, depth + 1))) holds = true;
    if (search.visits <= 0) break;
  }
  if (holds) search.carriers.add(container);
  return holds;
}

/** Arrays, plain objects, Maps and Sets: what can hold references. */
export function isContainer(value: object): boolean {
  if (typeof value === "function" || types.isProxy(value)) return false;
  return Array.isArray(value) || types.isMap(value) || types.isSet(value) || isPlainObject(value);
}

function* itemsOf(container: object, limit: number): Iterable<unknown> {
  if (Array.isArray(container)) {
    const length = Math.min(container.length, limit);
    for (let i = 0; i < length; i++) yield ownData(container, i);
  } else if (types.isMap(container)) {
    for (const [key, value] of mapEntriesOf(container, limit)) yield* [key, value];
  } else if (types.isSet(container)) {
    yield* setValuesOf(container, limit);
  } else {
    for (const name of Object.keys(container).slice(0, limit)) yield ownData(container, name);
  }
}
