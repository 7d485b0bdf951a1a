import { closeSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { writeFully } from "../base/files.js";
import { log } from "../base/log.js";
import { checkOptions, shown } from "../base/options.js";
import { addDestination, removeDestination } from "./destinations.js";
import { encodeMessage, type JsonDefault } from "./encode-message.js";
import type { ActionMessage } from "./message.js";

/** How {@link toFile} writes. */
export interface LogFileOptions {
  /** Turns values that JSON has no form for into ones it has. @defaultValue taskprov's own forms */
  readonly jsonDefault?: JsonDefault;
}

/** A file that takes the log; {@link toFile} opens it. */
export interface LogFile extends Disposable {
  readonly path: string;
  /** Writes what waits; happens by itself ten times a second, and when the process ends. */
  readonly flush: () => void;
  /** Writes what waits and ends the log in this file. */
  readonly close: () => void;
}

/** Characters that wait at most before they are written. */
const waitingChars = 1 << 16;
const flushMilliseconds = 100;

const open = new Map<string, LogFile>();

/**
 * Writes the log to a file, a line of JSON a message, at the end of what is there. The file is the
 * user's only (mode 0600): it holds arguments and results.
 *
 * Each process needs a file of its own: `{pid}` in the path stands for the process. Worker threads
 * of the embedded engine write into the file of their process.
 *
 * @param path - the folder must exist. A path that is open already is the same file.
 * @throws {@link TaskprovError} `ERR_DESTINATION` when it cannot be written, `ERR_OPTION`.
 * @example
 * ```ts
 * toFile("run-{pid}.log");
 * ```
 */
export function toFile(path: string, options: LogFileOptions = {}): LogFile {
  checkOptions(options, { jsonDefault: aFunction }, "toFile");
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected toFile to be given a path, got ${shown(path)}.`,
    );
  }
  const full = resolve(path.replaceAll("{pid}", String(process.pid)));
  const known = open.get(full);
  if (known !== undefined) return known;
  const file = openLog(full, options.jsonDefault);
  open.set(full, file);
  return file;
}

const aFunction = {
  words: "a function",
  accepts: (value: unknown) => typeof value === "function",
};

function openLog(path: string, jsonDefault: JsonDefault | undefined): LogFile {
  const fd = opened(path);
  let waiting = "";
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === "") return;
    const bytes = Buffer.from(waiting);
    waiting = "";
    try {
      writeFully(fd, bytes);
    } catch (error) {
      if (!told) log("warning", `${cannotWrite(path, error)} Messages are lost.`);
      told = true;
    }
  };
  const take = (message: ActionMessage): void => {
    waiting += `${encodeMessage(message, jsonDefault)}\n`;
    if (waiting.length > waitingChars) flush();
    else timer ??= setTimeout(flush, flushMilliseconds).unref();
  };
  const close = (): void => {
    if (!open.delete(path)) return;
    removeDestination(take);
    process.off("exit", flush);
    flush();
    closeSync(fd);
  };
  process.on("exit", flush);
  addDestination(take);
  return { path, flush, close, [Symbol.dispose]: close };
}

function opened(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (cause) {
    throw new TaskprovError("ERR_DESTINATION", cannotWrite(path, cause), { cause });
  }
}

function cannotWrite(path: string, cause: unknown): string {
  return `Cannot write the action log ${path}: ${fileProblem(cause)}`;
}
