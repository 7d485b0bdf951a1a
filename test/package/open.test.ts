import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { temporaryFolder } from "../support/temporary.js";

const quickStart = join(import.meta.dirname, "../golden/quick-start.json");
const main = join(import.meta.dirname, "../../dist/cli/main.js");

function openBrowser(
  folder: string,
  browser: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const env = { ...process.env, BROWSER: browser };
  return spawnSync(process.execPath, [main, "open", folder, "--browser"], {
    encoding: "utf8",
    env,
  });
}

/** A folder with a run in it, and a browser that notes what it is asked to open. */
function folderWithRun(): {
  readonly folder: string;
  readonly browser: string;
  readonly opened: () => Promise<string>;
} {
  const folder = temporaryFolder();
  copyFileSync(quickStart, join(folder, "run.json"));
  const browser = join(temporaryFolder(), "browser");
  writeFileSync(
    browser,
    `#!/bin/sh\nprintf '%s' "$1" > '${browser}.part'\nmv '${browser}.part' '${browser}.txt'\n`,
  );
  chmodSync(browser, 0o755);
  return {
    folder,
    browser,
    opened: async () => {
      await vi.waitUntil(() => existsSync(`${browser}.txt`), { timeout: 60_000 });
      return readFileSync(`${browser}.txt`, "utf8");
    },
  };
}

describe("taskprov open --browser", () => {
  test("makes the report of the newest run and opens it", async () => {
    const { folder, browser, opened } = folderWithRun();
    const report = join(folder, "run.html");
    const outcome = openBrowser(folder, browser);
    expect(outcome).toMatchObject({ status: 0, stdout: `${report}\n` });
    expect(await opened()).toBe(report);
    expect(readFileSync(report, "utf8")).toContain("taskprov report");
  });

  test("keeps a report that is newer than its run, and makes an older one again", () => {
    const { folder, browser } = folderWithRun();
    const report = join(folder, "run.html");
    writeFileSync(report, "mine");
    openBrowser(folder, browser);
    expect(readFileSync(report, "utf8")).toBe("mine");
    utimesSync(report, 1, 1);
    openBrowser(folder, browser);
    expect(readFileSync(report, "utf8")).toContain("taskprov report");
  });

  test("says what to do when no browser can be started", () => {
    const { folder } = folderWithRun();
    const outcome = openBrowser(folder, join(folder, "no-such-browser"));
    expect(outcome.status).not.toBe(0);
    expect(outcome.stderr).toContain("run.html yourself");
  });
});
