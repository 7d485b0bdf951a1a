import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { equal } from "../../src/prov/index.js";
import { readDocument } from "../../src/track/document-files.js";
import { cli } from "../support/cli.js";
import { startCluster, startProgram, startSession } from "../support/dask-cluster.js";
import { describeWith, peer } from "../support/peers.js";
import {
  attribute,
  keyOf,
  lineageOf,
  type RawDocument,
  readRaw,
  sectionOf,
  statusesOf,
  statusOf,
} from "../support/raw-document.js";
import { judgePython } from "../support/referees.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { fullTier } from "../support/tier.js";
import {
  daskProgram,
  readTruth,
  runTracked,
  type TrackedResult,
  type Truth,
} from "../support/tracked-program.js";

// The full tier runs everything on each version of the matrix (docs/dask.md, Versions).
const versions = fullTier ? (["dask", "dask2025", "dask2024"] as const) : (["dask"] as const);
const daskPeers = await Promise.all(versions.map((name) => peer(name)));
const prov3 = await peer("prov3");

const schema = JSON.parse(
  readFileSync(new URL("../../schemas/event.schema.json", import.meta.url), "utf8"),
);
const validEvent = new Ajv2020({ strict: true, strictTuples: false, strictTypes: false }).compile(
  schema,
);

function documentIn(folder: string): RawDocument {
  return readRaw(join(folder, "output/yprov4wfs.json"));
}

/** The document is well-formed, keeps to the schema, and Python `prov` takes it. */
async function expectAccepted(folder: string): Promise<void> {
  const text = readFileSync(join(folder, "output/yprov4wfs.json"), "utf8");
  const { findings } = await checkDocument([new TextEncoder().encode(text)]);
  expect(findings).toEqual([]);
  if ("why" in prov3) return;
  const [verdict] = await judgePython(prov3, [{ name: "yprov4wfs.json", text }]);
  expect(verdict?.problems).toEqual([]);
}

/** Each data entity comes from exactly what the scheduler says that it was made from. */
function expectTrueLineage(document: RawDocument, truth: Truth): void {
  const lineage = lineageOf(document);
  let compared = 0;
  for (const [key, needed] of Object.entries(truth.graph)) {
    const sources = lineage.get(key);
    if (sources === undefined) continue;
    expect(sources, key).toEqual(needed);
    compared += needed.length;
  }
  expect(compared).toBeGreaterThan(0);
}

