import fc from "fast-check";
import { expect, test } from "vitest";
import { type FormatName, readDocument, writeDocument } from "../../src/formats/index.js";
import {
  formalNames,
  isElementKind,
  type ProvDocument,
  sameDocument,
  uriOf,
} from "../../src/prov/index.js";
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
const seed = fullTier ? Math.floor(Math.random() * 2 ** 31) : 20_261_122;

const documents: readonly ProvDocument[] = fc.sample(
  provDocuments({ shared: true }).filter(statesNothingTwice),
  { numRuns: runs(100), seed },
);

// What Python writes of a relation that another one repeats and qualifies reads as that one alone.
function statesNothingTwice({ records }: ProvDocument): boolean {
  const relations = records.filter(({ kind }) => !isElementKind(kind));
  const pairs = relations.map((record) => {
    const [first, second] = formalNames(record);
    return `${record.kind} ${first && uriOf(first)} ${second && uriOf(second)}`;
  });
  return new Set(pairs).size === pairs.length;
}

function written(document: ProvDocument, format: FormatName): string {
  return [...writeDocument(document, { format, dialect: "portable" })].join("");
}

function judged(format: FormatName): SyntaxDocument[] {
  return documents.map((document, index) => ({
    name: `${format} document ${index} of seed ${seed}`,
    text: written(document, format),
    equalTo: written(document, "prov-json"),
  }));
}

async function expectReadBack(
  verdicts: readonly SyntaxVerdict[],
  theirs: string,
  format: FormatName,
): Promise<void> {
  for (const [index, { name, written: texts }] of verdicts.entries()) {
    const text = texts[theirs] ?? "";
    const document = documents[index];
    const read = await readDocument(text, { format });
    expect(document && sameDocument(read, document), `${name}: ${text}`).toBe(true);
  }
}

describeWith("Python prov 3.2.3", prov3, (python) => {
  test.each([
    ["prov-jsonld", "jsonld"],
    ["trig", "rdf"],
  ] as const)("reads what we write as %s, and we what it writes", async (format, theirs) => {
    const asked = judged(format);
    const verdicts = await judgeSyntaxPython(python, theirs, asked, [theirs]);
    expect(rejected(asked, verdicts)).toEqual({ judged: asked.length, rejected: 0 });
    await expectReadBack(verdicts, theirs, format);
  });
});

describeWith("ProvToolbox 2.2.1", provtoolbox, (toolbox) => {
  test("reads what we write as PROV-JSONLD, and we what it writes", async () => {
    if ("why" in prov3) return;
    const asked = judged("prov-jsonld");
    const verdicts = await judgeSyntaxProvToolbox(toolbox, prov3, "JSONLD", asked, ["JSONLD"]);
    // What it reads there it names "qualifiedSpecializationOf" in its PROV-JSON, and Python objects.
    const judgements = verdicts.map((verdict) => ({
      ...verdict,
      problems: verdict.problems.filter((each) => !/'qualified(?:Spec|Alt)\w+Of'/.test(each)),
    }));
    expect(rejected(asked, judgements)).toEqual({ judged: asked.length, rejected: 0 });
    await expectReadBack(verdicts, "JSONLD", "prov-jsonld");
  });
});
