import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";
import { temporaryFolder } from "../support/temporary.js";
import { exported, recordTroubledRun } from "../traces/recorded.js";

// Kept, so that a person can look at it after a run.
const pictures = path.resolve(import.meta.dirname, "../../.cache/report");
const viewer = createRequire(import.meta.url).resolve("speedscope/dist/release/index.html");

describeWith("speedscope's own viewer", await peer("chromium"), ({ executable }) => {
  test.each(["speedscope", "chrome-trace"] as const)(
    "opens the %s file of a real run and shows its workers and functions",
    async (format) => {
      const { journal } = await recordTroubledRun();
      const content = Buffer.from(await exported(journal, format)).toString("base64");
      // The form in which speedscope's command hands a file to its page.
      const handed = path.join(temporaryFolder(), "profile.js");
      writeFileSync(handed, `speedscope.loadFileFromBase64("run.json", "${content}")`);
      const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
      try {
        const page = await browser.newPage({ viewport: { width: 1200, height: 600 } });
        const problems: string[] = [];
        page.on("pageerror", (error) => problems.push(error.message));
        const address = pathToFileURL(viewer);
        address.hash = `localProfilePath=${handed}`;
        await page.goto(address.href);
        await page
          .getByText(/inproc-0 lane 1|inproc-0/)
          .first()
          .waitFor();
        await page.getByText("Sandwich").click();
        await page.getByText("twice").first().waitFor();
        expect(await page.getByText("flaky").count()).toBeGreaterThan(0);
        await page.getByText("Time Order").click();
        mkdirSync(pictures, { recursive: true });
        await page.screenshot({ path: path.join(pictures, `speedscope-${format}.png`) });
        expect(problems).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});
