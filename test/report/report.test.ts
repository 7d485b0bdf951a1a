import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closure } from "../../src/lineage/closure.js";
import { openWithIndex } from "../../src/lineage/lineage.js";
import { lanesOf } from "../../src/report/page/lanes.js";
import { lineageBoxes } from "../../src/report/page/lineage-boxes.js";
import {
  attemptsOf,
  decodeColumns,
  keyOf,
  type ReportData,
  rowOfKey,
  searchKeys,
  statusOf,
  textOf,
} from "../../src/report/page/report-data.js";
import type { ReportContent } from "../../src/report/report-content.js";
import { reportPage } from "../../src/report/report-page.js";
import { reportRows } from "../../src/report/report-rows.js";
import { collectReport } from "../../src/report/write-report.js";
import { documentOf, randomRuns } from "../lineage/random-runs.js";
import { EventRun } from "../support/event-run.js";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { largeRun } from "../support/large-run.mjs";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";
import { pageScript } from "./page-script.js";

const demo = join(import.meta.dirname, "../golden/demo.json");
const quickStart = join(import.meta.dirname, "../golden/quick-start.json");

function unpacked({ head, packed }: ReportContent): ReportData {
  return decodeColumns(head, new Uint8Array(inflateRawSync(packed)));
}

async function dataOf(run: EventRun): Promise<ReportData> {
  return unpacked(await collectReport(documentOf(run.events)));
}

function htmlOf(content: ReportContent): string {
  return [...reportPage(content, pageScript())].join("");
}

describe("what a report holds", () => {
  test("every attempt with key, status, function, values and inputs comes out as it went in", async () => {
    const data = unpacked(await collectReport(quickStart));
    const row = rowOfKey(data, "rainIn-1-2");
    expect(statusOf(data, row)).toBe("ok");
    expect(textOf(data, data.function[row])).toBe("rainIn");
    expect(textOf(data, data.result[row])).toBe("number, 8 B");
    const inputs = data.input.subarray(data.inputFirst[row], data.inputFirst[row + 1]);
    expect(Array.from(inputs, (each) => keyOf(data, each))).toEqual(["load-1-1"]);
    const given = data.value.subarray(data.valueFirst[row], data.valueFirst[row + 1]);
    expect(Array.from(given, (each) => textOf(data, each))).toEqual(['"2012"']);
    expect(data.duration[row]).toBe(1000);
  });

  test("retries are attempts of one key, in order", async () => {
    const run = new EventRun().task("a").assign("a").fails("a", "flaky", 1).runs("a").end();
    const data = await dataOf(run);
    const attempts = attemptsOf(data, rowOfKey(data, "a"));
    expect(attempts.map((row) => [data.attempt[row], statusOf(data, row)])).toEqual([
      [1, "error"],
      [2, "ok"],
    ]);
  });

  test("failures come with tracebacks, inputs and what they blocked", async () => {
    const { head } = await collectReport(demo);
    const [failure] = head.failures;
    expect(failure).toMatchObject({ task: "parseRecords-1-53", blocked: 3 });
    expect(failure?.attempts[0]?.traceback).toContain("records.mjs:33:13");
    expect(head.recovered.map(({ task }) => task)).toEqual(["readText-1-1"]);
  });

  test("groups have counts, sums and quantiles, and arrows between them", async () => {
    const { head } = await collectReport(demo);
    const years = head.groups.findIndex(({ name }) => name === "selectYear");
    const days = head.groups.findIndex(({ name }) => name === "cleanDays");
    expect(head.groups[years]).toMatchObject({ count: 8, statuses: { ok: 8 }, max: 0.001 });
    expect(head.groups[years]?.total).toBeCloseTo(0.008, 6);
    expect(head.links).toContainEqual([years, days, 8]);
  });

  test("a journal also tells threads and transfers; lanes are threads", async () => {
    const path = join(temporaryFolder(), "run.ndjson");
    writeFileSync(path, [...largeRun(300)].join(""));
    const content = await collectReport(path, { index: "none" });
    const { transfers, groups } = content.head;
    const firsts = groups.map(({ name, first }) => [name, first > 0]);
    // In the order of their first starts, although some tasks of each never ran.
    expect(firsts).toEqual([
      ["load", false],
      ["clean", true],
      ["mean", true],
      ["total", true],
    ]);
    expect(transfers[0]?.from).toMatch(/^worker-\d$/);
    expect(transfers.every(({ count, seconds }) => count > 0 && seconds > 0)).toBe(true);
    const data = unpacked(content);
    const lanes = lanesOf(data);
    expect(lanes.length).toBe(16);
    for (const { start, end } of lanes) {
      for (let i = 1; i < start.length; i++)
        expect(start[i]).toBeGreaterThanOrEqual((end[i - 1] ?? 0) - 1);
    }
  });

  test("a run that goes on is reported as far as it is recorded", async () => {
    const run = new EventRun().task("a").runs("a").task("b", ["a"]).assign("b");
    const path = writeJournal(temporaryFolder(), run.events);
    const { head } = await collectReport(path);
    expect(head.run.incomplete).toBe(true);
    expect(head.run.statuses).toEqual({ ok: 1, running: 1 });
  });

  test("documents without tasks, without times and with circles are reported as they are", async () => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    const prefix = { ex: "http://example.org/" };
    const write = (name: string, content: object): string => {
      writeFileSync(join(folder, name), JSON.stringify({ prefix, ...content }));
      return join(folder, name);
    };
    const none = await collectReport(write("none.json", { entity: { "ex:e": {} } }));
    expect(none.head.rows).toBe(0);
    const circle = await collectReport(
      write("circle.json", {
        entity: { "ex:e": {}, "ex:f": {} },
        activity: { "ex:a": {}, "ex:b": {} },
        used: {
          "_:1": { "prov:activity": "ex:a", "prov:entity": "ex:e" },
          "_:2": { "prov:activity": "ex:b", "prov:entity": "ex:f" },
        },
        wasGeneratedBy: {
          "_:3": { "prov:entity": "ex:f", "prov:activity": "ex:a" },
          "_:4": { "prov:entity": "ex:e", "prov:activity": "ex:b" },
        },
      }),
    );
    const data = unpacked(circle);
    const lineage = lineageBoxes(data, rowOfKey(data, "ex:a"), { up: 9, down: 9 }, new Set());
    expect(lineage.total).toBe(2);
    expect(lanesOf(data)).toEqual([]);
  });
});

