import { types } from "node:util";
import { Reference } from "./reference.js";

/** The references among some arguments, at any depth. */
export interface ReferenceScan {
  /** Each reference once, in the order of their first appearance. */
  readonly references: readonly Reference[];
  /** The containers that hold a reference, directly or further down; undefined for none. */
  readonly containers: ReadonlySet<object> | undefined;
}

/** What references are looked for in. Anything else, subclasses included, is left alone. */
export type ContainerKind = "array" | "object" | "map" | "set";

/** The kind of a plain container, or undefined for everything that is not to be looked into. */
export function containerKind(value: object): ContainerKind | undefined {
  // The traps of a Proxy are the user's code.
  if (types.isProxy(value)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return Array.isArray(value) ? "array" : undefined;
  if (prototype === Object.prototype) return "object";
  if (prototype === null) return types.isModuleNamespaceObject(value) ? undefined : "object";
  if (prototype === Map.prototype) return types.isMap(value) ? "map" : undefined;
  if (prototype === Set.prototype) return types.isSet(value) ? "set" : undefined;
  return otherRealm(value, prototype);
}

/** Containers made in another realm (`node:vm`) have other prototypes with the same place. */
function otherRealm(value: object, prototype: unknown): ContainerKind | undefined {
  if (typeof prototype !== "object" || prototype === null) return undefined;
  const parent: unknown = Object.getPrototypeOf(prototype);
  if (parent === null) return Object.hasOwn(prototype, "isPrototypeOf") ? "object" : undefined;
  if (typeof parent !== "object" || Object.getPrototypeOf(parent) !== null) return undefined;
  if (Array.isArray(value)) return "array";
  if (types.isMap(value)) return "map";
  return types.isSet(value) ? "set" : undefined;
}

/**
 * Finds the references in some arguments: in arrays, plain objects, Map and Set at any depth.
 * Follows shared and circular containers once, runs no getters, changes nothing.
 *
 * @returns undefined when there is none.
 */
export function scanReferences(values: readonly unknown[]): ReferenceScan | undefined {
  let references: Set<Reference> | undefined;
  let inside = false;
  for (const value of values) {
    if (typeof value !== "object" || value === null) continue;
    if (Reference.is(value)) {
      references ??= new Set();
      references.add(value);
    } else {
      inside = true;
    }
  }
  if (inside) return new Scan().run(values);
  return references === undefined
    ? undefined
    : { references: [...references], containers: undefined };
}

/** One walk over nested containers, iterative so that depth is no limit. */
class Scan {
  readonly #references = new Set<Reference>();
  readonly #numbers = new Map<object, number>();
  readonly #containers: object[] = [];
  readonly #direct: number[] = [];
  /** Who holds whom, as pairs of numbers: inner, outer. */
  readonly #inner: number[] = [];
  readonly #outer: number[] = [];

  run(values: readonly unknown[]): ReferenceScan | undefined {
    for (const value of values) this.#look(value, -1);
    for (let number = 0; number < this.#containers.length; number++) {
      const container = this.#containers[number];
      if (container !== undefined) this.#walk(container, number);
    }
    if (this.#references.size === 0) return undefined;
    return { references: [...this.#references], containers: this.#holders() };
  }

  #walk(container: object, number: number): void {
    if (Array.isArray(container)) {
      for (const item of container) this.#look(item, number);
    } else if (types.isMap(container)) {
      for (const [key, value] of container) {
        this.#look(key, number);
        this.#look(value, number);
      }
    } else if (types.isSet(container)) {
      for (const item of container) this.#look(item, number);
    } else {
      for (const name of Object.keys(container)) {
        this.#look(Object.getOwnPropertyDescriptor(container, name)?.value, number);
      }
    }
  }

  #look(value: unknown, outer: number): void {
    if (typeof value !== "object" || value === null) return;
    if (Reference.is(value)) {
      this.#references.add(value);
      if (outer >= 0) this.#direct.push(outer);
      return;
    }
    let number = this.#numbers.get(value);
    if (number === undefined) {
      if (containerKind(value) === undefined) return;
      number = this.#containers.length;
      this.#numbers.set(value, number);
      this.#containers.push(value);
    }
    if (outer >= 0) {
      this.#inner.push(number);
      this.#outer.push(outer);
    }
  }

  /** The containers from which a reference can be reached. */
  #holders(): ReadonlySet<object> | undefined {
    if (this.#direct.length === 0) return undefined;
    const outers = new Map<number, number[]>();
    for (const [index, inner] of this.#inner.entries()) {
      const outer = this.#outer[index] ?? 0;
      const known = outers.get(inner);
      if (known === undefined) outers.set(inner, [outer]);
      else known.push(outer);
    }
    const reached = new Set(this.#direct);
    // A Set can grow while it is walked.
    for (const number of reached) for (const outer of outers.get(number) ?? []) reached.add(outer);
    const holders = new Set<object>();
    for (const number of reached) {
      const container = this.#containers[number];
      if (container !== undefined) holders.add(container);
    }
    return holders;
  }
}
