import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";

const browserPeer = await peer("chromium");
const dist = path.resolve(import.meta.dirname, "../../dist");

// Run in the page: no Node there, so an import of a built-in fails.
const program = `
const [prov, formats, check] = await Promise.all(
  ["prov", "formats", "check"].map((entry) => import("/" + entry + "/index.js")),
);
const run = { prefix: "run", uri: "urn:uuid:1#" };
const id = prov.qualifiedName(run, "a");
const document = {
  namespaces: [run],
  records: [{ kind: "entity", id, attributes: [[prov.provAttributes.label, "ψ 😀"]] }],
  bundles: [],
};
const text = [...formats.writeProvJson(document)].join("");
const read = formats.parseProvJson(text);
result = { same: prov.sameDocument(document, read), check: Object.keys(check).length > 0 };
`;

describeWith("the entry points prov, formats and check in a browser", browserPeer, (peerFound) => {
  let server: Server;
  let origin = "";

  beforeAll(async () => {
    server = createServer((request, response) => {
      const file = path.join(dist, path.normalize(request.url ?? "/"));
      readFile(file).then(
        (content) => {
          const type = file.endsWith(".js") ? "text/javascript" : "text/html";
          response.writeHead(200, { "content-type": type }).end(content);
        },
        () => response.writeHead(request.url === "/" ? 200 : 404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    origin = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  test("load without Node and give back the document they wrote", async () => {
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const browser = await chromium.launch({ executablePath: peerFound.executable, args });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(`${origin}/`);
      const result = await page.evaluate(
        `(async () => { let result; ${program} return result; })()`,
      );
      expect(problems).toEqual([]);
      expect(result).toEqual({ same: true, check: true });
    } finally {
      await browser.close();
    }
  });
});
