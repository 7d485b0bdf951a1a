import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { displayOf } from "../../src/base/notebook-display.js";
import { diff } from "../../src/lineage/diff/diff.js";
import { openLineage } from "../../src/lineage/lineage.js";
import { nondeterminism } from "../../src/lineage/nondeterminism.js";
import { listRuns, outputHistory } from "../../src/lineage/run-list.js";
import { shownReport } from "../../src/report/report-display.js";
import { buildDocument } from "../../src/track/build-document.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { tracked } from "../support/tracked.js";
import { writeJournal } from "../support/written-journal.js";
import { documentOf } from "./random-runs.js";

const demo = join(import.meta.dirname, "../golden/demo.json");
const hostile = "</pre></td><script>alert(1)</script>";

async function shownAs(value: unknown): Promise<readonly [plain: string, html: string]> {
  const { "text/plain": plain, "text/html": html } = (await displayOf(value)) ?? {};
  return [String(plain), String(html)];
}

describe("answers in a notebook of TypeScript", () => {
  test("are shown as the command line tells them", async () => {
    const lineage = await openLineage(demo);
    const answers: readonly (readonly [unknown, string])[] = [
      [lineage.why("selectYear-1-2"), "selectYear-1-2"],
      [lineage.impact("readText-1-1"), "readText-1-1"],
      [lineage.blame(), "parseRecords-1-53"],
      [lineage.show("readText-1-1"), "readText-1-1"],
      [lineage.list({ status: ["error"] }), "parseRecords-1-53"],
      [lineage.critical(), "its end waited for"],
      [await diff(demo, demo), "No difference"],
      [await nondeterminism([demo]), "in 1 run nothing had other results"],
      [await listRuns(join(demo, "..")), "demo.json"],
      [await outputHistory(join(demo, ".."), "readText-1-1"), "the first run that has it"],
    ];
    for (const [answer, words] of answers) {
      const [plain, html] = await shownAs(answer);
      expect([words, plain.toLowerCase()]).toEqual([
        words,
        expect.stringContaining(words.toLowerCase()),
      ]);
      expect(html).toMatch(/^\s*<(?:pre|div|p|table)\b/);
      expect(html).not.toContain("<!doctype");
    }
    lineage.close();
  });

  test("hold keys, names and messages of the run as text only", async () => {
    const run = new EventRun({ name: hostile })
      .task(hostile)
      .assign(hostile)
      .fails(hostile, hostile)
      .end();
    const document = documentOf(run.events);
    const lineage = await openLineage(document);
    const answers = [
      lineage.why(hostile),
      lineage.blame(),
      lineage.show(hostile),
      lineage.list(),
      await diff(document, documentOf(new EventRun().task("a").runs("a").end().events)),
    ];
    for (const answer of answers) {
      const [, html] = await shownAs(answer);
      expect(html).not.toContain("<script");
      expect(html).toContain("&lt;script");
    }
    lineage.close();
  });
});

describe("what a run came to in a notebook of TypeScript", () => {
  test("is a table of document, tasks and problems", async () => {
    const { summary } = await tracked((client) => client.submit((n: number) => n + 1, 1).result());
    const [plain, html] = await shownAs(summary);
    expect(plain).toContain("1 (attempts: 1 ok)");
    expect(html).toMatch(/^<table>.*yprov4wfs\.json<\/td>/s);
    const run = new EventRun().task("a").assign("a").fails("a", hostile);
    const built = await buildDocument(writeJournal(temporaryFolder(), run.events));
    expect((await shownAs(built))[0]).toContain("1 (attempts: 1 error)");
    const hostileSummary = await shownAs(
      await buildDocument(writeJournal(temporaryFolder(), run.events), {
        output: join(temporaryFolder(), "a&b.json"),
      }),
    );
    expect(hostileSummary[1]).toContain("a&amp;b.json");
  });

  test("its report is a page of its own in the cell, which reaches nothing else", async () => {
    const path = join(temporaryFolder(), "report.html");
    writeFileSync(path, "<!doctype html><title>a report</title>");
    const [plain, html] = await shownAs(shownReport({ path, attempts: 54, omitted: [] }));
    expect(plain).toMatch(/report\.html: 54 attempts$/);
    expect(html).toMatch(/^<iframe title="taskprov report" sandbox="allow-scripts" /);
    const data = /src="data:text\/html;base64,([^"]+)"/.exec(html)?.[1] ?? "";
    expect(Buffer.from(data, "base64").toString()).toMatch(/^<!doctype html>/);
  });
});
