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

test("a source that is no text in UTF-8 is told by what it looks like", async () => {
  const utf16 = Buffer.from("\uFEFFdocument", "utf16le");
  await expect(readDocument(utf16)).rejects.toThrow(/UTF-16; convert it/);
  await expect(readDocument(Buffer.from("document", "utf16le"))).rejects.toThrow(/UTF-16/);
  await expect(readDocument([new Uint8Array([0x1f]), new Uint8Array([0x8b])])).rejects.toThrow(
    /gzip/,
  );
  await expect(readDocument(new Uint8Array())).rejects.toThrow(/empty/);
});

test("a format that cannot be read, or is none, is an option error", async () => {
  // @ts-expect-error: no such format
  await expect(readDocument("{}", { format: "json" })).rejects.toThrow(/`format`.*prov-json/);
  // @ts-expect-error: no such format
  expect(() => writeDocument(document, { format: "json" })).toThrow(/`format`.*prov-json/);
});

test("a text that begins like no format is read in the fallback", async () => {
  await expect(readDocument("entity(ex:e)")).rejects.toThrow(/begins like no format/);
  await expect(readDocument("entity(ex:e)", { fallback: "prov-n" })).rejects.toThrow(
    /Expected "document"/,
  );
});

test("a stream that is not read to its end is closed", async () => {
  let isClosed = false;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield new Uint8Array([0x1f, 0x8b]);
      yield new Uint8Array(20_000);
    } finally {
      isClosed = true;
    }
  }
  await expect(readDocument(chunks())).rejects.toThrow(/gzip/);
  expect(isClosed).toBe(true);
});

const document = { namespaces: [], records: [], bundles: [] };

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
  ["document prefix ex <http://e/>", "prov-n"],
  ["// comment\n/* another */ document\n", "prov-n"],
  ["documents are nice", undefined],
  ['<?xml version="1.0"?>', "prov-xml"],
  ["<!-- comment -->", "prov-xml"],
  ["<prov:document", "prov-xml"],
  ["<html>", "prov-xml"],
  ["hello", undefined],
  ["", undefined],
])("%j is guessed to be %s", (head, name) => {
  expect(guessFormat(head)?.name).toBe(name);
});
