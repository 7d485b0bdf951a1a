import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { errorCodes, isTaskprovError, TaskprovError } from "../../src/base/errors.js";

const page = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
const sections = page.split(/^## /m).slice(1);

describe("docs/errors.md", () => {
  test("has one section per code, in the order of the code", () => {
    expect(sections.map((section) => section.split("\n")[0])).toEqual([...errorCodes]);
  });

  test.each(sections.map((section) => [section.split("\n")[0] ?? "", section]))(
    "%s says meaning, usual cause and remedy",
    (_code, section) => {
      for (const part of ["Meaning", "Usual cause", "Remedy"]) {
        expect(section).toMatch(new RegExp(`^\\*\\*${part}\\.\\*\\* \\S`, "m"));
      }
    },
  );

  test("the codes are sorted and none stands twice", () => {
    expect([...errorCodes]).toEqual([...new Set(errorCodes)].sort((a, b) => (a < b ? -1 : 1)));
  });
});

describe("TaskprovError", () => {
  test("carries its code, message and cause", () => {
    const cause = new Error("disk full");
    const error = new TaskprovError("ERR_DESTINATION", "Cannot write.", { cause });
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message, error.cause]).toEqual([
      "TaskprovError",
      "ERR_DESTINATION",
      "Cannot write.",
      cause,
    ]);
  });

  test("is recognised alone and by its code", () => {
    const error: unknown = new TaskprovError("ERR_KEY", "No key.");
    expect(isTaskprovError(error)).toBe(true);
    expect(isTaskprovError(error, "ERR_KEY")).toBe(true);
    expect(isTaskprovError(error, "ERR_FILE")).toBe(false);
    expect(isTaskprovError(new Error("No key."))).toBe(false);
  });
});
