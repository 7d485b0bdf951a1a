// How long does the notebook analyser take: from a cold start, and warm on 1,000 lines?
//
//   npm run build && node bench/notebook.mjs [rounds]
//
// Start-up is measured in child processes, beside one that starts Node and does nothing; warm runs
// are interleaved with the floor: the syntax tree alone, with no masking, search or rules.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.resolve(import.meta.dirname, "..");
const module = (name) => pathToFileURL(path.join(root, "dist", "notebook", name)).href;
const rounds = Number(process.argv[2] ?? 60);
const budgets = { pythonStart: 150, pythonWarm: 40, semanticPython: 60, semanticScript: 150 };

if (process.argv[2] === "--child") await child(process.argv[3]);
else await main();

async function main() {
  const cpu = os.cpus()[0]?.model ?? "unknown processor";
  console.log(`node ${process.version}, ${cpu}, ${os.cpus().length} cores, ${rounds} rounds\n`);
  const rows = [...startUp(), ...(await warm())];
  const heads = ["what", "min", "median", "mean ± sd", "budget"];
  const widths = heads.map((head, at) =>
    Math.max(head.length, ...rows.map((row) => row[at].length)),
  );
  for (const row of [heads, ...rows]) {
    console.log(
      row
        .map((text, at) => (at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at])))
        .join("  "),
    );
  }
}

// --- Start-up ---------------------------------------------------------------------------------

function startUp() {
  const runs = Math.max(5, Math.round(rounds / 4));
  const samples = { nothing: [], python: [], typescript: [] };
  const inside = { python: [], typescript: [] };
  for (let round = 0; round < runs; round += 1) {
    for (const what of Object.keys(samples)) {
      const begin = performance.now();
      const answer = JSON.parse(
        execFileSync(process.execPath, [import.meta.filename, "--child", what], {
          encoding: "utf8",
        }),
      );
      samples[what].push(performance.now() - begin);
      if (what in inside) inside[what].push(answer.ms);
      if (what === "python" && answer.typescript) {
        throw new Error("A notebook with Python cells only has loaded the TypeScript compiler.");
      }
    }
  }
  return [
    row("process that does nothing (floor)", samples.nothing),
    row("process that analyses 3 Python cells", samples.python),
    row("  import to result, Python", inside.python, budgets.pythonStart),
    row("process that analyses 3 TypeScript cells", samples.typescript),
    row("  import to result, TypeScript", inside.typescript),
  ];
}

async function child(what) {
  const begin = performance.now();
  let typescript = false;
  if (what !== "nothing") {
    const { analyseNotebook } = await import(module("analyse-notebook.js"));
    const cells = ["x = 1", "# Jupyter:ignore\nx.compute()", "y = client.submit(f, x)"].map(
      (source) => ({
        cell_type: "code",
        source: what === "typescript" ? source.replace("# ", "// ") : source,
      }),
    );
    const metadata = { kernelspec: { name: what, language: what } };
    const { summary } = await analyseNotebook(JSON.stringify({ nbformat: 4, metadata, cells }));
    if (summary.generating !== 1 || summary.ignored !== 1) throw new Error("wrong result");
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    typescript = loaded.some((file) => /node_modules.typescript.lib/.test(file));
  }
  console.log(JSON.stringify({ ms: performance.now() - begin, typescript }));
}

// --- Warm -------------------------------------------------------------------------------------

async function warm() {
  const { analyseCell } = await import(module("analyse-cell.js"));
  const { analyseNotebook } = await import(module("analyse-notebook.js"));
  const { loadPythonParser } = await import(module("python-parser.js"));
  const parser = await loadPythonParser();
  const cells = Array.from({ length: 25 }, (_, at) => pythonCell(at + 1, 40));
  const source = cells.join("\n");
  const notebook = JSON.stringify({
    nbformat: 4,
    metadata: { kernelspec: { name: "python3", language: "python" } },
    cells: cells.map((text) => ({ cell_type: "code", source: text })),
  });
  const plain = source.replace(/^(\s*)[%!].*$/gm, "$1pass");
  const script = Array.from({ length: 1_000 }, (_, at) => scriptLine(at)).join("\n");
  const { sites, parse, hints } = await analyseCell(source, { language: "python" });
  if (parse !== "ok") throw new Error(`the generated cell is ${parse}`);

  // The sink keeps every result alive, so that nothing is optimised away.
  let sink = 0;
  const cases = {
    floor: () => {
      const tree = parser.parse(plain);
      sink += tree.rootNode.endIndex;
      tree.delete();
    },
    ...Object.fromEntries(
      ["strict", "semantic"].flatMap((notebookMode) => [
        [
          `${notebookMode}Cell`,
          async () => {
            const options = { language: "python", notebookMode };
            sink += (await analyseCell(source, options)).sites.length;
          },
        ],
        [
          `${notebookMode}Notebook`,
          async () => {
            sink += (await analyseNotebook(notebook, { notebookMode })).summary.calls;
          },
        ],
        [
          `${notebookMode}Script`,
          async () => {
            const options = { language: "typescript", notebookMode };
            sink += (await analyseCell(script, options)).sites.length;
          },
        ],
      ]),
    ),
  };
  const samples = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = -10; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(cases)) {
      const begin = performance.now();
      await run();
      if (round >= 0) samples[name].push(performance.now() - begin);
    }
  }
  if (sink === 0) throw new Error("nothing was found");
  const lines = source.split("\n").length;
  console.log(
    `${lines} lines of Python, ${source.length} characters, ${sites.length} calls, ${hints.length} hints\n`,
  );
  return [
    row("Python, syntax tree alone (floor)", samples.floor),
    row("strict, Python, 1,000 lines in one cell", samples.strictCell, budgets.pythonWarm),
    row("strict, Python, 1,000 lines in 25 cells", samples.strictNotebook, budgets.pythonWarm),
    row("strict, TypeScript, 1,000 lines in one cell", samples.strictScript),
    row("semantic, Python, 1,000 lines in one cell", samples.semanticCell, budgets.semanticPython),
    row(
      "semantic, Python, 1,000 lines in 25 cells",
      samples.semanticNotebook,
      budgets.semanticPython,
    ),
    row(
      "semantic, TypeScript, 1,000 lines in one cell",
      samples.semanticScript,
      budgets.semanticScript,
    ),
  ];
}

