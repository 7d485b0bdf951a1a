// How large a report is, and how quickly it opens: node bench/report.mjs [TASKS…]
//
// Makes the journal of a run of TASKS tasks (default 1000 100000), its report in a process of its
// own, and opens that in headless Chromium (CHROME_PATH, or chromium on the path) from file://:
// when the overview stands there, when every task can be searched, how long each view takes, and
// how many frames a second there are (at most 60) when one zooms and scrolls the timeline.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { preparePeer } from "../scripts/peers.mjs";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { largeRun } from "../test/support/large-run.mjs";

/** What is done on the canvas for each frame, as the source of a function of it and a number. */
const gestures = {
  "zooming by key": `(canvas, i) => canvas.dispatchEvent(
    new KeyboardEvent("keydown", { key: i % 20 < 10 ? "+" : "-", bubbles: true }))`,
  "zooming by wheel": `(canvas, i) => canvas.dispatchEvent(new WheelEvent("wheel", {
    deltaY: i % 20 < 10 ? -100 : 100, ctrlKey: true, clientX: 600, clientY: 300, bubbles: true,
    cancelable: true }))`,
  "scrolling sideways": `(canvas, i) => canvas.dispatchEvent(new WheelEvent("wheel", {
    deltaX: i % 20 < 10 ? 60 : -60, bubbles: true, cancelable: true }))`,
  "scrolling the page": `(canvas, i) => window.scrollBy(0, i % 20 < 10 ? 25 : -25)`,
};

const given = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "taskprov-bench-report-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const tasks of given.length > 0 ? given : [1_000, 100_000]) {
  const journal = join(folder, `${tasks}.ndjson`);
  writeJournal(journal, tasks);
  const page = join(folder, `${tasks}.html`);
  const begin = performance.now();
  const { status, stderr } = spawnSync(
    "/usr/bin/env",
    [
      "node",
      join(import.meta.dirname, "../dist/cli/main.js"),
      "report",
      journal,
      "-o",
      page,
      "--no-index",
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  const size = (statSync(page).size / 1e6).toFixed(2);
  console.log(`${tasks} tasks: ${size} MB, made in ${seconds(performance.now() - begin)}`);
  await look(page);
}

function writeJournal(path, tasks) {
  const fd = openSync(path, "w");
  let pending = "";
  for (const line of largeRun(tasks)) {
    pending += line;
    if (pending.length < 1 << 20) continue;
    writeSync(fd, pending);
    pending = "";
  }
  writeSync(fd, pending);
  closeSync(fd);
}

async function look(path) {
  const peer = await preparePeer("chromium");
  if ("why" in peer) {
    console.log(`  not opened: ${peer.why}`);
    return;
  }
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath: peer.executable, args });
  try {
    const page = await browser.newPage();
    const address = pathToFileURL(path).href;
    const begin = performance.now();
    await page.goto(`${address}#/overview`, { waitUntil: "commit" });
    await page.waitForSelector(".tiles");
    const painted = performance.now() - begin;
    await page.waitForSelector("html[data-ready]");
    console.log(
      `  overview after ${seconds(painted)}, all tasks after ${seconds(performance.now() - begin)}`,
    );
    for (const view of ["graph", "timeline", "tasks", "task/total-9d41", "performance"]) {
      const start = performance.now();
      await page.evaluate((to) => {
        location.hash = to;
      }, `#/${view}`);
      await page.waitForFunction(() => document.querySelector("main .wait") === null);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      console.log(`  ${view} after ${seconds(performance.now() - start)}`);
    }
    for (const [what, gesture] of Object.entries(gestures)) {
      console.log(`  timeline: ${await frames(page, gesture)} frames a second while ${what}`);
    }
  } finally {
    await browser.close();
  }
}

async function frames(page, gesture) {
  await page.evaluate("location.hash = '#/timeline'");
  await page.waitForSelector("canvas");
  return await page.evaluate(`(async () => {
    const canvas = document.querySelector("canvas");
    const act = ${gesture};
    const begin = performance.now();
    for (let i = 0; i < 120; i++) {
      act(canvas, i);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return Math.round(120_000 / (performance.now() - begin));
  })()`);
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}
