import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  findFormat,
  formatOfFile,
  formats,
  guessFormat,
  readDocument,
  writeDocument,
} from "../../src/formats/index.js";
import { sameDocument } from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";

const readable = formats.filter(({ read }) => read !== undefined);

describe("every format that is read and written", () => {
  test.each(readable)("a document survives $name, its format guessed", async ({ name }) => {
    await fc.assert(
      fc.asyncProperty(provDocuments({ shared: true }), async (document) => {
        const text = [...writeDocument(document, { format: name })].join("");
        expect(sameDocument(await readDocument(text), document)).toBe(true);
        const bytes = new TextEncoder().encode(text);
        const halves = [bytes.subarray(0, 100), bytes.subarray(100)];
        expect(sameDocument(await readDocument(halves), document)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

test("a format is found by its name only", () => {
  expect(findFormat("prov-json")?.extensions).toEqual([".json"]);
  expect(findFormat("json")).toBeUndefined();
});

test("a format is found by the ending of a file", () => {
  expect(formatOfFile("output/RUN.JSON")?.name).toBe("prov-json");
  expect(formatOfFile("json")).toBeUndefined();
});

test.each([
  ["\uFEFF \n{", "prov-json"],
  ["hello", undefined],
  ["", undefined],
])("%j is guessed to be %s", (head, name) => {
  expect(guessFormat(head)?.name).toBe(name);
});