function row(what, samples, budget) {
  const sorted = samples.toSorted((a, b) => a - b);
  const mean = sorted.reduce((sum, each) => sum + each, 0) / sorted.length;
  const variance = sorted.reduce((sum, each) => sum + (each - mean) ** 2, 0) / sorted.length;
  const median = sorted[sorted.length >> 1] ?? 0;
  const verdict =
    budget === undefined ? "" : `${budget} ms ${median <= budget ? "held" : "MISSED"}`;
  const ms = (value) => `${value.toFixed(1)} ms`;
  return [
    what,
    ms(sorted[0] ?? 0),
    ms(median),
    `${ms(mean)} ± ${Math.sqrt(variance).toFixed(1)}`,
    verdict,
  ];
}

// --- Input ------------------------------------------------------------------------------------

/** A linear congruential generator: the same cells in every run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Lines as in climate and data-frame notebooks: a third are blank, comments or plain assignments. */
function pythonCell(seed, count) {
  const pick = random(seed);
  const names = ["ds", "air", "anomaly", "frame", "monthly", "x", "model", "client"];
  const name = () => names[pick(names.length)];
  const kinds = [
    () => [""],
    () => [`# ${name()} by month, in kelvin; see the section on units for the conversion`],
    () => [`${name()} = ${pick(1000)} + ${name()} * ${pick(100) / 10}`],
    () => [`${name()}["${name()}"] = {"a": ${pick(9)}, "b": [${pick(9)}, ${pick(9)}], "c": None}`],
    () => [`${name()} = xr.open_dataset("data/${name()}.nc", chunks={"time": ${pick(400)}})`],
    () => [
      `${name()} = ${name()}.sel(time=slice("${1950 + pick(60)}", None)).mean("time").compute()`,
    ],
    () => [
      `future_${pick(9)} = client.submit(process, ${name()}, retries=${pick(4)}, key="k-${pick(99)}")`,
    ],
    () => [
      "# Jupyter:ignore",
      `${name()}.isel(time=${pick(100)}).plot(ax=axes[${pick(3)}], cmap="RdBu_r")`,
    ],
    () => [`%time ${name()} = ${name()}.persist()`],
    () => [`!ls -l output/${name()}`],
    () => [`print(f"mean of {${name()}.name}: {float(${name()}.mean()):.${pick(4)}f} K")`],
    () => [
      `for ${name()}_${pick(9)} in range(${pick(50)}):`,
      `    ${name()}.to_zarr(f"out/{${pick(9)}}.zarr", mode="w", compute=False)`,
      `    total += ${name()}.sum().item() if ${name()} is not None else ${pick(9)}`,
    ],
    () => [
      `def step_${pick(99)}(values, scale=${pick(9)}, *, kind="mean"):`,
      `    """Scales the values and reduces them."""`,
      "    scaled = [value * scale for value in values if value > 0]",
      "    return np.nanmean(scaled) if kind == 'mean' else np.nanmax(scaled)",
    ],
    () => [
      `${name()} = (`,
      `    ${name()}.groupby("time.month")`,
      `    .map(lambda group: group - group.mean("time"))`,
      `    .rename("${name()}")`,
      ")",
    ],
  ];
  const lines = [];
  for (;;) {
    const next = kinds[pick(kinds.length)]();
    if (lines.length + next.length > count) break;
    lines.push(...next);
  }
  while (lines.length < count) lines.push("# the end of the cell");
  return lines.join("\n");
}

function scriptLine(at) {
  const pick = random(at + 1);
  return [
    `const value${at} = await client.submit<number>(f, ${pick(99)}, { retries: ${pick(4)} });`,
    `for (const part of parts${at}) out.push(client.submit((x: number) => x + 1, part));`,
    `type T${at} = Readonly<Record<string, number>>;`,
    `// line ${at}: a comment`,
  ][pick(4)];
}
