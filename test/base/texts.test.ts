import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutText, cutTextStated } from "../../src/base/cut-text.js";
import { isWellFormed, wellFormed } from "../../src/base/well-formed.js";
import { anyUtf16 } from "../arbitraries-events.js";

describe("wellFormed", () => {
  test("escapes lone surrogates and nothing else", () => {
    expect(wellFormed("a\ud800b😀\udc00")).toBe("a\\ud800b😀\\udc00");
    fc.assert(
      fc.property(anyUtf16, (text) => {
        const safe = wellFormed(text);
        expect(isWellFormed(safe)).toBe(true);
        expect(Buffer.from(safe).toString()).toBe(safe);
        expect(safe === text).toBe(isWellFormed(text));
      }),
    );
  });
});

describe("cutText", () => {
  test("gives the longest beginning that fits, in whole characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), fc.nat(60), (text, maxBytes) => {
        let expected = "";
        for (const char of text) {
          if (Buffer.byteLength(expected + char) > maxBytes) break;
          expected += char;
        }
        expect(cutText(text, maxBytes)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe("cutTextStated", () => {
  test("states the cut within the limit, and leaves alone what fits", () => {
    expect(cutTextStated("é".repeat(50), 100)).toBe("é".repeat(50));
    const cut = cutTextStated("é".repeat(500), 100);
    expect(cut).toMatch(/^é+ … \[cut: 500 characters in all\]$/);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(100);
    expect(cutTextStated("abc", 100, 5000)).toBe("abc … [cut: 5000 characters in all]");
    expect(cutTextStated("é".repeat(500), 10)).toBe("ééééé");
  });
});
