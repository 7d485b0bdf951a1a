import { describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import {
  type FormatName,
  findingText,
  readDocument,
  writeDocument,
} from "../../src/formats/index.js";
import { equal, sameDocument } from "../../src/prov/index.js";

// The form of the W3C's cases delegation-success3 and 4.
const provn = `document
prefix ex <http://example.org/>
agent(ex:who)
agent(ex:boss)
activity(ex:a)
actedOnBehalfOf(ex:d; ex:who, ex:boss, ex:a)
actedOnBehalfOf(ex:d; ex:who, -, ex:a)
endDocument
`;

async function told(text: string, format: FormatName): Promise<string[]> {
  const warnings: string[] = [];
  await readDocument(text, { format, onWarning: (finding) => warnings.push(findingText(finding)) });
  return warnings;
}

describe("a delegation without the responsible agent", () => {
  test.each<[FormatName, string, RegExp]>([
    ["prov-n", provn, /^warning required at line 7, column 31 .*responsible agent.*unknown/],
    [
      "prov-xml",
      `<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://example.org/">
<prov:actedOnBehalfOf><prov:delegate prov:ref="ex:who"/></prov:actedOnBehalfOf></prov:document>`,
      /^warning required at line 2/,
    ],
    [
      "prov-json",
      '{"prefix":{"ex":"http://e/"},"actedOnBehalfOf":{"_:d":{"prov:delegate":"ex:who"}}}',
      /^warning required at line 1, column .*\/actedOnBehalfOf\/_:d/,
    ],
    [
      "prov-jsonld",
      '{"@context":[{"ex":"http://e/"},"https://openprovenance.org/prov-jsonld/context.jsonld"],"@graph":[{"@type":"Delegation","delegate":"ex:who"}]}',
      /^warning required at line 1/,
    ],
  ])("is read in %s with a warning", async (format, text, warning) => {
    expect(await told(text, format)).toEqual([expect.stringMatching(warning)]);
  });

  test("is valid: whoever is named elsewhere is meant", async () => {
    const { valid, findings } = await checkDocument(provn);
    expect(valid).toBe(true);
    expect(findings.map(({ rule }) => rule)).toEqual(["required"]);
  });

  test("is not valid where the same delegation names two others", async () => {
    const { valid, findings } = await checkDocument(
      provn.replace("endDocument", "actedOnBehalfOf(ex:d; ex:who, ex:other, ex:a)\nendDocument"),
    );
    expect(valid).toBe(false);
    expect(findings).toContainEqual(expect.objectContaining({ constraint: 23 }));
  });

  test.each<FormatName>(["prov-json", "prov-n", "prov-xml", "turtle", "trig", "prov-jsonld"])(
    "comes back from %s",
    async (format) => {
      const document = await readDocument(
        provn.replace("ex:d; ex:who, ex:boss", "ex:who, ex:boss"),
      );
      const text = [...writeDocument(document, { format })].join("");
      expect(sameDocument(await readDocument(text, { format }), document)).toBe(true);
      if (format === "prov-n") expect(text).toContain("actedOnBehalfOf(ex:d; ex:who, -, ex:a)");
    },
  );

  test.each([
    "actedOnBehalfOf(-, ex:boss)",
    "wasAttributedTo(ex:e, -)",
    "wasInformedBy(ex:a, -)",
    "wasInfluencedBy(ex:a, -)",
    "specializationOf(ex:a, -)",
    "wasDerivedFrom(ex:a, -)",
    "hadMember(ex:a, -)",
  ])("differs from %s, which is an error", async (expression) => {
    const { valid, findings } = await checkDocument(
      `document prefix ex <http://example.org/>\n${expression} endDocument`,
    );
    expect(valid).toBe(false);
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: "missing-formal", severity: "error" }),
    );
  });
});

describe("a relation without an argument it needs", () => {
  const prefix = "document\nprefix ex <http://e/>\n";
  const json = '{"prefix":{"ex":"http://e/"},"used":{"_:u":{"prov:entity":"ex:e"}}}';
  const context = '[{"ex":"http://e/"},"https://openprovenance.org/prov-jsonld/context.jsonld"]';
  const samples: readonly (readonly [FormatName, string])[] = [
    ["prov-json", json],
    ["prov-n", `${prefix}used(-, ex:e, -)\nendDocument`],
    [
      "prov-xml",
      '<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://e/"><prov:used><prov:entity prov:ref="ex:e"/></prov:used></prov:document>',
    ],
    ["prov-jsonld", `{"@context":${context},"@graph":[{"@type":"Usage","entity":"ex:e"}]}`],
    [
      "turtle",
      "@prefix prov: <http://www.w3.org/ns/prov#> . @prefix ex: <http://e/> . [] a prov:Usage ; prov:entity ex:e .",
    ],
  ];

  test.each(samples)(
    "is read in %s with a warning, as Python prov reads it",
    async (format, text) => {
      expect(await told(text, format)).toEqual([
        expect.stringMatching(
          /^warning missing-formal .*used needs "prov:activity"; taken to be unk/,
        ),
      ]);
    },
  );

  test.each(samples)("says in %s what it says in PROV-JSON", async (format, text) => {
    expect(sameDocument(await readDocument(text, { format }), await readDocument(json))).toBe(true);
  });

  test.each(samples)("is not valid in %s", async (format, text) => {
    const { valid, findings } = await checkDocument(text, { format });
    expect(valid).toBe(false);
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors).toEqual([
      expect.objectContaining({ rule: "missing-formal", place: expect.objectContaining({}) }),
    ]);
  });

  test("is not valid in memory", async () => {
    expect((await checkDocument(await readDocument(json))).valid).toBe(false);
  });

  test.each<FormatName>(["prov-json", "prov-n", "prov-xml", "turtle", "trig", "prov-jsonld"])(
    "comes back from %s, each of two missing arguments an unknown of its own",
    async (format) => {
      const document = await readDocument(
        `${prefix}wasDerivedFrom(-, -, [ex:n=1])\nhadMember(-, ex:e)\nwasInformedBy(-, ex:a)\nendDocument`,
      );
      const text = [...writeDocument(document, { format })].join("");
      expect(equal(await readDocument(text, { format }), document)).toBe(true);
    },
  );

  test("is written without it again", async () => {
    const text =
      '{"prefix":{"ex":"http://e/"},"used":{"_:u":{"prov:entity":"ex:e"}},"wasDerivedFrom":{"_:d":{}}}';
    const document = await readDocument(text);
    const written = [...writeDocument(document, { format: "prov-json" })].join("");
    expect(JSON.parse(written)).toMatchObject({
      used: { "_:u": { "prov:entity": "ex:e" } },
      wasDerivedFrom: { "_:d": {} },
    });
    expect(written).not.toContain("unknown");
    expect(sameDocument(await readDocument(written), document)).toBe(true);
  });

  test.each([true, false])("is not valid, with the schema or without (%s)", async (schema) => {
    const { valid, findings } = await checkDocument(json, { schema });
    expect(valid).toBe(false);
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: "missing-formal", severity: "error" }),
    );
  });
});
