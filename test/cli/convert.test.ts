import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formats, parseProvJson, readDocument } from "../../src/formats/index.js";
import { sameDocument } from "../../src/prov/index.js";
import { cli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const provn = `document
prefix ex <http://example.org/>
entity(ex:e, [prov:label="größe", ex:n=5])
activity(ex:a, 2026-11-20T10:00:00Z, -)
wasGeneratedBy(ex:e, ex:a, -)
endDocument
`;

function inFolder(name: string, text: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe("taskprov convert", () => {
  test("undoes the escapes of old ProvToolbox releases when asked", async () => {
    const xml = `<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://example.org/"><prov:entity prov:id="ex:a_2Fb"/></prov:document>`;
    const arguments_ = ["convert", "-", "-", "--to", "prov-n"];
    expect((await cli(arguments_, xml)).stdout).toContain("entity(ex:a_2Fb)");
    expect((await cli([...arguments_, "--toolbox-names"], xml)).stdout).toContain("entity(ex:a/b)");
    const both = await cli([...arguments_, "--toolbox-names", "--repair"], xml);
    expect(both).toMatchObject({ status: 2, stdout: "" });
    expect(both.stderr).toContain("Give one of them");
  });

  const targets = formats.filter(({ read, write }) => read !== undefined && write !== undefined);

  test.each(targets.map(({ extensions }) => extensions[0] ?? ""))(
    "writes %s by the ending of the file, and reads it back by its content",
    async (extension) => {
      const input = inFolder("in.provn", provn);
      const output = `${input}${extension}`;
      expect(await cli(["convert", input, output])).toEqual({ status: 0, stdout: "", stderr: "" });
      const back = `${input}.back.json`;
      expect((await cli(["convert", output, back])).status).toBe(0);
      const document = await readDocument(provn);
      expect(sameDocument(await readDocument(readFileSync(back)), document)).toBe(true);
    },
  );

  test("goes from standard input to standard output", async () => {
    const { status, stdout } = await cli(
      ["convert", "-", "-", "--to", "prov-xml", "--compact"],
      provn,
    );
    expect(status).toBe(0);
    expect(stdout.split("\n")).toHaveLength(3);
    expect(sameDocument(await readDocument(stdout), await readDocument(provn))).toBe(true);
  });

  test("spells PROV-JSON in a dialect, or short", async () => {
    const one = await cli(
      ["convert", "-", "-", "--to", "prov-json", "--dialect", "portable"],
      provn,
    );
    expect(one.stdout).toContain('"prov:label":["größe"]');
    const other = await cli(["convert", "-", "-", "--to", "prov-json", "--compact"], provn);
    expect(other.stdout).toContain('"ex:n":5');
  });

  test("tells what the format cannot carry, and has status 1 for it with --strict", async () => {
    const input = inFolder("in.json", '{"prefix":{"ex":"http://e/"},"entity":{"ex:a b":{}}}');
    const output = `${input}.provn`;
    const { status, stderr } = await cli(["convert", input, output]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/PROV-N cannot carry the local name "a b".*record entity\(ex:a b\)/);
    expect((await cli(["convert", input, output, "--strict"])).status).toBe(1);
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ["empty.json", "", /empty/],
    ["words.txt", "hello", /begins like no format of PROV: "hello"/],
    ["words.provn", "hello", /line 1, column 1 .*Expected "document"/],
    ["cut.json", '{"entity":{"ex:e":', /line 1, column 19/],
    ["cut.provn", provn.slice(0, 60), /line 3, column 20/],
    ["cut.xml", '<prov:document xmlns:prov="http://www.w3.org/ns/prov#">\n<prov:ent', /line 2/],
    ["utf16.json", Buffer.from('\uFEFF{"entity":{}}', "utf16le"), /UTF-16; convert it to UTF-8/],
    ["latin1.provn", Buffer.from(provn, "latin1"), /line 3, column 29 .*0xF6 is not UTF-8/],
    ["packed.json", new Uint8Array([0x1f, 0x8b, 8]), /gzip/],
    ["prefix.provn", provn.replace("ex:n", "no:n"), /line 3, column 35 .*"no"/],
    ["time.provn", provn.replace("2026-11-20T", "2026-13-20T"), /line 4, column 16/],
  ])("answers %s with file and place, status 2 and no output", async (name, content, message) => {
    const input = inFolder(name, content);
    const output = join(input, "..", "out.provx");
    const { status, stdout, stderr } = await cli(["convert", input, output]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr).toContain(input);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(output)).toBe(false);
    expect(readdirSync(join(input, ".."))).toEqual([name]);
  });

  test.each<[string, string[], RegExp]>([
    ["no ending", ["-", "out"], /Cannot tell the format of out by its ending.*--to/],
    ["no format for standard output", ["-", "-"], /Give it with --to/],
    ["an unknown format", ["-", "-", "--to", "provn"], /Unknown value of --to: "provn"/],
    ["an unknown dialect", ["-", "x.json", "--dialect", "share"], /Did you mean shared\?/],
    ["a file that is not there", ["nowhere.json", "x.provn"], /nowhere\.json: no such file/],
  ])("answers %s with status 2", async (_, args, message) => {
    const { status, stderr } = await cli(["convert", ...args], provn);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("keeps the old file when the new document cannot be read", async () => {
    const input = inFolder("in.provn", "document entity(");
    const output = `${input}.json`;
    writeFileSync(output, "old");
    expect((await cli(["convert", input, output])).status).toBe(2);
    expect(readFileSync(output, "utf8")).toBe("old");
  });
});

// The form of what yProv4DASK 1.0 writes, with a key that has a colon.
const yprov = {
  prefix: { default: "http://anotherexample.org/", yprov4wfs: "http://example.org" },
  activity: {
    "inc-1": {
      "prov:startTime": "2025-08-10 16:33:32.950967",
      "prov:endTime": "None",
      "prov:label": "inc-1",
      "prov:type": "prov:Activity",
      "yprov4wfs:status": "None",
      "yprov4wfs:level": "1",
    },
    "a:b c": { "prov:label": "None", "prov:type": "prov:Activity" },
  },
  entity: { "inc-1.return_value": { "prov:type": "prov:Entity", "yprov4wfs:value": "None" } },
  agent: {},
  wasGeneratedBy: { "1": { "prov:entity": "inc-1.return_value", "prov:activity": "a:b c" } },
  // An id that it makes of two others, the second with a colon.
  wasInformedBy: { "informed_w-1_a:b c": { "prov:informed": "a:b c", "prov:informant": "inc-1" } },
};

describe("taskprov convert --repair", () => {
  test("mends what yProv4DASK is known to write wrong, and lists it", async () => {
    const input = inFolder("yprov4wfs.json", JSON.stringify(yprov));
    const output = `${input}.mended.json`;
    const { status, stderr } = await cli(["convert", "--repair", input, output]);
    expect(status).toBe(0);
    const told = stderr.replaceAll(input, "FILE").trimEnd().split("\n");
    expect(told).toEqual([
      "FILE: repaired 1 × namespace",
      "  /prefix/yprov4wfs: http://example.org → https://github.com/HPCI-Lab/yProv4WFs#",
      "FILE: repaired 2 × undeclared-prefix",
      "  /activity/a:b c: a → http://anotherexample.org/a:",
      "  /wasInformedBy/informed_w-1_a:b c: informed_w-1_a → http://anotherexample.org/informed_w-1_a:",
      "FILE: repaired 1 × time",
      "  /activity/inc-1/prov:startTime: 2025-08-10 16:33:32.950967 → 2025-08-10T16:33:32.950967",
      "FILE: repaired 1 × none-time",
      "  /activity/inc-1/prov:endTime: None → (taken out)",
      "FILE: repaired 3 × type-string",
      "  /activity/inc-1/prov:type: \"prov:Activity\" → 'prov:Activity'",
      "  /activity/a:b c/prov:type: \"prov:Activity\" → 'prov:Activity'",
      "  /entity/inc-1.return_value/prov:type: \"prov:Entity\" → 'prov:Entity'",
      "FILE: repaired 2 × none-value",
      "  /activity/inc-1/yprov4wfs:status: None → (taken out)",
      "  /entity/inc-1.return_value/yprov4wfs:value: None → (taken out)",
    ]);
    const warnings: string[] = [];
    parseProvJson(readFileSync(output), { onWarning: ({ message }) => warnings.push(message) });
    expect(warnings).toEqual([]);
    expect((await cli(["check", output])).status).toBe(0);
    const again = await cli(["convert", "--repair", output, "-", "--to", "prov-json"]);
    expect(again.stderr).toMatch(/nothing to repair/);
    expect(again.stdout).toBe(readFileSync(output, "utf8"));
  });

  test("says what it cannot mend", async () => {
    const text = await cli(["convert", "--repair", "-", "x.provn"], provn);
    expect([text.status, text.stderr]).toEqual([2, expect.stringMatching(/not JSON/)]);
    const other = await cli(["convert", "--repair", "--from", "prov-n", "-", "x.json"], provn);
    expect([other.status, other.stderr]).toEqual([2, expect.stringMatching(/PROV-JSON only/)]);
  });
});
