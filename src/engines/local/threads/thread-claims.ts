/**
 * What is sent ahead has a place in memory that both threads see. Whoever takes it first decides:
 * the thread, which then calls the function, or the one that sent it and wants it back.
 */
const places = 64;

/** Makes the places, all of them taken. */
export function createClaims(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * places)).fill(1);
}

/** The place after this one. Those of what is not answered yet must not come round again. */
export function nextPlace(place: number): number {
  return (place + 1) % places;
}

/** Offers a place. */
export function offer(claims: Int32Array, place: number): void {
  Atomics.store(claims, place, 0);
}

/** @returns whether nobody had taken it. */
export function take(claims: Int32Array, place: number): boolean {
  return Atomics.compareExchange(claims, place, 0, 1) === 0;
}
