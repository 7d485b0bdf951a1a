import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { copyExecutionSource } from "../../src/track/execution-source.js";
import { temporaryFolder } from "../support/temporary.js";

function project(): string {
  const folder = temporaryFolder();
  for (const path of ["lib/deep", "node_modules/x", ".git", "env", "output", "__pycache__"]) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  writeFileSync(join(folder, "main.js"), "run();\n");
  writeFileSync(join(folder, "lib/deep/a.js"), "a\n");
  writeFileSync(join(folder, "node_modules/x/index.js"), "x\n");
  writeFileSync(join(folder, ".git/HEAD"), "ref\n");
  writeFileSync(join(folder, "env/pyvenv.cfg"), "home\n");
  writeFileSync(join(folder, "output/old.json"), "{}\n");
  writeFileSync(join(folder, "__pycache__/m.pyc"), "m\n");
  symlinkSync("/etc/passwd", join(folder, "link"));
  symlinkSync(folder, join(folder, "lib/loop"));
  return folder;
}

describe("copyExecutionSource", () => {
  test("copies a folder's source, and nothing that is not source", () => {
    const folder = project();
    const destination = join(folder, "output");
    const { files } = copyExecutionSource(folder, destination, ["yprov4wfs.json"]);
    expect(files.map(({ path }) => path)).toEqual(["lib/deep/a.js", "main.js"]);
    expect(readFileSync(join(destination, "lib/deep/a.js"), "utf8")).toBe("a\n");
  });

  test("records size and SHA-256 of each file", () => {
    const folder = project();
    const { files } = copyExecutionSource(join(folder, "main.js"), join(folder, "output"), []);
    const sha256 = createHash("sha256").update("run();\n").digest("hex");
    expect(files).toEqual([{ path: "main.js", size: 7, sha256 }]);
  });

  test("works again, with the newer content", () => {
    const folder = project();
    const destination = join(folder, "output");
    copyExecutionSource(folder, destination, []);
    writeFileSync(join(folder, "main.js"), "changed\n");
    copyExecutionSource(folder, destination, []);
    expect(readFileSync(join(destination, "main.js"), "utf8")).toBe("changed\n");
  });

  test("refuses a file with the name of the document before copying anything", () => {
    const folder = project();
    const destination = temporaryFolder();
    writeFileSync(join(folder, "yprov4wfs.json"), "{}");
    expect(() => copyExecutionSource(folder, destination, ["yprov4wfs.json"])).toThrow(
      /holds a file "yprov4wfs.json".*Choose another/,
    );
    expect(() => readFileSync(join(destination, "main.js"))).toThrow("ENOENT");
  });

  test.each([
    ["a file of that name is", "main.js"],
    ["a folder on the way is", "lib"],
  ])("follows no link in the destination: %s one", (_, name) => {
    const folder = project();
    const destination = temporaryFolder();
    const elsewhere = temporaryFolder();
    mkdirSync(join(elsewhere, "deep"));
    writeFileSync(join(elsewhere, "mine"), "mine");
    const isFile = name === "main.js";
    symlinkSync(isFile ? join(elsewhere, "mine") : elsewhere, join(destination, name));
    expect(() => copyExecutionSource(folder, destination, [])).toThrow(
      /is a link.*would land elsewhere.*Remove the link/,
    );
    // Found before anything is copied.
    expect(readdirSync(destination)).toEqual([name]);
    expect(readFileSync(join(elsewhere, "mine"), "utf8")).toBe("mine");
    expect(readdirSync(join(elsewhere, "deep"))).toEqual([]);
  });

  test.each([
    ["missing", "none", /Cannot read `executionSource`.*no such file/],
    ["a link", "link", /neither \(links are not followed\)/],
  ])("refuses a source that is %s", (_, name, message) => {
    const folder = project();
    expect(() => copyExecutionSource(join(folder, name), join(folder, "output"), [])).toThrow(
      message,
    );
  });
});
