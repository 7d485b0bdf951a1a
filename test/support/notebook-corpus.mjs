// Reads the labelled notebooks of test/fixtures/notebooks/corpus, runs them, and compares. Plain
// JavaScript, since bench/notebook-accuracy.mjs uses it as well as the tests.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const directory = path.resolve(import.meta.dirname, "../fixtures/notebooks/corpus");
/** Names of places without a call; strict mode has none. */
const implicit = /^(?:iteration|truth|values|assignment|Parallel)$/;

/** `### TITLE [LANGUAGE] [needs MODULE]` begins a notebook, `--- cell` a cell. */
export function readCorpus() {
  return readdirSync(directory)
    .sort()
    .flatMap((file) =>
      readFileSync(path.join(directory, file), "utf8")
        .split(/^### /m)
        .slice(1)
        .map((part) => readNotebook(file, part)),
    );
}

function readNotebook(file, part) {
  const [head = "", ...parts] = part.split(/^--- cell\n/m);
  const needs = /\[needs (\w+)\]/.exec(head)?.[1];
  const labels = [];
  const cells = parts.map((text, cell) => readCell(text, cell, labels));
  return {
    name: `${file.replace(".txt", "")}: ${head.trim()}`,
    language: /\[(typescript|javascript)\]/.exec(head)?.[1] ?? "python",
    ...(needs === undefined ? {} : { needs }),
    cells,
    labels,
  };
}

/**
 * A line `#! NAME …` labels the line above it: what starts work there. `#s NAME …`, where strict
 * mode differs: what counts by name. In scripts `//!` and `//s`.
 */
function readCell(text, cell, labels) {
  const lines = [];
  const marks = new Map();
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const label = /^\s*(?:#|\/\/)([!s])(?: (.*))?$/.exec(line);
    if (label === null) {
      lines.push(line);
      continue;
    }
    const names = (label[2] ?? "").split(" ").filter((name) => name !== "");
    const mark = marks.get(lines.length) ?? {};
    mark[label[1] === "!" ? "works" : "strict"] = names;
    marks.set(lines.length, mark);
  }
  for (const [line, { works = [], strict }] of marks) {
    labels.push({
      cell,
      line,
      works,
      strict: strict ?? works.filter((name) => !implicit.test(name)),
    });
  }
  return lines.join("\n");
}

/** A notebook of the corpus as a notebook file holds it. */
export function asNotebook({ cells, language }) {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: language, language } },
    cells: cells.map((source) => ({ cell_type: "code", source })),
  };
}

/** `CELL:LINE NAME` of what labels say. */
export function labelled({ labels }, by) {
  return labels
    .flatMap((label) => label[by].map((name) => `${label.cell}:${label.line} ${name}`))
    .sort();
}

/** `CELL:LINE NAME` of what an analysis says starts work. */
export function foundBy({ cells }) {
  return cells
    .flatMap(({ index, sites }) => sites.filter(starts).map((site) => siteName(index, site)))
    .sort();
}

function starts({ status }) {
  return status === "generating" || status === "tracked";
}

function siteName(cell, { name, nameSpan }) {
  return `${cell}:${nameSpan.startLine} ${name}`;
}

/** Says how far two lists agree. */
export function compare(found, wanted) {
  return {
    right: found.filter((name) => wanted.includes(name)).length,
    wrong: found.filter((name) => !wanted.includes(name)),
    missed: wanted.filter((name) => !found.includes(name)),
  };
}

/** Sums agreements, as precision and recall. */
export function totals(agreements) {
  const sum = (count) => agreements.reduce((total, each) => total + count(each), 0);
  const right = sum((each) => each.right);
  const wrong = sum((each) => each.wrong.length);
  const missed = sum((each) => each.missed.length);
  return {
    right,
    wrong,
    missed,
    precision: right / (right + wrong),
    recall: right / (right + missed),
  };
}

/** Runs the cells of notebooks; `sources` are plain Python, without IPython's syntax. */
export function runNotebooks(python, sources) {
  return new Promise((resolve, reject) => {
    const script = path.join(import.meta.dirname, "run-corpus.py");
    const options = { encoding: "utf8", maxBuffer: 1e8, timeout: 600_000 };
    const child = execFile(python, [script], options, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(error);
    });
    child.stdin.end(JSON.stringify({ notebooks: sources.map((cells) => ({ cells })) }));
  });
}

/**
 * Compares an analysis with what a run started. A call matches a frame that ends where it ends
 * (CPython puts the start of a chained call at its last name); an implicit place matches a frame
 * that begins on its line, since CPython gives the whole `for` statement. Sites on lines that did
 * not run are left out.
 */
export function compareWithRun({ cells }, { started, ran }) {
  const lines = new Set(ran.map(([cell, line]) => `${cell}:${line}`));
  const matched = new Set();
  const wrong = [];
  const names = new Set();
  let right = 0;
  for (const { index, sites } of cells) {
    for (const site of sites.filter(starts)) {
      const frames = started.filter((frame) => frame[0] === index && isAt(site, frame));
      for (const frame of frames) matched.add(frame.join());
      if (frames.length > 0) {
        right += 1;
        names.add(siteName(index, site));
      } else if (spanLines(site).some((line) => lines.has(`${index}:${line}`))) {
        wrong.push(`${siteName(index, site)} (${site.reason})`);
      }
    }
  }
  const missed = started
    .filter((frame) => !matched.has(frame.join()))
    .map(([cell, line, , , column]) => `${cell}:${line} ending at column ${column + 1}`);
  return { right, wrong, missed, names: [...names].sort((a, b) => (a < b ? -1 : 1)) };
}

function isAt({ form, span }, [, line, , endLine, endColumn]) {
  if (endLine === span.endLine && endColumn + 1 === span.endColumn) return true;
  return form === "implicit" && line === span.startLine && endLine > span.endLine;
}

function spanLines({ span }) {
  return Array.from({ length: span.endLine - span.startLine + 1 }, (_, at) => span.startLine + at);
}
