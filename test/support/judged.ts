import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { type Finding, formats, readDocument, writeDocument } from "../../src/formats/index.js";
import { equal } from "../../src/prov/index.js";

/** Documents above this are judged by tests of their own: every syntax of them takes too long. */
const judgedBytes = 60_000;

const syntaxes = formats.filter(({ read, write }) => read !== undefined && write !== undefined);

/**
 * Fails unless a document that a tracker wrote passes the checker as it stands, and says the same
 * in every syntax that does not warn of a loss.
 */
export async function judged(text: string): Promise<void> {
  if (text.length > judgedBytes) return;
  expect(errorsOf(await checkDocument(text))).toEqual([]);
  const document = await readDocument(text);
  for (const { name: format } of syntaxes) {
    const told: Finding[] = [];
    const onWarning = (finding: Finding): void => {
      told.push(finding);
    };
    const other = [...writeDocument(document, { format, onWarning })].join("");
    if (told.length > 0) continue;
    expect(equal(await readDocument(other, { format }), document), format).toBe(true);
    expect(errorsOf(await checkDocument(other, { format })), format).toEqual([]);
  }
}

/** Judges the documents that were written into a folder since a time (milliseconds). */
export async function judgeFolder(folder: string, since: number): Promise<void> {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/yprov4wfs[^/]*\.json$/.test(name)) continue;
    const file = path.join(folder, name);
    if (statSync(file).mtimeMs >= since) await judged(readFileSync(file, "utf8"));
  }
}

function errorsOf({ findings }: Awaited<ReturnType<typeof checkDocument>>): string[] {
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ rule, message }) => `${rule}: ${message}`);
}
