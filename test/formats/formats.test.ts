import fc from "fast-check";
import { expect, test } from "vitest";
import { findFormat, formats } from "../../src/formats/index.js";
import { sameDocument } from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";

test.each(formats)("a document survives $name", (format) => {
  fc.assert(
    fc.property(provDocuments(), (document) => {
      const text = [...format.write(document)].join("");
      expect(sameDocument(format.parse(text), document)).toBe(true);
    }),
  );
});

test("a format is found by its name only", () => {
  expect(findFormat("prov-json")?.extension).toBe(".json");
  expect(findFormat("json")).toBeUndefined();
});
