import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LinePlaces } from "../../src/formats/rdf/line-places.js";

const pieces = fc.constantFrom("a", "bc ", "\n", "\r", "\r\n", "é", "漢", "😀", "x".repeat(1023));

test("places of any text, asked in any order, are those that counting from the start gives", () => {
  const texts = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(""));
  const questions = fc.array(fc.tuple(fc.nat(40), fc.nat(3000)), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(texts, questions, (text, asked) => {
      const places = new LinePlaces(() => text);
      const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
      for (const [line, column] of asked) {
        const before = lines.slice(0, line).join("").length;
        const index = Math.min(before + column, text.length);
        // Half of a pair has no bytes of its own.
        fc.pre(!/^[\udc00-\udfff]/.test(text.slice(index)));
        expect(places.at(line + 1, column)).toEqual({
          line: line + 1,
          column: index - before + 1,
          offset: Buffer.byteLength(text.slice(0, index)),
        });
      }
    }),
  );
});
