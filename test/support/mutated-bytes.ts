import { Buffer } from "node:buffer";
import fc from "fast-check";

/**
 * A text with one to four bytes changed, one in three times cut off: what readers must bear.
 *
 * @param text - a document that is read without an error.
 * @param signs - what means something in its syntax; these come more often than other bytes.
 */
export function mutatedBytes(text: string, signs: string): fc.Arbitrary<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const change = fc.record({
    at: fc.nat({ max: bytes.length - 1 }),
    byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(...Buffer.from(signs))),
  });
  return fc
    .tuple(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat({ max: bytes.length }))
    .map(([changes, end]) => {
      const mutated = bytes.slice();
      for (const { at, byte } of changes) {
        mutated[at] = byte;
      }
      return end % 3 === 0 ? mutated.subarray(0, end) : mutated;
    });
}
