import fc from "fast-check";
import { expect, test } from "vitest";
import { type FormatName, readDocument, writeDocument } from "../../src/formats/index.js";
import { isLangString, type ProvDocument, sameDocument, type Value } from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { describeWith, peer } from "../support/peers.js";
import {
  judgeSyntaxProvToolbox,
  judgeSyntaxPython,
  rejected,
  type SyntaxDocument,
  type SyntaxVerdict,
} from "../support/referees.js";
import { fullTier, runs } from "../support/tier.js";

const prov3 = await peer("prov3");
const provtoolbox = await peer("provtoolbox");
const seed = fullTier ? Math.floor(Math.random() * 2 ** 31) : 20_261_121;

function written(document: ProvDocument, format: FormatName): string {
  return [...writeDocument(document, { format, dialect: "portable" })].join("");
}

function generated(isWanted: (document: ProvDocument) => boolean): ProvDocument[] {
  return fc.sample(provDocuments({ shared: true }).filter(isWanted), { numRuns: runs(100), seed });
}

function judged(documents: readonly ProvDocument[], format: FormatName): SyntaxDocument[] {
  return documents.map((document, index) => ({
    name: `${format} document ${index} of seed ${seed}`,
    text: written(document, format),
    equalTo: written(document, "prov-json"),
  }));
}

async function expectReadBack(
  documents: readonly ProvDocument[],
  verdicts: readonly SyntaxVerdict[],
  theirs: Readonly<Record<string, FormatName>>,
): Promise<void> {
  for (const [index, { name, written: texts }] of verdicts.entries()) {
    for (const [key, format] of Object.entries(theirs)) {
      const read = await readDocument(texts[key] ?? "", { format });
      const document = documents[index];
      expect(document && sameDocument(read, document), `${key} of ${name}: ${texts[key]}`).toBe(
        true,
      );
    }
  }
}

describeWith("Python prov 3.2.3", prov3, (python) => {
  test.each([
    ["prov-n", "provn"],
    ["prov-xml", "xml"],
  ] as const)("reads what we write as %s, and we what it writes", async (format, theirs) => {
    const documents = generated(() => true);
    const asked = judged(documents, format);
    const verdicts = await judgeSyntaxPython(python, theirs, asked, ["provn", "xml"]);
    expect(rejected(asked, verdicts)).toEqual({ judged: asked.length, rejected: 0 });
    await expectReadBack(documents, verdicts, { provn: "prov-n", xml: "prov-xml" });
  });
});

describeWith("ProvToolbox 2.2.1", provtoolbox, (toolbox) => {
  // Its PROV-N keeps backslashes doubled; its PROV-XML takes a leading "_" off ids but not off
  // references to them, and reads a white text in a language as none.
  test.each([
    ["prov-n", "PROVN", (document: ProvDocument) => !written(document, "prov-n").includes("\\\\")],
    ["prov-xml", "PROVX", hasNoWhiteLangString],
  ] as const)(
    "reads what we write as %s, and we what it writes",
    async (format, theirs, wanted) => {
      if ("why" in prov3) return;
      const documents = await Promise.all(generated(wanted).map(plainlyNamed));
      const asked = judged(documents, format);
      const verdicts = await judgeSyntaxProvToolbox(toolbox, prov3, theirs, asked, [
        "PROVN",
        "PROVX",
      ]);
      expect(rejected(asked, verdicts)).toEqual({ judged: asked.length, rejected: 0 });
      await expectReadBack(documents, verdicts, { PROVN: "prov-n", PROVX: "prov-xml" });
    },
  );

  test("reads back here with the names it escapes in PROV-XML", async () => {
    if ("why" in prov3) return;
    const text = `document
      prefix ex <http://example.org/>
      entity(ex:a_b, [ex:my_attr='ex:my_value', ex:n/x='ex:v/w', ex:_u='ex:p\\(q\\)', ex:2D=1])
      entity(ex:_a, [ex:a__b="a__b", ex:a_2Fb="1" %% ex:my_type, prov:type='ex:ty_pe'])
      wasDerivedFrom(ex:2026/a, ex:p\\(q\\)\\,r)
      bundle ex:b_c
        entity(ex:2026/a, [ex:n_2="x"])
      endBundle
    endDocument`;
    const document = await readDocument(text, { format: "prov-n" });
    const equalTo = written(document, "prov-json");
    const [verdict] = await judgeSyntaxProvToolbox(
      toolbox,
      prov3,
      "PROVN",
      [{ name: "names", text, equalTo }],
      ["PROVX"],
    );
    const xml = verdict?.written["PROVX"] ?? "";
    expect(xml).toContain("<ex:my__attr");
    expect(sameDocument(await readDocument(xml, { format: "prov-xml" }), document), xml).toBe(true);
  });
});

function hasNoWhiteLangString({ records }: ProvDocument): boolean {
  const isWhite = (value: Value): boolean =>
    typeof value === "object" && isLangString(value) && value.text.trim() === "";
  return records.every(({ attributes }) => attributes.every(([, value]) => !isWhite(value)));
}

/** The document with no id that begins with "_". */
async function plainlyNamed(document: ProvDocument): Promise<ProvDocument> {
  return await readDocument(written(document, "prov-json").replaceAll('"ex:_x', '"ex:x'));
}
