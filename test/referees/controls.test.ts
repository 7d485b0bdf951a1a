import { expect, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";
import {
  type JudgedDocument,
  judgeProvToolbox,
  judgePython,
  judgeW3cSchema,
  type Verdict,
} from "../support/referees.js";
import { accepted, type Control, controls } from "./samples.js";

const prov3 = await peer("prov3");
const prov2 = await peer("prov2");
const provtoolbox = await peer("provtoolbox");

const good = accepted.map(([name, document]) => ({ name, text: JSON.stringify(document) }));

type Judge = (documents: readonly JudgedDocument[]) => Promise<Verdict[]>;

function controlled(referee: "prov3" | "prov2" | "provtoolbox" | "w3c", judge: Judge): void {
  test("accepts documents in the shared dialect", async () => {
    const verdicts = await judge(good);
    expect(verdicts.map(({ name, problems, notes }) => [name, problems, notes])).toEqual(
      good.map(({ name }) => [name, [], []]),
    );
  });

  test("rejects what it should, each for its reason", async () => {
    const rows = controls.flatMap((control: Control) => {
      const pattern = control[referee];
      return pattern === undefined ? [] : [{ control, pattern }];
    });
    expect(rows.length).toBeGreaterThan(2);
    const verdicts = await judge(
      rows.map(({ control }) => ({ name: control.name, text: JSON.stringify(control.document) })),
    );
    for (const [index, { control, pattern }] of rows.entries()) {
      expect(verdicts[index]?.problems.join("\n"), control.name).toMatch(pattern);
    }
  });
}

describeWith("Python prov 3.2.3", prov3, (python) => {
  controlled("prov3", (documents) => judgePython(python, documents));
});

describeWith("Python prov 2.0.1", prov2, (python) => {
  controlled("prov2", (documents) => judgePython(python, documents));
});

describeWith("ProvToolbox 2.2.1", provtoolbox, (toolbox) => {
  controlled("provtoolbox", (documents) => judgeProvToolbox(toolbox, documents, { python: prov3 }));
});

describeWith("the W3C PROV-JSON schema", prov3, (python) => {
  controlled("w3c", (documents) => judgeW3cSchema(python, documents));
});
