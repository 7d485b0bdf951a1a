import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { systemClock } from "../../base/clock.js";
import { isTaskprovError } from "../../base/errors.js";
import { errorCode } from "../../base/file-problem.js";
import { DetailSpool, fileDetails } from "./details.js";
import { isIndexOf, readIndexFile, sizeOf, sourceStamp, writeIndexFile } from "./index-file.js";
import {
  type BuiltIndex,
  indexDocumentFile,
  indexRecords,
  readSource,
  type SourceForm,
} from "./read-source.js";

/** Where indexes are kept: nowhere, in the cache, or in a file. */
export type IndexPlace = "none" | "auto" | { readonly file: string };

/** Below this size building is as quick as reading an index. */
const worthKeeping = 8 << 20;

/** Opens the index of a file, from its index file where that is up to date. */
export async function openIndex(
  path: string,
  form: SourceForm,
  place: IndexPlace,
  onProgress?: (records: number) => void,
): Promise<BuiltIndex> {
  const file = indexPath(path, place);
  if (file !== undefined) {
    const stored = readIndexFile(file, sourceStamp(path));
    if (stored !== undefined) {
      touch(file);
      const { index, detailsAt } = stored;
      const details = detailsAt === undefined ? fileDetails(path) : fileDetails(file, detailsAt);
      return { index, details };
    }
  }
  return await buildIndex(path, form, file, onProgress);
}

/** Tells whether opening a file would make its index and keep that in the cache. */
export function lacksIndex(path: string): boolean {
  try {
    const file = indexPath(path, "auto");
    return file !== undefined && !isIndexOf(file, sourceStamp(path));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false; // Opening the file says what is wrong with it.
  }
}

async function buildIndex(
  path: string,
  form: SourceForm,
  file: string | undefined,
  onProgress?: (records: number) => void,
): Promise<BuiltIndex> {
  // Before reading, so that what is added to a growing journal meanwhile makes the index stale.
  const stamp = file === undefined ? undefined : sourceStamp(path);
  if (form === "prov-json") {
    const built = await indexDocumentFile(path, onProgress);
    if (file !== undefined && stamp !== undefined) {
      keep(() => {
        writeIndexFile(file, built.index, stamp, undefined);
      });
    }
    return built;
  }
  const spool = new DetailSpool();
  try {
    const index = await indexRecords(
      (handler) => readSource(path, form, handler),
      spool,
      onProgress,
    );
    if (file !== undefined && stamp !== undefined) {
      keep(() => {
        writeIndexFile(file, index, stamp, spool);
      });
    }
    return { index, details: spool.store() };
  } catch (error) {
    spool.discard();
    throw error;
  }
}

/** A full disk or a read-only home costs time the next time, not this answer. */
function keep(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isTaskprovError(error, "ERR_DESTINATION")) throw error;
  }
}

function indexPath(path: string, place: IndexPlace): string | undefined {
  if (place === "none") return undefined;
  if (place !== "auto") return resolve(place.file);
  if (sizeOf(path) < worthKeeping) return undefined;
  const folder = cacheFolder();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined; // Without a cache every question reads the document.
  }
  removeOld(folder);
  const name = createHash("sha256").update(resolve(path)).digest("hex").slice(0, 32);
  return join(folder, `${name}.tpindex`);
}

/** The folder of indexes: `TASKPROV_CACHE`, else the platform's place for caches. */
function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["TASKPROV_CACHE"];
  if (own !== undefined && own !== "") return resolve(own);
  const xdg = env["XDG_CACHE_HOME"];
  if (xdg !== undefined && xdg !== "") return join(xdg, "taskprov");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "taskprov");
  const local = env["LOCALAPPDATA"];
  if (process.platform === "win32" && local !== undefined) return join(local, "taskprov");
  return join(homedir(), ".cache", "taskprov");
}

const monthMilliseconds = 30 * 86_400_000;

/** Indexes that nobody asked for in a month go. */
function removeOld(folder: string): void {
  try {
    const files = readdirSync(folder)
      .filter((name) => name.endsWith(".tpindex"))
      .map((name) => join(folder, name))
      .map((file) => ({ file, used: statSync(file, { throwIfNoEntry: false })?.mtimeMs }));
    const newest = Math.max(0, ...files.map(({ used }) => used ?? 0));
    // Compared with the newest index, not the clock: a machine whose clock is wrong loses nothing.
    for (const { file, used } of files) {
      if (used !== undefined && newest - used > monthMilliseconds) rmSync(file, { force: true });
    }
  } catch (error) {
    if (errorCode(error) === undefined) throw error; // Housekeeping may fail.
  }
}

function touch(file: string): void {
  try {
    const { atime } = statSync(file);
    utimesSync(file, atime, systemClock.now());
  } catch (error) {
    if (errorCode(error) === undefined) throw error; // It only keeps the index from being removed.
  }
}
