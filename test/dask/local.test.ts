import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { awaitRunning } from "../support/growing-journal.js";
import { describeWith, type MissingPeer, type PythonPeer, peer } from "../support/peers.js";
import {
  attribute,
  keyOf,
  lineageOf,
  type RawDocument,
  readRaw,
  sectionOf,
  statusesOf,
} from "../support/raw-document.js";
import { temporaryFolder } from "../support/temporary.js";
import {
  daskProgram,
  readTruth,
  runTracked,
  type TrackedResult,
  type Truth,
} from "../support/tracked-program.js";

const dask = await peer("dask");
const older: (PythonPeer | MissingPeer)[] = [await peer("dask2024"), await peer("dask2025")];

function documentsIn(folder: string): RawDocument[] {
  return readdirSync(join(folder, "output"))
    .filter((name) => name.endsWith(".json"))
    .map((name) => readRaw(join(folder, "output", name)));
}

function onlyDocument(folder: string): RawDocument {
  const [document, ...more] = documentsIn(folder);
  if (document === undefined || more.length > 0) throw new Error(`${1 + more.length} documents`);
  return document;
}

function byText(a: string | undefined, b: string | undefined): number {
  return String(a) < String(b) ? -1 : 1;
}

function keysOf(document: RawDocument): string[] {
  const keys = sectionOf(document, "activity").flatMap(([id, record]) => keyOf(id, record) ?? []);
  return [...new Set(keys)].sort(byText);
}

async function expectAccepted(document: RawDocument): Promise<void> {
  const { findings } = await checkDocument([new TextEncoder().encode(JSON.stringify(document))]);
  expect(findings).toEqual([]);
}

function seconds(time: unknown): number {
  return Date.parse(String(time)) / 1000;
}

/** A folder with a `sitecustomize.py` of the user's own. */
function siteFolder(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "sitecustomize.py"), text);
  return folder;
}

