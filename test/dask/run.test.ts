import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { equal } from "../../src/prov/index.js";
import { readDocument } from "../../src/track/document-files.js";
import { cli } from "../support/cli.js";
import { daskPeers } from "../support/dask-versions.js";
import { describeWith } from "../support/peers.js";
import {
  attribute,
  keyOf,
  type RawDocument,
  readRaw,
  sectionOf,
  statusesOf,
  statusOf,
} from "../support/raw-document.js";
import { documentIn, expectAccepted, expectTrueLineage } from "../support/run-document.js";
import { temporaryFolder } from "../support/temporary.js";
import {
  daskProgram,
  readTruth,
  runTracked,
  type TrackedResult,
  type Truth,
} from "../support/tracked-program.js";

const schema = JSON.parse(
  readFileSync(new URL("../../schemas/event.schema.json", import.meta.url), "utf8"),
);
const validEvent = new Ajv2020({ strict: true, strictTuples: false, strictTypes: false }).compile(
  schema,
);

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
        expect(versions).toContain(title.replace(/^Dask (\S+).*/, "distributed $1"));
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
  });
});
