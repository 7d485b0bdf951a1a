import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Encoded } from "../../src/describe/encoded.js";
import { decodeKey, encodeKey, keyJson, keyText } from "../../src/describe/key.js";
import { WireReader } from "../../src/events/wire-reader.js";
import { WireWriter } from "../../src/events/wire-writer.js";
import { anyEncoded, anyKey, anyPlainKey } from "../arbitraries-events.js";

describe("encodeKey and decodeKey", () => {
  test("every key comes back, also through JSON and msgpack", () => {
    fc.assert(
      fc.property(anyPlainKey, (key) => {
        const encoded = encodeKey(key);
        expect(decodeKey(encoded)).toEqual(key);
        expect(decodeKey(JSON.parse(JSON.stringify(encoded)))).toEqual(key);
        const writer = new WireWriter();
        writer.write(encoded);
        expect(decodeKey(new WireReader(writer.view()).read() as Encoded)).toEqual(key);
      }),
    );
  });

  test.each([
    ["a plain key", "inc-1-2", "inc-1-2"],
    ["the empty key", "", ""],
    ["__proto__", "__proto__", "__proto__"],
    ["10 kB", "k".repeat(10_240), "k".repeat(10_240)],
    ["a lone surrogate", "a\ud800", ["s", "a\\ud800"]],
    ["what looks like the escape of one", "a\\ud800", "a\\ud800"],
    ["a tuple", ["x", 0], ["t", ["x", 0]]],
    ["a tuple in a tuple", ["x", ["y", 1]], ["t", ["x", ["t", ["y", 1]]]]],
    [
      "NaN in a tuple",
      [Number.NaN, -0],
      [
        "t",
        [
          ["o", "number", { head: "NaN" }],
          ["o", "number", { head: "-0" }],
        ],
      ],
    ],
  ])("%s has its documented form", (_, key, encoded) => {
    expect(encodeKey(key)).toEqual(encoded);
  });

  test("what is no key is refused with what to use instead", () => {
    expect(() => encodeKey([null] as never)).toThrow(
      expect.objectContaining({ code: "ERR_KEY", message: expect.stringContaining('["x", 0]') }),
    );
    let deep: unknown = "x";
    for (let i = 0; i < 50; i++) deep = [deep];
    expect(() => encodeKey(deep as never)).toThrow("deeper than 32 levels");
    expect(() => decodeKey(["b", "AA=="])).toThrow('no key like {"bytes":"AA=="}');
    expect(() => decodeKey(5)).toThrow(expect.objectContaining({ code: "ERR_KEY" }));
  });
});

describe("keyJson", () => {
  test("is ASCII, is JSON, and differs for different keys", () => {
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        const json = keyJson(a);
        expect(json).toMatch(/^[ -~]*$/);
        JSON.parse(json);
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        expect(json === keyJson(b)).toBe(isSame);
      }),
    );
  });

  test("of anything that travels is JSON", () => {
    fc.assert(fc.property(anyEncoded, (value) => JSON.parse(keyJson(value)) !== undefined));
  });

  test.each<[Encoded, string]>([
    ["plain", '"plain"'],
    ["é\n\u007f", '"\\u00e9\\n\\u007f"'],
    [["s", "a\\ud800"], '"a\\ud800"'],
    [["t", ["x", 0, ["t", []]]], '["x",0,[]]'],
    [
      ["t", [["i", "9007199254740993"], null, true, 0.5]],
      '[{"int":"9007199254740993"},null,true,0.5]',
    ],
    [["l", ["x"]], '{"list":["x"]}'],
    [["d", [["a", 1]]], '{"dict":[["a",1]]}'],
  ])("of %j is %s", (key, json) => {
    expect(keyJson(key)).toBe(json);
  });
});

describe("keyText", () => {
  test.each<[Encoded, string]>([
    ["inc-1-2", "inc-1-2"],
    ["it's", "it's"],
    [["s", "a\\ud800"], "a\\ud800"],
    [["t", ["x", 0]], "('x', 0)"],
    [["t", ["x"]], "('x',)"],
    [["t", []], "()"],
    [["t", ["it's", 'say "hi"', "both ' and \""]], `("it's", 'say "hi"', 'both \\' and "')`],
    [["t", ["\n\\\u00a0é😀\u200b\u{e0001}"]], "('\\n\\\\\\xa0é😀\\u200b\\U000e0001',)"],
    [["t", [null, true, 1.5, 1e-5, 1e22, ["i", "123"]]], "(None, True, 1.5, 1e-05, 1e+22, 123)"],
    [
      [
        "t",
        [
          ["b", "AGEn"],
          ["l", [1]],
          ["d", [["a", 1]]],
        ],
      ],
      "(b\"\\x00a'\", [1], {'a': 1})",
    ],
  ])("of %j is %s", (key, text) => {
    expect(keyText(key)).toBe(text);
  });

  const hasPython = spawnSync("python3", ["--version"]).status === 0;
  test.skipIf(!hasPython)("is what Python writes for tuples of texts and numbers", () => {
    // The planes where this Python and this Node know the same characters.
    const part = fc.oneof(
      fc.string({ unit: "grapheme-ascii" }),
      fc.string({ unit: fc.integer({ min: 0, max: 0x24f }).map((p) => String.fromCodePoint(p)) }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
    );
    const samples = fc.sample(fc.array(part, { maxLength: 4 }), 300);
    const program =
      "import sys,json\nfor l in sys.stdin: print(json.dumps(str(tuple(json.loads(l)))))";
    const input = samples.map((sample) => JSON.stringify(sample)).join("\n");
    const output = execFileSync("python3", ["-c", program], { input, encoding: "utf8" });
    const expected = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(samples.map((sample) => keyText(encodeKey(sample)))).toEqual(expected);
  });
});
