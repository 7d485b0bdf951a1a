import { createServer, type Server } from "node:http";
import path from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";

const browserPeer = await peer("chromium");
const root = path.resolve(import.meta.dirname, "../..");

/** What a page with a bundler says; `platform: browser` refuses the built-ins of Node. */
const program = `
import { checkDocument } from "./dist/check/index.js";
import { drawSvg, readDocument, writeDocument } from "./dist/formats/index.js";
import { equal } from "./dist/prov/index.js";

const provn = \`document
prefix ex <http://example.org/>
entity(ex:größe, [prov:label="ψ 😀", ex:n=5])
activity(ex:a, 2026-11-20T10:00:00Z, -)
wasGeneratedBy(ex:g1; ex:größe, ex:a, -)
endDocument\`;

globalThis.smoke = async () => {
  const document = await readDocument(provn);
  const formats = {};
  for (const format of ["prov-json", "prov-n", "prov-xml", "turtle", "trig", "nquads", "prov-jsonld"]) {
    const text = [...writeDocument(document, { format })].join("");
    formats[format] = equal(await readDocument(text), document);
  }
  const good = await checkDocument(provn);
  const bad = await checkDocument(provn.replace("endDocument", "entity(ex:a)\\nendDocument"));
  const broken = await checkDocument("document entity(");
  const json = await checkDocument('{"entity":{"no:e":{}}}');
  const picture = await drawSvg(document);
  return {
    formats,
    good: good.valid,
    bad: bad.findings.map(({ constraint }) => constraint),
    broken: broken.findings[0].place,
    json: json.valid,
    picture: picture.includes("ψ 😀"),
  };
};
`;

describeWith("a bundle of prov, formats and check in Chromium", browserPeer, (peerFound) => {
  let server: Server;
  let origin = "";
  let script = "";

  beforeAll(async () => {
    const { outputFiles, warnings } = await build({
      stdin: { contents: program, resolveDir: root },
      bundle: true,
      format: "iife",
      platform: "browser",
      target: "es2022",
      write: false,
      logLevel: "silent",
    });
    expect(warnings).toEqual([]);
    script = outputFiles[0]?.text ?? "";
    server = createServer((request, response) => {
      const isScript = request.url === "/bundle.js";
      const type = isScript ? "text/javascript; charset=utf-8" : "text/html";
      response.writeHead(200, { "content-type": type });
      response.end(isScript ? script : '<!doctype html><script src="/bundle.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    origin = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("reads, writes, checks and draws", async () => {
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const browser = await chromium.launch({ executablePath: peerFound.executable, args });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      const elsewhere: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("request", (request) => {
        if (!request.url().startsWith(origin)) elsewhere.push(request.url());
      });
      await page.goto(`${origin}/`);
      expect(await page.evaluate("smoke()")).toEqual({
        formats: {
          "prov-json": true,
          "prov-n": true,
          "prov-xml": true,
          turtle: true,
          trig: true,
          nquads: true,
          "prov-jsonld": true,
        },
        good: true,
        bad: expect.arrayContaining([55]),
        broken: { line: 1, column: 17, offset: 16 },
        json: false,
        picture: true,
      });
      expect(problems).toEqual([]);
      expect(elsewhere).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