describe.each(daskPeers)("$title", (dask) => {
  describeWith("taskprov run", dask, ({ python, title }) => {
    describe.each(["threads", "processes"])("with a cluster in %s", (mode) => {
      let folder = "";
      let result: TrackedResult;
      let document: RawDocument;
      let truth: Truth;
      let began = 0;
      let ended = 0;

      beforeAll(async () => {
        folder = mkdtempSync(join(tmpdir(), "taskprov-test-"));
        began = Date.now() / 1000;
        result = await runTracked({
          cwd: folder,
          command: [python, daskProgram("workload.py"), mode, "3"],
          input: "stdin too\n",
        });
        ended = Date.now() / 1000;
        document = documentIn(folder);
        truth = readTruth(folder);
      });

      afterAll(() => {
        rmSync(folder, { recursive: true, force: true });
      });

      test("passes standard input, output and the exit status through", () => {
        expect(result.stdout).toBe("stdout is the program's\nstdin too\n");
        expect(result.status).toBe(3);
      });

      test("says in one line where the document is", () => {
        expect(result.told).toHaveLength(1);
        expect(result.told[0]).toMatch(
          /^taskprov: wrote .*output\/yprov4wfs\.json: \d+ tasks \(attempts: \d+ ok, 3 error, 1 cancelled, 2 blocked\)\.$/,
        );
      });

      test("writes a document that checkers accept", async () => {
        await expectAccepted(folder);
      });

      test("records every task the scheduler had, and its whole lineage", () => {
        const recorded = new Set(
          [...sectionOf(document, "activity"), ...sectionOf(document, "entity")].map(
            ([id, record]) => keyOf(id, record),
          ),
        );
        expect(Object.keys(truth.graph).filter((key) => !recorded.has(key))).toEqual([]);
        expectTrueLineage(document, truth);
      });

      test("names inputs by the parameters they went to, at any depth", () => {
        const roles = (key: unknown): string[] =>
          sectionOf(document, "used")
            .filter(([, use]) => {
              const id = String(use["prov:activity"]);
              return keyOf(id, document["activity"]?.[id]) === JSON.stringify(key);
            })
            .flatMap(([, use]) => use["prov:role"] ?? [])
            .map(String)
            .sort();
        expect(roles("größe 😀")).toEqual(["x", "y"]);
        expect(roles(["x", 0, ["y", 1]])).toEqual(["scale", "x", "y"]);
        expect(roles("total")).toEqual(["xs.0", "xs.1", "xs.2", "xs.3", "xs.4"]);
        expect(roles("inside")).toEqual(["0.p", "0.q.0", "0.q.1"]);
        expect(roles("applied")).toEqual(["scale", "x", "y"]);
        expect(roles("partial")).toEqual(["scale", "x", "y"]);
      });

      test("names the function that was meant, also inside apply and partial", () => {
        const planOf = (id: string): unknown =>
          sectionOf(document, "wasAssociatedWith")
            .map(([, relation]) => relation)
            .find((relation) => relation["prov:activity"] === id)?.["prov:plan"];
        const plan = planOf("task:applied");
        expect(planOf("task:partial")).toBe(plan);
        expect(attribute(document["entity"]?.[String(plan)], "prov:label")).toBe("__main__.add");
        expect(JSON.stringify(document)).not.toMatch(/0x[0-9a-f]{8}/);
      });

      test("keeps the values and types of literals as Python has them", () => {
        const literal = (id: string): (string | undefined)[] =>
          ["yprov4wfs:dtype", "yprov4wfs:value"].map((name) =>
            attribute(document["entity"]?.[id], name),
          );
        const [key] = Object.entries(document["entity"] ?? {}).find(
          ([id, record]) => keyOf(id, record) === '"größe 😀"',
        ) ?? [""];
        expect(literal(`${key}.ax`)).toEqual(["int", "1"]);
        expect(literal(`${key}.ay`)).toEqual(["float", "2.0"]);
      });

      test("hides secrets before they reach the journal, and cuts long values", () => {
        const journal = readFileSync(join(folder, "output/yprov4wfs.journal"), "latin1");
        expect(journal).toContain("api_key");
        expect(journal).not.toContain("hunter2");
        expect(journal).not.toContain("x".repeat(100));
        const long = document["entity"]?.["data:secret.along"];
        expect(attribute(long, "taskprov:len")).toBe("5000");
      });

      test("a retried task has an attempt for each failure, each with its exception", () => {
        expect(statusesOf(document, "flaky")).toEqual(["error", "error", "ok"]);
        const texts = [1, 2].map((n) =>
          attribute(document["entity"]?.[`data:flaky.e${n}`], "yprov4wfs:exception_text"),
        );
        expect(texts).toEqual(["RuntimeError('try 0')", "RuntimeError('try 1')"]);
        expect(sectionOf(document, "wasStartedBy")).toHaveLength(2);
      });

      test("dependents of a failure are blocked and blame its root", () => {
        expect(statusesOf(document, "boom")).toEqual(["error"]);
        for (const key of ["blocked-1", "blocked-2"]) {
          expect(statusesOf(document, key)).toEqual(["blocked"]);
          const activity = document["activity"]?.[`task:${key}`];
          expect(attribute(activity, "yprov4wfs:blamed_task")).toBe("boom");
          expect(activity?.["prov:startTime"]).toBeUndefined();
        }
        expect(attribute(document["entity"]?.["data:boom.e1"], "taskprov:message")).toBe(
          "ValueError('bad 3.0 größe')",
        );
        expect(document["entity"]?.["data:boom.e1"]?.["taskprov:traceback"]).toBeUndefined();
      });

      test("a cancelled task is cancelled", () => {
        expect(statusesOf(document, "sleeper")).toEqual(["cancelled"]);
      });

      test("scattered data comes from the client", () => {
        const scattered = sectionOf(document, "wasAttributedTo").map(([, relation]) => {
          const id = String(relation["prov:entity"]);
          return keyOf(id, document["entity"]?.[id]);
        });
        expect(scattered).toHaveLength(2);
        const needed = truth.graph['"uses-scattered"'];
        expect(new Set(scattered)).toEqual(new Set(needed));
      });

      test("a task that submits is linked to what it submitted", () => {
        const informants = sectionOf(document, "wasInformedBy")
          .filter(([, relation]) => relation["prov:informed"] === "task:child")
          .map(([, relation]) => relation["prov:informant"]);
        expect(informants).toContain("task:mother");
      });

      test("times lie within those of the program", () => {
        for (const [id, record] of sectionOf(document, "activity")) {
          for (const name of ["prov:startTime", "prov:endTime"]) {
            const text = record[name];
            if (text === undefined) continue;
            const seconds = Date.parse(String(text)) / 1000;
            expect(seconds, id).toBeGreaterThan(began - 0.01);
            expect(seconds, id).toBeLessThan(ended + 0.01);
          }
        }
      });

      test("closing adds nothing: no result is lost, no task computed again", () => {
        const statuses = sectionOf(document, "activity").map(([, record]) => statusOf(record));
        expect(statuses.filter((status) => status === "lost" || status === "running")).toEqual([]);
        expect(sectionOf(document, "activity").filter(([id]) => /\.\d+$/.test(id))).toHaveLength(2);
      });

      test("the run says who, where, with what", () => {
        const run = document["activity"]?.["run:workflow"];
        expect(attribute(run, "yprov4wfs:engine")).toBe("Dask");
        expect(attribute(run, "yprov4wfs:status")).toBe("failure");
        expect(JSON.parse(attribute(run, "taskprov:commandLine") ?? "")).toEqual([
          python,
          daskProgram("workload.py"),
          mode,
          "3",
        ]);
        const versions = document["agent"]?.["run:scheduler"]?.["taskprov:version"];
        expect(versions).toContain(title.replace("Dask", "distributed"));
      });

      test("the journal keeps to the schema of events, private to its owner", async () => {
        const journal = join(folder, "output/yprov4wfs.journal");
        expect(statSync(journal).mode & 0o077).toBe(0);
        expect(await cli(["journal", "verify", journal])).toMatchObject({ status: 0 });
        const { stdout } = await cli(["journal", "cat", journal]);
        const [, ...events] = stdout.trimEnd().split("\n");
        for (const line of events) expect(validEvent(JSON.parse(line)), line).toBe(true);
      });

      test("building the journal again gives the same bytes", async () => {
        const again = join(folder, "again.json");
        const journal = join(folder, "output/yprov4wfs.journal");
        expect(await cli(["build", journal, "-o", again])).toMatchObject({ status: 0 });
        expect(readFileSync(again)).toEqual(readFileSync(join(folder, "output/yprov4wfs.json")));
      });
    });

    test.each(["threads", "processes"])(
      "times are those of the computation, whatever workers guess of the clock (%s)",
      async (mode) => {
        const folder = temporaryFolder();
        const options = mode === "threads" ? ["--strict"] : ["--strict", "--rich-types"];
        const command = [python, daskProgram("times.py"), mode];
        const { status, stderr } = await runTracked({ cwd: folder, options, command });
        expect(status, stderr).toBe(0);
        const document = documentIn(folder);
        await expectAccepted(folder);
        const differences: number[] = [];
        for (const [key, [start, end]] of Object.entries(readTruth(folder).times ?? {})) {
          const [id] = sectionOf(document, "activity")
            .filter(([id, record]) => keyOf(id, record) === JSON.stringify(key))
            .at(-1) ?? [""];
          const time = (name: string): number =>
            Date.parse(String(document["activity"]?.[id]?.[name])) / 1000;
          differences.push(start - time("prov:startTime"));
          if (end !== undefined) differences.push(time("prov:endTime") - end);
        }
        // The computation lies around what the task itself sees of it. A heartbeat in the moment
        // when a task begins makes one wrong, seldom.
        expect(differences).toHaveLength(84);
        differences.sort((a, b) => a - b);
        expect(differences[4]).toBeGreaterThan(-0.002);
        expect(differences[42]).toBeLessThan(0.005);
      },
    );

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
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: ["sh", "-c", 'echo $$; exec "$@"', "sh", python, daskProgram("running.py")],
        keepOpen: true,
        onOutput: (stdout) => {
          if (stdout.includes("ready")) process.kill(Number.parseInt(stdout, 10), "SIGKILL");
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

    test("writes the document in every format asked for, and says where", async () => {
      const folder = temporaryFolder();
      const formats = ["trig", "prov-n", "svg"];
      const code = "from dask import delayed; delayed(int)('3', dask_key_name='k').compute()";
      const result = await runTracked({
        cwd: folder,
        options: formats.flatMap((format) => ["--formats", format]),
        command: [python, "-c", code],
      });
      expect(result.told).toHaveLength(1);
      const document = await readDocument(join(folder, "output/yprov4wfs.json"));
      for (const ending of ["trig", "provn"]) {
        const file = join(folder, `output/yprov4wfs.${ending}`);
        expect(result.told[0]).toContain(file);
        expect(equal(await readDocument(file), document)).toBe(true);
        expect((await checkDocument(readFileSync(file))).findings).toEqual([]);
      }
      expect(readFileSync(join(folder, "output/yprov4wfs.svg"), "utf8")).toContain("<svg");
    });

    test("a signal to taskprov goes to the program, and its document is written", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        command: [python, daskProgram("running.py")],
        keepOpen: true,
        onOutput: (stdout, kill) => {
          if (stdout.includes("ready")) kill("SIGTERM");
        },
      });
      expect(result.status).toBe(128 + 15);
      expect(statusesOf(documentIn(folder), "done")).toEqual(["ok"]);
    });

    test("Ctrl-C ends the program its own way, and its document is written", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        command: [python, daskProgram("running.py")],
        keepOpen: true,
        onOutput: (stdout, kill) => {
          if (stdout.includes("ready")) kill("SIGINT");
        },
      });
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

    test("two clusters in one program give two documents", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--overwrite"],
        command: [python, daskProgram("clusters.py")],
      });
      expect(result).toMatchObject({ status: 0, stdout: "1\n2\n" });
      const names = readdirSync(join(folder, "output")).sort();
      expect(names).toEqual([
        expect.stringMatching(/^yprov4wfs-\d{8}T\d{6}Z\.journal$/),
        expect.stringMatching(/^yprov4wfs-\d{8}T\d{6}Z\.json$/),
        "yprov4wfs.journal",
        "yprov4wfs.json",
      ]);
      // The lines name the files as they are called in the end.
      expect(result.told).toHaveLength(2);
      expect(result.told[0]).toContain(names[1]);
      expect(statusesOf(readRaw(join(folder, "output", names[1] ?? "")), "only-0")).toEqual(["ok"]);
      expect(statusesOf(documentIn(folder), "only-1")).toEqual(["ok"]);
    });

    test("what is dropped is invalidated, but not what is dropped because all is over", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("leaving.py")],
      });
      expect(result.status).toBe(0);
      const invalidated = sectionOf(documentIn(folder), "wasInvalidatedBy").map(
        ([, record]) => record["prov:entity"],
      );
      const dropped = ["data:dropped", "data:first-above", "data:first-below"];
      expect(invalidated).toHaveLength(3);
      expect(new Set(invalidated)).toEqual(new Set(dropped));
      await expectAccepted(folder);
    });

    test("a bridge that fails in its hooks harms nothing and says so", async () => {
      const folder = temporaryFolder();
      const hooks = [
        "tasks.Tasks._sites",
        "changes.Changes._emit",
        "plugin.TaskprovBridge._scattered",
      ];
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
        expect(lines).toHaveLength(21);
        expect(result.told).toHaveLength(21);
        // No worker comes; or Dask calls nothing of ours that could notice.
        const unnoticed =
          /Members\.add_worker|Limbo\.forget|Bridge\.transition|Bridge\.update_graph/;
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

    test.runIf(process.platform === "linux" && availableParallelism() > 1)(
      "a long run is recorded while it goes on, byte for byte as `build` does",
      async () => {
        const folder = temporaryFolder();
        const result = await runTracked({
          cwd: folder,
          options: ["--strict", "--max-value-bytes", "200000"],
          command: [python, daskProgram("long_journal.py")],
        });
        expect(result).toMatchObject({ status: 0, stdout: "9000000\n2\n" });
        const document = join(folder, "output/yprov4wfs.json");
        expect(readdirSync(join(folder, "output")).sort()).toEqual([
          "yprov4wfs.journal",
          "yprov4wfs.json",
        ]);
        const again = join(folder, "again.json");
        await cli(["build", join(folder, "output/yprov4wfs.journal"), "-o", again]);
        expect(readFileSync(again).equals(readFileSync(document))).toBe(true);
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

    test("records no value with --values none, and keeps tracebacks when asked to", async () => {
      const folder = temporaryFolder();
      const { told } = await runTracked({
        cwd: folder,
        options: ["--values", "none", "--keep-traceback", "--no-journal", "--name", "mine"],
        command: [python, daskProgram("workload.py"), "threads", "0"],
      });
      expect(told).toHaveLength(1);
      expect(readdirSync(join(folder, "output"))).toEqual(["yprov4wfs.json"]);
      const document = documentIn(folder);
      await expectAccepted(folder);
      expectTrueLineage(document, readTruth(folder));
      const valued = sectionOf(document, "entity").filter(([, e]) => "prov:value" in e);
      expect(valued).toEqual([]);
      const traceback = attribute(document["entity"]?.["data:boom.e1"], "taskprov:traceback");
      expect(traceback).toContain("in boom");
      expect(attribute(document["activity"]?.["run:workflow"], "prov:label")).toBe("mine");
    });

    test("nasty, large and deep arguments are described, never looked into or copied", async () => {
      const folder = temporaryFolder();
      const result = await runTracked({
        cwd: folder,
        options: ["--strict"],
        command: [python, daskProgram("nasty.py")],
      });
      expect(result).toMatchObject({ status: 0, stdout: "5\n1\n2\n" });
      await expectAccepted(folder);
      const document = documentIn(folder);
      for (const key of ["odd", "large", "deep"]) expect(statusesOf(document, key)).toEqual(["ok"]);
      const large = document["entity"]?.["data:large.a0"];
      expect(attribute(large, "yprov4wfs:dtype")).toBe("bytes");
      expect(attribute(large, "taskprov:nbytes")).toBe("5000000");
      expect(statSync(join(folder, "output/yprov4wfs.journal")).size).toBeLessThan(10_000);
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
