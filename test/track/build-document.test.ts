import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catJournal } from "../../src/events/read-journal.js";
import { parseProvJson, writeProvJson } from "../../src/formats/index.js";
import { buildDocument } from "../../src/track/build-document.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

const otherRun = "99999999-2222-4333-8444-555555555555";

function smallRun(about: ConstructorParameters<typeof EventRun>[1] = {}): EventRun {
  return new EventRun({}, about).task("a").task("b", ["a"]).runs("a").runs("b").end();
}

function workflowOf(path: string): Record<string, unknown> {
  const document: { activity: Record<string, Record<string, unknown>> } = JSON.parse(
    readFileSync(path, "utf8"),
  );
  return document.activity["run:workflow"] ?? {};
}

describe("buildDocument", () => {
  test("writes a document that reads back with every record", async () => {
    const folder = temporaryFolder();
    const summary = await buildDocument(writeJournal(folder, smallRun().events));
    expect(summary).toMatchObject({
      document: join(folder, "yprov4wfs.json"),
      journal: join(folder, "yprov4wfs.journal"),
      counts: { tasks: 2, ok: 2, data: 2 },
      problems: [],
      incomplete: false,
    });
    const { records } = parseProvJson(readFileSync(join(folder, "yprov4wfs.json")));
    expect(records.filter(({ kind }) => kind === "activity")).toHaveLength(3);
    expect(readdirSync(folder).sort()).toEqual(["yprov4wfs.journal", "yprov4wfs.json"]);
  });

  test("writes the same bytes again, from the journal and from its NDJSON", async () => {
    const folder = temporaryFolder();
    const first = await buildDocument(writeJournal(folder, smallRun().events));
    const bytes = readFileSync(first.document ?? "");
    const journal = first.journal ?? "";
    await buildDocument(journal);
    expect(readFileSync(first.document ?? "")).toEqual(bytes);
    expect(readdirSync(folder).sort()).toEqual(["yprov4wfs.journal", "yprov4wfs.json"]);
    let text = "";
    for await (const line of catJournal(journal)) text += line;
    const ndjson = join(folder, "events.ndjson");
    writeFileSync(ndjson, text);
    const output = join(folder, "again.json");
    await buildDocument(ndjson, { output });
    expect(readFileSync(output)).toEqual(bytes);
  });

  test("claims no end of an attempt that may have stood in a place that cannot be read", async () => {
    const folder = temporaryFolder();
    const whole = writeJournal(folder, smallRun().forget("a").events);
    let text = "";
    for await (const line of catJournal(whole)) text += line.includes('["done"') ? "{\n" : line;
    const torn = join(folder, "torn.ndjson");
    writeFileSync(torn, text);
    const summary = await buildDocument(torn, { output: join(folder, "torn.json") });
    expect(summary).toMatchObject({ incomplete: true, counts: { tasks: 2, unknown: 2 } });
  });

  test("renames an older document and its journal with their own start time", async () => {
    const folder = temporaryFolder();
    await buildDocument(writeJournal(folder, smallRun().events));
    const old = readFileSync(join(folder, "yprov4wfs.json"));
    const next = await buildDocument(writeJournal(folder, smallRun({ runId: otherRun }).events));
    expect(next.older).toBe(join(folder, "yprov4wfs-20261120T101500Z.json"));
    expect(readFileSync(next.older ?? "")).toEqual(old);
    expect(readdirSync(folder).sort()).toEqual([
      "yprov4wfs-20261120T101500Z.journal",
      "yprov4wfs-20261120T101500Z.json",
      "yprov4wfs.journal",
      "yprov4wfs.json",
    ]);
    const third = { runId: otherRun.replace("9", "8") };
    await buildDocument(writeJournal(folder, smallRun(third).events));
    expect(existsSync(join(folder, "yprov4wfs-20261120T101500Z-2.json"))).toBe(true);
  });

  test("replaces an older document with `overwrite`", async () => {
    const folder = temporaryFolder();
    await buildDocument(writeJournal(folder, smallRun().events));
    const journal = writeJournal(folder, smallRun({ runId: otherRun }).events);
    await buildDocument(journal, { options: { overwrite: true } });
    expect(readdirSync(folder).sort()).toEqual(["yprov4wfs.journal", "yprov4wfs.json"]);
    expect(workflowOf(join(folder, "yprov4wfs.json"))["taskprov:runId"]).toEqual([otherRun]);
  });

  test("keeps a file of somebody else's that has the name, too", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "yprov4wfs.json"), "not ours");
    const summary = await buildDocument(writeJournal(folder, smallRun().events));
    expect(readFileSync(summary.older ?? "", "utf8")).toBe("not ours");
  });

  test("makes a document of whatever a crash left, marked as incomplete", async () => {
    const folder = temporaryFolder();
    const whole = writeJournal(folder, smallRun().events, "whole.journal");
    const bytes = readFileSync(whole);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (length) => {
        const journal = join(folder, "torn.journal");
        writeFileSync(journal, bytes);
        truncateSync(journal, length);
        const output = join(folder, "torn.json");
        const summary = await buildDocument(journal, { output }).catch((error: unknown) => error);
        if (summary instanceof Error) {
          // Nothing that says which run it was: no document, and none half written.
          expect(summary.message).not.toContain("\n");
          expect(existsSync(output)).toBe(false);
        } else {
          expect(summary).toMatchObject({ incomplete: true });
          expect(workflowOf(output)["taskprov:incomplete"]).toBeDefined();
          parseProvJson(readFileSync(output));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("gives options now precedence over the recorded ones", async () => {
    const folder = temporaryFolder();
    const journal = writeJournal(folder, smallRun().events, "x.journal");
    const output = join(folder, "portable.json");
    await buildDocument(journal, { output, options: { dialect: "portable", name: "nightly" } });
    expect(workflowOf(output)["prov:label"]).toEqual(["nightly"]);
  });

  test("stops on a signal and leaves nothing behind", async () => {
    const folder = temporaryFolder();
    const journal = writeJournal(folder, smallRun().events);
    const before = readdirSync(folder);
    const stopped = buildDocument(journal, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow("aborted");
    expect(readdirSync(folder)).toEqual(before);
  });

  test("joins a spool that went to disk into what the writer writes, byte for byte", async () => {
    const folder = temporaryFolder();
    const run = new EventRun();
    const text = "x".repeat(1000);
    for (let i = 0; i < 6000; i++) {
      run.task(`inc-${i}`, [], { fn: "inc", args: [[0, text]] }).runs(`inc-${i}`);
      run.release(`inc-${i}`).forget(`inc-${i}`);
    }
    const { document } = await buildDocument(writeJournal(folder, run.end().events));
    const parsed = parseProvJson(readFileSync(document ?? ""));
    expect(parsed.records.filter(({ kind }) => kind === "activity")).toHaveLength(6001);
    expect([...writeProvJson(parsed)].join("")).toBe(readFileSync(document ?? "", "utf8"));
    expect(readdirSync(folder).sort()).toEqual(["yprov4wfs.journal", "yprov4wfs.json"]);
  });

  test.each<[string, string, string]>([
    ["is missing", "none.journal", "no such file"],
    ["is a folder", ".", "it is a directory"],
    ["is empty", "empty", "empty"],
    ["is no journal", "text", "not a journal"],
    ["is NDJSON without a run", "events", "does not begin with a `run` event"],
  ])("says what to do when the journal %s", async (_, name, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "empty"), "");
    writeFileSync(join(folder, "text"), "hello");
    writeFileSync(join(folder, "events"), '["closing",1]\n');
    const output = join(folder, "out.json");
    const built = buildDocument(join(folder, name), { output });
    await expect(built).rejects.toThrow(message);
    expect(existsSync(output)).toBe(false);
  });
});
