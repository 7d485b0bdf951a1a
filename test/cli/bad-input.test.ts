import { Buffer } from "node:buffer";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const prefix = '"prefix":{"ex":"http://example.org/"}';
const provn = (body: string): string =>
  `document\nprefix ex <http://example.org/>\n${body}\nendDocument\n`;
const xml = (body: string, doctype = ""): string =>
  `<?xml version="1.0"?>\n${doctype}<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://example.org/">\n${body}\n</prov:document>`;
const deep = 100_000;
const context = '"https://openprovenance.org/prov-jsonld/context.jsonld"';
/** A file from which a billion characters would come. */
const bomb = `<!DOCTYPE lol [<!ENTITY a "aaaaaaaaaa">${Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY ${"bcdefghij"[i]} "${`&${"abcdefghi"[i]};`.repeat(10)}">`,
).join("")}]>\n`;

/** Name, content, what is said. */
type Case = readonly [name: string, content: string | Uint8Array, message: RegExp];

const cases: readonly Case[] = [
  // Encodings.
  ["utf16.json", Buffer.from(`\uFEFF{${prefix}}`, "utf16le"), /UTF-16/],
  ["utf16.xml", Buffer.from(`\uFEFF${xml("")}`, "utf16le"), /UTF-16/],
  ["latin1.json", Buffer.from(`{${prefix},"entity":{"ex:ö":{}}}`, "latin1"), /byte \d+.*UTF-8/],
  ["latin1.ttl", Buffer.from("@prefix ex: <http://e/> .\nex:ö a ex:X .", "latin1"), /line 2/],
  // JSON.
  ["twice.json", `{${prefix},"entity":{"ex:e":{"ex:p":"a","ex:p":"b"}}}`, /\/entity\/ex:e.*twice/],
  ["null.json", `{${prefix},"entity":{"ex:e":{"ex:p":null}}}`, /\/entity\/ex:e\/ex:p.*null/],
  ["nulls.json", `{${prefix},"entity":null}`, /\/entity.*null/],
  ["prefix.json", '{"entity":{"no:e":{}}}', /"no" of "no:e" is not declared/],
  [
    "time.json",
    `{${prefix},"activity":{"ex:a":{"prov:startTime":"2026-13-01T00:00:00Z"}}}`,
    /startTime.*2026-13-01/,
  ],
  ["deep.json", `{${prefix},"entity":{"ex:e":{"ex:p":${"[".repeat(deep)}`, /line 1, column \d+/],
  ["deeper.json", `${'{"a":'.repeat(deep)}1${"}".repeat(deep)}`, /line 1, column \d+/],
  ["nested.json", `{${prefix},"bundle":{"ex:b":{"bundle":{"ex:b":{}}}}}`, /\/bundle\/ex:b\/bundle/],
  // PROV-N.
  ["nested.provn", provn("bundle ex:b\nbundle ex:b\nendBundle\nendBundle"), /line 4, column 1/],
  ["deep.provn", provn(`ex:x(${"(".repeat(deep)}`), /line 3, column \d+/],
  ["long.provn", provn("entity(ex:e, [ex:p=999999999999999999999999999999 %%])"), /line 3, column/],
  ["open.provn", provn('entity(ex:e, [ex:p="never ends])'), /line 3, column/],
  // XML.
  [
    "bomb.xml",
    xml("<prov:entity prov:id='ex:e'><ex:p>&j;</ex:p></prov:entity>", bomb),
    /line \d+, column/,
  ],
  [
    "file.xml",
    xml(
      "<prov:entity prov:id='ex:e'><ex:p>&x;</ex:p></prov:entity>",
      '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n',
    ),
    /line \d+, column/,
  ],
  ["deep.xml", xml("<ex:a>".repeat(deep)), /line 3, column/],
  [
    "nested.xml",
    xml(
      '<prov:bundleContent prov:id="ex:b"><prov:bundleContent prov:id="ex:b"/></prov:bundleContent>',
    ),
    /line 3, column/,
  ],
  // RDF.
  ["deep.ttl", `@prefix ex: <http://e/> .\nex:a ex:b ${"[ ex:b ".repeat(deep)}`, /line \d+/],
  ["deeplist.ttl", `@prefix ex: <http://e/> .\nex:a ex:b ${"( ".repeat(deep)}`, /line \d+/],
  [
    "prefix.ttl",
    "@prefix prov: <http://www.w3.org/ns/prov#> .\nno:a a prov:Entity .",
    /line 2.*no:/,
  ],
  ["cut.trig", "@prefix ex: <http://e/> .\nex:g { ex:a a ex:B", /line 2/],
  ["cut.nq", "<http://e/a> <http://e/b> ", /line 1/],
  // PROV-JSONLD.
  ["deep.jsonld", `{"@context":${context},"@graph":${"[".repeat(deep)}`, /line 1, column \d+/],
  [
    "null.jsonld",
    `{"@context":[{"ex":"http://e/"},${context}],"@graph":[{"@type":"Entity","@id":null}]}`,
    /line 1, column \d+/,
  ],
];

describe("bad input", () => {
  test.each(cases)(
    "%s: file, place, status 2, no file",
    { timeout: 60_000 },
    async (name, content, message) => {
      const input = join(temporaryFolder(), name);
      writeFileSync(input, content);
      for (const target of ["out.json", "out.provn"]) {
        const output = join(input, "..", target);
        const { status, stdout, stderr } = await cli(["convert", input, output]);
        expect([status, stdout]).toEqual([2, ""]);
        expect(stderr).toMatch(message);
        expect(stderr).toContain(input);
        expect(stderr).not.toMatch(/\n\s+at |RangeError|Maximum call stack/);
        expect(existsSync(output)).toBe(false);
      }
      const checked = await cli(["check", input]);
      expect(checked.status).toBeGreaterThan(0);
      expect(readdirSync(join(input, ".."))).toEqual([name]);
    },
  );

  test("a remote context is named and not fetched", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/c.jsonld`;
    const input = join(temporaryFolder(), "remote.jsonld");
    writeFileSync(input, `{"@context":"${url}","@graph":[{"@type":"Entity","@id":"ex:e"}]}`);
    const { status, stderr } = await cli(["convert", input, `${input}.provn`]);
    server.close();
    expect([status, stderr]).toEqual([2, expect.stringContaining(url)]);
    expect(asked).toEqual([]);
  });

  test("numbers of any size are kept as they are written", async () => {
    const number = `${"9".repeat(400)}`;
    const { status, stdout } = await cli(
      ["convert", "-", "-", "--to", "prov-n"],
      `{${prefix},"entity":{"ex:e":{"ex:p":[${number},1e999,-0.0]}}}`,
    );
    expect(status).toBe(0);
    expect(stdout).toContain(number);
    expect(stdout).toContain("1e999");
  });

  test.each(["prov-n", "prov-xml", "turtle", "trig", "prov-jsonld", "nquads"])(
    "a byte order mark before %s does no harm",
    async (format) => {
      const source = `{${prefix},"entity":{"ex:e":{}}}`;
      const { stdout } = await cli(["convert", "-", "-", "--to", format], source);
      const marked = await cli(["convert", "-", "-", "--to", "prov-json"], `\uFEFF${stdout}`);
      expect(marked.status).toBe(0);
      expect(Object.keys(JSON.parse(marked.stdout).entity)).toEqual([expect.stringMatching(/:e$/)]);
    },
  );
});