describeWith("taskprov run on Dask's local schedulers", dask, ({ python }) => {
  describe.each(["threads", "sync", "processes"])("%s", (kind) => {
    let folder = "";
    let result: TrackedResult;
    let document: RawDocument;
    let truth: Truth;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "taskprov-test-"));
      result = await runTracked({
        cwd: folder,
        options: ["--keep-traceback"],
        command: [python, daskProgram("local_work.py"), kind],
      });
      document = onlyDocument(folder);
      truth = readTruth(folder);
    });

    afterAll(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    test("leaves the program's results as they are, and says where the document is", () => {
      expect(result).toMatchObject({ status: 0 });
      expect(result.stdout).toBe("(10, 6.0, 'ada')\n21\nbad 3 größe\n8\n");
      expect(result.told).toHaveLength(1);
      expect(result.stderr).toMatch(/^taskprov: wrote .*yprov4wfs\.json: \d+ tasks .*\.\n$/);
    });

    test("writes a document that the checker accepts", async () => {
      await expectAccepted(document);
    });

    test("has every task of every graph, each made from what the scheduler made it from", () => {
      const lineage = lineageOf(document);
      let compared = 0;
      for (const [key, needed] of Object.entries(truth.graph)) {
        const sources = lineage.get(key);
        expect(sources, key).toBeDefined();
        // What was persisted is plain data to the later graph; we know where it came from.
        expect(sources, key).toEqual(expect.arrayContaining([...needed]));
        compared += needed.length;
      }
      expect(compared).toBeGreaterThan(8);
    });

    test("knows persisted data again in a later computation", () => {
      const lineage = lineageOf(document);
      const held = [...lineage.keys()].filter((key) => /^\["inc-[0-9a-f]{32}/.test(key));
      expect(held).toHaveLength(2);
      for (const key of held) {
        const users = [...lineage].filter(([, sources]) => sources.includes(key));
        expect(users, key).toHaveLength(1);
      }
    });

    test("a task that raises is an attempt with its exception; what it blocked blames it", () => {
      expect(statusesOf(document, "boom")).toEqual(["error"]);
      const exception = document["entity"]?.["data:boom.e1"];
      expect(attribute(exception, "yprov4wfs:exception_text")).toBe("ValueError('bad 3 größe')");
      expect(attribute(exception, "yprov4wfs:traceback")).toContain("in boom");
      for (const key of ["blocked-1", "blocked-2"]) {
        expect(statusesOf(document, key)).toEqual(["blocked"]);
        const activity = document["activity"]?.[`task:${key}`];
        expect(attribute(activity, "yprov4wfs:blamed_task")).toBe("boom");
      }
      // Whether it ever began is the scheduler's choice; that it did not go on is not.
      expect(["ok", "cancelled"]).toContain(statusesOf(document, "slow")[0]);
      expect(statusesOf(document, "after-slow")).toEqual(["cancelled"]);
    });

    test("start and end are those of the task itself, within 5 ms", () => {
      const activity = document["activity"]?.["task:timed"];
      const [began, ended] = truth.timed ?? [0, 0];
      expect(Math.abs(seconds(activity?.["prov:startTime"]) - began)).toBeLessThan(0.005);
      expect(Math.abs(seconds(activity?.["prov:endTime"]) - ended)).toBeLessThan(0.005);
    });

    test("names the process that ran a task", () => {
      const { pid } = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8"));
      const activity = document["activity"]?.["task:timed"];
      expect(attribute(activity, "yprov4wfs:processed_on")).toBe(`${kind}://${hostname()}/${pid}`);
    });

    test("a key that is computed again is a second attempt and a second generation", () => {
      expect(statusesOf(document, "inc-0")).toEqual(["ok", "ok"]);
      expect(document["entity"]?.["data:inc-0.g2"]).toBeDefined();
    });

    test("arguments have names, values and types; secrets stay out", () => {
      const [id] = Object.entries(document["entity"] ?? {}).find(
        ([id, record]) => keyOf(id, record) === '"größe 😀"',
      ) ?? [""];
      const scale = document["entity"]?.[`${id}.ascale`];
      expect(attribute(scale, "yprov4wfs:value")).toBe("2.0");
      expect(attribute(scale, "yprov4wfs:dtype")).toBe("float");
      const journal = readFileSync(join(folder, "output/yprov4wfs.journal"), "latin1");
      expect(journal).toContain("password");
      expect(journal).not.toContain("hunter2");
    });
  });

  test("graphs of several threads and of tasks inside tasks stay apart", async () => {
    const folder = temporaryFolder();
    const command = [python, daskProgram("local_threads.py")];
    const { stdout } = await runTracked({ cwd: folder, command });
    expect(stdout).toBe("[1, 2, 3, 4]\n2\n['outer']\n");
    const document = onlyDocument(folder);
    await expectAccepted(document);
    expect(statusesOf(document, "same")).toEqual(["ok", "ok", "ok", "ok"]);
    const values = sectionOf(document, "entity")
      .filter(([id]) => /^data:same(?:\.g\d)?\.ax$/.test(id))
      .map(([, record]) => attribute(record, "yprov4wfs:value"));
    expect(values.sort(byText)).toEqual(["0", "1", "2", "3"]);
    const informants = sectionOf(document, "wasInformedBy")
      .map(([, relation]) => relation)
      .filter((relation) => relation["prov:informed"] === "task:inner");
    expect(informants.map((relation) => relation["prov:informant"])).toContain("task:outer");
  });

  test("forks, children and sub-programs have documents of their own, none is damaged", async () => {
    const folder = temporaryFolder();
    const result = await runTracked({
      cwd: folder,
      options: ["--strict"],
      command: [python, daskProgram("local_processes.py")],
    });
    expect(result).toMatchObject({ status: 0 });
    const documents = documentsIn(folder);
    for (const document of documents) await expectAccepted(document);
    expect(documents.map((document) => keysOf(document).join(" ")).sort(byText)).toEqual([
      '"child-fork"',
      '"child-spawn"',
      '"forked"',
      '"parent-after" "parent-before"',
      '"sub"',
    ]);
  });

  test.each(["threads", "sync", "processes"])(
    "a program that is killed in %s leaves what it had done, and what was running",
    async (kind) => {
      const folder = temporaryFolder();
      const killed = `import subprocess, sys
p = subprocess.Popen([sys.executable, ${JSON.stringify(daskProgram("local_running.py"))}, "${kind}"], start_new_session=True)
print(p.pid, flush=True)
p.wait()`;
      let isKilling = false;
      const result = await runTracked({
        cwd: folder,
        command: [python, "-c", killed],
        onOutput: (stdout) => {
          if (isKilling || !stdout.includes("\n")) return;
          isKilling = true;
          const kill = (): boolean => process.kill(-Number.parseInt(stdout, 10), "SIGKILL");
          // Killed in any case; what is missing then shows in the document.
          awaitRunning(folder, "endless").then(kill, kill);
        },
      });
      expect(result.stderr).toContain("; incomplete: the record stops before the end of the run.");
      const document = onlyDocument(folder);
      expect(statusesOf(document, "done")).toEqual(["ok"]);
      expect(statusesOf(document, "endless")).toEqual(["running"]);
      await expectAccepted(document);
    },
  );

  test("a program that only uses a cluster gets no second document", async () => {
    const folder = temporaryFolder();
    const command = [python, daskProgram("clusters.py")];
    await runTracked({ cwd: folder, command });
    const engines = documentsIn(folder).map((document) => {
      const [, workflow] =
        sectionOf(document, "activity").find(([id]) => id === "run:workflow") ?? [];
      return attribute(workflow, "taskprov:engine");
    });
    expect(engines).toEqual(["dask", "dask"]);
  });

  describe("clusters made of programs", () => {
    const command = (folder: string, what: string, ...more: string[]): string[] => {
      const file = join(folder, "scheduler.json");
      const own =
        what === "scheduler"
          ? ["--host", "127.0.0.1", "--port", "0"]
          : ["--no-nanny", "--nthreads", "1"];
      const dask = join(dirname(python), "dask");
      return [dask, what, ...own, "--no-dashboard", "--scheduler-file", file, ...more];
    };
    const job = (folder: string): string => `
import sys
from distributed import Client
with Client(scheduler_file=${JSON.stringify(join(folder, "scheduler.json"))}) as client:
    print(client.submit(sum, client.map(abs, [-1, 2]), key="total").result())`;

    test("a scheduler, a worker and a job started by one program give one document", async () => {
      const folder = temporaryFolder();
      const code = `
import os, signal, subprocess, sys, time
scheduler = subprocess.Popen(${JSON.stringify(command(folder, "scheduler"))})
worker = subprocess.Popen(${JSON.stringify(command(folder, "worker"))})
while not os.path.exists("scheduler.json"):
    time.sleep(0.05)
subprocess.run([sys.executable, "-c", ${JSON.stringify(job(folder))}], check=True)
scheduler.send_signal(signal.SIGTERM)
scheduler.wait()
worker.terminate()
worker.wait()`;
      const result = await runTracked({ cwd: folder, command: [python, "-c", code] });
      expect(result).toMatchObject({ status: 0, stdout: "3\n" });
      const document = onlyDocument(folder);
      await expectAccepted(document);
      expect(statusesOf(document, "total")).toEqual(["ok"]);
    });

    test("`dask scheduler` itself is recorded, with a preload of the user's too", async () => {
      const folder = temporaryFolder();
      writeFileSync(
        join(folder, "mine.py"),
        "def dask_setup(s):\n    print('preload', flush=True)\n",
      );
      const worker = `
import subprocess, sys, os
worker = subprocess.Popen(${JSON.stringify(command(folder, "worker"))})
subprocess.run([sys.executable, "-c", ${JSON.stringify(job(folder))}], check=True)
worker.terminate(); worker.wait()`;
      let began = false;
      const result = await runTracked({
        cwd: folder,
        command: command(folder, "scheduler", "--preload", join(folder, "mine.py")),
        onOutput: (stdout, kill) => {
          if (began || !stdout.includes("preload")) return;
          began = true;
          spawn(python, ["-c", worker], { cwd: folder, stdio: "ignore" }).on("close", () => {
            kill("SIGTERM");
          });
        },
      });
      expect(result.stdout).toBe("preload\n");
      expect(statusesOf(onlyDocument(folder), "total")).toEqual(["ok"]);
    });

    test("a preload that the program gives itself does not keep ours out", async () => {
      const folder = temporaryFolder();
      const code = `
import dask
from distributed import Client
dask.config.set({"distributed.scheduler.preload": ["def dask_setup(s): print('mine')"]})
with Client(processes=False, n_workers=1, dashboard_address=None) as client:
    print(client.submit(abs, -1, key="k").result())`;
      const result = await runTracked({ cwd: folder, command: [python, "-c", code] });
      expect(result.stdout).toBe("mine\n1\n");
      expect(statusesOf(onlyDocument(folder), "k")).toEqual(["ok"]);
    });
  });

  test("a local computation inside a task on a cluster belongs to that task", async () => {
    const folder = temporaryFolder();
    const code = `
from distributed import Client
from dask import delayed
def inner():
    return delayed(int)("3").compute(scheduler="sync")
if __name__ == "__main__":
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:
        print(client.submit(inner, key="outer").result())`;
    writeFileSync(join(folder, "inside.py"), code);
    const result = await runTracked({ cwd: folder, command: [python, "inside.py"] });
    expect(result.stdout).toBe("3\n");
    expect(keysOf(onlyDocument(folder))).toEqual(['"outer"']);
  });

  test("needs neither distributed nor msgpack", async () => {
    const site = siteFolder(
      "import sys\nfor name in ('distributed', 'msgpack'):\n    sys.modules[name] = None\n",
    );
    const folder = temporaryFolder();
    const code =
      "from dask import delayed; print(delayed(sum)([1, 2.5], dask_key_name='s').compute())";
    const result = await runTracked({
      cwd: folder,
      command: [python, "-c", code],
      env: { PYTHONPATH: site },
    });
    expect(result.stdout).toBe("3.5\n");
    expect(statusesOf(onlyDocument(folder), "s")).toEqual(["ok"]);
  });

  describe("how it gets into the program", () => {
    test("the user's own sitecustomize runs, and nothing of ours is on sys.path", async () => {
      const site = siteFolder("import user\n");
      writeFileSync(join(site, "user.py"), "");
      const code =
        "import sys, sitecustomize; print('user' in sys.modules, sitecustomize.__file__)\nprint([p for p in sys.path if '_autoload' in p])";
      const result = await runTracked({
        cwd: temporaryFolder(),
        command: [python, "-c", code],
        env: { PYTHONPATH: [site, "/nowhere"].join(delimiter) },
      });
      expect(result.stdout).toBe(`True ${join(site, "sitecustomize.py")}\n[]\n`);
    });

    test("an error in the user's own sitecustomize is reported as without us", async () => {
      const site = siteFolder("raise ValueError('mine')\n");
      const result = await runTracked({
        cwd: temporaryFolder(),
        command: [python, "-c", "from dask import delayed; print(delayed(int)('3').compute())"],
        env: { PYTHONPATH: site },
      });
      expect(result.stdout).toBe("3\n");
      expect(result.stderr).toContain("ValueError: mine");
      expect(result.stderr).toContain("taskprov: wrote ");
    });

    test("a program without Dask pays nothing and hears one line", async () => {
      const code = "import sys; print([m for m in sys.modules if 'taskprov' in m])";
      const result = await runTracked({ cwd: temporaryFolder(), command: [python, "-c", code] });
      expect(result.stdout).toBe("[]\n");
      expect(result.told).toHaveLength(1);
    });

    test.each(["-I", "-E", "-S", "-BI"])("Python with %s is told", async (option) => {
      const folder = temporaryFolder();
      const code = "import sys; print(3)";
      const result = await runTracked({ cwd: folder, command: [python, option, "-c", code] });
      expect(result.stdout).toBe("3\n");
      const letter = option.slice(-1);
      expect(result.told[0]).toContain(`taskprov: with -${letter} Python loads no`);
    });

    test("a destination that cannot be written costs one line, not the program", async () => {
      const folder = temporaryFolder();
      const code = `import os, shutil
shutil.rmtree("output")
open("output", "w").close()
from dask import delayed
print(delayed(int)("3").compute())
os.unlink("output")
os.mkdir("output")`;
      const result = await runTracked({ cwd: folder, command: [python, "-c", code] });
      expect(result).toMatchObject({ status: 0, stdout: "3\n" });
      expect(result.told[0]).toMatch(/^taskprov: Dask's local schedulers are not recorded here: /);
    });
  });
});