describe("the lineage that a page shows", () => {
  test("is that of `why` and `impact`, for any run", async () => {
    await fc.assert(
      fc.asyncProperty(randomRuns, fc.nat(), async (run, pick) => {
        using lineage = await openWithIndex(documentOf(run.events));
        const data = await dataOf(run);
        if (data.rows === 0) return;
        const { index } = lineage.reader;
        const rows = reportRows(index);
        const row = pick % data.rows;
        const reached = lineageBoxes(data, row, { up: Infinity, down: 0 }, new Set()).distances;
        const expected = closure(index, [rows.node[row] ?? 0], { direction: "up" })
          .nodes.map((node) => rows.rowOfNode[node] ?? -1)
          .filter((each) => each >= 0);
        expect(new Set(reached.keys())).toEqual(new Set(expected));
      }),
    );
  });

  test("keeps every attempt in exactly one box, however many there are", async () => {
    const run = new EventRun();
    const parts = Array.from({ length: 300 }, (_, i) => `part-${i}`);
    for (const part of parts) run.task(part).runs(part);
    const data = await dataOf(run.task("sum", parts).runs("sum").end());
    const sum = rowOfKey(data, "sum");
    const closed = lineageBoxes(data, sum, { up: 1, down: 0 }, new Set());
    expect(closed.boxes.map(({ rows }) => rows.length).sort((a, b) => a - b)).toEqual([1, 300]);
    const bundle = closed.boxes.find(({ rows }) => rows.length > 1)?.id ?? "";
    const open = lineageBoxes(data, sum, { up: 1, down: 0 }, new Set([bundle]));
    expect(new Set(open.boxes.flatMap(({ rows }) => rows))).toEqual(new Set(open.distances.keys()));
    expect(open.boxes.length).toBeLessThan(60);
  });
});

describe("the search", () => {
  test("finds keys by any part, in either case, and never across two keys", async () => {
    const run = new EventRun()
      .task("Alpha-1")
      .runs("Alpha-1")
      .task("beta-22")
      .runs("beta-22")
      .end();
    const data = await dataOf(run);
    const found = (text: string): string[] =>
      searchKeys(data, text, 9).map((row) => keyOf(data, row));
    expect(found("ALPHA")).toEqual(["Alpha-1"]);
    expect(found("a-22")).toEqual(["beta-22"]);
    expect(found("1beta")).toEqual([]);
    expect(found("")).toEqual([]);
    expect(rowOfKey(data, "beta-2")).toBe(-1);
  });
});

describe("the page", () => {
  const hostile = '</script><script>alert(1)</script><!-- "&\u2028';

  test("is one file that asks for nothing, with a policy that lets nothing in", async () => {
    const html = htmlOf(await collectReport(demo));
    expect(html).not.toMatch(/(?:src|href)="(?!data:,")/);
    expect(html).toMatch(/default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'/);
    expect(html).not.toContain("unsafe-inline");
  });

  test("holds hostile keys, names and messages as data only", async () => {
    const run = new EventRun({ name: hostile })
      .task(hostile)
      .assign(hostile)
      .fails(hostile, hostile)
      .end();
    const html = htmlOf(await collectReport(documentOf(run.events)));
    expect(html.match(/<\/script/gi)?.length).toBe(3);
    expect(html.match(/<script/gi)?.length).toBe(3);
    expect(html).not.toContain("<!-- ");
    const head =
      /<script type="application\/json" id="head">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    expect(JSON.parse(head).failures[0].task).toBe(hostile);
  });

  test("has a program that parses, without imports left and without a way out of its element", () => {
    const script = pageScript();
    expect(() => new Script(script)).not.toThrow();
    expect(script).not.toMatch(/^\s*(import|export)\b/m);
    expect(script).not.toMatch(/<\/script|<!--/i);
  });
});
