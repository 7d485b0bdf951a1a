import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { displayOf, textBundle, withDisplay } from "../../src/base/notebook-display.js";

const name = Symbol.for("Jupyter.display");

describe("what a notebook shows of a value", () => {
  test("is text and HTML in which the text is only text", async () => {
    const value = withDisplay({ n: 1 }, () => textBundle('<img src=x onerror="alert(1)">&\n  b\n'));
    expect(await displayOf(value)).toEqual({
      "text/plain": '<img src=x onerror="alert(1)">&\n  b',
      "text/html":
        '<pre style="overflow-x:auto">&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;\n  b</pre>',
    });
  });

  test("changes nothing else: JSON, keys, copies and inspection are as before", () => {
    const value = withDisplay({ n: 1 }, () => textBundle(""));
    expect(JSON.stringify(value)).toBe('{"n":1}');
    expect(Reflect.ownKeys({ ...value })).toEqual(["n"]);
    expect(inspect(value)).toBe("{ n: 1 }");
    expect(structuredClone(value)).toEqual({ n: 1 });
  });

  test("is asked of any object that has the method, of nothing else, and may come later", async () => {
    const own = { [name]: () => Promise.resolve({ "text/markdown": "*a*" }) };
    expect(await displayOf(own)).toEqual({ "text/markdown": "*a*" });
    for (const each of [null, undefined, 3, "text", {}, [], { [name]: 3 }]) {
      expect(await displayOf(each)).toBeUndefined();
    }
  });

  test.each([null, 3, [], {}, { plain: "no media type" }])(
    "is an error when it is %j",
    async (bundle) => {
      await expect(displayOf({ [name]: () => bundle })).rejects.toThrow("content by media type");
    },
  );
});
