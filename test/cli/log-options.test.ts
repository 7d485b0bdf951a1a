import { afterEach, describe, expect, test, vi } from "vitest";
import { setLog } from "../../src/base/log.js";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  setLog({});
});

const unreadable = ["stats", "no-such-file.json"];

describe("--log-level and --log-format", () => {
  test("stand before or after the command, as two words or one", async () => {
    const told = /^taskprov: .*no-such-file\.json/;
    expect((await cli(unreadable)).stderr).toMatch(told);
    for (const args of [
      ["--log-level", "none", ...unreadable],
      ["--log-level=none", ...unreadable],
      [...unreadable, "--log-level", "none"],
    ]) {
      expect(await cli(args), args.join(" ")).toMatchObject({ status: 2, stdout: "", stderr: "" });
    }
    // Each command line begins anew.
    expect((await cli(unreadable)).stderr).toMatch(told);
  });

  test("errors as JSON: one object with level and message", async () => {
    const { status, stderr } = await cli(["--log-format", "json", ...unreadable]);
    expect(status).toBe(2);
    expect(JSON.parse(stderr)).toEqual({
      time: expect.stringMatching(/Z$/),
      level: "error",
      message: expect.stringMatching(/^[^:]*no-such-file\.json/),
    });
  });

  test("words that are none of those there are", async () => {
    expect(await cli(["--log-level", "verbose", ...unreadable])).toMatchObject({
      status: 2,
      stderr:
        'taskprov: Expected --log-level to be one of debug, info, warning, error, none, got "verbose".\n',
    });
    const { stderr } = await cli([...unreadable, "--log-format", "jsn"]);
    expect(stderr).toContain('got "jsn". Did you mean json?');
    expect((await cli([...unreadable, "--log-level"])).stderr).toContain('got ""');
  });

  test("what stands after -- belongs to the program", async () => {
    const folder = temporaryFolder();
    const { status } = await cli([
      "run",
      "--destination",
      folder,
      "--",
      process.execPath,
      "-e",
      "process.exit(process.argv[2] === 'nonsense' ? 7 : 8)",
      "--",
      "--log-level",
      "nonsense",
    ]);
    expect(status).toBe(7);
  });

  test("debug says what was read and written, and standard output stays as it is", async () => {
    const written: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const folder = temporaryFolder();
    const journal = writeJournal(
      folder,
      new EventRun().task("a").add({ type: "end", counts: { tasks: 1 } }).events,
    );
    const { stdout } = await cli(["build", journal, "--json", "--log-level=debug"]);
    const { document } = JSON.parse(stdout);
    const told = written.join("");
    expect(told).toMatch(/^taskprov: the journal is read \(journal=".*", events=\d+\)$/m);
    expect(told).toContain(`taskprov: the document is written (path="${document}", bytes=`);
    written.length = 0;
    await cli(["build", document.replace(/json$/, "journal")]);
    expect(written).toEqual([]);
  });

  test("are in the help", async () => {
    const { stdout } = await cli(["--help"]);
    for (const name of ["--log-level", "--log-format", "TASKPROV_LOG", "TASKPROV_LOG_FORMAT"]) {
      expect(stdout).toContain(name);
    }
  });
});
