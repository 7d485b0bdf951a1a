import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inflateRawSync } from "node:zlib";
import { Client, performanceReport } from "taskprov";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary.js";

/** The keys are in the packed columns, one after the other. */
function keysIn(page: string): string {
  const packed = /<script[^>]*id="columns"[^>]*>([^<]*)</.exec(readFileSync(page, "utf8"))?.[1];
  return inflateRawSync(Buffer.from(packed ?? "", "base64")).toString("latin1");
}

function folders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("taskprov-report-"));
}

test("a page of exactly the block is written; the client goes on, and nothing else is left", async () => {
  const filename = path.join(temporaryFolder(), "report.html");
  const before = folders();
  const client = new Client();
  await client
    .with({ key: "outside" })
    .submit(() => 1)
    .result();
  const result = await performanceReport({ filename }, () =>
    client
      .with({ key: "in-block" })
      .submit(() => 6 * 7)
      .result(),
  );
  await client
    .with({ key: "after" })
    .submit(() => 1)
    .result();
  await client.close();
  expect(result).toBe(42);
  expect(keysIn(filename)).toContain("in-block");
  expect(keysIn(filename)).not.toContain("after");
  expect(keysIn(filename)).not.toContain("outside");
  expect(folders().filter((name) => !before.includes(name))).toEqual([]);
});

test("clusters that open in the block are reported, each in a file, also when the block throws", async () => {
  const folder = temporaryFolder();
  const filename = path.join(folder, "report.html");
  const block = performanceReport({ filename }, async () => {
    for (const key of ["one", "two"]) {
      const client = new Client();
      await client
        .with({ key })
        .submit(() => key)
        .result();
      await client.close();
    }
    throw new RangeError("the block's own");
  });
  await expect(block).rejects.toThrow("the block's own");
  expect(keysIn(filename)).toContain("one");
  expect(keysIn(path.join(folder, "report-2.html"))).toContain("two");
});

test("a file that cannot be written is an error of the report", async () => {
  const filename = path.join(temporaryFolder(), "none", "report.html");
  const client = new Client();
  const block = performanceReport({ filename }, () => client.submit(() => 1).result());
  await expect(block).rejects.toMatchObject({ code: "ERR_DESTINATION" });
  await client.close();
  expect(existsSync(filename)).toBe(false);
});
