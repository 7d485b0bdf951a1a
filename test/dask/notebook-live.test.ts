import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import {
  attemptsOf,
  documentOf,
  type KernelOutcome,
  placeOf,
  placesOf,
  runKernel,
} from "../support/kernel.js";
import { describeWith, peer } from "../support/peers.js";
import { attribute, sectionOf } from "../support/raw-document.js";

const jupyter = await peer("jupyter");

const inProcess = `from dask.distributed import Client, worker_client
import dask.array as da, dask.bag as db, numpy as np, threading
from taskprov import ProvTracker
client = Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=":0")
client.register_plugin(ProvTracker(jupyter_tracking=True))
x = da.ones(8, chunks=4)`;

/** A cell, and what the document is to say of the tasks it starts: line of the call, its text. */
type Construct = readonly [title: string, source: string, line: number, text: string];

const constructs: readonly Construct[] = [
  ["an expression over lines", "(x\n   + 1).sum().compute()", 2, "compute()"],
  ["a function of this cell", "def one(v):\n    return v.sum().compute()\none(x)", 3, "one(x)"],
  ["a function of another cell", "y = x + 2\none(y)", 2, "one(y)"],
  [
    "a comprehension",
    "[client.submit(pow, i, 3).result() for i in range(2)]",
    1,
    "submit(pow, i, 3)",
  ],
  ["a loop", "for i in range(2):\n    client.submit(pow, i, 5).result()", 2, "submit(pow, i, 5)"],
  [
    "a thread",
    "def work():\n    client.submit(abs, -3).result()\nt = threading.Thread(target=work)\nt.start(); t.join()",
    2,
    "submit(abs, -3)",
  ],
  ["a cell magic", "%%time\n\n# comment\nv = 1\n(x + 3).sum().compute()", 5, "compute()"],
  ["a cell magic with one expression", "%%time\n(x + 4).sum().compute()", 2, "compute()"],
  ["blank lines and a line magic", "\n\n%time b = (x + 5).min().compute()", 3, "compute()"],
  ["%timeit", "%timeit -n1 -r1 (x + 6).sum().compute()", 1, "compute()"],
  ["%%timeit", "%%timeit -n1 -r1\nz = 1\n(x + 7).sum().compute()", 3, "compute()"],
  ["%%capture", "%%capture\nz = 2\n(x + 8).sum().compute()", 3, "compute()"],
  ["%%time under %%capture", "%%capture\n%%time\nz = 3\n(x + 8.5).sum().compute()", 4, "compute()"],
  ["%prun's cell", "%%prun -q\nz = 2\n(x + 9).sum().compute()", 3, "compute()"],
  ["a script", "%run -i script.py", 1, "%run -i script.py"],
  ["a margin", "    z = 4\n    (x + 10).sum().compute()", 2, "compute()"],
  ["a prompt", ">>> z = 4\n>>> (x + 11).sum().compute()", 2, "compute()"],
  ["characters of several bytes", "ψ = '😀'; (x + 12).sum().compute()", 1, "compute()"],
  ["a shell line over lines", "files = !echo a \\\n  b\n(x + 13).sum().compute()", 3, "compute()"],
  ["a formatted string", 'print(f"total {(x + 14).sum().compute():.1f}")', 1, "compute()"],
  ["a lambda", "list(map(lambda k: (x + k).sum().compute(), [15, 16]))", 1, "compute()"],
  ["float", "float((x + 17).sum())", 1, "float((x + 17).sum())"],
  ["numpy", "np.asarray(x + 18)", 1, "asarray(x + 18)"],
  ["a truth value", "if (x > 19).any():\n    pass", 1, "(x > 19).any()"],
  ["a truth value before calls", "if (x > 20).any():\n    print(1)", 1, "(x > 20).any()"],
  ["a loop over rows", "for row in db.range(2, 1):\n    print(row)", 1, "db.range(2, 1)"],
  ["await", "async def go():\n    return (x + 20).sum().compute()\nawait go()", 3, "go()"],
  [
    "a task that submits",
    "def inner(n):\n    with worker_client() as c:\n        return c.submit(abs, n).result()\nclient.submit(inner, -21).result()",
    3,
    "submit(abs, n)",
  ],
];

async function expectAccepted(outcome: KernelOutcome): Promise<void> {
  const { findings } = await checkDocument([
    readFileSync(join(outcome.folder, "output/yprov4wfs.json")),
  ]);
  expect(findings).toEqual([]);
}

