import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

const commands = [
  "build",
  "check",
  "convert",
  "equal",
  "journal cat",
  "journal verify",
  "merge",
  "notebook analyse",
  "notebook annotate",
  "notebook attach",
  "notebook run",
  "run",
  "stats",
];

function journalIn(folder: string, finished = true): string {
  const run = new EventRun().task("a").task("b", ["a"]).runs("a").assign("b");
  return writeJournal(folder, (finished ? run.done("b").end() : run).events, "run.journal");
}

describe("taskprov", () => {
  test("shows its version", async () => {
    const { version }: { version: string } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await cli(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("lists every command in its help", async () => {
    const { status, stdout } = await cli(["--help"]);
    expect(status).toBe(0);
    for (const command of commands) expect(stdout).toContain(`  ${command}`);
  });

  test.each(commands)("has a help with an example for %s", async (command) => {
    const { status, stdout } = await cli([...command.split(" "), "--help"]);
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: taskprov ${command} `);
    expect(stdout).toMatch(/Examples?\n {2}taskprov /);
  });

  test.each<[string, string[], string]>([
    ["no command", [], "Usage: taskprov COMMAND"],
    [
      "an unknown command",
      ["biuld"],
      "There is no command `taskprov biuld`. Did you mean `taskprov build`?",
    ],
    ["half a command", ["journal"], "There is no command `taskprov journal`"],
    [
      "an unknown option",
      ["check", "--jsn", "x"],
      "Unknown option --jsn of `taskprov check`. Did you mean --json?",
    ],
    ["a missing value", ["build", "x", "--output"], "See `taskprov build --help`"],
    ["too few arguments", ["check"], "Too few arguments for `taskprov check FILE`"],
    ["too many arguments", ["build", "a", "b"], "Too many arguments"],
    ["a missing file", ["check", "none.json"], "Cannot read none.json: no such file"],
    ["a folder", ["journal", "cat", "."], "it is a directory"],
    [
      "another notebook mode",
      ["notebook", "analyse", "x", "--mode", "loose"],
      "Expected --mode to be semantic or strict",
    ],
    ["standard input without a name", ["build", "-"], "Name the document with -o FILE"],
  ])("answers %s with one line and status 2", async (_, args, message) => {
    const { status, stdout, stderr } = await cli(args);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
    if (args.length > 0) expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("taskprov build", () => {
  test("writes the document beside the journal and says what is in it", async () => {
    const folder = temporaryFolder();
    const { status, stdout } = await cli(["build", journalIn(folder)]);
    expect(stdout).toBe(`Wrote ${join(folder, "yprov4wfs.json")}: 2 tasks (attempts: 2 ok).\n`);
    expect(status).toBe(0);
  });

  test("marks what a crash cut short, with status 1", async () => {
    const folder = temporaryFolder();
    const { status, stdout } = await cli(["build", journalIn(folder, false)]);
    expect(status).toBe(1);
    expect(stdout).toContain("1 ok, 1 running");
    expect(stdout).toContain("It is incomplete:\n  the record stops before the end of the run");
  });

  test("takes tracker options in kebab case", async () => {
    const folder = temporaryFolder();
    const output = join(folder, "out.json");
    const journal = journalIn(folder);
    await cli([
      "build",
      journal,
      "-o",
      output,
      "--no-derivations",
      "--exclude-groups",
      "a",
      "--name",
      "x",
    ]);
    const document = JSON.parse(readFileSync(output, "utf8"));
    expect(document).not.toHaveProperty("wasDerivedFrom");
    expect(Object.keys(document.activity)).toEqual(["task:b", "run:workflow"]);
  });

  test("reads NDJSON from standard input, as `journal cat` prints it", async () => {
    const folder = temporaryFolder();
    const journal = journalIn(folder);
    const { stdout } = await cli(["journal", "cat", journal]);
    const output = join(folder, "out.json");
    expect((await cli(["build", "-", "-o", output], stdout)).status).toBe(0);
    await cli(["build", journal]);
    expect(readFileSync(output)).toEqual(readFileSync(join(folder, "yprov4wfs.json")));
  });

  test("refuses a value that an option does not take, and writes nothing", async () => {
    const folder = temporaryFolder();
    const journal = journalIn(folder);
    const { status, stderr } = await cli(["build", journal, "--dialect", "prov"]);
    expect(status).toBe(2);
    expect(stderr).toBe(
      'taskprov: Expected `dialect` to be one of "shared", "portable", "yprov", got "prov" (string).\n',
    );
    expect(readdirSync(folder)).toEqual(["run.journal"]);
  });

  test("interrupted by Ctrl-C leaves nothing behind, with status 130", async () => {
    const folder = temporaryFolder();
    const journal = journalIn(folder);
    const before = readdirSync(folder);
    const outcome = await cli(["build", journal], "", { signal: AbortSignal.abort() });
    expect(outcome).toEqual({
      status: 130,
      stdout: "",
      stderr: "taskprov: interrupted; nothing was written.\n",
    });
    expect(readdirSync(folder)).toEqual(before);
  });

  test("writes nothing when the destination is no folder", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const output = join(folder, "file", "out.json");
    const { status, stderr } = await cli(["build", journalIn(folder), "-o", output]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^taskprov: Cannot write .*: a part of the path is a file/);
  });
});

describe("taskprov check", () => {
  test("finds a built document valid and counts its records", async () => {
    const folder = temporaryFolder();
    await cli(["build", journalIn(folder)]);
    const { status, stdout } = await cli(["check", "--strict", join(folder, "yprov4wfs.json")]);
    expect(stdout).toMatch(/: valid; .*3 activity/);
    expect(status).toBe(0);
  });

  test.each([
    ["no JSON", "{", "error", 2],
    ["an undeclared prefix", '{"entity":{"ex:a":{}}}', "ex", 1],
    ["an unknown section", '{"prefix":{},"thing":{}}', "thing", 1],
  ])("tells %s with its place, and a status", async (_, text, part, expected) => {
    const { status, stdout } = await cli(["check", "-"], text);
    expect(status).toBe(expected);
    expect(stdout).toMatch(/line 1, column \d+ \(byte \d+\)/);
    expect(stdout).toContain(part);
  });
});

describe("taskprov journal", () => {
  test("cat prints a header and an event a line", async () => {
    const { stdout, status } = await cli(["journal", "cat", journalIn(temporaryFolder())]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ producer: "taskprov test" });
    expect(lines[1].slice(0, 1)).toEqual(["run"]);
    expect(lines.at(-1)[0]).toBe("end");
    expect(status).toBe(0);
  });

  test("verify finds a damaged byte, with status 1", async () => {
    const folder = temporaryFolder();
    const journal = journalIn(folder);
    expect((await cli(["journal", "verify", journal])).stdout).toContain("No problems.");
    const bytes = readFileSync(journal);
    bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 0xff;
    writeFileSync(journal, bytes);
    const { status, stdout } = await cli(["journal", "verify", journal]);
    expect(status).toBe(1);
    expect(stdout).toContain("1 problems.");
  });
});

describe("taskprov notebook analyse", () => {
  const notebook = JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: "python" } },
    cells: [
      {
        id: "a",
        cell_type: "code",
        metadata: {},
        outputs: [],
        execution_count: 1,
        source: "x = client.submit(f, 1)\n# Jupyter:ignore\nprint(x.compute())\n",
      },
    ],
  });

  test("shows which calls start tasks", async () => {
    const { status, stdout } = await cli(["notebook", "analyse", "-"], notebook);
    expect(status).toBe(0);
    expect(stdout).toMatch(/submit.*generating/);
    expect(stdout).toMatch(/compute.*ignored/);
  });

  test("prints the analysis as JSON", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "n.ipynb");
    writeFileSync(path, notebook);
    const { stdout } = await cli(["notebook", "analyse", path, "--json"]);
    expect(JSON.parse(stdout).cells[0].sites[0]).toMatchObject({ status: "generating" });
  });

  test.each([
    ["no JSON", "hello"],
    ["another version", JSON.stringify({ nbformat: 2, worksheets: [] })],
    ["a list", "[]"],
  ])("refuses %s with one line and status 2", async (_, text) => {
    const { status, stderr } = await cli(["notebook", "analyse", "-"], text);
    expect(status).toBe(2);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("refuses a folder", async () => {
    const folder = join(temporaryFolder(), "x.ipynb");
    mkdirSync(folder);
    expect((await cli(["notebook", "analyse", folder])).stderr).toContain("is a directory");
    expect(existsSync(folder)).toBe(true);
  });
});
