import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DocumentError, readDocument } from "../../src/formats/index.js";
import { equal } from "../../src/prov/index.js";
import { mutatedBytes } from "../support/mutated-bytes.js";

const prov = "http://www.w3.org/ns/prov#";
const text = JSON.stringify([
  {
    "@id": "http://e/a",
    "@type": [`${prov}Activity`],
    [`${prov}used`]: [{ "@id": "http://e/in" }],
    [`${prov}qualifiedStart`]: [{ "@id": "_:s" }],
    "http://e/n": [{ "@value": 5 }, { "@value": "x", "@language": "fr" }],
  },
  {
    "@id": "_:s",
    "@type": [`${prov}Start`],
    [`${prov}atTime`]: [
      { "@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": "2026-11-20T10:00:00Z" },
    ],
  },
  {
    "@id": "http://e/b",
    "@graph": [{ "@id": "http://e/in", "@type": [`${prov}Entity`] }],
  },
]);
const turtle = `@prefix prov: <${prov}> . @prefix ex: <http://e/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a a prov:Activity ; prov:used ex:in ; ex:n 5, "x"@fr ;
  prov:qualifiedStart [ a prov:Start ; prov:atTime "2026-11-20T10:00:00Z"^^xsd:dateTime ] .
ex:b { ex:in a prov:Entity . }`;

async function errorOf(source: string | Uint8Array): Promise<string> {
  try {
    await readDocument(source, { format: "prov-jsonld" });
  } catch (error) {
    if (error instanceof DocumentError) return error.message;
    throw error;
  }
  return "";
}

describe("expanded JSON-LD, as RDF libraries write it", () => {
  test("says what the same graphs say in TriG, its format guessed", async () => {
    const document = await readDocument(text);
    expect(document.bundles).toHaveLength(1);
    expect(equal(document, await readDocument(turtle, { format: "trig" }))).toBe(true);
  });

  test.each([
    ['[{"@id":"e"}]', /at line 1, column 9 .*whole IRI, got "e"/],
    ['[{"@id":"http://e/",\n"name":[]}]', /at line 2, column 1 .*got "name"/],
    ['[{"@id":"http://e/","http://p/":[{"@value":{}}]}]', /"@value" is not of expanded/],
    ['[{"@id":"http://e/","@id":"http://f/"}]', /"@id" stands twice/],
    ["[5]", /a node of expanded JSON-LD/],
    ['[{"@id":"http://e/"}', /json-syntax/],
    ["[".repeat(100), /Nested deeper/],
    ['[{"@id":"http://e/"}] 5', /nothing after/],
  ])("%j is an error with its place", async (source, message) => {
    expect(await errorOf(source)).toMatch(message);
  });

  test("cut off anywhere it is an error, never a crash", async () => {
    for (let end = 1; end < text.length; end++) {
      expect(await errorOf(text.slice(0, end)), text.slice(0, end)).not.toBe("");
    }
  });

  test("of mutated bytes it is read or an error with its place, never anything else", async () => {
    await fc.assert(
      fc.asyncProperty(mutatedBytes(text, '{}[]",:@_\\ 0n'), async (source) => {
        const found = await errorOf(source);
        if (found !== "") expect(found).toMatch(/at line \d+, column \d+/);
      }),
      { numRuns: 1000 },
    );
  });
});
