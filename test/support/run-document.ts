import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { peer } from "./peers.js";
import { lineageOf, type RawDocument, readRaw } from "./raw-document.js";
import { judgePython } from "./referees.js";
import type { Truth } from "./tracked-program.js";

const prov3 = await peer("prov3");

/** The document of a run in the folder. */
export function documentIn(folder: string): RawDocument {
  return readRaw(join(folder, "output/yprov4wfs.json"));
}

/** The document is well-formed, keeps to the schema, and Python `prov` takes it. */
export async function expectAccepted(folder: string): Promise<void> {
  const text = readFileSync(join(folder, "output/yprov4wfs.json"), "utf8");
  const { findings } = await checkDocument([new TextEncoder().encode(text)]);
  expect(findings).toEqual([]);
  if ("why" in prov3) return;
  const [verdict] = await judgePython(prov3, [{ name: "yprov4wfs.json", text }]);
  expect(verdict?.problems).toEqual([]);
}

/** Each data entity comes from exactly what the scheduler says that it was made from. */
export function expectTrueLineage(document: RawDocument, truth: Truth): void {
  const lineage = lineageOf(document);
  let compared = 0;
  for (const [key, needed] of Object.entries(truth.graph)) {
    const sources = lineage.get(key);
    if (sources === undefined) continue;
    expect(sources, key).toEqual(needed);
    compared += needed.length;
  }
  expect(compared).toBeGreaterThan(0);
}
