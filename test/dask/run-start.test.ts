import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startProgram } from "../support/dask-cluster.js";
import { daskPeers } from "../support/dask-versions.js";
import { describeWith, peer } from "../support/peers.js";
import { statusesOf } from "../support/raw-document.js";
import { documentIn } from "../support/run-document.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram, runTracked } from "../support/tracked-program.js";

const prov3 = await peer("prov3");

/** A program that is sent a signal, by way of taskprov, as soon as a task runs. */
function signalled(
  python: string,
  folder: string,
  signal: "SIGTERM" | "SIGINT",
): ReturnType<typeof runTracked> {
  return runTracked({
    cwd: folder,
    command: [python, daskProgram("running.py")],
    keepOpen: true,
    onOutput: (stdout, kill) => {
      if (stdout.includes("ready")) kill(signal);
    },
  });
}

describe.each(daskPeers)("$title", (dask) => {
  describeWith("taskprov run", dask, ({ python }) => {
    test("a signal to taskprov goes to the program, and its document is written", async () => {
      const folder = temporaryFolder();
      const result = await signalled(python, folder, "SIGTERM");
      expect(result.status).toBe(128 + 15);
      expect(statusesOf(documentIn(folder), "done")).toEqual(["ok"]);
    });

    test("Ctrl-C ends the program its own way, and its document is written", async () => {
      const folder = temporaryFolder();
      const result = await signalled(python, folder, "SIGINT");
      expect(result.status).toBe(128 + 2);
      expect(result.stderr).toContain("KeyboardInterrupt");
      expect(statusesOf(documentIn(folder), "done")).toEqual(["ok"]);
    });

    test("a Dask that is too old is told in one line, and the program runs on", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        command: [python, daskProgram("old.py")],
      });
      expect(result).toMatchObject({ status: 0, stdout: "1\n" });
      expect(result.told[0]).toMatch(/this Dask scheduler is not recorded: Dask .* is too old/);
    });

    test("a future Dask without a handler is told at once, and the rest is recorded", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("future_version.py"), "handler"],
      });
      expect(result).toMatchObject({ status: 1, stdout: "55\n" });
      expect(result.told[0]).toMatch(/^taskprov: Dask .* has no handler task-erred/);
      expect(result.told[1]).toContain("10 tasks");
    });

    test("a future Dask in which no task is captured is an alarm, not an empty record", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("future_version.py"), "hooks"],
      });
      expect(result).toMatchObject({ status: 1, stdout: "55\n" });
      expect(result.told[0]).toMatch(/^taskprov: No task was captured, though the scheduler/);
      expect(result.told[1]).toContain("incomplete");
    });

    test.each(["environment", "file"])(
      "a preload from the user's %s is still loaded",
      async (by) => {
        const folder = temporaryFolder();
        const preload = daskProgram("marking.py");
        const yaml = `distributed:\n  scheduler:\n    preload: [${JSON.stringify(preload)}]\n`;
        writeFileSync(join(folder, "dask.yaml"), by === "file" ? yaml : "");
        const result = await runTracked({
          cwd: folder,
          command: [python, daskProgram("clusters.py")],
          env: {
            DASK_CONFIG: folder,
            ...(by === "environment" && { DASK_DISTRIBUTED__SCHEDULER__PRELOAD: preload }),
          },
        });
        const loaded = "the user's preload was loaded\n";
        const told = "the user's preload was told of the end\n";
        expect(result.stdout).toBe(`${loaded}1\n${told}${loaded}2\n${told}`);
        expect(result.told).toHaveLength(2);
      },
    );

    test.each([
      ["no preload", undefined],
      ["the user's preload", daskProgram("marking.py")],
    ])("a scheduler on a host that has no file of ours starts, with %s", async (_, preload) => {
      const folder = temporaryFolder();
      const yaml = `distributed:\n  scheduler:\n    preload: ${JSON.stringify(preload ?? [])}\n`;
      writeFileSync(join(folder, "dask.yaml"), yaml);
      const { status, stdout } = await runTracked({
        cwd: folder,
        command: [python, daskProgram("inherited.py")],
        env: { DASK_CONFIG: folder },
      });
      expect(status).toBe(0);
      const config = Buffer.from(stdout.trim(), "base64").toString();
      const elsewhere = config.replaceAll(`${projectFolder}/python`, "/not/on/this/host");
      const inherited = Buffer.from(elsewhere).toString("base64");
      // As `SSHCluster` starts it, in an environment without ours.
      const opts = { host: "127.0.0.1", port: 0, dashboard: false };
      const spec = JSON.stringify({ cls: "distributed.Scheduler", opts });
      const scheduler = startProgram([python, "-m", "distributed.cli.dask_spec", "--spec", spec], {
        cwd: folder,
        env: { DASK_INTERNAL_INHERIT_CONFIG: inherited.replaceAll("+", "-").replaceAll("/", "_") },
      });
      let said = "";
      scheduler.process.stdout.on("data", (text) => {
        said += String(text);
      });
      await scheduler.says(/Scheduler at:/);
      if (preload !== undefined) {
        await expect.poll(() => said).toBe("the user's preload was loaded\n");
      }
    });

    test("a program without a scheduler keeps its status and gets one line", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        command: [python, "-c", "raise SystemExit(7)"],
      });
      expect(result.status).toBe(7);
      expect(result.stderr).toBe(
        "taskprov: no document: the program used no Dask scheduler that could be recorded.\n",
      );
    });
  });
});

describe("taskprov run", () => {
  test("says when there is no such program", async () => {
    const result = await runTracked({ cwd: temporaryFolder(), command: ["pythn3", "x.py"] });
    expect(result.status).toBe(2);
    expect(result.stderr).toBe(
      'taskprov: There is no program "pythn3" here or on PATH. Check the name after `--`.\n',
    );
  });

  test("says before the program starts that the destination cannot be used", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "taken"), "");
    const result = await runTracked({
      cwd: folder,
      options: ["--destination", "taken/below"],
      command: ["sh", "-c", "echo started"],
    });
    expect(result).toMatchObject({ status: 2, stdout: "" });
    expect(result.stderr).toMatch(/^taskprov: Cannot use .*taken\/below as destination: .*\n$/);
  });

  test.each([
    [["--max-value-bytes", "many"], "maxValueBytes"],
    [["--values", "some"], "values"],
    [["--dialect", "latin"], "dialect"],
  ])("refuses %j before the program starts", async (options, name) => {
    const result = await runTracked({
      cwd: temporaryFolder(),
      options,
      command: ["sh", "-c", "echo started"],
    });
    expect(result).toMatchObject({ status: 2, stdout: "" });
    expect(result.stderr).toContain(`\`${name}\``);
  });

  describeWith("with a Python that has no Dask", prov3, ({ python }) => {
    test("says that the package is missing", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({ cwd: folder, command: [python, "-c", "print(1)"] });
      expect(result).toMatchObject({ status: 0, stdout: "1\n" });
      expect(result.stderr).toContain("has no package `dask`");
    });
  });
});
