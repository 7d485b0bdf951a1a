import { createHash, type Hash } from "node:crypto";
import { endianness } from "node:os";
import { types } from "node:util";
import {
  bytesOfBuffer,
  elementTypeOf,
  isObject,
  isPlainObject,
  mapEntriesOf,
  ownData,
  setValuesOf,
  sizeOfCollection,
  timeOfDate,
  viewOfBytes,
} from "./inspect.js";

/** Names the form of what is hashed (docs/digests.md); another form gets another name. */
export const digestScheme = "js1";

/** Bytes of one value at most. */
const maxBytes = 256 * 1024 * 1024;
/** Values inside one value at most. */
const maxItems = 1_000_000;
const maxDepth = 64;

/** A value has no digest: its bytes are not its value, or it is too large. */
const nothing: unique symbol = Symbol("no digest");

/**
 * The digest of a value: equal for values that are the same in every respect it covers, `js1:` and a
 * SHA-256 in hexadecimal. Undefined for whatever it cannot cover whole (functions, instances of
 * classes, getters, circles, shared memory) and for what is larger than 256 MiB, 1,000,000 items or
 * 64 levels: never a wrong one. The order of Maps, Sets and properties does not count.
 *
 * Runs no code of the value's.
 */
export function digestOf(value: unknown): string | undefined {
  const hex = hashed(value, { items: maxItems, bytes: maxBytes, around: [] });
  return hex === undefined ? undefined : `${digestScheme}:${hex.toString("hex")}`;
}

/** What may still be looked at, and the containers around the present value. */
interface Budget {
  items: number;
  bytes: number;
  readonly around: object[];
}

function hashed(value: unknown, budget: Budget): Buffer | undefined {
  const feed = new Feed(budget, chunkBytes);
  try {
    feed.value(value);
  } catch (error) {
    if (error === nothing) return undefined;
    throw error;
  }
  return feed.end();
}

/** Tokens are gathered before they are hashed; members of Maps and Sets are mostly small. */
const chunkBytes = 16 * 1024;
const memberChunkBytes = 256;

/** Writes a value as tokens, each of which says its type and length, into a hash. */
class Feed {
  readonly #hash: Hash = createHash("sha256");
  readonly #budget: Budget;
  readonly #chunk: Buffer;
  #used = 0;

  constructor(budget: Budget, chunk: number) {
    this.#budget = budget;
    this.#chunk = Buffer.allocUnsafe(chunk);
  }

  end(): Buffer {
    this.#flush();
    return this.#hash.digest();
  }

  value(value: unknown): void {
    if (--this.#budget.items < 0) throw nothing;
    if (typeof value === "number") this.#number(value);
    else if (typeof value === "string") this.#text(value);
    else if (typeof value === "boolean") this.#tag(value ? "T" : "F");
    else if (typeof value === "bigint") this.#bigint(value);
    else if (value === null || value === undefined) this.#tag(value === null ? "N" : "U");
    else if (isObject(value)) this.#object(value);
    else throw nothing;
  }

  #object(value: object): void {
    if (typeof value === "function" || types.isProxy(value)) throw nothing;
    const { around } = this.#budget;
    if (around.length >= maxDepth || around.includes(value)) throw nothing;
    around.push(value);
    if (Array.isArray(value)) this.#array(value);
    else if (types.isMap(value)) this.#map(value);
    else if (types.isSet(value)) this.#set(value);
    else if (types.isDate(value)) this.#date(value);
    else if (bytesOfBuffer(value) !== undefined) this.#buffer(value);
    else this.#plain(value);
    around.pop();
  }

  #array(value: readonly unknown[]): void {
    if (value.length > this.#budget.items) throw nothing;
    // Holes and properties beside the items are not looked at further: there is no digest then.
    if (!isExactly(value, Array.prototype, value.length + 1)) throw nothing;
    this.#head("A", value.length);
    for (let i = 0; i < value.length; i++) this.value(dataOf(value, i));
  }

