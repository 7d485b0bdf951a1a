// How fast a journal becomes a file of another tool, and in how much memory: it should not depend on
// the length of the run. And the HTML profile: how large it is, and how soon Chromium answers a key.
//
//   npm run build
//   node bench/export.mjs [--formats otlp,chrome-trace] [--records 10000,100000,300000] [--rounds 3]
//
// `--records` are tasks of a run that never has more than 1,000 of them alive. Every case is a
// process of its own; `read only` reads the journal and writes nothing. The targets: 50,000 tasks a
// second to OTLP JSON and to a Chrome trace, a profile of 100,000 tasks of at most 6 MB that answers
// within 1 s.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { exportTrace, readJournal, traceFormats } from "../dist/index.js";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { preparePeer, skipLine } from "../scripts/peers.mjs";
import {
  compare,
  cpuSeconds,
  isCase,
  megabytes,
  ownRun,
  readOptions,
  runCase,
} from "./support/compare.mjs";
import { writeLongJournal } from "./support/long-journal.mjs";

const options = readOptions({
  formats: "otlp,otlp-protobuf,chrome-trace,speedscope",
  records: "10000,100000,300000",
  profile: "100000",
});
const formats = options.formats.split(",");
for (const name of formats) {
  if (!traceFormats.includes(name)) throw new Error(`no format ${name}: ${traceFormats.join(" ")}`);
}

/** What is measured, by name; each returns the CPU seconds of the operation alone. */
const cases = {
  "read only": (file) => cpuSeconds(() => read(file)),
  ...Object.fromEntries(
    formats.map((format) => [format, (file) => cpuSeconds(() => write(file, format))]),
  ),
};

async function read(file) {
  let events = 0;
  for await (const batch of readJournal(file).batches()) events += batch.length;
  return events;
}

async function write(file, format) {
  let bytes = 0;
  for await (const chunk of exportTrace(readJournal(file), format)) bytes += chunk.length;
  return bytes;
}

if (isCase(options)) {
  await runCase(cases, options);
} else {
  const medians = compare({ runs: ownRuns(), prepare, options });
  console.log("\ntasks a second of CPU time");
  console.table(
    Object.fromEntries(
      [...medians].map(([tasks, seconds]) => [
        tasks,
        Object.fromEntries(
          Object.entries(seconds).map(([name, each]) => [name, Math.round(tasks / each)]),
        ),
      ]),
    ),
  );
  await lookAtProfile(Number(options.profile));
}

function prepare(tasks, file) {
  writeLongJournal(file, tasks);
  return `a journal of ${megabytes(file)} MB`;
}

function ownRuns() {
  const self = fileURLToPath(import.meta.url);
  return Object.keys(cases).map((name) => ownRun(name, self, ["--formats", options.formats]));
}

async function lookAtProfile(tasks) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "taskprov-bench-profile-"));
  try {
    const journal = path.join(folder, "run.journal");
    const page = path.join(folder, "profile.html");
    writeLongJournal(journal, tasks);
    const command = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
    execFileSync(process.execPath, [command, "profile", journal, "--html", page], {
      stdio: "ignore",
    });
    console.log(
      `\nHTML profile of ${tasks} tasks: ${(statSync(page).size / 1e6).toFixed(2)} MB (at most 6)`,
    );
    const peer = await preparePeer("chromium");
    if (peer.available) await openPage(peer.executable, page);
    else console.log(skipLine(peer));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Opens the page and presses a key; what is told is the time from the navigation to the frame. */
async function openPage(executablePath, file) {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const times = [];
    for (let round = 0; round < Number(options.rounds); round++) {
      const page = await browser.newPage();
      // Within the page: what the tools around it take is no time of the page.
      await page.addInitScript(`
        new MutationObserver((_, observer) => {
          if (document.documentElement?.dataset.ready !== "1") return;
          observer.disconnect();
          window.drawn = performance.now();
          const plots = document.getElementById("plots");
          plots.dispatchEvent(new KeyboardEvent("keydown", { key: "+", bubbles: true }));
          requestAnimationFrame(() => requestAnimationFrame(() => {
            window.answered = performance.now();
          }));
        }).observe(document, { attributes: true, subtree: true, childList: true });
      `);
      await page.goto(pathToFileURL(file).href);
      await page.waitForFunction("window.answered !== undefined");
      times.push(await page.evaluate("[window.drawn, window.answered]"));
      await page.close();
    }
    const [drawn, answered] = times.sort(([, a], [, b]) => a - b)[Math.floor(times.length / 2)];
    console.log(
      `  drawn after ${Math.round(drawn)} ms, a key answered after ${Math.round(answered)} ms (median; within 1,000)`,
    );
  } finally {
    await browser.close();
  }
}
