import { types } from "node:util";

// Looking at values without running any code of theirs: no getter, no proxy trap, no iterator, no
// toString. The built-ins are taken when this module loads, so that later patches do not matter.

const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;
const mapNext = nextOf(new Map().entries());
const setNext = nextOf(new Set().values());
const mapSize = getterOf(Map.prototype, "size");
const setSize = getterOf(Set.prototype, "size");
const typedArrayPrototype: object = Object.getPrototypeOf(Uint8Array.prototype);
const typedArrayLength = getterOf(typedArrayPrototype, "length");
const typedArrayBytes = getterOf(typedArrayPrototype, "byteLength");
const bufferBytes = getterOf(ArrayBuffer.prototype, "byteLength");
const sharedBufferBytes = getterOf(SharedArrayBuffer.prototype, "byteLength");
const viewBytes = getterOf(DataView.prototype, "byteLength");

/** Prototypes looked at for a name at most; longer chains are hostile. */
const maxPrototypes = 16;

type Callable = (...args: unknown[]) => unknown;

function nextOf(iterator: object): Callable {
  const next: unknown = Object.getPrototypeOf(iterator).next;
  return typeof next === "function" ? (...args) => Reflect.apply(next, args[0], []) : () => ({});
}

function getterOf(holder: object, name: PropertyKey): (target: object) => unknown {
  const getter = Object.getOwnPropertyDescriptor(holder, name)?.get;
  return (target) => (getter === undefined ? undefined : Reflect.apply(getter, target, []));
}

/** Tells an object or function, which may have properties, from a primitive. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/**
 * The value of an own data property; undefined when there is none, when it is an accessor, or
 * when the object is a Proxy.
 */
export function ownData(target: object, name: PropertyKey): unknown {
  if (types.isProxy(target)) return undefined;
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  return descriptor !== undefined && "value" in descriptor ? descriptor.value : undefined;
}

/** The value of a data property of an object or its prototypes; the first holder decides. */
export function inheritedData(target: object, name: PropertyKey): unknown {
  let holder: object | null = target;
  for (let i = 0; i < maxPrototypes && holder !== null && !types.isProxy(holder); i++) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return "value" in descriptor ? descriptor.value : undefined;
    holder = Object.getPrototypeOf(holder);
  }
  return undefined;
}

/** The name of an object's class: of the first prototype whose constructor has a name. */
export function className(target: object): string | undefined {
  if (types.isProxy(target)) return undefined;
  let holder: object | null = Object.getPrototypeOf(target);
  for (let i = 0; i < maxPrototypes && holder !== null && !types.isProxy(holder); i++) {
    const made = ownData(holder, "constructor");
    if (typeof made === "function") {
      const name = ownData(made, "name");
      if (typeof name === "string" && name !== "") return name;
    }
    holder = Object.getPrototypeOf(holder);
  }
  return undefined;
}

/** Tells objects as literals make them: no prototype, or one that has none itself. */
export function isPlainObject(target: object): boolean {
  if (types.isProxy(target)) return false;
  const prototype: object | null = Object.getPrototypeOf(target);
  if (prototype === null || prototype === Object.prototype) return true;
  // Objects of other realms (vm contexts) have an Object.prototype of their own.
  return (
    !types.isProxy(prototype) &&
    Object.getPrototypeOf(prototype) === null &&
    className(target) === "Object"
  );
}

/** Entries of a Map, at most so many. */
export function mapEntriesOf(map: object, limit: number): [unknown, unknown][] {
  const iterator = Reflect.apply(mapEntries, map, []);
  const result: [unknown, unknown][] = [];
  while (result.length < limit) {
    const step = mapNext(iterator);
    if (!isStep(step) || step.done === true || !Array.isArray(step.value)) break;
    result.push([step.value[0], step.value[1]]);
  }
  return result;
}

/** Values of a Set, at most so many. */
export function setValuesOf(set: object, limit: number): unknown[] {
  const iterator = Reflect.apply(setValues, set, []);
  const result: unknown[] = [];
  while (result.length < limit) {
    const step = setNext(iterator);
    if (!isStep(step) || step.done === true) break;
    result.push(step.value);
  }
  return result;
}

function isStep(value: unknown): value is { done?: unknown; value?: unknown } {
  return typeof value === "object" && value !== null;
}

/** Number of entries of a Map or values of a Set. */
export function sizeOfCollection(target: object): number {
  return asNumber(types.isMap(target) ? mapSize(target) : setSize(target));
}

/** Length of a typed array in elements; 0 when its buffer is detached. */
export function lengthOfTypedArray(target: object): number {
  return asNumber(typedArrayLength(target));
}

/** Bytes of a buffer, typed array or DataView; 0 when detached; undefined for anything else. */
export function bytesOfBuffer(target: object): number | undefined {
  if (types.isTypedArray(target)) return asNumber(typedArrayBytes(target));
  if (types.isArrayBuffer(target)) return asNumber(bufferBytes(target));
  if (types.isSharedArrayBuffer(target)) return asNumber(sharedBufferBytes(target));
  if (!types.isDataView(target)) return undefined;
  try {
    return asNumber(viewBytes(target));
  } catch (error) {
    // A DataView whose buffer is detached throws where a typed array says 0.
    if (error instanceof TypeError) return 0;
    throw error;
  }
}

function asNumber(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

const typedArrayTag = getterOf(typedArrayPrototype, Symbol.toStringTag);
const regExpSource = getterOf(RegExp.prototype, "source");
const dateTime = Date.prototype.getTime;

/** Element type of a typed array, `float64`; undefined for anything else. */
export function elementTypeOf(target: object): string | undefined {
  const tag = typedArrayTag(target);
  return typeof tag === "string" ? tag.replace(/(?:Clamped)?Array$/, "").toLowerCase() : undefined;
}

/** Source text of a regular expression. */
export function sourceOfRegExp(target: RegExp): string {
  const source = regExpSource(target);
  return typeof source === "string" ? source : "";
}

/** Milliseconds of a Date; NaN when it is invalid. */
export function timeOfDate(target: Date): number {
  return Reflect.apply(dateTime, target, []);
}

const typedArraySet = Uint8Array.prototype.set;

/** The bytes of a Uint8Array, unless there are too many; `slice` would run a subclass's code. */
export function copyOfBytes(source: Uint8Array, maxBytes: number): Buffer | undefined {
  const length = bytesOfBuffer(source) ?? 0;
  if (length > maxBytes) return undefined;
  const copy = Buffer.alloc(length);
  Reflect.apply(typedArraySet, copy, [source]);
  return copy;
}

const typedArrayBuffer = getterOf(typedArrayPrototype, "buffer");
const typedArrayOffset = getterOf(typedArrayPrototype, "byteOffset");
const viewBuffer = getterOf(DataView.prototype, "buffer");
const viewOffset = getterOf(DataView.prototype, "byteOffset");

/**
 * The bytes of a buffer, typed array or DataView, not copied; undefined for anything else, for
 * shared memory, and where the buffer is detached.
 */
export function viewOfBytes(target: object): Uint8Array | undefined {
  const length = bytesOfBuffer(target);
  if (length === undefined) return undefined;
  const isView = types.isDataView(target);
  const isBuffer = types.isArrayBuffer(target);
  const buffer = isBuffer ? target : isView ? viewBuffer(target) : typedArrayBuffer(target);
  if (!types.isArrayBuffer(buffer)) return undefined;
  try {
    const offset = isBuffer ? 0 : isView ? viewOffset(target) : typedArrayOffset(target);
    return new Uint8Array(buffer, asNumber(offset), length);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
