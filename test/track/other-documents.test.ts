import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { type FormatName, readDocument } from "../../src/formats/index.js";
import { compareTexts } from "../../src/prov/compare-texts.js";
import { equal } from "../../src/prov/index.js";
import { buildDocument } from "../../src/track/build-document.js";
import { temporaryFolder } from "../support/temporary.js";
import { tracked } from "../support/tracked.js";

const textFormats = [
  ["prov-n", "provn"],
  ["prov-xml", "xml"],
  ["turtle", "ttl"],
  ["trig", "trig"],
  ["prov-jsonld", "jsonld"],
  ["nquads", "nq"],
] as const satisfies readonly (readonly [FormatName, string])[];
const every = ["prov-json", ...textFormats.map(([name]) => name), "dot", "svg", "png"];

async function run(formats: readonly string[], destination = temporaryFolder(), tasks = 2) {
  const { summary, text } = await tracked(
    async (client) => {
      const add = (a: number, b: number): number => a + b;
      for (let i = 0; i < tasks; i++) {
        await client.submit(add, i, 2).result();
      }
    },
    { destination, formats },
  );
  return { summary, text, destination };
}

describe("the option `formats`", () => {
  test("writes every format beside the PROV-JSON, under its name", async () => {
    const { summary, destination } = await run(every);
    expect(summary.problems).toEqual([]);
    expect(summary.incomplete).toBe(false);
    const endings = [...textFormats.map(([, ending]) => ending), "dot", "svg", "png"];
    expect(readdirSync(destination).sort(compareTexts)).toEqual(
      ["journal", "json", ...endings].map((ending) => `yprov4wfs.${ending}`).sort(compareTexts),
    );
    expect(summary.others?.map((other) => path.basename(other.path ?? ""))).toEqual(
      endings.map((ending) => `yprov4wfs.${ending}`),
    );
    expect(readFileSync(path.join(destination, "yprov4wfs.svg"), "utf8")).toContain("<svg");
    expect(readFileSync(path.join(destination, "yprov4wfs.png")).subarray(1, 4).toString()).toBe(
      "PNG",
    );
    expect(readFileSync(path.join(destination, "yprov4wfs.dot"), "utf8")).toMatch(/^digraph/);
  });

  test("each says what the PROV-JSON says, and is valid", async () => {
    const { text, destination } = await run(every);
    const document = await readDocument(text);
    for (const [format, ending] of textFormats) {
      const bytes = readFileSync(path.join(destination, `yprov4wfs.${ending}`));
      expect(equal(await readDocument(bytes, { format }), document), format).toBe(true);
      expect((await checkDocument(bytes, { format })).findings, format).toEqual([]);
    }
  });

  test("a picture of too many records is a problem that is told, and nothing fails", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const { summary, destination } = await run(["svg", "turtle"], temporaryFolder(), 160);
    expect(summary.problems).toEqual([
      expect.stringMatching(/^The document was not written as svg: .*the limit is 1000.*slice/),
    ]);
    expect(said).toHaveBeenCalledWith(expect.stringMatching(/^taskprov: The document was not/));
    said.mockRestore();
    expect(summary.incomplete).toBe(false);
    expect(existsSync(path.join(destination, "yprov4wfs.svg"))).toBe(false);
    expect(existsSync(path.join(destination, "yprov4wfs.ttl"))).toBe(true);
  });

  test("the older run's files keep together", async () => {
    const { destination } = await run(["turtle"]);
    const first = readFileSync(path.join(destination, "yprov4wfs.ttl"), "utf8");
    const { summary } = await run(["turtle"], destination);
    const older = (summary.older ?? "").replace(/json$/, "ttl");
    expect(readFileSync(older, "utf8")).toBe(first);
    expect(readFileSync(path.join(destination, "yprov4wfs.ttl"), "utf8")).not.toBe(first);
  });

  test("building from the journal writes the same files", async () => {
    const { summary, destination } = await run(["trig", "prov-n"]);
    const files = ["yprov4wfs.trig", "yprov4wfs.provn"].map((name) => path.join(destination, name));
    const texts = files.map((file) => readFileSync(file, "utf8"));
    const output = path.join(temporaryFolder(), "again.json");
    const built = await buildDocument(summary.journal ?? "", { output });
    expect(built.others?.map((other) => readFileSync(other.path ?? "", "utf8"))).toEqual(texts);
  });

  test("a format under the name of the PROV-JSON itself is told", async () => {
    const { summary } = await tracked((client) => client.submit(() => 1).result(), {
      fileName: "run.ttl",
      formats: ["turtle"],
    });
    expect(summary.problems).toEqual([expect.stringContaining("is the name of the PROV-JSON")]);
  });
});
