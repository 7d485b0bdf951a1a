import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { type FormatName, readDocument } from "../../src/formats/index.js";
import { sameDocument } from "../../src/prov/index.js";
import { describeWith, peer } from "../support/peers.js";

interface Example {
  readonly name: string;
  readonly texts: Readonly<Record<string, string>>;
}

const prov3 = await peer("prov3");
const formats: readonly FormatName[] = ["prov-xml", "trig", "prov-n"];

describeWith("the examples of Python prov, as it writes them", prov3, ({ python }) => {
  test("read as the same documents in every syntax", { timeout: 120_000 }, async () => {
    const script = path.join(import.meta.dirname, "../support/prov_examples.py");
    const output = execFileSync(python, ["-X", "utf8", script], { encoding: "utf8" });
    const examples = output
      .trimEnd()
      .split("\n")
      .map((line): Example => JSON.parse(line));
    expect(examples.length).toBeGreaterThan(7);
    for (const { name, texts } of examples) {
      const expected = await readDocument(texts["prov-json"] ?? "", { format: "prov-json" });
      expect(expected.records.length + expected.bundles.length, name).toBeGreaterThan(0);
      for (const format of formats) {
        const found = await readDocument(texts[format] ?? "", { format });
        expect(sameDocument(found, expected), `${name} in ${format}`).toBe(true);
      }
    }
  });
});