describe.each(older.map((found) => [found.title, found] as const))("%s", (title, found) => {
  describeWith(`${title}, local schedulers`, found, ({ python }) => {
    test.each(["threads", "sync", "processes"])("%s: lineage, failures and times", async (kind) => {
      const folder = temporaryFolder();
      const command = [python, daskProgram("local_work.py"), kind];
      const result = await runTracked({ cwd: folder, command });
      expect(result.stdout).toBe("(10, 6.0, 'ada')\n21\nbad 3 größe\n8\n");
      const document = onlyDocument(folder);
      await expectAccepted(document);
      const truth = readTruth(folder);
      const lineage = lineageOf(document);
      for (const [key, needed] of Object.entries(truth.graph)) {
        expect(lineage.get(key), key).toEqual(expect.arrayContaining([...needed]));
      }
      const exceptions = sectionOf(document, "entity").flatMap(
        ([, record]) => attribute(record, "yprov4wfs:exception_text") ?? [],
      );
      expect(exceptions).toEqual(["ValueError('bad 3 größe')"]);
      const activity = document["activity"]?.["task:timed"];
      const [began] = truth.timed ?? [0];
      expect(Math.abs(seconds(activity?.["prov:startTime"]) - began)).toBeLessThan(0.005);
    });
  });
});
