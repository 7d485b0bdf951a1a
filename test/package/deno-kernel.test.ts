import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { attemptsOf, executeCells, type KernelCell, type ShownOutput } from "../support/kernel.js";
import { installPackedPackage, type PackedPackage } from "../support/packed-package.js";
import { describeWith, peer } from "../support/peers.js";
import { readRaw } from "../support/raw-document.js";

const run = promisify(execFile);

const threadTasks = `
export const double = (n) => n * 2;
`;

// The package as npm installs it, in the notebook's folder.
const cells = {
  setUp: {
    source: `import { Client, openLineage, ProgressBar, ProvTracker, withCallbacks, workerModule, writeReport } from "npm:taskprov";
import { pathToFileURL } from "node:url";
const client: Client = new Client({ workers: 2 });
const tracker = new ProvTracker();
client.registerPlugin(tracker);
const inc = (n: number): number => n + 1;
const total = (...ns: number[]): string => "in total " + ns.reduce((a, b) => a + b, 0);
const fail = (): never => { throw new Error("boom"); };`,
  },
  bar: {
    source: `const bar = new ProgressBar();
await withCallbacks([bar], () => client.submit(total, ...client.map(inc, [1, 2, 3])).result())`,
    awaits: ["100% Completed", "in total 9"],
  },
  again: {
    source: `await withCallbacks([bar], () =>
  Promise.allSettled([client.submit(inc, 1).result(), client.submit(fail).result()]));`,
    awaits: ["50% Completed"],
  },
  rich: {
    source: `await withCallbacks([new ProgressBar({ form: "rich" })], () =>
  Promise.allSettled([client.gather(client.map(inc, [4, 5, 6])), client.submit(fail).result()]));`,
    awaits: ["1 failed"],
  },
  threads: {
    source: `const { double } = workerModule<{ double(n: number): number }>(pathToFileURL("thread-tasks.mjs"));
await withCallbacks([bar], () => client.submit(double, 21).result())`,
    awaits: ["100% Completed", "42"],
  },
  close: {
    source: `await client.close();
const summary = await tracker.done;
summary`,
    awaits: ["what was recorded"],
  },
  why: {
    source: `const lineage = await openLineage(summary.document as string);
lineage.why("double")`,
    awaits: ["double"],
  },
  report: {
    source: `await writeReport(summary.document as string, "report.html")`,
    awaits: ["<iframe"],
  },
} satisfies Record<string, KernelCell>;

type CellName = keyof typeof cells;

const jupyter = await peer("jupyter");

describeWith("in Deno's kernel", await peer("deno"), ({ executable, title }) => {
  describeWith("asked by jupyter_client", jupyter, ({ python }) => {
    let installed: PackedPackage;
    let shown: ReadonlyMap<string, readonly ShownOutput[]>;

    beforeAll(async () => {
      installed = await installPackedPackage();
      const { folder } = installed;
      writeFileSync(join(folder, "thread-tasks.mjs"), threadTasks);
      const env = { HOME: folder, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
      await run(executable, ["jupyter", "--install"], { env });
      const { cells: executed } = await executeCells(
        python,
        folder,
        Object.values(cells),
        env,
        "deno",
      );
      shown = new Map(Object.keys(cells).map((name, at) => [name, executed[at]?.shown ?? []]));
    });

    afterAll(async () => {
      await rm(dirname(installed.folder), { recursive: true, force: true });
    });

    /** The texts of a cell's one display, oldest first, and where it is. */
    function displayOf(name: CellName): { place: string; texts: string[]; html: string } {
      const outputs = shown.get(name) ?? [];
      const drawn = outputs.filter(({ kind }) => kind !== "execute_result");
      const [first, ...updates] = drawn;
      expect(first).toMatchObject({ kind: "display_data", place: expect.stringMatching(/./) });
      expect(updates.length).toBeGreaterThan(0);
      expect(updates.map(({ kind, place }) => [kind, place])).toEqual(
        updates.map(() => ["update_display_data", first?.place]),
      );
      const texts = drawn.map(({ data }) => data["text/plain"] ?? "");
      return { place: first?.place ?? "", texts, html: drawn.at(-1)?.data["text/html"] ?? "" };
    }

    /** What a cell came to. */
    function resultOf(name: CellName): ShownOutput["data"] {
      const results = (shown.get(name) ?? []).filter(({ kind }) => kind === "execute_result");
      expect(results).toHaveLength(1);
      return results[0]?.data ?? {};
    }

    test("a progress bar is one display, updated in place, that ends with 100 %", () => {
      const { texts, html } = displayOf("bar");
      expect(texts[0]).toMatch(/^\[ {40}\] \| 0% Completed \| \d/);
      expect(texts.at(-1)).toMatch(/^\[#{40}\] \| 100% Completed \| \d/);
      expect(html).toMatch(/^<pre [^>]*>\[#{40}\] \| 100% Completed/);
      expect(resultOf("bar")["text/plain"]).toContain("in total 9");
    });

    test("each computation has a display of its own; of one that failed it ends with what was reached", () => {
      expect(displayOf("again").texts.at(-1)).toMatch(/^\[#{20} {20}\] \| 50% Completed \| \d/);
      const names = ["bar", "again", "rich", "threads"] as const;
      expect(new Set(names.map((name) => displayOf(name).place)).size).toBe(names.length);
    });

    test("the rich form has its groups and failures, and nothing that only terminals understand", () => {
      const { texts } = displayOf("rich");
      const [all, ...groups] = texts.at(-1)?.split("\n") ?? [];
      expect(all).toMatch(/^▕█{30} {10}▏ {2}75% {2}3\/4 .* {2}1 failed$/);
      expect(groups).toEqual([
        expect.stringMatching(/ inc +3\/3$/),
        expect.stringMatching(/ fail +0\/1 {2}1 failed$/),
      ]);
      expect(texts.join("")).not.toMatch(/[^\P{Cc}\n]/u);
    });

    test("tasks run on worker threads, and the bar counts them", () => {
      expect(displayOf("threads").texts.at(-1)).toContain("100% Completed");
      expect(resultOf("threads")["text/plain"]).toBe("42");
    });

    test("what was recorded, lineage and a report are shown as HTML", () => {
      const summary = resultOf("close");
      expect(summary["text/plain"]).toContain("(attempts: 9 ok, 2 error)");
      expect(summary["text/html"]).toMatch(/^<table>.*what was recorded/);
      expect(resultOf("why")["text/plain"]).toContain("double");
      expect(resultOf("why")["text/html"]).toMatch(/^<pre [^>]*>.*double/s);
      expect(resultOf("report")["text/html"]).toMatch(/^<iframe [^>]*sandbox="allow-scripts"/);
    });

    test("the document is without findings, names Deno, not Node, and no place of this package", async () => {
      const path = join(installed.folder, "output/yprov4wfs.json");
      const { findings } = await checkDocument([readFileSync(path)]);
      expect(findings).toEqual([]);
      const document = readRaw(path);
      const attempts = attemptsOf(document);
      expect(attempts).toHaveLength(11);
      // Code of these cells has no file.
      for (const [, attempt] of attempts) expect(attempt).not.toHaveProperty("taskprov:site");
      const scheduler = document["agent"]?.["run:scheduler"];
      expect(scheduler?.["taskprov:version"]).toEqual([
        `taskprov ${installed.version}`,
        title.toLowerCase(),
      ]);
    });
  });
});
