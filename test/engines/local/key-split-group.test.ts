import fc from "fast-check";
import { expect, test } from "vitest";
import { functionName } from "../../../src/engines/local/function-name.js";
import { keySplitGroup } from "../../../src/engines/local/key-split-group.js";
import type { Key } from "../../../src/engines/local/scheduler-plugin.js";

/** Answers of distributed.utils.key_split_group, distributed 2026.8.0. */
const table: readonly (readonly [Key, string])[] = [
  ["x", "x"],
  ["x-1", "x"],
  ["x-1-2-3", "x"],
  [["x-2", 1], "x-2"],
  ["('x-2', 1)", "x-2"],
  ["ae05086432ca935f6eba409a8ecd4896", "data"],
  ["<module.submodule.myclass object at 0xdaf372", "myclass"],
  ["hello-world-1", "hello-world"],
  ["x-abcdefab", "x"],
  ["_(x)", "x"],
  ["x-abcdefaz", "x"],
  ["x-abcdef", "x-abcdef"],
  ["load_csv-1-7", "load_csv"],
  ["-x", "Other"],
  ["x-", "x"],
  ["x--1", "x"],
  ["1-x", "1-x"],
  ["é-ü-1", "é-ü"],
  ["inc-ABCDEFAB", "inc-ABCDEFAB"],
  ["(", ""],
  ["()", ""],
  ["__", "Other"],
  ["a,b-c", "a,b-c"],
  ["x-1a2b3c4d", "x"],
  ["x-y2-z", "x"],
  ["(1, 2)", "1"],
  ["$f-1-1", "$f"],
  ["_private-1-2", "private"],
  ["lambda-1-1", "lambda"],
  ["ae05086432ca935f6eba409a8ecd489", "ae05086432ca935f6eba409a8ecd489"],
  ["ae05086432ca935f6eba409a8ecd4896-x", "ae05086432ca935f6eba409a8ecd4896-x"],
  ["x y-1", "x y"],
  [" x-1", " x"],
  ["x.y-1", "x.y"],
  ["x-日本-2", "x-日本"],
  ["x-²-1", "x"],
  ["get<T>-1", "get<T>"],
  ["<lambda>-1", "lambda>-1"],
  ["[sym]-1-2", "[sym]"],
  ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b"],
];

test.each(table)("the group of %j is %j, as in Dask", (key, group) => {
  expect(keySplitGroup(key)).toBe(group);
});

test.each<[Key, string]>([
  ["<>", "Other"],
  [[3, 1], "3"],
  [[["x", 1], 2], "x"],
])("the group of %j, which Dask's rule trips over, is %j", (key, group) => {
  expect(keySplitGroup(key)).toBe(group);
});

test.each<[string, (...args: never[]) => unknown, string]>([
  ["a named function", function load() {}, "load"],
  ["an arrow function without a name", (() => () => {})(), "lambda"],
  ["a bound function", function load() {}.bind(undefined).bind(undefined), "load"],
  [
    "a function renamed to a number",
    Object.defineProperty(() => {}, "name", { value: 5 }),
    "lambda",
  ],
  [
    "a long name",
    Object.defineProperty(() => {}, "name", { value: "x".repeat(80) }),
    "x".repeat(50),
  ],
  ["a revoked Proxy", revoked(), "lambda"],
])("the name of %s", (_, fn, name) => {
  expect(functionName(fn)).toBe(name);
});

test("a getter for the name is not run", () => {
  let ran = false;
  const get = (): string => {
    ran = true;
    return "x";
  };
  expect(functionName(Object.defineProperty(() => {}, "name", { get }))).toBe("lambda");
  expect(ran).toBe(false);
});

function revoked(): (...args: never[]) => unknown {
  const { proxy, revoke } = Proxy.revocable(() => {}, {});
  revoke();
  return proxy;
}

test("the group of a key does not depend on the keys before it", () => {
  const word = fc.constantFrom(
    "load",
    "a",
    "abcdefab",
    "x9",
    "(x",
    "<m.C object",
    "",
    "é",
    "f'",
    "7",
  );
  const key = fc
    .array(word, { minLength: 1, maxLength: 4 })
    .map((words) => words.join("-"))
    .filter((text) => text !== "");
  fc.assert(
    fc.property(key, key, fc.nat(99), (one, other, n) => {
      keySplitGroup("unrelated-1");
      const alone = keySplitGroup(`${one}-${n}`);
      for (const before of [`${other}-${n}`, `${one}-${n + 1}`, `${one}-1-${n}`]) {
        keySplitGroup("unrelated-1");
        keySplitGroup(before);
        expect(keySplitGroup(`${one}-${n}`)).toBe(alone);
      }
    }),
  );
});
