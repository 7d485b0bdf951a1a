import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { cli } from "../support/cli.js";
import { startCluster, startSession } from "../support/dask-cluster.js";
import { daskPeers } from "../support/dask-versions.js";
import { awaitRunning } from "../support/growing-journal.js";
import { describeWith } from "../support/peers.js";
import {
  attribute,
  lineageOf,
  readRaw,
  sectionOf,
  statusesOf,
  statusOf,
} from "../support/raw-document.js";
import { documentIn, expectAccepted, expectTrueLineage } from "../support/run-document.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { fullTier } from "../support/tier.js";
import { daskProgram, readTruth, runTracked } from "../support/tracked-program.js";

describe.each(daskPeers)("$title", (dask) => {
  describeWith("taskprov run", dask, ({ python }) => {
    test.each(["shutdown", "no close"])("workers that die have their story (%s)", async (end) => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        command: [python, daskProgram("deaths.py"), end],
      });
      expect(result).toMatchObject({ status: 0, stdout: "KilledWorker\n" });
      const document = documentIn(folder);
      await expectAccepted(folder);
      expectTrueLineage(document, readTruth(folder));
      // The result was lost with its holder and computed again.
      expect(statusesOf(document, "held")).toEqual(["ok", "ok"]);
      expect(document["entity"]?.["data:held.g2"]).toBeDefined();
      expect(statusesOf(document, "killer")).toEqual(["lost", "error"]);
      const killed = document["entity"]?.["data:killer.e2"];
      expect(attribute(killed, "taskprov:exceptionType")).toBe(
        "distributed.scheduler.KilledWorker",
      );
      expect(attribute(killed, "taskprov:message")).toContain("2 different workers");
      expect(statusesOf(document, "running")).toEqual(["lost"]);
      expect(statusesOf(document, "fresh")).toEqual(["ok"]);
    });

    test("a worker that dies while it sends a result has its story", async () => {
      const folder = temporaryFolder();
      const command = [python, daskProgram("transfer_death.py")];
      const result = await runTracked({ cwd: folder, command });
      expect(result).toMatchObject({ status: 0, stdout: "Fragile True True\n" });
      const document = documentIn(folder);
      await expectAccepted(folder);
      expectTrueLineage(document, readTruth(folder));
      expect(statusesOf(document, "made")).toEqual(["ok", "ok"]);
      expect(statusesOf(document, "taken").at(-1)).toBe("ok");
      const used = (task: string): readonly string[] =>
        sectionOf(document, "used")
          .filter(([, use]) => use["prov:activity"] === task)
          .map(([, use]) => String(use["prov:entity"]));
      expect(used("task:taken.2")).toContain("data:made.g2");
    });

    test("when taskprov is killed the program works on, and its journal can be built", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        command: [python, daskProgram("outliving.py")],
        onOutput: (stdout, kill) => {
          if (stdout === "2\n") kill("SIGKILL");
        },
      });
      expect(result.stdout).toBe("2\n3\n");
      const [journal = "", ...more] = readdirSync(join(folder, "output"));
      expect(more).toEqual([]);
      const built = await cli([
        "build",
        join(folder, "output", journal),
        "-o",
        join(folder, "b.json"),
      ]);
      expect(built).toMatchObject({ status: 0, stderr: "" });
      const document = readRaw(join(folder, "b.json"));
      for (const key of ["before", "after"]) expect(statusesOf(document, key)).toEqual(["ok"]);
      const run = document["activity"]?.["run:workflow"];
      expect(attribute(run, "taskprov:incomplete")).toBeUndefined();
    });

    test("kill -9 leaves a document that is marked incomplete and says what was running", async () => {
      const folder = temporaryFolder();
      let isKilling = false;
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: ["sh", "-c", 'echo $$; exec "$@"', "sh", python, daskProgram("running.py")],
        keepOpen: true,
        onOutput: (stdout) => {
          if (!stdout.includes("ready") || isKilling) return;
          isKilling = true;
          const kill = (): boolean => process.kill(Number.parseInt(stdout, 10), "SIGKILL");
          // Killed in any case; what is missing then shows in the document.
          awaitRunning(folder, "endless").then(kill, kill);
        },
      });
      expect(result.status).toBe(128 + 9);
      expect(result.told).toHaveLength(1);
      expect(result.told[0]).toContain("incomplete: the record stops before the end of the run");
      const document = documentIn(folder);
      await expectAccepted(folder);
      expect(statusesOf(document, "done")).toEqual(["ok"]);
      expect(statusesOf(document, "endless")).toEqual(["running"]);
      expect(attribute(document["activity"]?.["run:workflow"], "taskprov:incomplete")).toBe("true");
    });

    test("a bridge that fails in its hooks harms nothing and says so", async () => {
      const folder = temporaryFolder();
      const hooks = ["tasks.Tasks._sites", "gone.Leaving.add", "plugin.TaskprovBridge._scattered"];
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("broken.py"), ...hooks],
      });
      expect(result.stdout).toBe("2\n5050\n");
      expect(result.status).toBe(1);
      expect(result.told[0]).toContain("broken on purpose");
      expect(result.told[0]).toContain("events were dropped while recording");
    });

    test.runIf(fullTier)(
      "whatever goes wrong in a hook, results are right, nothing hangs, and the record says so",
      async () => {
        const folder = temporaryFolder();
        const command = [python, daskProgram("faults.py")];
        const result = await runTracked({ cwd: folder, options: ["--overwrite"], command });
        expect(result.status).toBe(0);
        const lines = result.stdout.trim().split("\n");
        expect(lines).toHaveLength(20);
        expect(result.told).toHaveLength(20);
        // No worker comes; or Dask calls nothing of ours that could notice.
        const unnoticed = /Members\.add_worker|Limbo\.forget|Bridge\.update_graph/;
        for (const [at, line] of lines.entries()) {
          expect(line).toMatch(new RegExp(` 60 60 ValueError ${at}$`));
          if (!unnoticed.test(line)) expect(result.told[at], line).toContain("incomplete");
        }
      },
    );

    test("a disk that is full for a while costs nothing", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("full_disk.py"), "for a while"],
      });
      expect(result).toMatchObject({ status: 0, stdout: "2\n3\n5050\n4\n" });
      const document = documentIn(folder);
      const ran = sectionOf(document, "activity").filter(([, record]) => statusOf(record) === "ok");
      expect(ran).toHaveLength(103);
    });

    test("a disk that stays full harms no result, and the document says it is incomplete", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("full_disk.py"), "to the end"],
      });
      expect(result).toMatchObject({ status: 1, stdout: "2\n3\n5050\n4\n" });
      expect(result.told.join("\n")).toContain("incomplete");
      expect(statusesOf(documentIn(folder), "before")).toEqual(["ok"]);
    });

    test("after a disk that was full for long, what lives is announced again and nothing is unknown", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("long_full_disk.py")],
      });
      expect(result).toMatchObject({ status: 1, stdout: "2\n2837 error\n" });
      expect(result.told[0]).toMatch(/incomplete: [1-9]\d* events were dropped while recording\.$/);
      const document = documentIn(folder);
      await expectAccepted(folder);
      const inputs = [...Array.from({ length: 60 }, (_, i) => `kept-${i}`), "held", "put-in"];
      expect(new Set(lineageOf(document).get('"after"'))).toEqual(
        new Set(inputs.map((key) => JSON.stringify(key))),
      );
      for (const key of ["kept-0", "kept-59", "held", "after"]) {
        expect(statusesOf(document, key)).toEqual(["ok"]);
      }
      expect(statusesOf(document, "failed")).toEqual(["error"]);
      expect(statusesOf(document, "blocked")).toEqual(["blocked"]);
    });

    test("a journal that is removed while the run goes on is there in the end, whole", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("removed_journal.py")],
      });
      expect(result).toMatchObject({ status: 0, stdout: "2\n3\n4\n" });
      const document = documentIn(folder);
      for (const key of ["before", "between", "after"]) {
        expect(statusesOf(document, key)).toEqual(["ok"]);
      }
      const journal = join(folder, "output/yprov4wfs.journal");
      expect(await cli(["build", journal, "-o", join(folder, "b.json")])).toMatchObject({
        status: 0,
        stderr: "",
      });
    });

    test.runIf(process.platform === "linux")(
      "a destination that is removed in the last moment costs nothing: the record is elsewhere",
      async () => {
        const folder = temporaryFolder();
        // Without them nothing makes the bridge write, and the journal anew, once all is done.
        const options = [
          "--sample-seconds",
          "0",
          "--record-logs",
          "none",
          "--profile-seconds",
          "0",
        ];
        const result = await runTracked({
          cwd: folder,
          options,
          command: [python, daskProgram("removed_at_end.py")],
        });
        expect(result).toMatchObject({ status: 0, stdout: "2\n3\n" });
        const [, refuge = ""] = /The record was written to (\S+) instead/.exec(result.stderr) ?? [];
        onTestFinished(() => rmSync(refuge, { recursive: true, force: true }));
        expect(result.told.at(-1)).toContain(`wrote ${join(refuge, "yprov4wfs.json")}: 2 tasks`);
        const document = readRaw(join(refuge, "yprov4wfs.json"));
        expect(statusesOf(document, "first")).toEqual(["ok"]);
        expect(existsSync(join(folder, "output"))).toBe(false);
      },
    );

    test("a scheduler of its own that is killed leaves what was running, marked incomplete", async () => {
      const folder = temporaryFolder();
      const main = join(projectFolder, "dist/cli/main.js");
      const run = [process.execPath, main, "run", "--strict", "--"];
      const { address, scheduler } = await startCluster(python, folder, {
        under: [...run, "sh", "-c", 'echo "pid $$" >&2; exec "$@"', "sh"],
      });
      const session = await startSession(python, folder, address);
      await session.ask("before");
      await session.ask("hold held");
      // The beat after this one brings it into the journal.
      await session.ask("many seen 3");
      const [journal = ""] = readdirSync(join(folder, "output"));
      const cat = ["journal", "cat", join(folder, "output", journal)];
      await expect
        .poll(async () => (await cli(cat)).stdout, { timeout: 60_000 })
        .toContain('"seen-2"');
      process.kill(Number(/^pid (\d+)$/m.exec(scheduler.stderr())?.[1]), "SIGKILL");
      expect(await scheduler.exit).toBe(128 + 9);
      expect(scheduler.stderr()).toMatch(
        /^taskprov: .*incomplete: the record stops before the end/m,
      );
      const document = documentIn(folder);
      await expectAccepted(folder);
      expect(statusesOf(document, "held")).toEqual(["running"]);
      expect(statusesOf(document, "total")).toEqual(["ok"]);
      expect(attribute(document["activity"]?.["run:workflow"], "taskprov:incomplete")).toBe("true");
    });

    test("a buffer that overflows drops events, counts them, and guesses nothing", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("dropping.py")],
      });
      expect(result).toMatchObject({ status: 1, stdout: "5050\n1275\n" });
      expect(result.told[0]).toMatch(/incomplete: [1-9]\d* events were dropped while recording\.$/);
      const document = documentIn(folder);
      await expectAccepted(folder);
      expect(statusesOf(document, "after")).toEqual(["ok"]);
      expect(attribute(document["activity"]?.["run:workflow"], "taskprov:dropped")).toMatch(
        /^\d+$/,
      );
    });
  });
});
