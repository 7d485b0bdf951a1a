import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sameDocument } from "../../src/prov/index.js";
import { readDocument, writeDocument } from "../../src/track/document-files.js";
import { temporaryFolder } from "../support/temporary.js";

const provn = "document prefix ex <http://example.org/> entity(ex:e) endDocument";

test("a document is read from its text, its bytes, its chunks or its file", async () => {
  const file = join(temporaryFolder(), "document.provn");
  writeFileSync(file, provn);
  const bytes = new TextEncoder().encode(provn);
  for (const source of [provn, bytes, [bytes.subarray(0, 9), bytes.subarray(9)], file]) {
    expect((await readDocument(source)).records).toMatchObject([{ kind: "entity" }]);
  }
});

test("a file is written in the format of its ending, or in that given", async () => {
  const document = await readDocument(provn);
  const folder = temporaryFolder();
  for (const [name, beginning] of [
    ["a.xml", "<?xml"],
    ["a.provn", "document"],
    ["a.json", "{"],
    ["a", "{"],
  ] as const) {
    writeDocument(join(folder, name), document);
    expect(readFileSync(join(folder, name), "utf8").startsWith(beginning)).toBe(true);
    expect(sameDocument(await readDocument(join(folder, name)), document)).toBe(true);
  }
  writeDocument(join(folder, "b.json"), document, { format: "prov-n" });
  expect(sameDocument(await readDocument(join(folder, "b.json")), document)).toBe(true);
});

test("a path that is no file is an error, not a document", async () => {
  await expect(readDocument("document.json")).rejects.toThrow(/Cannot read document\.json/);
});