describeWith("notebooks in a real kernel", jupyter, ({ python }) => {
  test("every activity names cell, line and call, whatever the cell is made of", async () => {
    const script = "import os; open('script.py', 'w').write('(x + 100).sum().compute()')";
    const sources = [
      inProcess,
      script,
      ...constructs.map(([, source]) => source),
      "client.close()",
    ];
    const outcome = await runKernel(python, sources);
    await expectAccepted(outcome);
    const document = documentOf(outcome);
    const places = placesOf(document);
    expect(places.filter(({ match }) => match !== "frame")).toEqual([]);
    const said = constructs.map(([title], at) => {
      const own = places.filter(({ cell }) => cell === at + 3);
      return [title, ...own.map(({ line, text }) => `${line} ${text}`)];
    });
    const expected = constructs.map(([title, , line, text]) => [title, `${line} ${text}`]);
    // The task that submits is submitted itself.
    expected.at(-1)?.push("4 submit(inner, -21)");
    expect(said).toEqual(expected);
  });

  const hinted = [
    inProcess,
    `def save(delayed):
    # Jupyter:ignore
    return delayed.compute()
flag = False
# Jupyter:ignore
delayed = (x + 30).sum().persist()
# Jupyter:track
save((x + 31).sum())`,
    "client.close()",
  ];

  test.each([
    ["semantic", ""],
    ["strict", ', notebook_mode="strict"'],
  ])("hints say which frame is the call site, in %s mode", async (_, options) => {
    const [setup = "", ...rest] = hinted;
    const sources = [setup.replace("jupyter_tracking=True", `jupyter_tracking=True${options}`)];
    const outcome = await runKernel(python, [...sources, ...rest]);
    const places = placesOf(documentOf(outcome));
    expect(places.map(({ line, text }) => `${line} ${text}`)).toEqual([
      // Ignored, but nothing else has started these: frames are facts.
      "6 persist()",
      "8 save((x + 31).sum())",
    ]);
    expect(places[1]?.stack).toEqual(["save (In [2]:3:12)"]);
  });

  test("strict mode takes the innermost name of the list, semantic mode the caller", async () => {
    const setup = (options: string): string =>
      inProcess.replace("jupyter_tracking=True", `jupyter_tracking=True${options}`);
    const cell = "def one(v):\n    return v.sum().compute()\n\none(x)";
    const lines: string[] = [];
    for (const options of ["", ', notebook_mode="strict"']) {
      const outcome = await runKernel(python, [setup(options), cell, "client.close()"]);
      lines.push(...placesOf(documentOf(outcome)).map(({ line, text }) => `${line} ${text}`));
    }
    expect(lines).toEqual(["4 one(x)", "2 compute()"]);
  });

  test("generating_names change what counts", async () => {
    const setup = inProcess.replace(
      "jupyter_tracking=True",
      'jupyter_tracking=True, notebook_mode="strict", generating_names=["-compute", "+one"]',
    );
    const cell = "def one(v):\n    return v.sum().compute()\n\none(x)";
    const outcome = await runKernel(python, [setup, cell, "client.close()"]);
    expect(placesOf(documentOf(outcome)).map(({ text }) => text)).toEqual(["one(x)"]);
  });

  const farCluster = `from dask.distributed import Client, SubprocessCluster
from taskprov import ProvTracker
cluster = SubprocessCluster(n_workers=1, worker_kwargs={"nthreads": 2})
client = Client(cluster)
client.register_plugin(ProvTracker(jupyter_tracking=True))`;

  test("200 fast cells with the scheduler in another process: none is misattributed", async () => {
    const cells = Array.from(
      { length: 200 },
      (_, at) => `client.submit(pow, ${at}, 2, key="k${at}")`,
    );
    const outcome = await runKernel(python, [
      farCluster,
      ...cells.map((cell, at) => `f${at} = ${cell}`),
      "[f.result() for name, f in list(globals().items()) if name[0] == 'f' and name[1:].isdigit()]",
      "client.close(); cluster.close()",
    ]);
    const document = documentOf(outcome);
    const wrong = attemptsOf(document).filter(([id, activity]) => {
      const { cell, match, text } = placeOf(document, activity);
      const at = Number(id.slice("task:k".length));
      const expected = `submit(pow, ${at}, 2, key="k${at}")`;
      return cell !== at + 2 || match !== "frame" || text !== expected;
    });
    expect(wrong).toEqual([]);
    expect(attemptsOf(document)).toHaveLength(200);
    const ids = sectionOf(document, "entity")
      .map(([, entity]) => attribute(entity, "taskprov:cellId"))
      .filter((id) => id !== undefined);
    expect(ids).toContain("cell-201");
    await expectAccepted(outcome);
  });

  test("threads of libraries: joblib's Dask backend is placed by the cell that waits for it", async () => {
    const cell = `import joblib
with joblib.parallel_backend("dask"):
    made = joblib.Parallel()(joblib.delayed(pow)(i, 2) for i in range(4))`;
    const outcome = await runKernel(python, [inProcess, cell, "client.close()"]);
    const places = placesOf(documentOf(outcome));
    expect(places.length).toBeGreaterThan(0);
    for (const { cell: count, line, match } of places) {
      expect([count, line]).toEqual([2, 3]);
      expect(["frame", "thread"]).toContain(match);
    }
  });

  test("without the hook, what Dask itself records gives cell and line", async () => {
    const setup = `import dask
dask.config.set({"distributed.diagnostics.computations.nframes": 3})
${inProcess.replace("jupyter_tracking=True", "")}`;
    const cell = "y = x + 40\n\ny.sum().compute()";
    const outcome = await runKernel(python, [setup, cell, "client.close()"]);
    expect(placesOf(documentOf(outcome))).toMatchObject([
      { line: 3, text: "compute()", match: "code", confidence: 0.8 },
    ]);
  });

  test("`%load_ext taskprov` names the cells of Dask's local schedulers", async () => {
    const outcome = await runKernel(python, [
      "%load_ext taskprov\nimport dask.array as da\nx = da.ones(8, chunks=4)",
      "x.sum().compute()\n(x + 1).sum().compute(scheduler='sync')",
      "%%time\n\n(x + 2).sum().compute()",
      "(x + 3).sum().compute()",
      "%unload_ext taskprov",
    ]);
    const places = placesOf(documentOf(outcome));
    expect(places.map(({ cell, line, match }) => [cell, line, match])).toEqual([
      [2, 1, "frame"],
      [2, 2, "frame"],
      [3, 3, "frame"],
      [4, 1, "frame"],
    ]);
    await expectAccepted(outcome);
  });

  test("`%taskprov report` shows the report in the notebook, other commands print", async () => {
    const magic = "get_ipython().run_line_magic('taskprov', 'report -o report.html')";
    const outcome = await runKernel(python, [
      "%load_ext taskprov\nimport dask.array as da\nda.ones(8, chunks=4).sum().compute()",
      "%unload_ext taskprov",
      `report = ${magic}\nprint(report, report._repr_html_())`,
      "%taskprov list --status ok",
    ]);
    const shown = outcome.cells[2]?.text ?? "";
    expect(shown).toContain("Report('report.html') <iframe ");
    const [, page = ""] = /src="data:text\/html;base64,([^"]*)"/.exec(shown) ?? [];
    const html = Buffer.from(page, "base64").toString();
    expect(html).toBe(readFileSync(join(outcome.folder, "report.html"), "utf8"));
    expect(html).toContain("taskprov report");
    expect(outcome.cells[3]?.text).toMatch(/task +status/);
  });

  test("the notebook, its cells and their executions are in the document", async () => {
    const cells = [
      inProcess,
      "(x + 50).sum().compute()",
      "(x + 50).sum().compute()",
      "client.close()",
    ];
    const outcome = await runKernel(python, cells);
    const document = documentOf(outcome);
    const typed = (section: string, type: string): string[] =>
      sectionOf(document, section)
        .filter(([, record]) => JSON.stringify(record["prov:type"]).includes(`taskprov:${type}"`))
        .map(([id, record]) => attribute(record, "prov:label") ?? id);
    expect(typed("entity", "Notebook")).toEqual(["notebook"]);
    expect(typed("entity", "Cell")).toEqual(["In [1]", "In [2]", "In [3]", "In [4]"]);
    expect(typed("activity", "CellExecution").toSorted((a, b) => a.localeCompare(b))).toEqual(
      [1, 2, 3, 4].map((count) => `In [${count}] executed`),
    );
    // The same text twice: each task belongs to the execution that submitted it.
    expect(new Set(placesOf(document).map(({ cell }) => cell))).toEqual(new Set([2, 3]));
    const [, workflow] =
      sectionOf(document, "activity").find(([id]) => id === "run:workflow") ?? [];
    expect(attribute(workflow, "yprov4wfs:jupyter_cell_line")).toBe("__WORKFLOW__");
  });

  test("the notebook's file is the execution source where the front end names it", async () => {
    const folder = join(process.cwd(), "examples/notebooks/climate.ipynb");
    const outcome = await runKernel(
      python,
      [inProcess, "(x + 60).sum().compute()", "client.close()"],
      {
        JPY_SESSION_NAME: folder,
      },
    );
    const document = documentOf(outcome);
    const labels = sectionOf(document, "entity").map(([, entity]) =>
      attribute(entity, "prov:label"),
    );
    expect(labels).toContain("climate.ipynb");
    expect(labels).toContain(folder);
  });
});
