import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram } from "../support/tracked-program.js";

const dask = await peer("dask");

/** What a terminal gets from `taskprov run`. */
function onTerminal(python: string, ...options: string[]): string {
  const { NO_COLOR, FORCE_COLOR, NODE_OPTIONS, ...env } = process.env;
  const main = join(projectFolder, "dist/cli/main.js");
  const run = [process.execPath, main, "run", ...options, "--", python, daskProgram("talking.py")];
  const script = join(projectFolder, "test/support/on-a-terminal.py");
  const { stdout, status } = spawnSync(python, [script, ...run], {
    cwd: temporaryFolder(),
    env: { ...env, TERM: "xterm", PYTHONDONTWRITEBYTECODE: "1" },
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(status).toBe(0);
  return stdout;
}

/** Without what is done between saving and restoring the cursor, and its step down and up. */
function ownText(text: string): string {
  return text
    .replaceAll("\u001BD\u001B[A", "")
    .split("\u001B7")
    .map((part, i) => (i === 0 ? part : part.slice(part.indexOf("\u001B8") + 2)))
    .join("");
}

describeWith("taskprov run on a terminal", dask, ({ python }) => {
  test("shows how far the run is, and leaves the program's lines whole", {
    timeout: 90_000,
  }, () => {
    const text = onTerminal(python);
    expect(text).toMatch(/taskprov: \d+\/20 tasks · \S+\/s · \d running · 1 failed · 1 worker/);
    expect(text.split("\u001B[1;23r")).toHaveLength(2);
    expect(text.split("\u001B[r")).toHaveLength(2);
    const own = ownText(text);
    expect(own).not.toContain("\u001B7");
    expect(own).not.toMatch(/taskprov: \d+\/20/);
    // The log record of the failed task comes between the halves.
    expect(own).toMatch(/^half/m);
    expect(own).toContain(" a line\r\n");
    expect(own).toContain("done\r\n");
    expect(own).toMatch(/taskprov: wrote .*: 20 tasks \(attempts: 19 ok, 1 error\)\.\r\n$/);
  });

  test("leaves the terminal alone with --quiet", { timeout: 90_000 }, () => {
    expect(onTerminal(python, "--quiet")).not.toContain("\u001B[");
  });
});
