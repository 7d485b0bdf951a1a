import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileFnmatch, foldCase } from "../../src/base/fnmatch.js";

describe("compileFnmatch", () => {
  test.each([
    ["abc", "abc", true],
    ["abc", "abcd", false],
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["*", "any\nthing", true],
    ["a*", "abc", true],
    ["*c", "abc", true],
    ["*b*", "abc", true],
    ["a*c*e", "abcde", true],
    ["a*c*e", "abcd", false],
    ["a**b", "ab", true],
    ["?", "😀", true],
    ["?", "", false],
    ["a?c", "abc", true],
    ["[abc]x", "bx", true],
    ["[a-c]x", "dx", false],
    ["[!a-c]x", "dx", true],
    ["[!a]", "", false],
    ["[]]", "]", true],
    ["[!]]", "a", true],
    ["[]-]", "-", true],
    ["[a-]", "-", true],
    ["[c-a]", "b", false],
    ["[ab", "[ab", true],
    ["a[", "a[", true],
    ["[*]", "*", true],
    ["[?]", "a", false],
    ["inc-*-[0-9]", "inc-x-7", true],
    [".*", ".hidden", true],
    ["a.c", "abc", false],
    ["*.*", "a.b", true],
  ])("%j on %j: %s", (pattern, text, expected) => {
    expect(compileFnmatch(pattern)(text)).toBe(expected);
  });

  test("ignores case when told to, and only then", () => {
    expect(compileFnmatch("*Pass*")("my_PASSWORD")).toBe(false);
    expect(compileFnmatch("*Pass*", { ignoreCase: true })("my_PASSWORD")).toBe(true);
    expect(compileFnmatch("[A-C]?", { ignoreCase: true })("bX")).toBe(true);
    expect(compileFnmatch("İ*", { ignoreCase: true })("İx")).toBe(true);
  });

  test("never takes more than the product of the lengths", () => {
    const matches = compileFnmatch(`${"*a".repeat(50)}*b`);
    const start = process.cpuUsage();
    expect(matches("a".repeat(20_000))).toBe(false);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
  });

  const hasPython = spawnSync("python3", ["--version"]).status === 0;
  test.skipIf(!hasPython)("means what Python's fnmatch means", () => {
    const unit = fc.constantFrom("a", "b", "-", "[", "]", "!", "*", "?", "😀", ".", "^", "\\");
    const word = fc.string({ unit, maxLength: 8 });
    const samples = fc.sample(fc.tuple(word, fc.string({ unit, maxLength: 6 })), 5000);
    const program = [
      "import sys,json,fnmatch,warnings",
      "warnings.simplefilter('ignore')",
      "print(json.dumps([fnmatch.fnmatchcase(t,p) for p,t in json.load(sys.stdin)]))",
    ].join("\n");
    const input = JSON.stringify(samples);
    const expected: boolean[] = JSON.parse(
      execFileSync("python3", ["-c", program], { input, encoding: "utf8" }),
    );
    const wrong = samples.filter(([p, t], i) => compileFnmatch(p)(t) !== expected[i]);
    expect(wrong).toEqual([]);
    expect(expected.filter(Boolean).length).toBeGreaterThan(50);
  });
});

describe("foldCase", () => {
  test("keeps every index", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(foldCase(text)).toHaveLength(text.length);
      }),
    );
    expect(foldCase("İA")).toBe("İa");
  });
});
