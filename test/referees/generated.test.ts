import fc from "fast-check";
import { expect, test } from "vitest";
import { type Dialect, writeProvJson } from "../../src/formats/index.js";
import { describeWith, peer } from "../support/peers.js";
import {
  type JudgedDocument,
  judgeProvToolbox,
  judgePython,
  judgeW3cSchema,
  rejected,
  type Verdict,
} from "../support/referees.js";
import { fullTier, runs } from "../support/tier.js";
import { runLikeDocument } from "./run-like-documents.js";

const prov3 = await peer("prov3");
const prov2 = await peer("prov2");
const provtoolbox = await peer("provtoolbox");

// The same documents every time in `npm test`, new ones in the full tier; the seed is in the names.
const seed = fullTier ? Math.floor(Math.random() * 2 ** 31) : 20_261_120;

function generated(dialect: Dialect): JudgedDocument[] {
  return fc.sample(runLikeDocument, { numRuns: runs(100), seed }).map((document, index) => ({
    name: `${dialect} document ${index} of seed ${seed}`,
    text: [...writeProvJson(document, { dialect })].join(""),
  }));
}

function accepts(judge: (documents: readonly JudgedDocument[]) => Promise<Verdict[]>): void {
  test.each<Dialect>(["shared", "portable", "yprov"])(
    "accepts documents in the %s dialect",
    async (dialect) => {
      const documents = generated(dialect);
      expect(rejected(documents, await judge(documents))).toEqual({
        judged: documents.length,
        rejected: 0,
      });
    },
  );
}

describeWith("Python prov 3.2.3", prov3, (python) => {
  accepts((documents) => judgePython(python, documents));
});

describeWith("Python prov 2.0.1", prov2, (python) => {
  accepts((documents) => judgePython(python, documents));
});

describeWith("ProvToolbox 2.2.1", provtoolbox, (toolbox) => {
  accepts((documents) => judgeProvToolbox(toolbox, documents, { python: prov3, validate: false }));
});

describeWith("the W3C PROV-JSON schema", prov3, (python) => {
  accepts((documents) => judgeW3cSchema(python, documents));
});
