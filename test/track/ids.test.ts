import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Encoded } from "../../src/describe/encoded.js";
import { encodeKey } from "../../src/describe/key.js";
import { uriOf } from "../../src/prov/names.js";
import { escapeName, keyName, keyOfName, unescapeName } from "../../src/track/ids.js";
import { isInItsIds, keyInId } from "../../src/track/key-in-id.js";
import { createRunNames } from "../../src/track/run-names.js";

/** Characters that the escapes are made of, and a few from elsewhere. */
const nastyChar = fc.constantFrom(..."_x0041F5.-t'c ej()é😀", "\uD800", "\uDC00", "\n");
const nastyText = fc.string({ unit: nastyChar, maxLength: 12 });
const anyText = fc.oneof(nastyText, fc.string({ unit: "binary", maxLength: 12 }));

const { key } = fc.letrec<{ key: string | unknown[]; part: unknown }>((tie) => ({
  key: fc.oneof(anyText, fc.array(tie("part"), { maxLength: 4 })),
  part: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    anyText,
    fc.maxSafeInteger(),
    fc.double(),
    tie("key"),
  ),
}));

function encoded(value: unknown): Encoded {
  return encodeKey(value as Parameters<typeof encodeKey>[0]);
}

describe("escapeName", () => {
  test.each([
    ["load-a1", "load-a1"],
    ["", "_x_"],
    ["('inc-b2', 0)", "_x0028__x0027_inc-b2_x0027__x002C__x0020_0_x0029_"],
    ["1abc", "_x0031_abc"],
    ["-a", "_x002D_a"],
    ["a.g2", "a_x002E_g2"],
    ["_x0041 ", "_x005F_x0041_x0020_"],
    ["😀", "_x0001F600_"],
    ["\uD800", "_xD800_"],
    ["__proto__", "__proto__"],
  ])("writes %j as %s", (text, name) => {
    expect(escapeName(text)).toBe(name);
    expect(unescapeName(name)).toBe(text);
  });

  test("gives a legal local name that unescapes to the same text, for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const name = escapeName(text);
        expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_-]*$/);
        expect(unescapeName(name)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("keyName", () => {
  test.each<[unknown, string]>([
    [["x", 0], "_xt_x_xc_0"],
    [["x", "0"], "_xt_x_xc__x0030_"],
    [["x", -1], "_xt_x_xc_-1"],
    [[], "_xt_"],
    [[[]], "_xt__xt__xe_"],
    [[""], "_xt__x_"],
    [["a", ["b", 1], "c"], "_xt_a_xc__xt_b_xc_1_xe__xc_c"],
    ["_xt_x_xc_0", "_x005F_xt_x005F_x_x005F_xc_0"],
  ])("writes the key %j as %s", (value, name) => {
    expect(keyName(encoded(value))).toBe(name);
  });

  test("can be read back, whatever the key", () => {
    fc.assert(
      fc.property(key, (value) => {
        const before = encoded(value);
        const name = keyName(before);
        expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_-]*$/);
        expect(keyOfName(name)).toEqual(before);
        expect(keyOfName(`${name}.g2`)).toEqual(before);
      }),
      { numRuns: 3000 },
    );
  });

  test("is said by the ids of attempts and data, or not at all, whatever the key", () => {
    const names = createRunNames("11111111-2222-4333-8444-555555555555");
    const anyKey = fc.oneof(key, fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,12}$/));
    fc.assert(
      fc.property(anyKey, fc.integer({ min: 1, max: 40 }), (value, n) => {
        const before = encoded(value);
        const name = keyName(before);
        const said = isInItsIds(before, name) ? before : undefined;
        expect(keyInId(uriOf(names.attempt(name, n)))).toBe(said);
        expect(keyInId(uriOf(names.data(name, n)))).toBe(said);
        expect(keyInId(uriOf(names.exception(name, n)))).toBeUndefined();
        expect(keyInId(uriOf(names.output(name, n, n)))).toBeUndefined();
        expect(keyInId(uriOf(names.literal(name, n, "0")))).toBeUndefined();
        expect(keyInId(uriOf(names.stepData(name, n, 1)))).toBeUndefined();
        expect(keyInId(uriOf(names.step(name, n, 1)))).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });

  test.each(["load", "load-0-1", "__proto__"])("%j is said by its ids", (plain) => {
    expect(keyInId(`urn:uuid:1#data/${plain}.g2`)).toBe(plain);
  });

  test("never gives two keys the same name", () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const same = JSON.stringify(encoded(a)) === JSON.stringify(encoded(b));
        expect(keyName(encoded(a)) === keyName(encoded(b))).toBe(same);
      }),
      { numRuns: 3000 },
    );
  });
});
