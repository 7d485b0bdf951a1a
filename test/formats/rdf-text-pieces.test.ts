import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isWellFormed } from "../../src/base/well-formed.js";
import { DocumentError } from "../../src/formats/document-error.js";
import { readDocument } from "../../src/formats/index.js";
import { parseRdf } from "../../src/formats/rdf/parse-rdf.js";
import { textPieces } from "../../src/formats/rdf/text-pieces.js";

const parts = fc.constantFrom("ab", "\n", "\r\n", "é", "漢", "😀", " x ", "\uFEFF");
const texts = fc.array(parts, { maxLength: 40 }).map((each) => each.join(""));

describe("a text in pieces", () => {
  test("is the whole text, no character cut, as text and as bytes", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 4, max: 30 }), (text, size) => {
        for (const whole of [text, Buffer.from(text)]) {
          const pieces = [...textPieces(whole, size)];
          expect(pieces.join("")).toBe(text);
          expect(pieces.every((piece) => piece.length <= size && isWellFormed(piece))).toBe(true);
        }
      }),
    );
  });

  test("ends with a line where it can", () => {
    expect([...textPieces("ab\ncd\nef😀gh", 7)]).toEqual(["ab\ncd\n", "ef😀gh"]);
    expect([...textPieces(Buffer.from("é\r\nabcdefgh"), 5)]).toEqual(["é\r\n", "abcde", "fgh"]);
  });
});

const turtle = `\uFEFF@prefix ex: <http://example.org/> . # 😀
@prefix prov: <http://www.w3.org/ns/prov#> .
ex:aé a prov:Entity ; prov:value """two
lines "quoted" \\u00e9"""@de-AT, "漢字"^^ex:t, 12.5e3, true ;
  prov:wasDerivedFrom ex:b.c, <http://example.org/d%20e> .
ex:act prov:qualifiedUsage [ prov:entity ex:aé ; prov:hadRole 'x' ] .
_:blank.node a prov:Agent .`;

describe("RDF read in pieces of any size", () => {
  test("says what it says in one", async () => {
    const options = { format: "turtle" } as const;
    const expected = await facts(turtle);
    expect(expected).toContain("漢字");
    for (const text of [turtle, turtle.replaceAll("\n", " ").replace("# 😀", "")]) {
      for (let size = 4; size < 40; size++) {
        expect(await facts(text, size)).toEqual(await facts(text));
      }
    }
    expect((await readDocument(turtle, options)).records.length).toBeGreaterThan(4);
  });

  test("has its errors where it has them in one", async () => {
    const sound = turtle.replace("# 😀", "");
    for (let end = 40; end < sound.length; end += 7) {
      const text = `${sound.slice(0, end)}§\n`;
      const expected = await problem(text);
      for (const size of [4, 11, 64]) {
        expect(await problem(text, size)).toEqual(expected);
      }
    }
  });

  test("that are not UTF-8 is an error at the first wrong byte, wherever it stands", async () => {
    for (const at of [30, 70, 200]) {
      const bytes = Buffer.concat([
        Buffer.from(turtle).subarray(0, at),
        Buffer.of(0xff),
        Buffer.from(turtle).subarray(at),
      ]);
      const { findings } = await failure(bytes, 16);
      expect(findings[0]).toMatchObject({ rule: "encoding", place: { offset: at } });
    }
  });
});

async function facts(text: string, size?: number): Promise<string> {
  const { prefixes, defaultGraph, labels } = await parseRdf(
    Buffer.from(text),
    "Turtle",
    undefined,
    size,
  );
  const subjects = [...defaultGraph.subjects].map(({ id, statements }) => [id, statements]);
  return JSON.stringify([prefixes, subjects, [...labels]]);
}

async function problem(text: string, size?: number): Promise<unknown> {
  const { findings } = await failure(text, size);
  return findings.map(({ rule, place }) => ({ rule, place }));
}

async function failure(whole: string | Uint8Array, size?: number): Promise<DocumentError> {
  const error = await parseRdf(whole, "Turtle", undefined, size).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DocumentError);
  if (error instanceof DocumentError) {
    return error;
  }
  throw error;
}
