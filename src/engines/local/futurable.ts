import type { Delayed } from "./delayed.js";
import type { Future } from "./future.js";
import type { Ref } from "./ref.js";

/** What is never looked into for futures. */
export type Leaf =
  | ((...args: never[]) => unknown)
  | Date
  | RegExp
  | Error
  | Promise<unknown>
  | ArrayBufferView;

/** A value, or a future, delayed value or `ref` of it, also inside arrays, objects, Map and Set. */
export type Futurable<T> =
  | T
  | Future<T>
  | Delayed<T>
  | Ref
  | (T extends Leaf
      ? never
      : T extends readonly unknown[]
        ? { [K in keyof T]: Futurable<T[K]> }
        : T extends ReadonlyMap<infer K, infer V>
          ? Map<Futurable<K>, Futurable<V>>
          : T extends ReadonlySet<infer E>
            ? Set<Futurable<E>>
            : T extends object
              ? { [K in keyof T]: Futurable<T[K]> }
              : never);

/** Arguments of a function, each of which may be a future or hold some. */
export type FuturableArgs<A extends readonly unknown[]> = { [K in keyof A]: Futurable<A[K]> };

/** For each argument of a function, the values to call it with. */
export type FuturableIterables<A extends readonly unknown[]> = {
  [K in keyof A]: Iterable<Futurable<A[K]>>;
};

/**
 * What may follow the arguments that a function takes: anything, which it ignores, as a callback
 * may that looks at none of its items. Nothing where it takes any number of them.
 */
export type Surplus<A extends readonly unknown[], T> = number extends A["length"] ? [] : T[];

/** A structure with the result in place of each future and delayed value. */
export type Gathered<T> =
  T extends Future<infer R>
    ? R
    : T extends Delayed<infer R>
      ? R
      : T extends Leaf
        ? T
        : T extends readonly unknown[]
          ? { [K in keyof T]: Gathered<T[K]> }
          : T extends ReadonlyMap<infer K, infer V>
            ? Map<Gathered<K>, Gathered<V>>
            : T extends ReadonlySet<infer E>
              ? Set<Gathered<E>>
              : T extends object
                ? { [K in keyof T]: Gathered<T[K]> }
                : T;

/** A structure with a future in place of each delayed value. */
export type Persisted<T> =
  T extends Delayed<infer R>
    ? Future<R>
    : T extends Future<unknown> | Leaf
      ? T
      : T extends readonly unknown[]
        ? { [K in keyof T]: Persisted<T[K]> }
        : T extends ReadonlyMap<infer K, infer V>
          ? Map<Persisted<K>, Persisted<V>>
          : T extends ReadonlySet<infer E>
            ? Set<Persisted<E>>
            : T extends object
              ? { [K in keyof T]: Persisted<T[K]> }
              : T;
