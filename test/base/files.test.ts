import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeFileAtomically } from "../../src/base/files.js";
import { temporaryFolder } from "../support/temporary.js";

describe("writeFileAtomically", () => {
  test("writes text and bytes in chunks, and leaves nothing else", () => {
    const folder = temporaryFolder();
    const path = join(folder, "a.json");
    const chunks = ["x".repeat(65_535), "\ud83d", "\ude00", Buffer.from("é"), "", "end"];
    writeFileAtomically(path, chunks, { fsync: true });
    expect(readFileSync(path, "utf8")).toBe(`${"x".repeat(65_535)}😀éend`);
    expect(readdirSync(folder)).toEqual(["a.json"]);
  });

  test("replaces an older file, and gives the mode asked for", () => {
    const path = join(temporaryFolder(), "a");
    writeFileSync(path, "old");
    writeFileAtomically(path, "new", { mode: 0o600 });
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("keeps the old file when its content cannot be made, and passes that error on", () => {
    const folder = temporaryFolder();
    const path = join(folder, "a");
    writeFileSync(path, "old");
    const problem = new Error("no more");
    const chunks = function* (): Generator<string> {
      yield "x".repeat(100_000);
      throw problem;
    };
    expect(() => {
      writeFileAtomically(path, chunks());
    }).toThrow(problem);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test.each([
    ["a missing directory", "missing/a", "no such file or directory."],
    ["a file in place of a directory", "file/a", "a part of the path is a file, not a directory."],
    ["a directory in place of the file", "folder", "it is a directory. Name a file."],
    ["a name too long", "n".repeat(300), "the name is too long for the file system."],
  ])("%s is told with the path, and nothing remains", (_, name, reason) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "folder"));
    const path = join(folder, name);
    expect(() => {
      writeFileAtomically(path, "x");
    }).toThrow(
      expect.objectContaining({
        code: "ERR_DESTINATION",
        message: `Cannot write ${path}: ${reason}`,
      }),
    );
    expect(readdirSync(folder)).toEqual(["file", "folder"]);
  });
});
