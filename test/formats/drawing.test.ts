import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { drawSvg, readDocument, writeDocument } from "../../src/formats/index.js";
import { drawPng } from "../../src/index.js";
import type { ProvDocument } from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { cli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const provn = `document
prefix ex <http://example.org/>
entity(ex:data, [prov:label="größe & \\"q\\" <b> \\\\N 日本"])
agent(ex:worker)
activity(ex:task, 2026-11-20T10:00:00Z, 2026-11-20T10:00:01Z)
wasGeneratedBy(ex:data, ex:task, -)
wasAssociatedWith(ex:task, ex:worker, ex:plan)
used(ex:task, -, -)
bundle ex:b
  entity(ex:data)
endBundle
endDocument
`;

function dotOf(document: ProvDocument): string {
  return [...writeDocument(document, { format: "dot" })].join("");
}

/** What the XML of a drawing shows: its texts, and the elements by name. */
function shown(svg: string): { readonly texts: string[]; readonly elements: string[] } {
  const texts: string[] = [];
  const elements: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  let open = "";
  parser.on("opentag", ({ local }) => {
    open = local;
    elements.push(local);
    if (local === "text") texts.push("");
  });
  parser.on("text", (text) => {
    if (open === "text") texts[texts.length - 1] += text.trim();
  });
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(svg).close();
  return { texts, elements };
}

describe("a document as DOT", () => {
  test("has things by their labels, relations as arrows, bundles as boxes", async () => {
    const dot = dotOf(await readDocument(provn));
    expect(dot).toMatch(/n0 \[shape=ellipse .*label="größe &amp; \\"q\\" <b> \\\\N 日本"/);
    expect(dot).toMatch(/n2 \[shape=box .*2026-11-20T10:00:00Z – 2026-11-20T10:00:01Z/);
    expect(dot).toMatch(/n0 -> n2 \[label="wasGeneratedBy"/);
    expect(dot).toMatch(/"filled,dashed".*label="ex:plan" tooltip="ex:plan: not declared"/);
    expect(dot).toMatch(/nj1 -> n1 \[label="wasAssociatedWith".*\n.*nj1 -> n3 \[label="plan"/);
    expect(dot).toMatch(/nj2 \[shape=point\];\n {2}n2 -> nj2 \[label="used"/);
    expect(dot).toMatch(/subgraph cluster_1 \{\n {4}label="ex:b".*\n {4}b1_0 \[/);
  });

  test("is DOT whatever stands in names and values", async () => {
    const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
    const graphviz = await Graphviz.load();
    await fc.assert(
      fc.property(provDocuments(), (document) => {
        expect(() => graphviz.layout(dotOf(document), "canon", "nop")).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });
});

describe("a document as SVG", () => {
  test("shows the labels as they are, in well-formed XML", async () => {
    const { texts, elements } = shown(await drawSvg(await readDocument(provn)));
    expect(texts).toContain('größe & "q" <b> \\N 日本');
    expect(texts).toEqual(expect.arrayContaining(["wasGeneratedBy", "ex:worker", "ex:b"]));
    expect(elements).not.toContain("script");
  });

  test("shows tooltips as they are", async () => {
    const svg = await drawSvg(await readDocument(provn));
    expect(svg).toContain("größe &amp; &quot;q&quot; &lt;b&gt; \\N 日本");
    expect(svg).toMatch(/xlink:title="entity ex:data&#10;prov:label = größe &amp; [^"]*\\N 日本"/);
  });

  test("is well-formed for any document", async () => {
    await fc.assert(
      fc.asyncProperty(provDocuments(), async (document) => {
        expect(shown(await drawSvg(document)).elements).toContain("svg");
      }),
      { numRuns: 15 },
    );
  });

  test("is refused for what nobody could look at, with advice", async () => {
    const document = await readDocument(provn);
    await expect(drawSvg(document, { maxRecords: 5 })).rejects.toMatchObject({
      code: "ERR_BUDGET",
      message: expect.stringMatching(/picture of 7 records.*limit is 5.*taskprov slice.*--to dot/),
    });
  });
});

describe("a document as PNG", () => {
  test("is an image of the drawing's size, not empty", async () => {
    const png = Buffer.from(await drawPng(await readDocument(provn), { scale: 1 }));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    const twice = Buffer.from(await drawPng(await readDocument(provn), { scale: 2 }));
    expect(width).toBeGreaterThan(100);
    expect(Math.abs(twice.readUInt32BE(16) - 2 * width)).toBeLessThanOrEqual(2);
    // A white area of this size is far smaller.
    expect(png.length).toBeGreaterThan((width * height) / 40);
  });
});

describe("taskprov convert", () => {
  test.each(["dot", "svg", "png"])("draws a document as %s", async (ending) => {
    const input = join(temporaryFolder(), "in.provn");
    writeFileSync(input, provn);
    const output = `${input}.${ending}`;
    expect(await cli(["convert", input, output])).toMatchObject({ status: 0, stderr: "" });
    const text = readFileSync(output, "latin1");
    expect(text).toContain(ending === "dot" ? "digraph" : ending === "svg" ? "</svg>" : "IHDR");
  });

  test("writes no file for a document too large to be drawn, and none to standard output", async () => {
    const input = join(temporaryFolder(), "large.provn");
    const lines = Array.from({ length: 1_001 }, (_, i) => `entity(ex:e${i})`).join("\n");
    writeFileSync(input, `document prefix ex <http://example.org/>\n${lines}\nendDocument`);
    const { status, stderr } = await cli(["convert", input, `${input}.svg`]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/1001 records/);
    expect(existsSync(`${input}.svg`)).toBe(false);
    expect(await cli(["convert", input, "-", "--to", "png"])).toMatchObject({ status: 2 });
  });
});
