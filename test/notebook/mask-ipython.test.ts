import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maskIPython } from "../../src/notebook/mask-ipython.js";
import { fixtureCells } from "../support/notebook-cells.js";
import { runs } from "../support/tier.js";

/** Lines and their lengths, which masking must keep; a lone `\r` ends a line as `\n` does. */
function shape(text: string): number[] {
  return text.split(/\r\n|\r|\n/).map((line) => line.length);
}

const ipythonText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...["%", "%%", "!", "!!", "?", "??", ",", ";", "/", "%time ", "%timeit -n1 ", "%%time\n"],
        ...["%%timeit x", "%prun -l 5 ", ">>> ", "... ", "In [1]: ", "   ...: ", "\\\n", "\\\r\n"],
        ...["f'{", "}'", "{{", '"""', "'''", "'", '"', "#", "(", ")", "[", "]", "{", "}", ":", "="],
        ...["\n", "\r\n", "\r", "\t", " ", "    ", "x", "x.compute()", "= !ls", "= %time y", "\0"],
        ...["# Jupyter:ignore\n", "😀", "\uFEFF", "\u2028", "\uD800", "for ", "if ", "x?\n"],
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe("maskIPython", () => {
  // Expectations agree with IPython 9.18's TransformerManager: what it rewrites is masked here.
  test.each([
    ["a statement behind %time", "%time x.compute()", "if 1: x.compute()"],
    ["an assignment behind %time", "%time a = b", "if 1: a = b"],
    ["an import behind %time", "%time import a", "if 1: import a"],
    ["a block behind %time", "%time for i in x: y(i)", "      for i in x: y(i)"],
    ["a negative number behind %time", "%time -x.compute()", "if 1: -x.compute()"],
    ["options of %timeit", "%timeit -n1 -r 2 x()", "if 1:            x()"],
    ["joined options of %timeit", "%timeit -qo -n10 x()", "if 1:            x()"],
    ["options of %prun", "%prun -l 5 -s cumulative f(x)", "if 1:                    f(x)"],
    ["%time in an assignment", "x = %time y()", "x =       y()"],
    ["%timeit with options in an assignment", "x = %timeit -o y()", "x =            y()"],
    ["%time alone", "%time", "pass "],
    ["%time and a comment", "%time # c", "pass     "],
    ["an indented %time", "if x:\n    %time y()", "if x:\n    if 1: y()"],
    ["other line magics", "%matplotlib inline", "pass              "],
    ["a magic with a quote in it", "%load_ext foo # it's\nx()", "pass                \nx()"],
    ["a shell command", "!echo don't (\nx()", "pass         \nx()"],
    ["a short shell command", "!ls", "0  "],
    ["a shell command joined over lines", "!ls \\\n  foo\nx()", "pass \n     \nx()"],
    ["a command's output", "files = !ls -l", "files = None  "],
    ["a command's output, unpacked", "a, b = !echo (", "a, b = None   "],
    ["a command's output, joined over lines", "f = !a \\\n b\nx()", "f = None\n  \nx()"],
    ["a magic's value", "x = %sql select 1", "x = None         "],
    ["help behind a name", "x.y?", "pass"],
    ["help before a name", "?x", "0 "],
    ["help for a magic", "%time?", "pass  "],
    ["help behind an assignment", "x = y??", "pass   "],
    ["automatic calls", ",f a b\n;f a\n/f a", "pass  \npass\npass"],
    ["a cell magic with a Python body", "%%time\nx()", "      \nx()"],
    ["a cell magic behind blank lines", "\n\n%%time\nx()", "\n\n      \nx()"],
    [
      "cell magics inside each other",
      "%%capture out\n\n%%time\nx()",
      `${" ".repeat(13)}\n\n      \nx()`,
    ],
    ["setup of %%timeit", "%%timeit -n1 a = b()\nc()", "if 1:        a = b()\nc()"],
    ["%%prun with options only", "%%prun -s time\nf()", "              \nf()"],
    ["a cell magic behind a comment", "# c\n%%time\nx()", "# c\npass  \nx()"],
    ["help for a cell magic", "%%time?\nx()", "pass   \nx()"],
    ["prompts of Python", ">>> for i in x:\n...     g(i)\n4", "    for i in x:\n        g(i)\n4"],
    ["prompts of IPython", "In [1]: f(1)\n   ...: g(2)", "        f(1)\n        g(2)"],
    ["prompts in vi mode", "[ins] In [1]: f(1)", "              f(1)"],
    ["a zero character and a lone carriage return", "a\0b\r!ls", "a b\n0  "],
    ["a byte order mark", "\uFEFFx()", " x()"],
  ])("masks %s", (_, source, expected) => {
    expect(maskIPython(source).text).toBe(expected);
  });

  test.each([
    ["lines inside brackets", "f(\n!ls\n%time x\n)"],
    ["lines inside strings", "s = '''\n!ls\n%time x\n'''"],
    ["lines behind a backslash", "x = y \\\n%time"],
    ["remainders", "x = y %time"],
    ["a magic behind a semicolon", "a=1; !ls"],
    ["a comparison", "x = a !=b"],
    ["augmented assignment", "x += !ls"],
    ["question marks in comments", "x()  # really?"],
    ["prompts in the middle of a cell", "x = 1\ny = 2\n>>> z"],
    ["a decorator", "@f(1)\ndef g(): pass"],
  ])("leaves %s alone", (_, source) => {
    expect(maskIPython(source).text).toBe(source);
  });

  test.each(["bash", "html", "writefile", "javascript", "python", "sql"])(
    "a %%%%%s cell is no Python",
    (name) => {
      const masked = maskIPython(`\n%%${name} -a b\nx.compute()\n# Jupyter:track`);
      expect(masked.foreignMagic).toBe(name);
      expect(masked.text.trim()).toBe("");
      expect(masked.comments).toEqual([]);
    },
  );

  test("a foreign cell magic inside a Python one makes the cell foreign", () => {
    expect(maskIPython("%%time\n%%bash\nls").foreignMagic).toBe("bash");
  });

  test("f-strings may hold their own quotes and unbalanced brackets in strings", () => {
    const source = `f'{x['(']}' + f"{a["#"]:{w}} {{" + f'''{\n')'\n}'''\n!ls`;
    const masked = maskIPython(source);
    expect(masked.text).toBe(source.replace("!ls", "0  "));
    expect(masked.comments).toEqual([]);
  });

  test("an unclosed f-string field ends with its line", () => {
    expect(maskIPython("x = f'{a'\n!ls").text).toBe("x = f'{a'\n0  ");
  });

  test("statements begin where logical lines do", () => {
    const source = "a = (\n 1)\nif a: \\\n  b()\n# c\n%time d()\n!ls";
    expect(maskIPython(source).statementStarts.map((at) => source.slice(at, at + 2))).toEqual([
      "a ",
      "if",
      "%t",
      "!l",
    ]);
  });

  test("comments are found outside of strings only", () => {
    const source = `# a\nx = "# no"  # b\ny = (1, # c\n 2)\n%time z() # d\n!ls # no`;
    const { comments } = maskIPython(source);
    expect(comments.map(({ start, end }) => source.slice(start, end))).toEqual([
      "# a",
      "# b",
      "# c",
      "# d",
    ]);
  });

  test("plain Python stays as it is", () => {
    for (const { source } of fixtureCells("python-cells.txt")) {
      expect(maskIPython(source).text).toBe(source);
    }
  });

  test("masking keeps the number of lines and the length of each, whatever the text", () => {
    fc.assert(
      fc.property(ipythonText, (source) => {
        const masked = maskIPython(source);
        expect(shape(masked.text)).toEqual(shape(source));
        const starts = [...masked.statementStarts];
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
        for (const { start } of masked.comments) expect(masked.text[start]).toBe("#");
      }),
      { numRuns: runs(500) },
    );
  });

  test("an unclosed bracket or string costs linear time", () => {
    const begin = performance.now();
    for (const piece of ["f'{", "'''", "(", "%time f'{", "x = !a\\\n", "f'{x}' f'{"]) {
      maskIPython(piece.repeat(20_000));
    }
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});
