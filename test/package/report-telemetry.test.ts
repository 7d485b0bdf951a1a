import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { writeReport } from "taskprov";
import { expect, test } from "vitest";
import { untilTrue } from "../support/browser.js";
import { describeWith, peer } from "../support/peers.js";
import { telemetryRun } from "../support/telemetry-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

// Kept, so that a person can look at them after a run.
const pictures = path.resolve(import.meta.dirname, "../../.cache/report");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describeWith(
  "resources, profile and logs of a report in a browser",
  await peer("chromium"),
  ({ executable }) => {
    test("are shown without an error, a request or a fault for axe, and work by keyboard", async () => {
      const folder = temporaryFolder();
      const file = path.join(folder, "report.html");
      await writeReport(writeJournal(folder, telemetryRun(300).events), file, { index: "none" });
      const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
      const browser = await chromium.launch({ executablePath: executable, args });
      try {
        // Half-way from one colour to the other, contrast is too low.
        const how = { reducedMotion: "reduce", viewport: { width: 1280, height: 900 } } as const;
        const page = await browser.newPage(how);
        const problems: string[] = [];
        page.on("console", (message) => problems.push(message.text()));
        page.on("pageerror", (error) => problems.push(error.message));
        page.on("request", (request) => {
          if (!/^(file|data):/.test(request.url())) problems.push(request.url());
        });
        mkdirSync(pictures, { recursive: true });
        await page.goto(pathToFileURL(file).href);
        await page.waitForSelector("html[data-ready]");
        for (const [view, words] of [
          ["Resources", "numpy.ndarray"],
          ["Profile", "load (project/tasks.py:12)"],
          ["Logs", "Worker is at 80% memory usage"],
        ] as const) {
          await page.locator("nav").getByText(view).click();
          await page.getByText(words).first().waitFor();
          await page.evaluate(axe);
          const faults = await page.evaluate(
            `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
              violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(" "))]))`,
          );
          expect([view, faults]).toEqual([view, []]);
          await page.screenshot({ path: path.join(pictures, `telemetry-${view}.png`) });
        }
        await page.getByLabel("Only warnings and errors").focus();
        await page.keyboard.press("Space");
        await page.getByText("Register worker").waitFor({ state: "detached" });
        await page.locator("nav").getByText("Profile").click();
        await page.getByText("parse").waitFor();
        await page.locator(".calls summary").first().focus();
        await page.keyboard.press("Enter");
        await page.getByText("parse").waitFor({ state: "hidden" });
        await page.locator("nav").getByText("Timeline").click();
        const mark = page.getByRole("button", { name: /^warning at .*, beta: Worker is at 80%/ });
        const tip = page.locator(".warnings .tip");
        await mark.hover();
        await tip.getByText("Worker is at 80% memory usage").waitFor();
        await page.screenshot({ path: path.join(pictures, "telemetry-Timeline.png") });
        await page.mouse.move(0, 0);
        await tip.waitFor({ state: "hidden" });
        await mark.focus();
        await tip.waitFor();
        await page.keyboard.press("Escape");
        await tip.waitFor({ state: "hidden" });
        await page.locator("summary", { hasText: "The timeline as a table" }).click();
        await page
          .getByRole("cell", { name: "Worker is at 80%" })
          .or(page.getByRole("rowheader", { name: "Worker is at 80%" }))
          .first()
          .waitFor();
        expect(await page.getByText("Register worker").count()).toBe(0);
        await page.evaluate(axe);
        expect(
          await page.evaluate(
            `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(" "))]))`,
          ),
        ).toEqual([]);
        // The record that is the only one of its place leads to all of them.
        await mark.focus();
        await page.keyboard.press("Enter");
        await untilTrue(page, `location.hash === "#/logs"`);
        expect(problems).toEqual([]);
      } finally {
        await browser.close();
      }
    });
  },
);
