import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../../src/engines/local/client.js";
import { CacheProfiler } from "../../src/observe/cache-profiler.js";
import { lanePlot } from "../../src/observe/lane-plot.js";
import { Profiler } from "../../src/observe/profiler.js";
import { ResourceProfiler } from "../../src/observe/resource-profiler.js";
import { type VisualizeOptions, visualize } from "../../src/observe/visualize.js";
import { withCallbacks } from "../../src/observe/with-callbacks.js";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { describeWith, peer } from "../support/peers.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

const spin = (ms: number): number => {
  const until = performance.now() + ms;
  while (performance.now() < until);
  return ms;
};
const later = (ms: number): Promise<number> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(ms), ms);
  });
const total = (parts: readonly number[]): number => parts.reduce((a, b) => a + b, 0);

/** A page of all three profilers. */
async function sampleFile(): Promise<string> {
  const profiler = new Profiler();
  const resources = new ResourceProfiler({ dt: 0.01 });
  const cache = new CacheProfiler();
  await using client = new Client({ workers: 3 });
  await withCallbacks([profiler, resources, cache], () => {
    const loads = client.map(later, [30, 45, 20, 60, 15, 40]);
    const cleans = client.map(spin, [5, 12, 8, 3]);
    const sums = client.submit(total, loads);
    return client.submit(total, [sums, ...cleans]).result();
  });
  const filename = join(temporaryFolder(), "profile.html");
  expect(visualize([profiler, resources, cache], { filename })).toBe(filename);
  return filename;
}

describe("visualize", () => {
  test("similar tasks share a colour group, and cache lines have the names of the groups", async () => {
    const text = readFileSync(await sampleFile(), "utf8");
    const [, json = ""] = /id="data">(.*?)<\/script>/s.exec(text) ?? [];
    const [tasks, , cache] = JSON.parse(json);
    expect(new Set(tasks.groups)).toEqual(new Set(["later", "spin", "total"]));
    expect(tasks.groups).toHaveLength(3);
    const names = cache.lines.map(({ name }: { name: string }) => name);
    expect(names).toHaveLength(3);
    expect(new Set(names)).toEqual(new Set(tasks.groups));
    for (const line of cache.lines) expect(line.y.at(-1)).toBe(0);
    expect(text).not.toMatch(/https?:\/\//);
  });

  test("keys can hold anything", () => {
    const filename = join(temporaryFolder(), "odd.html");
    const label = "</script><script>alert(1)</script><!--";
    const task = { label, group: label, lane: "w", start: 1, stop: 2 };
    visualize({ plot: () => lanePlot([task]) }, { filename, title: "<b>&" });
    const text = readFileSync(filename, "utf8");
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text).toContain("<title>&#60;b&#62;&#38;</title>");
  });

  test("a file that cannot be written is told", () => {
    const filename = join(temporaryFolder(), "no", "such.html");
    expect(() => new Profiler().visualize({ filename })).toThrow(/no.such\.html/);
  });

  test("an option that there is not is told, and no file is written", () => {
    const filename = join(temporaryFolder(), "profile.html");
    const options = { file: filename, filename } as VisualizeOptions;
    expect(() => new Profiler().visualize(options)).toThrow(
      "Unknown option `file` of visualize. Known options: filename, title, width, height.",
    );
    expect(existsSync(filename)).toBe(false);
  });
});

describeWith("a page of plots in Chromium", await peer("chromium"), ({ executable }) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });

  /** Opens a file without a network; what it complains about or asks for is gathered. */
  async function open(file: string): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("html[data-ready]", { state: "attached" });
    return { page, complaints };
  }

  test("shows all plots, answers keys and the mouse, and asks for nothing", async () => {
    const { page, complaints } = await open(await sampleFile());
    const shots = process.env["TASKPROV_SCREENSHOTS"];
    if (shots !== undefined)
      await page.screenshot({ path: join(shots, "light.png"), fullPage: true });
    expect(await page.locator("canvas").count()).toBe(3);
    const canvas = page.locator("canvas").first();
    const before = await canvas.screenshot();
    await page.keyboard.press("Tab");
    await page.keyboard.press("n");
    expect(await page.locator("#said").textContent()).toMatch(/^Key: .*, Task: later, /);
    await page.keyboard.press("+");
    await page.keyboard.press("ArrowRight");
    await page.evaluate("new Promise(requestAnimationFrame)");
    expect((await canvas.screenshot()).equals(before)).toBe(false);
    await page.keyboard.press("0");
    const box = await canvas.boundingBox();
    // Where the tasks of this run stand, nobody knows: the first of them is looked for.
    const said: (string | null)[] = [];
    for (let part = 0.02; part < 1 && !said.at(-1)?.includes("Key: "); part += 0.02) {
      await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) * part, (box?.y ?? 0) + 40);
      said.push(await page.locator("#tip").textContent());
    }
    expect(said.at(-1)).toContain("Key: ");
    expect(await page.locator("tbody tr").first().textContent()).toMatch(/^later6/);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.evaluate("new Promise(requestAnimationFrame)");
    if (shots !== undefined)
      await page.screenshot({ path: join(shots, "dark.png"), fullPage: true });
    expect(complaints).toEqual([]);
  }, 120_000);

  test("100,000 attempts of a journal take at most 6 MB and stay usable", async () => {
    const run = new EventRun();
    run.add({ type: "fn", function: 0, name: "work", kind: "function" });
    const workers = 8;
    for (let w = 1; w < workers; w++)
      run.add({ type: "worker+", worker: w, address: `tcp://w${w}` });
    for (let i = 0; i < 100_000; i++) {
      const group = ["load", "clean", "merge", "sum"][i % 4] ?? "";
      const key = `${group}-${i}`;
      const plain = { function: 0, arguments: [], dependencies: [] };
      run.add({ type: "graph", graph: i, client: 0, tasks: [{ task: i, key, group, ...plain }] });
      const start = 1_795_169_700 + Math.floor(i / workers) * 0.01;
      const spans = [{ action: "compute", start, stop: start + 0.002 + (i % 7) / 1000 }];
      run.add({ type: "done", task: i, worker: i % workers, spans });
    }
    const folder = temporaryFolder();
    const html = join(folder, "large.html");
    const { status } = await cli([
      "profile",
      writeJournal(folder, run.end().events),
      "--html",
      html,
    ]);
    expect(status).toBe(0);
    expect(statSync(html).size).toBeLessThan(6_000_000);
    const { page, complaints } = await open(html);
    const milliseconds = await page.evaluate(() => performance.now());
    process.stderr.write(
      `100,000 attempts: ${statSync(html).size} bytes, drawn after ${Math.round(milliseconds)} ms\n`,
    );
    const shots = process.env["TASKPROV_SCREENSHOTS"];
    if (shots !== undefined)
      await page.screenshot({ path: join(shots, "large.png"), fullPage: true });
    expect(complaints).toEqual([]);
  }, 120_000);
});
