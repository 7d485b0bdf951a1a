import { TaskprovError } from "../../base/errors.js";
import { shown } from "../../base/options.js";

/**
 * The first items of some iterables, then the second ones and so on, until the shortest ends.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` when there is none, or one cannot be iterated.
 */
export function* zip(iterables: readonly unknown[]): Generator<unknown[]> {
  if (iterables.length === 0) {
    throw new TaskprovError(
      "ERR_OPTION",
      "map needs the items to call the function with: map(fn, items). For one call without arguments use submit(fn).",
    );
  }
  const iterators = iterables.map(iteratorOf);
  try {
    const items: unknown[] = [];
    for (;;) {
      for (const [index, iterator] of iterators.entries()) {
        const step = iterator.next();
        if (step.done === true) return;
        items[index] = step.value;
      }
      // A copy has no room to grow: an array that was pushed to has room for sixteen more.
      yield items.slice();
    }
  } finally {
    // Generators among them may hold something open.
    for (const iterator of iterators) iterator.return?.();
  }
}

function iteratorOf(value: unknown, index: number): Iterator<unknown> {
  if (isIterable(value)) return value[Symbol.iterator]();
  throw new TaskprovError(
    "ERR_OPTION",
    `Expected argument ${index + 2} of map to be iterable (an array, a Set, a generator), got ${shown(value)} (${typeof value}).`,
  );
}

function isIterable(value: unknown): value is Iterable<unknown> {
  if (typeof value === "string") return true;
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