  #map(value: object): void {
    if (!isExactly(value, Map.prototype, 0)) throw nothing;
    const size = this.#sized("M", value);
    this.#unordered(mapEntriesOf(value, size), (feed, [key, item]) => {
      feed.value(key);
      feed.value(item);
    });
  }

  #set(value: object): void {
    if (!isExactly(value, Set.prototype, 0)) throw nothing;
    const size = this.#sized("S", value);
    this.#unordered(setValuesOf(value, size), (feed, item) => feed.value(item));
  }

  #sized(tag: string, value: object): number {
    const size = sizeOfCollection(value);
    if (size > this.#budget.items) throw nothing;
    this.#head(tag, size);
    return size;
  }

  /** Members by the order of their own digests. */
  #unordered<T>(members: readonly T[], write: (feed: Feed, member: T) => void): void {
    const digests = members.map((member) => {
      const feed = new Feed(this.#budget, memberChunkBytes);
      write(feed, member);
      return feed.end();
    });
    for (const digest of digests.sort(Buffer.compare)) this.#bytes(digest);
  }

  #plain(value: object): void {
    // Private fields cannot be seen, so that instances of classes have no digest.
    if (!isPlainObject(value) || isExotic(value)) throw nothing;
    const names = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
    if (names.length !== Reflect.ownKeys(value).length) throw nothing;
    this.#head("O", names.length);
    for (const name of names) {
      this.#text(name);
      this.value(dataOf(value, name));
    }
  }

  #date(value: Date): void {
    if (!isExactly(value, Date.prototype, 0)) throw nothing;
    this.#tag("D");
    this.#number(timeOfDate(value));
  }

  #buffer(value: object): void {
    const name = elementTypeOf(value) ?? (types.isDataView(value) ? "view" : "buffer");
    const bytes = viewOfBytes(value);
    // Shared memory can change while it is read.
    const isWide = name !== "int8" && name !== "uint8";
    if (bytes === undefined || (isWide && endianness() !== "LE")) throw nothing;
    this.#text(name);
    this.#head("B", bytes.length);
    this.#bytes(bytes);
  }

  #number(value: number): void {
    this.#spend(9);
    const at = this.#room(9);
    this.#chunk[at] = 0x64;
    this.#chunk.writeDoubleLE(Number.isNaN(value) ? Number.NaN : value, at + 1);
  }

  #text(value: string): void {
    if (value.length > this.#budget.bytes) throw nothing;
    // UTF-16 also tells lone surrogates apart, which UTF-8 would make one character.
    const bytes = Buffer.from(value, "utf16le");
    this.#head("s", bytes.length);
    this.#bytes(bytes);
  }

  #bigint(value: bigint): void {
    const digits = value.toString(16);
    this.#head("i", digits.length);
    this.#bytes(Buffer.from(digits));
  }

  #tag(tag: string): void {
    this.#spend(1);
    this.#chunk[this.#room(1)] = tag.charCodeAt(0);
  }

  #head(tag: string, length: number): void {
    this.#spend(9);
    const at = this.#room(9);
    this.#chunk[at] = tag.charCodeAt(0);
    this.#chunk.writeDoubleLE(length, at + 1);
  }

  #bytes(bytes: Uint8Array): void {
    this.#spend(bytes.length);
    if (bytes.length <= this.#chunk.length) {
      this.#chunk.set(bytes, this.#room(bytes.length));
      return;
    }
    this.#flush();
    this.#hash.update(bytes);
  }

  #spend(bytes: number): void {
    this.#budget.bytes -= bytes;
    if (this.#budget.bytes < 0) throw nothing;
  }

  /** Where the next bytes go. */
  #room(bytes: number): number {
    if (this.#used + bytes > this.#chunk.length) this.#flush();
    const at = this.#used;
    this.#used += bytes;
    return at;
  }

  #flush(): void {
    this.#hash.update(this.#chunk.subarray(0, this.#used));
    this.#used = 0;
  }
}

/** Tells a built-in with so many own properties and nothing added to it. */
function isExactly(value: object, prototype: object, properties: number): boolean {
  return Object.getPrototypeOf(value) === prototype && Reflect.ownKeys(value).length === properties;
}

/** Objects whose value is in slots that properties do not show, whatever their prototype. */
function isExotic(value: object): boolean {
  return (
    types.isPromise(value) ||
    types.isBoxedPrimitive(value) ||
    types.isNativeError(value) ||
    types.isRegExp(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    types.isArgumentsObject(value) ||
    types.isModuleNamespaceObject(value) ||
    types.isExternal(value)
  );
}

function dataOf(target: object, name: PropertyKey): unknown {
  const value = ownData(target, name);
  if (value === undefined && !("value" in (Object.getOwnPropertyDescriptor(target, name) ?? {}))) {
    throw nothing;
  }
  return value;
}
