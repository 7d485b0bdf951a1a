import { checkKey } from "./key.js";
import { Reference } from "./reference.js";
import type { Key } from "./scheduler-plugin.js";

/** The result of another key, in a graph for `get` or in the arguments of a submission. */
export class Ref extends Reference {
  /** Private so that a future, which has a key as well, is no `Ref` to the compiler. */
  readonly #key: Key;

  /** @internal */
  constructor(key: Key) {
    super();
    this.#key = key;
  }

  get key(): Key {
    return this.#key;
  }
}

/**
 * Stands for the result of a key.
 *
 * @throws {@link TaskprovError} `ERR_KEY` when it is not a key.
 */
export function ref(key: Key): Ref {
  return new Ref(checkKey(key));
}
