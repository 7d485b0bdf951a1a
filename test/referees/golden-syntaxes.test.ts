import { expect, test } from "vitest";
import { type FormatName, readDocument, writeDocument } from "../../src/formats/index.js";
import { equal } from "../../src/prov/index.js";
import { goldenDocuments } from "../support/golden-documents.js";
import { describeWith, peer } from "../support/peers.js";
import {
  judgeSyntaxProvToolbox,
  judgeSyntaxPython,
  rejected,
  type SyntaxDocument,
  type SyntaxVerdict,
} from "../support/referees.js";

const prov3 = await peer("prov3");
const provtoolbox = await peer("provtoolbox");
const golden = await goldenDocuments();

/** The tracker's documents in a syntax. */
async function asked(format: FormatName): Promise<SyntaxDocument[]> {
  return await Promise.all(
    golden.map(async ({ name, text }) => ({
      name: `${name} as ${format}`,
      text: [...writeDocument(await readDocument(text), { format })].join(""),
      equalTo: text,
    })),
  );
}

async function expectSame(verdicts: readonly SyntaxVerdict[], key: string): Promise<void> {
  for (const [index, { name, written }] of verdicts.entries()) {
    const back = await readDocument(written[key] ?? "");
    expect(equal(back, await readDocument(golden[index]?.text ?? "")), name).toBe(true);
  }
}

describeWith("Python prov 3.2.3, with the W3C's schema of PROV-XML", prov3, (python) => {
  test.each([
    ["prov-n", "provn"],
    ["prov-xml", "xml"],
    ["prov-jsonld", "jsonld"],
    ["trig", "rdf"],
  ] as const)(
    "reads the tracker's documents as %s, and we what it makes of them",
    async (format, key) => {
      const documents = await asked(format);
      expect(documents).not.toEqual([]);
      const verdicts = await judgeSyntaxPython(python, key, documents, ["xml"]);
      expect(rejected(documents, verdicts)).toEqual({ judged: documents.length, rejected: 0 });
      await expectSame(verdicts, "xml");
    },
  );
});

// Not as PROV-XML: its reader fails on a name as value whose prefix no id has had before, and the
// first thing in a run has a type of taskprov's.
describeWith("ProvToolbox 2.2.1", provtoolbox, (toolbox) => {
  test.each([
    ["prov-n", "PROVN"],
    ["prov-jsonld", "JSONLD"],
  ] as const)(
    "reads the tracker's documents as %s, and we what it makes of them",
    async (format, key) => {
      if ("why" in prov3) return;
      const documents = await asked(format);
      const verdicts = await judgeSyntaxProvToolbox(toolbox, prov3, key, documents, ["PROVN"]);
      expect(rejected(documents, verdicts)).toEqual({ judged: documents.length, rejected: 0 });
      await expectSame(verdicts, "PROVN");
    },
  );
});
