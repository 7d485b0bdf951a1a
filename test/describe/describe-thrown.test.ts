import { describe, expect, test } from "vitest";
import { describeThrown, type ThrownPolicy } from "../../src/describe/describe-thrown.js";
import { createRedactor } from "../../src/describe/redact.js";

const policy: ThrownPolicy = {
  keepTraceback: true,
  redactor: createRedactor(["*password*", "hunter2"]),
};

class DiskError extends Error {}
class Computed extends Error {
  override get message(): string {
    return "computed";
  }
}
class Failure {
  readonly reason: string = "tired";
}

function fail(): never {
  throw new TypeError("no such city", { cause: new DiskError("disk is full") });
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

describe("describeThrown", () => {
  test("an Error gives its class, its message and its causes", () => {
    const { type, text, traceback } = describeThrown(thrownBy(fail), policy);
    expect(type).toBe("TypeError");
    expect(text).toBe("no such city\nCaused by: DiskError: disk is full");
    expect(traceback).toMatch(
      /^TypeError: no such city\n {4}at fail [\s\S]*\nCaused by: Error: disk is full\n {4}at fail /,
    );
  });

  test("without keepTraceback there is none", () => {
    const described = describeThrown(thrownBy(fail), { ...policy, keepTraceback: false });
    expect(described).not.toHaveProperty("traceback");
    expect(JSON.stringify(described)).not.toContain(" at ");
  });

  test.each<[string, unknown, string, string]>([
    ["a class of the user's", new DiskError("x"), "DiskError", "x"],
    ["a renamed Error", Object.assign(new Error("x"), { name: "HttpError" }), "HttpError", "x"],
    ["a subclass with the name of its base", new RangeError("x"), "RangeError", "x"],
    ["an AbortError", new DOMException("stop", "AbortError"), "AbortError", "stop"],
    ["a computed message", new Computed(), "Computed", "computed"],
    ["an empty message", new Error(), "Error", ""],
    ["a text", "just text", "string", "just text"],
    ["a number", 7, "number", "7"],
    ["-0", -0, "number", "-0"],
    ["a bigint", 7n, "bigint", "7"],
    ["null", null, "null", "null"],
    ["undefined", undefined, "undefined", "undefined"],
    ["a symbol", Symbol("s"), "symbol", "Symbol(s)"],
    ["a plain object", { code: 7, list: [1, "a"] }, "Object", '{code: 7, list: [1, "a"]}'],
    ["an object with a message", { message: "odd" }, "Object", "odd"],
    ["an instance", new Failure(), "Failure", "<Failure>"],
    ["a function", Math.max, "Function", "<Function max>"],
    ["a Map", new Map([["a", 1]]), "Map", "{a: 1}"],
    ["a Promise", Promise.resolve(), "Promise", "<Promise>"],
    ["a Proxy", new Proxy(new Error("x"), {}), "Proxy", "a Proxy, not looked into"],
    ["lone surrogates", new Error("a\ud800b"), "Error", "a\\ud800b"],
    ["secrets", new Error("password=abc, hunter2"), "Error", "password=[redacted], [redacted]"],
    ["secrets in an object", { password: "abc" }, "Object", "{password: [redacted]}"],
  ])("%s", (_, thrown, type, text) => {
    expect(describeThrown(thrown, policy)).toMatchObject({ type, text });
  });

  test("an AggregateError tells its members, sixteen at most", () => {
    const members = Array.from({ length: 20 }, (_, i) => new RangeError(`member ${i}`));
    const { type, text } = describeThrown(new AggregateError(members, "all failed"), policy);
    expect(type).toBe("AggregateError");
    const lines = text.split("\n");
    expect(lines[0]).toBe("all failed");
    expect(lines[1]).toBe("[1/20] RangeError: member 0");
    expect(lines).toHaveLength(18);
    expect(lines.at(-1)).toBe("… and 4 more");
  });

  test("a circle of causes ends", () => {
    const error = new Error("a");
    error.cause = new Error("b", { cause: error });
    const { text } = describeThrown(error, policy);
    expect(text).toBe("a\nCaused by: Error: b\nCaused by: Error: a (told above)");
  });

  test("a long chain of causes ends", () => {
    let error = new Error("0");
    for (let i = 1; i < 10_000; i++) error = new Error(String(i), { cause: error });
    expect(describeThrown(error, policy).text.split("\n")).toHaveLength(9);
  });

  test("a message of megabytes is cut, and says so", () => {
    const thrown = new Error("é".repeat(2_000_000));
    const { text, traceback } = describeThrown(thrown, { ...policy, maxBytes: 1000 });
    for (const part of [text, traceback ?? ""]) {
      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(1000);
      expect(Buffer.byteLength(part)).toBeGreaterThan(950);
      expect(part).toMatch(/é … \[cut: 2000\d{3} characters in all\]$/);
    }
  });

  test("a secret that lies across the cut is removed as a whole", () => {
    for (let at = 900; at < 1010; at++) {
      const thrown = new Error(`${"x".repeat(at)}hunter2${"y".repeat(5000)}`);
      expect(describeThrown(thrown, { ...policy, maxBytes: 1000 }).text).not.toContain("hunt");
    }
  });

  test("a prepareStackTrace that throws costs the stack, nothing else", () => {
    const error = new Error("x");
    Error.prepareStackTrace = () => {
      throw new Error("broken");
    };
    try {
      expect(describeThrown(error, policy)).toMatchObject({ type: "Error", text: "x" });
    } finally {
      Reflect.deleteProperty(Error, "prepareStackTrace");
    }
  });
});
