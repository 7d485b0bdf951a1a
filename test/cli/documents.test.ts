import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const head = "document\nprefix ex <http://example.org/>\n";

function files(contents: Readonly<Record<string, string>>): (name: string) => string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
  return (name) => join(folder, name);
}

const documents = {
  "valid.provn": `${head}entity(ex:e)\nendDocument`,
  "invalid.provn": `${head}entity(ex:x)\nactivity(ex:x)\nendDocument`,
  "broken.provn": `${head}entity(`,
  "same.json": '{"prefix":{"a":"http://example.org/"},"entity":{"a:e":{}}}',
  "more.json":
    '{"prefix":{"ex":"http://other.org/"},"activity":{"ex:a":{}},"used":{"_:u":{"prov:activity":"ex:a"}}}',
};

describe("taskprov check", () => {
  test("checks several files of several formats; the worst decides the status", async () => {
    const at = files(documents);
    const both = await cli(["check", at("valid.provn"), at("invalid.provn"), at("same.json")]);
    expect(both.status).toBe(1);
    expect(both.stdout).toContain("valid.provn: valid; 1 entity");
    expect(both.stdout).toMatch(
      /invalid\.provn: error constraint 55 entity-activity-disjoint at line 4/,
    );
    expect((await cli(["check", at("valid.provn"), at("same.json")])).status).toBe(0);
    expect((await cli(["check", at("invalid.provn"), at("broken.provn")])).status).toBe(2);
    const missing = await cli(["check", at("none.provn"), at("valid.provn")]);
    expect(missing.status).toBe(2);
    expect(missing.stdout).toContain("valid.provn: valid");
  });

  test("--json gives one result, or a list for several files", async () => {
    const at = files(documents);
    const one = await cli(["check", "--json", at("invalid.provn")]);
    expect(JSON.parse(one.stdout)).toMatchObject({
      valid: false,
      readable: true,
      counts: { entity: 1, activity: 1 },
      findings: [{ constraint: 55, severity: "error", records: [{}, {}] }],
    });
    const two = await cli(["check", "--json", at("valid.provn"), at("invalid.provn")]);
    expect(JSON.parse(two.stdout)).toMatchObject({
      valid: false,
      files: [{ file: at("valid.provn"), valid: true }, { valid: false }],
    });
  });

  test("--sarif gives one log for all files", async () => {
    const at = files(documents);
    const { stdout, status } = await cli([
      "check",
      "--sarif",
      at("invalid.provn"),
      at("valid.provn"),
    ]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      version: "2.1.0",
      runs: [{ results: [{ ruleId: "entity-activity-disjoint" }] }],
    });
  });

  test("lints are listed, turned on and off by name, and count with --strict", async () => {
    const at = files(documents);
    const list = await cli(["check", "--list"]);
    expect(list.status).toBe(0);
    expect(list.stdout).toMatch(/clock-order \(on\)/);
    const args = ["check", "--strict", at("more.json")];
    expect((await cli(args)).status).toBe(0);
    const undeclared = files({
      "a.json": '{"prefix":{"ex":"http://e/"},"used":{"_:u":{"prov:activity":"ex:a"}}}',
    });
    expect((await cli(["check", "--strict", undeclared("a.json")])).status).toBe(1);
    expect(
      (await cli(["check", "--strict", "--no-lint", "all", undeclared("a.json")])).status,
    ).toBe(0);
    const off = ["check", "--strict", "--no-lint", "undeclared", undeclared("a.json")];
    expect((await cli(off)).status).toBe(0);
  });

  test("--for names the readers", async () => {
    const at = files(documents);
    const { stdout } = await cli(["check", "--for", "provtoolbox", at("same.json")]);
    expect(stdout).toContain("warning non-portable: ProvToolbox 2.2 cannot write");
  });

  test.each([
    [["--lint", "clock-ordr"], "Did you mean clock-order?"],
    [["--for", "provtolbox"], "Did you mean provtoolbox?"],
    [["--format", "jsn"], "--format"],
  ])("refuses %s", async (args, message) => {
    const at = files(documents);
    const { status, stderr } = await cli(["check", ...args, at("same.json")]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("taskprov equal", () => {
  test("compares documents of two formats", async () => {
    const at = files(documents);
    expect(await cli(["equal", at("valid.provn"), at("same.json")])).toEqual({
      status: 0,
      stdout: "equal\n",
      stderr: "",
    });
  });

  test("shows what only one of them has", async () => {
    const at = files(documents);
    const { status, stdout } = await cli(["equal", at("valid.provn"), at("invalid.provn")]);
    expect(status).toBe(1);
    expect(stdout).toContain("  - entity(ex:e)");
    expect(stdout).toContain("  + activity(ex:x)");
    const json = await cli(["equal", "--json", at("valid.provn"), at("invalid.provn")]);
    expect(JSON.parse(json.stdout)).toEqual({
      equal: false,
      onlyInA: [{ record: "entity(ex:e)" }],
      onlyInB: [{ record: "entity(ex:x)" }, { record: "activity(ex:x)" }],
    });
  });

  test("reads one of them from standard input, and names what cannot be read", async () => {
    const at = files(documents);
    const { status } = await cli(["equal", at("valid.provn"), "-"], documents["same.json"]);
    expect(status).toBe(0);
    const broken = await cli(["equal", at("valid.provn"), at("broken.provn")]);
    expect(broken.status).toBe(2);
    expect(broken.stderr).toContain("broken.provn");
    expect((await cli(["equal", "-", "-"])).status).toBe(2);
  });
});

describe("taskprov merge", () => {
  test("writes one document and tells of prefixes in conflict", async () => {
    const at = files(documents);
    const args = ["merge", at("valid.provn"), at("more.json"), "-o", at("all.provn")];
    const { status, stderr } = await cli(args);
    expect(status).toBe(0);
    expect(stderr).toBe("taskprov: the prefix ex of http://other.org/ is ex2 now.\n");
    const text = readFileSync(at("all.provn"), "utf8");
    expect(text).toContain("prefix ex2 <http://other.org/>");
    expect(text).toContain("ex2:a");
    expect((await cli(["check", at("all.provn")])).status).toBe(0);
  });

  test("tells contradictions, keeps all, and ends with status 1", async () => {
    const start = (day: string): string =>
      `${head}activity(ex:a, 2026-01-${day}T00:00:00Z, -)\nendDocument`;
    const at = files({ "a.provn": start("01"), "b.provn": start("02") });
    const { status, stdout, stderr } = await cli(["merge", at("a.provn"), at("b.provn")]);
    expect(status).toBe(1);
    expect(stderr).toContain("PROV-CONSTRAINTS 22: prov:startTime is 2026-01-01");
    expect(stdout).toContain("2026-01-01");
    expect(stdout).toContain("2026-01-02");
  });

  test("writes nothing when an input is broken or the target is unknown", async () => {
    const at = files(documents);
    const out = at("out.json");
    const broken = await cli(["merge", at("valid.provn"), at("broken.provn"), "-o", out]);
    expect(broken.status).toBe(2);
    expect(() => readFileSync(out)).toThrow("ENOENT");
    const unknown = await cli(["merge", at("valid.provn"), "-o", at("out.abc")]);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain("Give it with --to");
  });
});

describe("taskprov stats", () => {
  test("counts what is there", async () => {
    const at = files(documents);
    const { status, stdout } = await cli(["stats", at("more.json")]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/records +2/);
    expect(stdout).toMatch(/used +1/);
    const json = await cli(["stats", "--json", at("more.json")]);
    expect(JSON.parse(json.stdout)).toMatchObject({ records: 2, kinds: { activity: 1, used: 1 } });
  });
});
