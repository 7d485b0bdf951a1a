import { expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { lints } from "../../src/check/lint-names.js";
import { largeSource, rehearsalText } from "../../src/check/rehearsal.js";

const allLints = Object.fromEntries(lints.map(({ name }) => [name, true]));

test("the document of the rehearsal is one in which no check finds anything", async () => {
  const { valid, findings, counts } = await checkDocument(rehearsalText(), { lints: allLints });
  expect(findings).toEqual([]);
  expect(valid).toBe(true);
  expect(Object.keys(counts)).toHaveLength(9);
});

test("a large document has its own findings and counts only, each time, however it comes", async () => {
  const entities = Array.from({ length: 30_000 }, (_, n) => [
    `ex:e${n}`,
    { "prov:label": `the entity with the number ${n}, and some more text to be long` },
  ]);
  const text = JSON.stringify({
    prefix: { ex: "https://example.org/" },
    entity: Object.fromEntries(entities),
    wasGeneratedBy: { "_:g": { "prov:entity": "ex:e1", "prov:activity": "ex:nobody" } },
  });
  const bytes = new TextEncoder().encode(text);
  expect(bytes.length).toBeGreaterThan(largeSource);
  for (const source of [bytes, chunksOf(bytes, 60_000), text]) {
    const { valid, findings, counts } = await checkDocument(source);
    expect(valid).toBe(true);
    expect(counts).toEqual({ entity: 30_000, wasGeneratedBy: 1 });
    expect(findings.map(({ rule }) => rule)).toEqual(["undeclared"]);
  }
});

// As a stream may do it: every chunk in the same array.
async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    chunk.set(part);
    yield chunk.subarray(0, part.length);
  }
}
