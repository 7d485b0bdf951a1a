// Which calls does the notebook analyser find, and are they the ones that start work?
//
//   npm run build && node bench/notebook-accuracy.mjs
//
// Compares both modes with the labels of test/fixtures/notebooks/corpus, and with what the same
// notebooks start when they are run: every submission to a scheduler, distributed or local, is
// traced to the lines of cells on the stack. Running needs the peer `daskdata`.
import path from "node:path";
import { pathToFileURL } from "node:url";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { preparePeer, skipLine } from "../scripts/peers.mjs";
import {
  asNotebook,
  compare,
  compareWithRun,
  foundBy,
  labelled,
  readCorpus,
  runNotebooks,
  totals,
  // biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
} from "../test/support/notebook-corpus.mjs";

const built = path.resolve(import.meta.dirname, "../dist/notebook");
const load = async (name) => await import(pathToFileURL(path.join(built, name)).href);
const { analyseNotebook } = await load("analyse-notebook.js");
const { maskIPython } = await load("mask-ipython.js");

const corpus = readCorpus();
const cells = corpus.reduce((sum, notebook) => sum + notebook.cells.length, 0);
console.log(`${corpus.length} notebooks, ${cells} cells\n`);

const peer = await preparePeer("daskdata");
const runnable = corpus.filter(
  ({ language, needs }) => peer.available && language === "python" && needs === undefined,
);
if (!peer.available) console.log(skipLine(peer));
const runs = peer.available
  ? await runNotebooks(
      peer.python,
      runnable.map((notebook) => notebook.cells.map((cell) => maskIPython(cell).text)),
    )
  : [];
for (const error of runs.flatMap(({ errors }) => errors)) console.log(`not run: ${error}`);

for (const notebookMode of ["strict", "semantic"]) {
  const analyse = async (notebook) => await analyseNotebook(asNotebook(notebook), { notebookMode });
  const byRule = [];
  const byLabel = [];
  for (const notebook of corpus) {
    const found = foundBy(await analyse(notebook));
    byRule.push(compare(found, labelled(notebook, "strict")));
    byLabel.push(compare(found, labelled(notebook, "works")));
  }
  const byRun = [];
  for (const [at, notebook] of runnable.entries()) {
    byRun.push(compareWithRun(await analyse(notebook), runs[at]));
  }
  console.log(`\n${notebookMode} mode`);
  if (notebookMode === "strict") print("the README's rules", totals(byRule));
  print("labels: starts work", totals(byLabel));
  if (runnable.length > 0) print(`${runnable.length} notebooks run`, totals(byRun));
  if (notebookMode === "semantic") {
    for (const [at, { wrong, missed }] of byRun.entries()) {
      for (const each of wrong) console.log(`  wrong: ${runnable[at].name} ${each}`);
      for (const each of missed) console.log(`  missed: ${runnable[at].name} ${each}`);
    }
  }
}

function print(against, { right, wrong, missed, precision, recall }) {
  const counts = `${right} right, ${wrong} wrong, ${missed} missed`;
  console.log(
    `  against ${against}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} (${counts})`,
  );
}
