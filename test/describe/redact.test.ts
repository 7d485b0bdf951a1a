import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor } from "../../src/describe/redact.js";

const redactor = createRedactor(["*password*", "*secret*", "*token*", "*api_key*", "hunter2"]);

describe("redactsName", () => {
  test.each([
    ["password", true],
    ["DB_PASSWORD_FILE", true],
    ["api_key", true],
    ["Api-Key", true],
    ["--api-key", true],
    ["apikey", false],
    ["hunter2", true],
    ["hunter22", false],
    ["name", false],
    ["", false],
  ])("%j: %s", (name, expected) => {
    expect(redactor.redactsName(name)).toBe(expected);
  });
});

describe("redactText", () => {
  test.each([
    ["password=abc x=1", "password=[redacted] x=1"],
    ["PASSWORD = abc", "PASSWORD = [redacted]"],
    ["token: abc", "token: [redacted]"],
    ["Token: Bearer abc next", "Token: [redacted] next"],
    ["run --token abc -v", "run --token [redacted] -v"],
    ["run --api-key=abc -v", "run --api-key=[redacted] -v"],
    ["run --token --verbose", "run --token --verbose"],
    ['{"token": "a b", "n": 1}', '{"token": "[redacted]", "n": 1}'],
    ["{'token': 'a b', 'n': 1}", "{'token': '[redacted]', 'n': 1}"],
    ['{\\"token\\": \\"a b\\", \\"n\\": 1}', '{\\"token\\": \\"[redacted]\\", \\"n\\": 1}'],
    ['{"token":\n  "abc"}', '{"token":\n  "[redacted]"}'],
    ['"token": "a\\"b" c', '"token": "[redacted]" c'],
    ['"token": "never closed', '"token": "[redacted]'],
    ['"secret": {"a": "}", "b": [1]}, "c": 2', '"secret": [redacted], "c": 2'],
    ["d['my_secret'] = b'abc' + 1", "d['my_secret'] = [redacted] + 1"],
    ["Login(password='a', user='b')", "Login(password='[redacted]', user='b')"],
    ["https://x.org/?token=abc&page=2", "https://x.org/?token=[redacted]&page=2"],
    ["config.db.password=abc", "config.db.password=[redacted]"],
    ["it was HUNTER2, wasn't it", "it was [redacted], wasn't it"],
    ["Unexpected token < in JSON at 3", "Unexpected token < in JSON at 3"],
    ["a=1; b: 2", "a=1; b: 2"],
    ["password", "password"],
    ["password=", "password="],
    ["", ""],
  ])("%j becomes %j", (text, expected) => {
    expect(redactor.redactText(text)).toBe(expected);
  });

  test("an exact name pattern also finds the last part of a dotted name", () => {
    const exact = createRedactor(["pin?"]);
    expect(exact.redactText("card.pin1=1234 pin=5 spin1=6")).toBe(
      "card.pin1=[redacted] pin=5 spin1=6",
    );
  });

  test("without patterns nothing changes", () => {
    const idle = createRedactor([""]);
    expect(idle.active).toBe(false);
    expect(idle.redactText("password=abc")).toBe("password=abc");
    expect(idle.redactArgv(["--password", "abc"])).toEqual(["--password", "abc"]);
  });

  test("of a text that is cut not even the beginning of a secret remains", () => {
    const text = `${"x".repeat(100)}hunter2`;
    for (let limit = 90; limit <= text.length; limit++) {
      expect(redactor.redactText(text, limit)).toMatch(/^x*(\[redacted\])?$/);
    }
  });

  test("a literal never remains, in whatever case and surroundings", () => {
    const around = fc.string({ unit: "binary", maxLength: 30 });
    const secret = fc.mixedCase(fc.constant("hunter2"));
    fc.assert(
      fc.property(around, secret, around, (before, word, after) => {
        const text = redactor.redactText(`${before}${word}${after}`);
        expect(text.toLowerCase()).not.toContain("hunter2");
      }),
    );
  });

  test("a quoted value of a secret name never remains", () => {
    const value = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(value, fc.constantFrom(": ", "=", " = "), (tail, sign) => {
        const secret = `Qz${tail}`;
        const text = redactor.redactText(`{"my_token"${sign}${JSON.stringify(secret)}, "n": 1}`);
        expect(text).toBe(`{"my_token"${sign}"[redacted]", "n": 1}`);
      }),
    );
  });

  test("takes time proportional to the text, also to hostile ones", () => {
    const texts = ["password=", "a:", '"\\', 'token="\\"', "token='\\", "token=(", "token=\\", "-"]
      .map((part) => part.repeat(Math.ceil(3e5 / part.length)))
      .concat(`token=x${"\\".repeat(3e5)}`, `${" ".repeat(3e5)}a${" ".repeat(3e5)}=`);
    for (const text of texts) {
      const start = process.cpuUsage();
      redactor.redactText(text);
      const used = process.cpuUsage(start);
      // Up to 70 ms here; a quadratic step takes minutes.
      expect((used.user + used.system) / 1000).toBeLessThan(2000);
    }
  });
});

describe("redactArgv", () => {
  test("removes values of secret options, joined or separate, and of variables", () => {
    expect(
      redactor.redactArgv([
        ...["node", "run.js", "--token", "abc", "--password=a b c", "API_KEY=x y", "-v"],
        ...["--no-token", "--x", "hunter2", '{"secret": "q"}', "--secret", "s"],
      ]),
    ).toEqual([
      ...["node", "run.js", "--token", "[redacted]", "--password=[redacted]"],
      ...["API_KEY=[redacted]", "-v", "--no-token", "--x", "[redacted]"],
      ...['{"secret": "[redacted]"}', "--secret", "[redacted]"],
    ]);
  });
});
