import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";
import { runPython } from "../support/python-package.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram, runTracked } from "../support/tracked-program.js";

const dask = await peer("dask");

const program = `
import json, logging
from distributed import Client
with Client(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as client:
    assert client.submit(sum, [1, 2]).result() == 3
    names = ["", "distributed", "distributed.worker", "distributed.scheduler", "asyncio", "tornado"]
    print(json.dumps([[name, logging.getLogger(name).level] for name in names]))
`;

/** The lines that are taskprov's, as objects. */
function objectsIn(stderr: string): Record<string, unknown>[] {
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

describeWith("taskprov's own lines on Dask", dask, ({ python }) => {
  describe("taskprov run", () => {
    test("--json and --log-level reach the bridge; no logger of others is changed", async () => {
      const cwd = temporaryFolder();
      const plain = execFileSync(python, ["-c", program], { encoding: "utf8" });
      const { status, stdout, stderr, told } = await runTracked({
        cwd,
        options: ["--json", "--log-level", "debug"],
        command: [python, "-c", program],
      });
      expect(status, stderr).toBe(0);
      expect(stdout).toBe(plain);
      expect(told).toEqual([]);
      const lines = objectsIn(stderr);
      const saying = (part: string): unknown =>
        lines.find(({ message }) => String(message).includes(part));
      expect(saying("the bridge is in the scheduler")).toMatchObject({
        level: "debug",
        distributed: expect.any(String),
        journal: expect.stringContaining(join(cwd, "output")),
      });
      expect(saying("the record has ended")).toMatchObject({ tasks: 1, dropped: 0 });
      expect(saying("the journal is read")).toMatchObject({ events: expect.any(Number) });
      expect(saying("wrote ")).toMatchObject({ level: "info" });
    });

    test("what is told where no bridge is goes by level and format, too", async () => {
      const heard = async (...options: string[]): Promise<string> => {
        const command = [python, daskProgram("old.py")];
        const { status, stderr } = await runTracked({ cwd: temporaryFolder(), options, command });
        expect(status, stderr).toBe(0);
        return stderr;
      };
      expect(objectsIn(await heard("--json"))).toContainEqual(
        expect.objectContaining({
          level: "warning",
          message: expect.stringMatching(/^this Dask scheduler is not recorded: .* is too old/),
        }),
      );
      expect(await heard("--log-level", "error")).not.toContain("too old");
    });

    test("with none nothing of taskprov's is on standard error", async () => {
      const cwd = temporaryFolder();
      const { status, stderr } = await runTracked({
        cwd,
        options: ["--log-level", "none"],
        command: [python, "-c", program],
      });
      expect(status).toBe(0);
      expect(stderr).not.toContain("taskprov");
      expect(readdirSync(join(cwd, "output"))).toContain("yprov4wfs.json");
    });
  });

  describe("ProvTracker in Python", () => {
    const tracked = program
      .replace("as client:", "as client:\n    client.register_plugin(ProvTracker())")
      .replace("import json", "from taskprov import ProvTracker\nimport json");
    const run = (log: Readonly<Record<string, string>>) =>
      runPython(python, ["-c", tracked], temporaryFolder(), {
        PYTHONPATH: join(projectFolder, "python"),
        PATH: process.env["PATH"] ?? "",
        ...log,
      });

    test("the same variables count, and the document is made whatever they say", async () => {
      const outcome = await run({ TASKPROV_LOG: "debug", TASKPROV_LOG_FORMAT: "json" });
      expect(outcome.status, outcome.stderr).toBe(0);
      const lines = objectsIn(outcome.stderr);
      expect(lines.map(({ message }) => message)).toContain("the bridge is in the scheduler");
      expect(lines.find(({ message }) => /^wrote .*yprov4wfs\.json/.test(String(message)))).toEqual(
        expect.objectContaining({ level: "info" }),
      );
      const quiet = await run({ TASKPROV_LOG: "warning" });
      expect(quiet.told).toEqual([]);
    });
  });

  describe("the action log", () => {
    test("a worker that cannot write one says so by level and format, and goes on", async () => {
      const traced = `
from pathlib import Path
from taskprov._actions.destinations import open_worker_log
open_worker_log(str(Path("missing") / "actions.log"))
print("ran")
`;
      const run = (log: Readonly<Record<string, string>>) =>
        runPython(python, ["-c", traced], temporaryFolder(), {
          PYTHONPATH: join(projectFolder, "python"),
          ...log,
        });
      const told = await run({ TASKPROV_LOG_FORMAT: "json" });
      expect(told.stdout, told.stderr).toBe("ran\n");
      expect(objectsIn(told.stderr)).toEqual([
        expect.objectContaining({
          level: "warning",
          message: expect.stringMatching(/^no action log on this worker: .*missing/),
        }),
      ]);
      expect((await run({ TASKPROV_LOG: "error" })).stderr).toBe("");
    });
  });
});
