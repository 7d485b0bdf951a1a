import { types } from "node:util";
import { Reference } from "./reference.js";
import { containerKind } from "./scan-references.js";

/**
 * The arguments with every reference replaced by the result it stands for.
 *
 * Containers that hold references are copied, cycles and sharing kept; all others are passed on as
 * they are, and nothing of the user's is changed.
 *
 * @param containers - those that hold a reference, as {@link scanReferences} found them.
 * @param resultOf - the result of a reference.
 */
export function fillReferences(
  values: readonly unknown[],
  containers: ReadonlySet<object> | undefined,
  resultOf: (reference: Reference) => unknown,
): unknown[] {
  if (containers === undefined) {
    return values.map((value) => (Reference.is(value) ? resultOf(value) : value));
  }
  const copies = new Map<object, object>();
  for (const container of containers) copies.set(container, emptyLike(container));
  const fill = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    return Reference.is(value) ? resultOf(value) : (copies.get(value) ?? value);
  };
  for (const [from, to] of copies) copyInto(from, to, fill);
  return values.map(fill);
}

function emptyLike(container: object): object {
  switch (containerKind(container)) {
    case "array":
      return [];
    case "map":
      return new Map();
    case "set":
      return new Set();
    default:
      return Object.create(Object.getPrototypeOf(container));
  }
}

function copyInto(from: object, to: object, fill: (value: unknown) => unknown): void {
  if (Array.isArray(from) && Array.isArray(to)) {
    for (const item of from) to.push(fill(item));
  } else if (types.isMap(from) && to instanceof Map) {
    for (const [key, value] of from) to.set(fill(key), fill(value));
  } else if (types.isSet(from) && to instanceof Set) {
    for (const item of from) to.add(fill(item));
  } else {
    for (const name of Reflect.ownKeys(from)) {
      const property = Object.getOwnPropertyDescriptor(from, name);
      if (property === undefined) continue;
      if ("value" in property) property.value = fill(property.value);
      // Not by assignment: an own `__proto__` must stay a property.
      Object.defineProperty(to, name, property);
    }
  }
}
