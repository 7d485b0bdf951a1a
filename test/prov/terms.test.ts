import { describe, expect, test } from "vitest";
import { qualifiedName } from "../../src/prov/index.js";
import { Terms } from "../../src/prov/unify/terms.js";

describe("the terms of an instance", () => {
  const short = { prefix: "s", uri: "https://example.org/" };
  const long = { prefix: "l", uri: "https://example.org/run/" };
  const other = { prefix: "o", uri: "urn:other:" };

  test.each([
    ["the longer namespace comes later", short, "run/a", long, "a"],
    ["the shorter namespace comes later", long, "a", short, "run/a"],
  ])("names with one URI are one, however they are split: %s", (_, one, first, two, second) => {
    const terms = new Terms();
    terms.ofName(qualifiedName(other, "a"));
    const term = terms.ofName(qualifiedName(one, first));
    expect(terms.ofName(qualifiedName(two, second))).toBe(term);
    expect(terms.lookUp(qualifiedName(two, second))).toBe(term);
  });

  test("a name is found by its URI in namespaces that are not used otherwise", () => {
    const terms = new Terms();
    const term = terms.ofName(qualifiedName(long, "a"));
    expect(terms.lookUp(qualifiedName(short, "run/a"))).toBe(term);
    expect(terms.lookUp(qualifiedName(short, "run/b"))).toBeUndefined();
    expect(terms.ofName(qualifiedName(short, "run/a"))).toBe(term);
  });

  test("names of hundreds of namespaces are told apart and found again", () => {
    const terms = new Terms();
    const names = Array.from({ length: 300 }, (_, n) =>
      qualifiedName({ prefix: `p${n}`, uri: `urn:n${n}:` }, "a"),
    );
    const numbers = names.map((name) => terms.ofName(name));
    expect(new Set(numbers).size).toBe(300);
    expect(terms.ofName(qualifiedName({ prefix: "q", uri: "urn:" }, "n7:a"))).toBe(numbers[7]);
  });
});
