import { EventError, type EventPosition } from "./event-error.js";
import type { Json } from "./event-parts.js";
import { plainWire, type RawWire } from "./wire-reader.js";

type RawList = readonly RawWire[];
type RawRecord = { readonly [name: string]: RawWire };

/** Position in a list or name in an object. */
export type FieldKey = number | string;

/**
 * Reads the fields of an event, or of a list or object inside it, checks each, and says in an
 * {@link EventError} where the first wrong one stands. Null and absent are the same.
 */
export class Fields {
  /** Where the event stands. */
  readonly position: EventPosition;
  readonly #container: RawList | RawRecord;
  // The path is put together only when a message needs it.
  readonly #parent: Fields | undefined;
  readonly #key: FieldKey;

  /**
   * @param container - the list or object.
   * @param position - of the event, for messages.
   * @param parent - the fields this container is one of; absent for the event itself.
   * @param key - which of them.
   */
  constructor(
    container: RawList | RawRecord,
    position: EventPosition,
    parent?: Fields,
    key: FieldKey = 0,
  ) {
    this.#container = container;
    this.position = position;
    this.#parent = parent;
    this.#key = key;
  }

  /** Number of items of a list. */
  get length(): number {
    return isList(this.#container) ? this.#container.length : 0;
  }

  /** The value as it is; undefined when null or absent. */
  raw(key: FieldKey): RawWire | undefined {
    const container = this.#container;
    if (isList(container))
      return typeof key === "number" ? (container[key] ?? undefined) : undefined;
    return Object.hasOwn(container, key) ? (container[key] ?? undefined) : undefined;
  }

  /** A safe integer from 0 up that must be there. */
  count(key: FieldKey): number {
    return this.optionalCount(key) ?? this.fail(key, "a whole number from 0 up");
  }

  /** A safe integer from 0 up, if there. */
  optionalCount(key: FieldKey): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    return this.fail(key, "a whole number from 0 up");
  }

  /** A finite number that must be there. */
  number(key: FieldKey): number {
    return this.optionalNumber(key) ?? this.fail(key, "a finite number");
  }

  /** A finite number, if there. */
  optionalNumber(key: FieldKey): number | undefined {
    const value = this.raw(key);
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    return this.fail(key, "a finite number");
  }

  /** A string that must be there. */
  text(key: FieldKey): string {
    return this.optionalText(key) ?? this.fail(key, "a string");
  }

  /** A string, if there. */
  optionalText(key: FieldKey): string | undefined {
    const value = this.raw(key);
    return value === undefined || typeof value === "string" ? value : this.fail(key, "a string");
  }

  /** True or false, if there. */
  optionalBoolean(key: FieldKey): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === "boolean") return value;
    return this.fail(key, "true or false");
  }

  /** The items of a list that must be there, each read by `read(items, index)`. */
  map<T>(key: FieldKey, read: (items: Fields, index: number) => T): T[] {
    return this.optionalMap(key, read) ?? this.fail(key, "an array");
  }

  /** The items of a list, if there, each read by `read(items, index)`. */
  optionalMap<T>(key: FieldKey, read: (items: Fields, index: number) => T): T[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!isList(value)) return this.fail(key, "an array");
    const items = new Fields(value, this.position, this, key);
    // The list is there, so its length is no claim; one that grows takes up to five times the room.
    const result = new Array<T>(value.length);
    for (let index = 0; index < value.length; index++) result[index] = read(items, index);
    return result;
  }

  /** The fields of a list that must be there. */
  list(key: FieldKey): Fields {
    const value = this.raw(key);
    if (isList(value)) return new Fields(value, this.position, this, key);
    return this.fail(key, "an array");
  }

  /** The fields of an object that must be there. */
  record(key: FieldKey): Fields {
    return this.optionalRecord(key) ?? this.fail(key, "an object");
  }

  /** The fields of an object, if there. */
  optionalRecord(key: FieldKey): Fields | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (isRecord(value)) return new Fields(value, this.position, this, key);
    return this.fail(key, "an object");
  }

  /** An object with values of one kind, each read by `read(fields, name)`, if there. */
  optionalEntries<T>(
    key: FieldKey,
    read: (fields: Fields, name: string) => T,
  ): Record<string, T> | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!isRecord(value)) return this.fail(key, "an object");
    const fields = new Fields(value, this.position, this, key);
    return Object.fromEntries(Object.keys(value).map((name) => [name, read(fields, name)]));
  }

  /** Anything that JSON has; null when absent. */
  json(key: FieldKey): Json {
    return plainWire(this.raw(key) ?? null);
  }

  /** JSON path of a field, `$[3].name[0]`. */
  pathOf(key: FieldKey): string {
    const own = this.#parent === undefined ? "$" : this.#parent.pathOf(this.#key);
    return typeof key === "number" ? `${own}[${key}]` : `${own}.${key}`;
  }

  /** Throws the {@link EventError} for a field. */
  fail(key: FieldKey, expected: string): never {
    const problem = `expected ${expected}, found ${found(this.raw(key))}`;
    throw new EventError(this.position, this.pathOf(key), problem);
  }
}

/** Tells a list, which `Array.isArray` does not when it is readonly. */
export function isList(value: RawWire | undefined): value is RawList {
  return Array.isArray(value);
}

/** Tells an object from lists, bytes and scalars. */
export function isRecord(value: RawWire | undefined): value is RawRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

function found(value: RawWire | undefined): string {
  if (value === undefined) return "nothing";
  if (value instanceof Uint8Array) return "bytes";
  if (isList(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
