import { expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { formats, readDocument, writeDocument } from "../../src/formats/index.js";
import { equal } from "../../src/prov/index.js";
import { goldenDocuments } from "../support/golden-documents.js";

const documents = await goldenDocuments();
const names = formats
  .filter(({ read, write }) => read !== undefined && write !== undefined)
  .map(({ name }) => name);

test.each(documents)("$name passes every check and every lint that is on", async ({ text }) => {
  const { valid, findings } = await checkDocument(text);
  expect(findings).toEqual([]);
  expect(valid).toBe(true);
});

test.each(documents.flatMap(({ name, text }) => names.map((format) => ({ name, text, format }))))(
  "$name is valid and equal as $format",
  async ({ text, format }) => {
    const document = await readDocument(text);
    const written = [...writeDocument(document, { format })].join("");
    const { valid, findings } = await checkDocument(written, { format });
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(valid).toBe(true);
    expect(equal(await readDocument(written, { format }), document)).toBe(true);
  },
);
