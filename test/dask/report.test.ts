import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";
import { runPython } from "../support/python-package.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram } from "../support/tracked-program.js";

const versions = [await peer("dask"), await peer("dask2024")];

/** The keys are in the packed columns, one after the other. */
function textOf(page: string): string {
  const packed = /<script[^>]*id="columns"[^>]*>([^<]*)</.exec(readFileSync(page, "utf8"))?.[1];
  return inflateRawSync(Buffer.from(packed ?? "", "base64")).toString("latin1");
}

for (const version of versions) {
  describeWith(`performance_report on ${version.title}`, version, ({ python }) => {
    test.each([
      ["cluster", "[1, 2, 3, 4, 5]\n"],
      ["failing", "[1, 2, 3, 4, 5]\nthe block's own\n"],
      ["local", "2\n"],
      ["async", "2\n"],
    ])("%s: a page of exactly the block", async (how, printed) => {
      const cwd = temporaryFolder();
      const outcome = await runPython(python, [daskProgram("report.py"), how], cwd, {
        PYTHONPATH: join(projectFolder, "python"),
        PATH: [dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
      });
      expect(outcome.told).toEqual([]);
      expect([outcome.status, outcome.stdout]).toEqual([0, printed]);
      const page = join(cwd, "report.html");
      expect(existsSync(page)).toBe(true);
      const text = textOf(page);
      expect(text).toContain("in-block");
      expect(text).not.toContain("after");
    });
  });
}
