import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileUse } from "../../events/attempt-event.js";

/** Files that one task may name. */
const maxFiles = 20;
const maxPathChars = 1_024;
/** Larger files are not hashed: hashing happens on the thread that runs the engine. */
const maxHashedBytes = 64 * 1024 * 1024;
/** Clocks of file systems are coarser than those of processes. */
const slackSeconds = 0.05;

/** A text with a folder, or with an ending. */
const looksLikePath = /^[^\n\0]*?(?:[/\\]|\.[A-Za-z][A-Za-z0-9]{0,9}$)/;

/**
 * The files that tasks name in their arguments, as paths or as `file:` URLs, directly or in an
 * array or plain object. What there is when an attempt ends counts; a file that was changed since
 * the attempt began was written by it, any other was read.
 */
export class ArgumentFiles {
  readonly #hashes: boolean;
  readonly #byTask = new Map<number, readonly string[]>();
  /** Files that were looked at, and when they had been changed. */
  readonly #seen = new Map<string, number>();

  /** @param hashes - whether to take the SHA-256 of files up to 64 MiB. */
  constructor(hashes: boolean) {
    this.#hashes = hashes;
  }

  /** Notes what a task names. */
  look(task: number, args: readonly unknown[]): void {
    const paths = new Set<string>();
    for (const value of args) {
      for (const item of itemsOf(value)) {
        const path = pathOf(item);
        if (path !== undefined && paths.size < maxFiles) paths.add(path);
      }
    }
    if (paths.size > 0) this.#byTask.set(task, [...paths]);
  }

  /** The files of an attempt that is over. */
  usesOf(task: number, began: number | undefined): readonly FileUse[] | undefined {
    const uses: FileUse[] = [];
    for (const path of this.#byTask.get(task) ?? []) {
      const use = this.#use(path, began);
      if (use !== undefined) uses.push(use);
    }
    return uses.length === 0 ? undefined : uses;
  }

  /** The task is known no more. */
  forget(task: number): void {
    this.#byTask.delete(task);
  }

  #use(path: string, began: number | undefined): FileUse | undefined {
    const stats = statOf(path);
    if (stats === undefined) return undefined;
    const mtime = stats.mtimeMs / 1000;
    const isNew = began !== undefined && mtime >= began - slackSeconds;
    const mode = isNew && this.#seen.get(path) !== mtime ? "write" : "read";
    this.#seen.set(path, mtime);
    const sha256 = this.#hashes && stats.size <= maxHashedBytes ? hashOf(path) : undefined;
    return { path, mode, size: stats.size, mtime, ...(sha256 !== undefined && { sha256 }) };
  }
}

function* itemsOf(value: unknown): Iterable<unknown> {
  if (Array.isArray(value)) yield* value.slice(0, maxFiles);
  else yield value;
}

function pathOf(value: unknown): string | undefined {
  if (typeof value === "string") {
    const isPath = value.length <= maxPathChars && looksLikePath.test(value);
    return isPath && !value.includes("://") ? resolve(value) : undefined;
  }
  if (!(value instanceof URL) || value.protocol !== "file:") return undefined;
  try {
    return fileURLToPath(value);
  } catch {
    // A file: URL that names no file of this system.
    return undefined;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats : undefined;
  } catch {
    // Not there, or not ours to see: then it was no file of the task.
    return undefined;
  }
}

function hashOf(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const hash = createHash("sha256");
    const block = Buffer.allocUnsafe(1024 * 1024);
    for (let read = readSync(file, block); read > 0; read = readSync(file, block)) {
      hash.update(block.subarray(0, read));
    }
    return hash.digest("hex");
  } catch {
    // Unreadable, or gone since: the record has no hash then.
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
