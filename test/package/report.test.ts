import { once } from "node:events";
import { createWriteStream, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { writeReport } from "taskprov";
import { afterAll, beforeAll, expect, test } from "vitest";
import { untilTrue } from "../support/browser.js";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { largeRun } from "../support/large-run.mjs";
import { describeWith, peer } from "../support/peers.js";
import { fullTier } from "../support/tier.js";

const chromiumPeer = await peer("chromium");
const root = path.resolve(import.meta.dirname, "../..");
// Kept, so that a person can look at them after a run.
const pictures = path.join(root, ".cache", "report");
const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const hostile = '</script><img src=x onerror="document.title=1">';
const views = ["overview", "graph", "timeline", "tasks", "failures", "notebook", "performance"];

/** Milliseconds; only against hanging: a million tasks are recorded, packed and shown. */
function patience(tasks: number): number {
  return tasks > 100_000 ? 3_600_000 : 600_000;
}

async function largeReport(tasks: number): Promise<string> {
  const journal = path.join(pictures, `${tasks}.ndjson`);
  const file = createWriteStream(journal);
  for (const line of largeRun(tasks)) {
    if (!file.write(line)) await once(file, "drain");
  }
  await new Promise<void>((resolve) => file.end(resolve));
  const page = path.join(pictures, `${tasks}.html`);
  await writeReport(journal, page, { index: "none" });
  return page;
}

/** A document as yProv4DASK writes it for a notebook, with a key that is HTML. */
function notebookDocument(): string {
  const file = path.join(pictures, "notebook.json");
  const attempt = (cell: string, key: string, status: string): object => ({
    "prov:startTime": "2026-11-20T10:15:00Z",
    "prov:endTime": "2026-11-20T10:15:02Z",
    "prov:type": { $: "taskprov:TaskAttempt", type: "prov:QUALIFIED_NAME" },
    "taskprov:key": key,
    "taskprov:status": status,
    "yprov4wfs:group": "mean",
    "yprov4wfs:jupyter_cell_index": cell,
  });
  const document = {
    prefix: {
      ex: "http://example.org/",
      taskprov: "https://w3id.org/taskprov/terms#",
      yprov4wfs: "https://github.com/HPCI-Lab/yProv4WFs#",
    },
    activity: { "ex:a": attempt("3", hostile, "ok"), "ex:b": attempt("4", "mean-1", "error") },
    entity: { "ex:d": { "taskprov:key": hostile } },
    wasGeneratedBy: { "_:g": { "prov:entity": "ex:d", "prov:activity": "ex:a" } },
    used: { "_:u": { "prov:activity": "ex:b", "prov:entity": "ex:d" } },
  };
  writeFileSync(file, JSON.stringify(document));
  return file;
}

describeWith("a report in a browser, from file://", chromiumPeer, (found) => {
  let browser: Browser;
  const problems: string[] = [];

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    browser = await chromium.launch({ executablePath: found.executable, args });
  });
  afterAll(async () => {
    await browser.close();
  });

  async function open(
    file: string,
    place: string,
    colorScheme: "light" | "dark" = "light",
  ): Promise<Page> {
    // Half-way from one colour to the other, contrast is too low.
    const how = { reducedMotion: "reduce", viewport: { width: 1280, height: 900 } } as const;
    const page = await browser.newPage({ ...how, colorScheme });
    problems.length = 0;
    page.on("console", (message) => problems.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) problems.push(request.url());
    });
    await page.goto(`${pathToFileURL(file).href}#/${place}`);
    await page.waitForSelector("html[data-ready]");
    return page;
  }

  async function go(page: Page, place: string): Promise<void> {
    await page.evaluate(`location.hash = ${JSON.stringify(`#/${place}`)}`);
    await untilTrue(page, `document.querySelector("main .wait") === null`);
    // A frame, for what is drawn.
    await page.evaluate(
      "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))",
    );
  }

  async function picture(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: path.join(pictures, `${name.replaceAll(/\W+/g, "_")}.png`) });
  }

  /** What axe finds; the program comes by the debugger, because the page lets no script in. */
  async function violations(page: Page): Promise<unknown> {
    await page.evaluate(axe);
    return await page.evaluate(
      `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
        violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(" ")).slice(0, 3)]))`,
    );
  }

  /** Through graph, timeline and search without a pointer. */
  async function byKeyboard(page: Page): Promise<void> {
    await go(page, "graph");
    await page.locator("g.node").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".chip");
    await page.waitForSelector("g.node:focus");
    expect(await page.locator("g.node").count()).toBeLessThanOrEqual(300);
    await go(page, "timeline");
    await page.locator("canvas").focus();
    for (const key of ["ArrowRight", "+", "+", "ArrowRight", "ArrowDown", "End", "-", "0"]) {
      await page.keyboard.press(key);
    }
    expect(await page.locator("#live").textContent()).toMatch(/, took .*worker-\d/);
    await page.keyboard.press("Enter");
    // The page that comes takes the focus, to its heading.
    await untilTrue(
      page,
      `location.hash.startsWith("#/task/") && document.activeElement.matches("h1") && document.querySelector("main .wait") === null`,
    );
    await page.keyboard.press("/");
    await page.keyboard.type("total-9d41");
    await page.waitForSelector("#hits [role=option] .key");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await untilTrue(page, `location.hash.startsWith("#/task/total-9d41")`);
  }

  for (const tasks of [10, 1_000, ...(fullTier ? [100_000, 1_000_000] : [])]) {
    test(
      `shows every view of ${tasks} tasks without an error, a request or a fault for axe`,
      async () => {
        const file = await largeReport(tasks);
        expect(statSync(file).size).toBeLessThan(tasks > 100_000 ? 60e6 : 6e6);
        const page = await open(file, "overview", tasks === 1_000 ? "dark" : "light");
        for (const view of [
          ...views,
          "task/total-9d41",
          `task/${encodeURIComponent("('clean-77e2', 0)")}`,
        ]) {
          await go(page, view);
          expect(await page.locator("main").textContent()).not.toBe("");
          await page.evaluate(
            `document.querySelectorAll("details").forEach((each) => each.open = true)`,
          );
          expect([view, await violations(page)]).toEqual([view, []]);
          await picture(page, `${tasks}-${view}`);
        }
        expect(await page.locator("main h1").textContent()).toBe("('clean-77e2', 0)");
        await byKeyboard(page);
        expect(problems).toEqual([]);
        await page.close();
      },
      patience(tasks),
    );
  }

  test("a narrow window has no page wider than itself", async () => {
    const page = await open(await largeReport(1_000), "overview");
    await page.setViewportSize({ width: 390, height: 800 });
    for (const view of [...views, "task/total-9d41"]) {
      await go(page, view);
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect([view, width]).toEqual([view, 390]);
      await picture(page, `narrow-${view}`);
    }
    await page.close();
  });

  test("the graph opens by keyboard, down to an attempt and its lineage", async () => {
    const page = await open(await largeReport(1_000), "graph");
    await page.locator("g.node").first().focus();
    await page.keyboard.press("ArrowRight");
    const names = await page.locator("g.node:focus").getAttribute("aria-label");
    expect(names).toMatch(/^clean: 318 attempts/);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".chip");
    expect(await page.locator("g.node").count()).toBeGreaterThan(15);
    await page.waitForSelector("g.node:focus");
    await page.keyboard.press("Enter");
    await untilTrue(page, `document.querySelectorAll(".chip").length === 2`);
    await page.waitForSelector("g.node:focus");
    await page.keyboard.press("Enter");
    await untilTrue(page, `location.hash.startsWith("#/task/")`);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("every drawing has a table beside it", async () => {
    const page = await open(await largeReport(10), "graph");
    const tables: Readonly<
      Record<string, readonly [drawing: string, captions: readonly string[]]>
    > = {
      graph: ["svg", ["Groups", "Dependencies between groups"]],
      timeline: ["canvas", ["Attempts by start"]],
      performance: ["svg", ["Computations at once over time"]],
      "task/total-9d41": ["svg", ["Attempts of the lineage"]],
    };
    for (const [view, [drawing, captions]] of Object.entries(tables)) {
      await go(page, view);
      expect(await page.locator(`main ${drawing}`).count()).toBeGreaterThan(0);
      const summary = page.locator("details.as-table > summary").first();
      await summary.focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector("details.as-table[open] table");
      const found = await page.locator("details.as-table caption").allTextContents();
      expect(found).toEqual(expect.arrayContaining([...captions]));
      expect(await page.locator("details.as-table tbody tr").count()).toBeGreaterThan(0);
    }
    await page.close();
  });

  test("a link goes to a filter, an attempt, a depth, and Back goes back", async () => {
    const page = await open(await largeReport(1_000), "tasks?status=error&group=clean");
    expect(await page.locator("tbody tr").count()).toBe(1);
    await page.locator("tbody tr a").first().click();
    await untilTrue(page, `document.querySelector("h1").textContent === "('clean-77e2', 4)"`);
    expect(await page.locator(".status").first().textContent()).toContain("error");
    await page.locator("select").first().selectOption("0");
    expect(page.url()).toContain("up=0");
    const link = page.url();
    await page.goBack();
    await untilTrue(page, `document.querySelector("h1").textContent === "Tasks"`);
    const other = await browser.newPage();
    await other.goto(link);
    await other.waitForSelector("g.node");
    expect(await other.locator("select").first().inputValue()).toBe("0");
    expect(problems).toEqual([]);
    await other.close();
    await page.close();
  });

  test("is dark where the system is, or by the button, and light on paper", async () => {
    const page = await open(await largeReport(1_000), "overview", "dark");
    const shade = async (): Promise<number> =>
      Number(
        await page.evaluate(
          `getComputedStyle(document.body).backgroundColor.match(/\\d+/g).reduce((sum, each) => sum + Number(each), 0)`,
        ),
      );
    expect(await shade()).toBeLessThan(150);
    for (const view of views) {
      await go(page, view);
      await picture(page, `dark-${view}`);
    }
    await page.getByRole("button", { name: "Switch between light and dark" }).click();
    expect(await shade()).toBeGreaterThan(600);
    await page.getByRole("button", { name: "Switch between light and dark" }).click();
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await shade()).toBe(765);
    await go(page, "graph");
    expect(await page.locator("nav").isVisible()).toBe(false);
    expect(await page.locator(".tools").first().isVisible()).toBe(false);
    expect(await page.locator("g.node").first().isVisible()).toBe(true);
    await picture(page, "print-graph");
    await page.close();
  });

  test("the timeline is walked by keyboard, and says where one is", async () => {
    const page = await open(await largeReport(1_000), "timeline");
    await page.locator("canvas").focus();
    for (const key of ["ArrowRight", "ArrowRight", "+", "ArrowDown", "-", "0"])
      await page.keyboard.press(key);
    expect(await page.locator("#live").textContent()).toMatch(/, ok, took .*worker-\d/);
    await page.keyboard.press("Enter");
    await untilTrue(page, `location.hash.startsWith("#/task/")`);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("the timeline shows each attempt in its group's colour, failures in red, at any zoom", async () => {
    const page = await open(await largeReport(1_000), "timeline");
    const palette = { load: "#4e79a7", clean: "#e1812c", mean: "#3a923a", total: "#b35fa6" };
    const shares = async (): Promise<Readonly<Record<string, number>>> => {
      const counted: unknown = await page.evaluate(`(async () => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const drawn = document.querySelector("canvas");
        const { width, height } = drawn;
        const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
        copy.drawImage(drawn, 0, 0);
        const { data } = copy.getImageData(0, 0, width, height);
        const counts = {};
        for (let at = 0; at < data.length; at += 4) {
          const color = "#" + [0, 1, 2].map((i) => data[at + i].toString(16).padStart(2, "0")).join("");
          counts[color] = (counts[color] ?? 0) + 1;
        }
        return counts;
      })()`);
      return counted as Readonly<Record<string, number>>;
    };
    const whole = await shares();
    for (const [group, color] of Object.entries(palette)) {
      expect([group, (whole[color] ?? 0) > 100]).toEqual([group, true]);
    }
    expect(whole["#b3261e"]).toBeGreaterThan(20);
    await page.locator("canvas").focus();
    for (let i = 0; i < 8; i++) await page.keyboard.press("+");
    const near = await shares();
    expect(near).not.toEqual(whole);
    expect(Object.values(palette).some((color) => (near[color] ?? 0) > 2_000)).toBe(true);
    await page.keyboard.press("0");
    expect(await shares()).toEqual(whole);
    await page.getByLabel("critical path").check();
    expect(await shares()).not.toEqual(whole);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("the search finds a key by `/`, and Enter goes there", async () => {
    const page = await open(await largeReport(1_000), "overview");
    await page.keyboard.press("/");
    await untilTrue(page, `document.activeElement?.matches("input[type=search]") === true`);
    await page.keyboard.type("MEAN-0b3c', 117");
    // Hits of what was typed first are drawn, too, while one types on.
    const first = `document.querySelector("#hits [role=option]")?.textContent ?? ""`;
    await untilTrue(page, `(${first}).includes("mean-0b3c', 117")`);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await untilTrue(page, `document.querySelector("h1").textContent === "('mean-0b3c', 117)"`);
    await page.close();
  });

  test("a notebook's cells are shown with what they caused, and HTML in keys is text", async () => {
    const file = path.join(pictures, "notebook.html");
    await writeReport(notebookDocument(), file);
    const page = await open(file, "notebook");
    const cells = await page.locator("tbody tr").first().locator("th, td").allTextContents();
    expect(cells.slice(0, 4)).toEqual(["3", "1", "1 ok", "2.00 s"]);
    await go(page, `task/${encodeURIComponent(hostile)}`);
    expect(await page.locator("h1").textContent()).toBe(hostile);
    expect(await page.locator("img").count()).toBe(0);
    for (const view of views) await go(page, view);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("an unknown key is answered with near ones, and an unknown address with the overview", async () => {
    const page = await open(await largeReport(10), "task/total-9d42");
    await page.waitForSelector(".verdict");
    expect(await page.locator("main").textContent()).toContain(
      'No task here has the key "total-9d42"',
    );
    expect(await page.locator("main a.key").first().textContent()).toBe("total-9d41");
    await go(page, "nothing");
    expect(await page.locator("h1").textContent()).toBe("Overview");
    await page.close();
  });

  test("a browser that cannot unpack it is told what it needs", async () => {
    const page = await browser.newPage();
    await page.addInitScript("delete globalThis.DecompressionStream");
    await page.goto(pathToFileURL(await largeReport(10)).href);
    expect(await page.locator("main").textContent()).toContain("a browser from July 2023 or later");
    await page.close();
  });
});
