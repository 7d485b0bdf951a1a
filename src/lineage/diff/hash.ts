/**
 * A hash of up to 53 bits of a sequence of numbers: fits a key of a `Map`, and among a million
 * different sequences two meet with a probability of about 1 in 18,000.
 */
export function hashOf(values: Iterable<number>): number {
  let low = 0x811c9dc5;
  let high = 0x4f6cdd1d;
  for (const value of values) {
    const bits = value >>> 0;
    const rest = Math.floor(value / 0x1_0000_0000) >>> 0;
    low = Math.imul(low ^ bits, 0x85ebca6b);
    low = Math.imul(low ^ (low >>> 15) ^ rest, 0xc2b2ae35);
    high = Math.imul(high ^ rest, 0x9e3779b1);
    high = Math.imul(high ^ (high >>> 13) ^ bits, 0x5f356495);
  }
  low ^= low >>> 16;
  high ^= high >>> 16;
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
}
