import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SectionBytes } from "../../src/track/section-bytes.js";
import { temporaryFolder } from "../support/temporary.js";

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 100 }),
  fc.constantFrom('"', "\\", "\n", "\u007f", "\ud800", "é", "x".repeat(64), "x".repeat(65)),
);

function contentOf(bytes: SectionBytes): string {
  const copies: Buffer[] = [];
  // A piece is good until the next one is asked for.
  for (const piece of bytes.all()) copies.push(Buffer.from(piece));
  return Buffer.concat(copies).toString("utf8");
}

test("any text is escaped as JSON does it, whatever stands around it", () => {
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 30 }), (all) => {
      const bytes = new SectionBytes("unused");
      for (const text of all) {
        bytes.add('"');
        bytes.addEscaped(text);
        bytes.add('",é\n');
      }
      expect(contentOf(bytes)).toBe(all.map((text) => `${JSON.stringify(text)},é\n`).join(""));
    }),
  );
});

test("what is beyond memory waits in a file without a name, in order, long texts too", () => {
  const folder = temporaryFolder();
  const bytes = new SectionBytes(join(folder, "part"));
  const wanted: string[] = [];
  for (let i = 0; i < 3000; i++) {
    const text = i % 1000 === 7 ? "ü".repeat(600_000) : `${i} ${"y".repeat(i % 900)}\n`;
    bytes.add(text);
    wanted.push(text);
  }
  expect(readdirSync(folder)).toEqual([]);
  expect(contentOf(bytes) === wanted.join("")).toBe(true);
  bytes.discard();
  bytes.discard();
});
