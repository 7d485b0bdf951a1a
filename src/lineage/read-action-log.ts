import { createReadStream } from "node:fs";
import { entryOf, type LogEntry } from "../actions/log-entry.js";
import { LogForest } from "../actions/log-forest.js";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { readJournal } from "../events/read-journal.js";
import { exportTrace } from "../traces/export-trace.js";

/** The trees of one log or of several files of it. */
export interface ActionLog {
  /** By the time of their earliest message. */
  readonly roots: readonly LogEntry[];
  /** What could not be read, a sentence each, with the file and line. */
  readonly problems: readonly string[];
  /** Also those that are not told. */
  readonly problemCount: number;
}

/** A file's path, or its bytes. */
export type ActionLogSource = string | AsyncIterable<Uint8Array>;

const newline = 0x0a;
const maxLineBytes = 64 << 20;
const mostProblems = 20;
const magic = "TPJRNL1\n";

const problemWords = {
  torn: "the last line is cut off",
  "not-json": "this is no JSON",
  "not-an-action": "this is no message of an action log",
  "too-deep": "this is nested too deeply",
} as const;

/**
 * Reads action logs, of taskprov or Eliot, or journals, and puts what belongs together into one
 * tree, whatever file or process it comes from. What cannot be read is left out and told.
 *
 * @param sources - logs and journals, in any order.
 * @throws {@link TaskprovError} `ERR_FILE` when a file cannot be read; of journals as
 * {@link readJournal}.
 */
export async function readActionLog(sources: readonly ActionLogSource[]): Promise<ActionLog> {
  const forest = new LogForest();
  const problems: string[] = [];
  let problemCount = 0;
  const tell = (text: string): void => {
    problemCount++;
    if (problems.length < mostProblems) problems.push(text);
  };
  for (const source of sources) {
    const name = typeof source === "string" ? source : "standard input";
    const { first, all } = await peeked(chunksOf(source, name));
    if (isJournal(first)) await addJournal(forest, all, name, tell);
    else await addLog(forest, all, name, tell);
  }
  return { roots: forest.roots.map(entryOf), problems, problemCount };
}

async function* chunksOf(source: ActionLogSource, name: string): AsyncGenerator<Uint8Array> {
  if (typeof source !== "string") {
    yield* source;
    return;
  }
  try {
    for await (const chunk of createReadStream(source)) yield chunk;
  } catch (cause) {
    throw new TaskprovError("ERR_FILE", `Cannot read ${name}: ${fileProblem(cause)}`, { cause });
  }
}

/** The beginning, enough to tell what it is, and everything. */
async function peeked(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ readonly first: Buffer; readonly all: AsyncGenerator<Uint8Array> }> {
  let first = Buffer.alloc(0);
  while (first.length < 4096 && !first.includes(newline)) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    first = Buffer.concat([first, value]);
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield first;
    yield* chunks;
  };
  return { first, all: all() };
}

/** Frames, or lines of which the first says who wrote it and the others are arrays. */
function isJournal(first: Buffer): boolean {
  const start = first.subarray(0, 4096).toString("latin1").trimStart();
  return start.startsWith(magic) || start.startsWith("[") || /^\{[^\n]*"producer":/.test(start);
}

async function addJournal(
  forest: LogForest,
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
  tell: (text: string) => void,
): Promise<void> {
  const reading = readJournal(chunks, name);
  for await (const text of exportTrace(reading, "eliot")) {
    for (const line of text.split("\n")) if (line !== "") forest.addLine(line);
  }
  for (const problem of reading.report.problems) tell(`${name}: ${problem.text}`);
}

async function addLog(
  forest: LogForest,
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
  tell: (text: string) => void,
): Promise<void> {
  let number = 0;
  for await (const { text, isEnded } of linesOf(chunks)) {
    number++;
    if (text.trim() === "") continue;
    const problem = text === tooLong ? "not-json" : forest.addLine(text);
    if (problem === undefined) continue;
    const isTorn = problem === "not-json" && !isEnded;
    tell(`${name}, line ${number}: ${problemWords[isTorn ? "torn" : problem]}; it was left out.`);
  }
}

const tooLong = "(too long)";

async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly text: string; readonly isEnded: boolean }> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const keep = (part: Uint8Array): void => {
    bytes += part.length;
    if (bytes <= maxLineBytes) parts.push(part);
  };
  const taken = (): string => {
    const text = bytes > maxLineBytes ? tooLong : Buffer.concat(parts).toString("utf8");
    parts = [];
    bytes = 0;
    return text;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, end));
      yield { text: taken(), isEnded: true };
      from = end + 1;
    }
    if (from < chunk.length) keep(chunk.slice(from));
  }
  if (bytes > 0) yield { text: taken(), isEnded: false };
}
