import { describe, expect, test } from "vitest";
import { goldenDocuments } from "../support/golden-documents.js";
import { describeWith, peer } from "../support/peers.js";
import {
  type JudgedDocument,
  judgeProvToolbox,
  judgePython,
  judgeW3cSchema,
  type Verdict,
} from "../support/referees.js";

const prov3 = await peer("prov3");
const prov2 = await peer("prov2");
const provtoolbox = await peer("provtoolbox");
const documents = await goldenDocuments();

function accepts(judge: (documents: readonly JudgedDocument[]) => Promise<Verdict[]>): void {
  test("accepts every golden document", async () => {
    expect((await judge(documents)).filter(hasFindings)).toEqual([]);
  });
}

function hasFindings({ problems, notes }: Verdict): boolean {
  return problems.length > 0 || notes.length > 0;
}

describe("the golden documents", () => {
  test("there are some", () => {
    expect(documents.length).toBeGreaterThan(0);
  });
});

describeWith("Python prov 3.2.3", prov3, (python) => {
  accepts((golden) => judgePython(python, golden));
});

describeWith("Python prov 2.0.1", prov2, (python) => {
  accepts((golden) => judgePython(python, golden));
});

describeWith("ProvToolbox 2.2.1, with its PROV-CONSTRAINTS validator", provtoolbox, (toolbox) => {
  accepts((golden) => judgeProvToolbox(toolbox, golden, { python: prov3 }));
});

describeWith("the W3C PROV-JSON schema", prov3, (python) => {
  accepts((golden) => judgeW3cSchema(python, golden));
});
