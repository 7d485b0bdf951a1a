import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { journalLogs, type LogRecord } from "../../src/observe/journal-logs.js";
import { describeWith, peer } from "../support/peers.js";
import { runScript } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram, runTracked } from "../support/tracked-program.js";

const browser = await peer("chromium");

describeWith("an event loop of Dask that hangs", await peer("dask"), ({ python }) => {
  test("is in the log, and a warning on the report's timeline", async () => {
    const cwd = temporaryFolder();
    const { status, stderr } = await runTracked({
      cwd,
      command: [python, daskProgram("hung.py")],
      env: { DASK_DISTRIBUTED__ADMIN__TICK__LIMIT: "500ms" },
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining("1 task")]);
    const journal = join(cwd, "output/yprov4wfs.journal");
    const said: LogRecord[] = [];
    for await (const record of journalLogs(journal, { text: "unresponsive" })) said.push(record);
    const places = new Set(said.map(({ worker }) => worker === undefined));
    expect(places).toEqual(new Set([false, true]));
    for (const { logger, text } of said) {
      expect(logger).toBe("distributed.core");
      expect(text).toMatch(/^Event loop was unresponsive in \w+ for [\d.]+s\./);
    }

    const page = join(cwd, "report.html");
    const args = ["report", journal, "-o", page, "--no-index"];
    expect((await runScript({ script: "dist/cli/main.js", args, cwd })).status).toBe(0);
    if (browser.available) await expectMarks(browser.executable, page);
    rmSync(cwd, { recursive: true, force: true });
  }, 120_000);
});

/** The timeline has a mark for what both said, which can be pointed at. */
async function expectMarks(executablePath: string, file: string): Promise<void> {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const opened = await chromium.launch({ executablePath, args });
  try {
    const page = await opened.newPage();
    await page.goto(`${pathToFileURL(file).href}#/timeline`);
    await page.waitForSelector("html[data-ready]");
    const strip = page.getByRole("group", { name: "Warnings and errors in the log" });
    const mark = strip.getByRole("button").first();
    await mark.focus();
    await page.locator(".warnings .tip").getByText("Event loop was unresponsive").first().waitFor();
  } finally {
    await opened.close();
  }
}
