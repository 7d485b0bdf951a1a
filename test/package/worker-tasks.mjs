// Functions that the tests have run on worker threads.
import { threadId } from "node:worker_threads";
import { moveResult } from "taskprov";

export const add = (a, b) => a + b;
export const whichThread = () => threadId;
export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
export const size = (buffer) => buffer.byteLength;

export function busy(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  return milliseconds;
}

/** Computes without a pause until it is told to stop. */
export function busyUntil(shared) {
  const stop = new Int32Array(shared);
  while (Atomics.load(stop, 0) === 0);
}

/** Holds memory, and waits until it is told to stop. */
export async function holdUntil(shared, bytes) {
  const held = Buffer.alloc(bytes, 1);
  const stop = new Int32Array(shared);
  while (Atomics.load(stop, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return held[0];
}

export async function later(value, milliseconds = 5) {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return value;
}

export function increment(shared) {
  return Atomics.add(new Int32Array(shared), 0, 1);
}

export function moved(length) {
  return moveResult(new Float64Array(length).fill(1));
}

class BadWeather extends Error {
  name = "BadWeather";
  code = "E_RAIN";
  unit = { mm: 12 };
}
export function fail(text) {
  throw new BadWeather(text, { cause: new RangeError("too much rain") });
}
export function failWith(value) {
  throw value;
}
export function failWithMany() {
  throw new AggregateError([new TypeError("one"), "two"], "many");
}

export const exit = (code) => process.exit(code);
export function forever() {
  for (;;);
}
export function eatMemory() {
  const kept = [];
  for (;;) kept.push(new Array(1000).fill({ a: kept.length }));
}
export async function throwOutside() {
  setTimeout(() => {
    throw new Error("outside any task");
  }, 5);
  await new Promise((resolve) => setTimeout(resolve, 5000));
}
export const returnFunction = () => () => 1;

let calls = 0;
/** Ends its thread in the first `times` calls of the program; told by a shared counter. */
export function exitAtFirst(shared, times) {
  const before = Atomics.add(new Int32Array(shared), 0, 1);
  if (before < times) process.exit(3);
  return before;
}
export const callsHere = () => ++calls;
export const notAFunction = 5;

/**
 * Returns at once, unless it is to wait at a gate before. Counts its calls where it is told to, and
 * ends its thread the first time when it is told to.
 */
export function gated({ gate, counts, exits }, shared) {
  const cells = new Int32Array(shared);
  if (counts) Atomics.add(cells, 0, 1);
  if (gate !== undefined) Atomics.wait(cells, gate, 0);
  if (exits && Atomics.add(cells, 1, 1) === 0) process.exit(5);
  return threadId;
}
