import { findSourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import type { CallSiteInfo } from "./scheduler-plugin.js";

/** A place in the code; lines and columns count from 1. */
type Frame = CallSiteInfo["stack"][number];

/**
 * Frames looked at: the site itself and two that called it. V8 takes a microsecond or two for each,
 * the frames of the language among them (`Array.from`).
 */
const framesTaken = 3;
/** Distinct stacks remembered; a program has a few hundred. */
const sitesKept = 4096;

/** A function on the stack. */
export type Entry = (...args: never[]) => unknown;

/** Of the whole package; in a program's bundle, which has no folders, that of the bundle. */
const ownFolder = toPath(import.meta.url).replace(/(engines[\\/]local[\\/])?[^\\/]+$/u, "");
const sites = new Map<string, CallSiteInfo>();

/**
 * The place in the user's code from which the engine was called, or undefined when there is none.
 * The same stack gives the same object. Positions are mapped to the original source when Node's
 * source maps are on.
 *
 * @param entry - the engine's method that asks; frames above it are not looked at.
 */
export function captureCallSite(entry: Entry): CallSiteInfo | undefined {
  // V8 reads every variable of the functions on the stack: those that are on it have few.
  return siteOf(captureFrames(entry));
}

function siteOf(taken: readonly NodeJS.CallSite[]): CallSiteInfo | undefined {
  const frames: NodeJS.CallSite[] = [];
  let id = "";
  for (const frame of taken) {
    const file = userFile(frame.getFileName());
    if (file === notUsers) continue;
    frames.push(frame);
    // Not by the position in the file: a notebook runs other code under the same name.
    id += `${file}:${frame.getLineNumber()}:${frame.getColumnNumber()} `;
  }
  const known = sites.get(id);
  if (known !== undefined) return known;
  const [site, ...stack] = frames.map(describeFrame);
  if (site === undefined) return undefined;
  const info: CallSiteInfo = Object.freeze({ ...site, stack: Object.freeze(stack) });
  if (sites.size >= sitesKept) sites.clear();
  sites.set(id, info);
  return info;
}

let lastTaken: readonly NodeJS.CallSite[] = [];
/** One for all: a new object takes V8 a while to equip with a stack. What is read is let go of. */
const holder: { stack?: unknown } = {};

/** One function for all: a closure for each capture would be compiled again and again. */
function takeFrames(_: Error, taken: NodeJS.CallSite[]): string {
  lastTaken = taken;
  return "";
}

/** V8's structured frames, innermost first; Error's settings are left as they were. */
function captureFrames(entry: Entry): readonly NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  lastTaken = [];
  try {
    Error.stackTraceLimit = framesTaken;
    Error.prepareStackTrace = takeFrames;
    Error.captureStackTrace(holder, entry);
    // V8 formats when the stack is read.
    void holder.stack;
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  } catch {
    // The program has frozen Error, in part or as a whole: no call site, and nothing changed.
    Reflect.set(Error, "prepareStackTrace", prepareStackTrace);
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
  const frames = lastTaken;
  lastTaken = [];
  return frames;
}

/** Stands for files of Node, of this package, and for code without a file. */
const notUsers = -1;
/** User files by number, so that the id of a stack is short. */
const userFiles = new Map<string, number>();

function userFile(file: string | null | undefined): number {
  if (file === null || file === undefined || file === "") return notUsers;
  const known = userFiles.get(file);
  if (known !== undefined) return known;
  const isOurs = file.startsWith("node:") || toPath(file).startsWith(ownFolder);
  if (userFiles.size >= sitesKept) {
    // Numbers begin again: what was known by the old ones must go, too.
    userFiles.clear();
    sites.clear();
  }
  const number = isOurs ? notUsers : userFiles.size;
  userFiles.set(file, number);
  return number;
}

function describeFrame(frame: NodeJS.CallSite): Frame {
  const file = frame.getFileName() ?? "";
  const line = frame.getLineNumber() ?? 1;
  const column = frame.getColumnNumber() ?? 1;
  const name = frame.getFunctionName();
  const place = originalPlace(file, line, column) ?? { file: toPath(file), line, column };
  return Object.freeze(name === null || name === "" ? place : { ...place, function: name });
}

/** The place in the source that a source map names, when there is one. */
function originalPlace(file: string, line: number, column: number): Frame | undefined {
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
  if (entry === undefined || !("originalSource" in entry)) return undefined;
  const { originalSource, originalLine, originalColumn } = entry;
  if (typeof originalSource !== "string") return undefined;
  return {
    file: toPath(originalSource),
    line: originalLine + 1,
    column: originalColumn + 1,
  };
}

function toPath(file: string): string {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    // A URL that names no path of this system (another host): shown as it is.
    return file;
  }
}
