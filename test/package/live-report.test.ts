import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";
import { catJournal, serveReport } from "taskprov";
import { expect, onTestFinished, test } from "vitest";
import { EventRun } from "../support/event-run.js";
import { describeWith, peer } from "../support/peers.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

const refresh = 'meta[name="taskprov-refresh"]';

/** The lines of a run that first has one task, then two, then ends. */
async function growing(): Promise<{ journal: string; grow: () => void; end: () => void }> {
  const folder = temporaryFolder();
  const run = new EventRun().task("first").runs("first").task("second").runs("second").end();
  const lines: string[] = [];
  for await (const line of catJournal(writeJournal(folder, run.events))) lines.push(line);
  const second = lines.findIndex((line) => line.includes('"second"'));
  const journal = path.join(folder, "growing.journal");
  writeFileSync(journal, lines.slice(0, second).join(""));
  return {
    journal,
    grow: () => appendFileSync(journal, lines.slice(second, -1).join("")),
    end: () => appendFileSync(journal, lines.at(-1) ?? ""),
  };
}

async function statusOf(url: string, host: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
}

describeWith("a live report", await peer("chromium"), ({ executable }) => {
  test("shows what the journal has, keeps its place, and stops when the run is over", async () => {
    const { journal, grow, end } = await growing();
    const report = await serveReport(journal);
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const browser = await chromium.launch({ executablePath: executable, args });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(`${report.url}#/tasks`);
      expect(await page.locator(refresh).count()).toBe(1);
      await page.locator("main table").getByText("first").first().waitFor();
      expect(await page.locator("main").getByText("second").count()).toBe(0);
      grow();
      // The page loads itself again; nobody touches it.
      await page.locator("main table").getByText("second").first().waitFor();
      expect(page.url()).toBe(`${report.url}#/tasks`);
      end();
      await page.reload();
      expect(await page.locator(refresh).count()).toBe(0);
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
      await report.close();
    }
  });
});

test("a journal that gets its last name, or goes, leaves the last page, which stays as it is", async () => {
  const { journal } = await growing();
  const report = await serveReport(journal);
  onTestFinished(() => report.close());
  renameSync(journal, `${journal}.2`);
  const answer = await fetch(report.url);
  expect(answer.status).toBe(200);
  expect(await answer.text()).not.toContain('<meta name="taskprov-refresh"');
  rmSync(`${journal}.2`);
  expect((await fetch(report.url)).status).toBe(200);
});

test("only this machine's own names are answered, and only for the page", async () => {
  const { journal } = await growing();
  const report = await serveReport(journal);
  onTestFinished(() => report.close());
  expect(await statusOf(report.url, "evil.example")).toBe(403);
  expect(await statusOf(report.url, "localhost:80")).toBe(200);
  expect((await fetch(`${report.url}etc/passwd`)).status).toBe(404);
  expect((await fetch(report.url, { method: "POST" })).status).toBe(405);
});

test("a port that is taken, and a journal that is none, are told in one sentence", async () => {
  const { journal } = await growing();
  const report = await serveReport(journal);
  onTestFinished(() => report.close());
  const port = Number(new URL(report.url).port);
  await expect(serveReport(journal, { port })).rejects.toThrow(/another program has it/);
  await expect(serveReport(`${journal}.none`)).rejects.toMatchObject({ code: "ERR_FILE" });
});
