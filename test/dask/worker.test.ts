import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { cli } from "../support/cli.js";
import { daskPeers } from "../support/dask-versions.js";
import { describeWith, peer } from "../support/peers.js";
import {
  attribute,
  filesOf,
  keyOf,
  type RawDocument,
  type RawRecord,
  readRaw,
  sectionOf,
} from "../support/raw-document.js";
import { judgePython } from "../support/referees.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram, runTracked, type TrackedResult } from "../support/tracked-program.js";

const prov3 = await peer("prov3");

const schema = JSON.parse(
  readFileSync(new URL("../../schemas/event.schema.json", import.meta.url), "utf8"),
);
const ajv = new Ajv2020({ strict: true, strictTuples: false, strictTypes: false });
const validEvent = ajv.compile(schema);

const everything = [
  "--rich-types",
  "--file-tracking",
  "--digest",
  "--capture-output",
  "--error-tracking",
];

describe.each(daskPeers)("$title", (dask) => {
  describeWith("what only workers see", dask, ({ python }) => {
    describe.each(["threads", "processes"])("with workers in %s", (mode) => {
      let folder = "";
      let result: TrackedResult;
      let document: RawDocument;

      beforeAll(async () => {
        folder = realpathSync(mkdtempSync(join(tmpdir(), "taskprov-test-")));
        result = await runTracked({
          cwd: folder,
          options: ["--strict", ...everything],
          command: [python, daskProgram("watched.py"), mode],
        });
        document = readRaw(join(folder, "output/yprov4wfs.json"));
      });

      afterAll(() => {
        rmSync(folder, { recursive: true, force: true });
      });

      const data = (id: string): RawRecord | undefined => document["entity"]?.[`data:${id}`];

      test("the program's results and what it prints are its own", () => {
        // What a worker printed may come after it.
        expect(result.stdout.split("\n")).toContain("some text and more careful x error");
        expect(result.stdout).toContain("hello\n");
        expect(result.stdout.includes("x".repeat(100_000))).toBe(true);
        expect(result.stderr).toContain("hello!\n");
      });

      test("nothing went wrong that nobody was told of", () => {
        expect(result.told).toHaveLength(1);
        expect(result.status).toBe(0);
        const run = document["activity"]?.["run:workflow"];
        expect(run?.["taskprov:problem"]).toBeUndefined();
      });

      test.each([
        ["number", "int", undefined],
        ["_xt_pair_xc_0", "tuple[int, str, list[float]]", "3"],
        ["table", "dict[str, list[int]]", "2"],
        ["mixed", "list[str | int, ...]", "500"],
        ["nothing", "NoneType", undefined],
        ["odd", "__main__.Odd", undefined],
        ["later", "list[int]", "3"],
      ])("the type of %s is %s", (id, type, length) => {
        const told = attribute(data(id), "yprov4wfs:dtype");
        expect(told?.replace("__mp_main__", "__main__")).toBe(type);
        expect(attribute(data(id), "taskprov:len")).toBe(length);
      });

      test("the same result has the same hash, another has another", () => {
        const hash = (id: string): string | undefined => attribute(data(id), "taskprov:digest");
        expect(hash("number")).toMatch(/^py1:[0-9a-f]{64}$/);
        expect(hash("number-again")).toBe(hash("number"));
        expect(hash("table")).not.toBe(hash("number"));
        expect(hash("odd")).toBeUndefined();
      });

      test("files that tasks write and read are entities between them", () => {
        const files = filesOf(document);
        const [first, second, ...more] = files.get(join(folder, "saved.txt")) ?? [];
        expect(more).toEqual([]);
        expect(first).toMatchObject({ writers: ['"save"'], readers: ['"extend"', '"load"'] });
        expect(second).toMatchObject({ writers: ['"extend"'], readers: ['"load-after"'] });
        expect(attribute(first?.record, "taskprov:size")).toBe("9");
        expect(attribute(second?.record, "taskprov:size")).toBe("18");
        const modified = Date.parse(attribute(second?.record, "taskprov:modified") ?? "");
        expect(Math.abs(Date.now() - modified)).toBeLessThan(3_600_000);
      });

      test("a file has the hash of its content", () => {
        const [, second] = filesOf(document).get(join(folder, "saved.txt")) ?? [];
        const hash = createHash("sha256").update("some text and more").digest("hex");
        expect(attribute(second?.record, "taskprov:sha256")).toBe(hash);
      });

      test("data is derived from the files that its task read, files from what they were made of", () => {
        const derived = sectionOf(document, "wasDerivedFrom").map(([, relation]) => {
          const made = String(relation["prov:generatedEntity"]);
          return [keyOf(made, document["entity"]?.[made]) ?? made, relation["prov:usedEntity"]];
        });
        const [file] = sectionOf(document, "entity").filter(
          ([, record]) => attribute(record, "taskprov:path") === join(folder, "saved.txt"),
        );
        expect(derived).toContainEqual(['"load"', file?.[0]]);
        expect(derived).toContainEqual([`${file?.[0]}.v2`, "data:load"]);
        expect(derived).toContainEqual([`${file?.[0]}.v2`, file?.[0]]);
        const informed = sectionOf(document, "wasInformedBy").map(([, relation]) => [
          relation["prov:informed"],
          relation["prov:informant"],
        ]);
        expect(informed).toContainEqual(["task:load-after", "task:extend"]);
      });

      test("a file that was written under another name first has its own", () => {
        const files = filesOf(document);
        const [replaced] = files.get(join(folder, "replaced.txt")) ?? [];
        expect(replaced?.writers).toEqual(['"replace"']);
        expect(replaced?.readers).toEqual(['"fail"', '"fail"', '"in-a-loop"']);
        expect(files.has(join(folder, "replaced.txt.part"))).toBe(false);
      });

      test("temporary files, code and the program's installation are left out", () => {
        const paths = [...filesOf(document).keys()];
        expect(paths.filter((path) => /gone\.tmp|\.py$|site-packages|\/proc\//.test(path))).toEqual(
          [],
        );
        expect(paths).toHaveLength(5);
      });

      test("a URL is recorded without what is secret in it", () => {
        const [named] = filesOf(document).get("s3://bucket/data.parquet") ?? [];
        expect(named?.readers).toEqual(['"named"']);
        expect(readFileSync(join(folder, "output/yprov4wfs.json"), "utf8")).not.toMatch(
          /run:file[^"]*hunter/,
        );
      });

      test("each attempt has its own output, also one that failed", () => {
        const text = (id: string): string | undefined => attribute(data(id), "prov:value");
        expect(text("speak.o1")).toBe("hello\n");
        expect(attribute(data("speak.o1"), "taskprov:stream")).toBe("stdout");
        expect(text("speak.o1.2")).toBe("hello!\n");
        expect(text("fail.o1")).toBe("try 0\n");
        expect(text("fail.o2")).toBe("try 1\n");
        expect(text("chatter.o1")).toHaveLength(65_536);
        expect(attribute(data("chatter.o1"), "taskprov:omittedChars")).toBe("34465");
      });

      test("a failure says which attempt of how many it was, what it was given and whom to blame", () => {
        const [first, second] = ["fail", "fail.2"].map(
          (id) => document["activity"]?.[`task:${id}`],
        );
        expect(attribute(first, "taskprov:maxAttempts")).toBe("2");
        expect(attribute(first, "taskprov:retriesLeft")).toBe("1");
        expect(attribute(second, "taskprov:maxAttempts")).toBe("2");
        expect(attribute(second, "taskprov:retriesLeft")).toBe("0");
        expect(attribute(second, "yprov4wfs:error_severity")).toBe("resource");
        expect(JSON.parse(attribute(second, "yprov4wfs:failure_input_summary") ?? "")).toEqual({
          folder: "tries",
          path: "replaced.txt",
        });
        const history = JSON.parse(attribute(second, "yprov4wfs:attempt_history") ?? "");
        expect(history).toHaveLength(2);
        expect(history[0]).toMatchObject({ attempt: 1, status: "error" });
        expect(history[1].exception).toContain("No space left on device");
      });

      test("the run says with which libraries and settings", () => {
        const run = document["activity"]?.["run:workflow"];
        const settings = JSON.parse(attribute(run, "taskprov:configuration") ?? "{}");
        expect(settings["distributed.worker.memory.spill"]).toBeGreaterThan(0);
        expect(JSON.stringify(settings)).not.toMatch(/tls|password|secret|\/home|tcp:/i);
        const told = document["agent"]?.["run:scheduler"]?.["taskprov:version"];
        expect(JSON.stringify(told)).toMatch(/"fsspec \d/);
      });

      test("the journal keeps to the schema, the document is valid and Python prov takes it", async () => {
        const { stdout } = await cli(["journal", "cat", join(folder, "output/yprov4wfs.journal")]);
        for (const line of stdout.trimEnd().split("\n").slice(1)) {
          expect(validEvent(JSON.parse(line)), line).toBe(true);
        }
        const text = readFileSync(join(folder, "output/yprov4wfs.json"), "utf8");
        const { findings } = await checkDocument([new TextEncoder().encode(text)]);
        expect(findings).toEqual([]);
        if ("why" in prov3) return;
        const [verdict] = await judgePython(prov3, [{ name: "yprov4wfs.json", text }]);
        expect(verdict?.problems).toEqual([]);
      });
    });

    test("without these options results are as Dask says, and arguments still name files", async () => {
      const folder = realpathSync(temporaryFolder());
      await runTracked({ cwd: folder, command: [python, daskProgram("watched.py"), "threads"] });
      const document = readRaw(join(folder, "output/yprov4wfs.json"));
      expect(attribute(document["entity"]?.["data:_xt_pair_xc_0"], "yprov4wfs:dtype")).toBe(
        "tuple",
      );
      const output = sectionOf(document, "entity").filter(([id]) => /\.o\d/.test(id));
      expect(output).toEqual([]);
      const files = filesOf(document);
      expect(files.get(join(folder, "saved.txt"))?.[0]?.writers).toEqual(['"save"']);
      expect(files.get(join(folder, "replaced.txt"))?.[0]?.writers).toEqual(['"replace"']);
      expect(files.get("s3://bucket/data.parquet")?.[0]?.readers).toEqual(['"named"']);
    });

    test("with --values none no file is recorded that only an argument names", async () => {
      const folder = temporaryFolder();
      const options = ["--values", "none"];
      const command = [python, daskProgram("watched.py"), "threads"];
      await runTracked({ cwd: folder, options, command });
      expect([...filesOf(readRaw(join(folder, "output/yprov4wfs.json"))).keys()]).toEqual([]);
    });
  });
});
