import path from "node:path";
import { expect, test } from "vitest";
import { runScript } from "../support/run-script.js";

// V8 itself would say on standard error that it does not know a flag that the command sets.
test("taskprov check as a program says nothing but its result", async () => {
  const result = await runScript({
    script: "dist/cli/main.js",
    args: ["check", "quick-start.json"],
    cwd: path.join(import.meta.dirname, "../golden"),
  });
  expect(result).toMatchObject({ status: 0, stderr: "" });
  expect(result.stdout).toMatch(/^quick-start\.json: valid; /);
});
