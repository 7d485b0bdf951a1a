import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { lock } from "proper-lockfile";
import type { EpochSeconds } from "../base/clock.js";
import { TaskprovError } from "../base/errors.js";
import { errorCode, fileProblem } from "../base/file-problem.js";
import { stemOf } from "./options.js";

/** What is to take its plain name. */
export interface Publication {
  /** The path the document is to have. */
  readonly document: string;
  /** UUID of the run the document is about. */
  readonly runId: string;
  /** Replace an older document instead of renaming it. */
  readonly overwrite: boolean;
  /** The names of files that are to lie beside it and share its fate. */
  readonly others: readonly string[];
  /** The journal as it is named while running, to be renamed to `STEM.journal`. */
  readonly journal?: string;
  /** Writes the document at the given path, atomically. */
  readonly write: (path: string) => void;
}

/** Where things lie after publishing. */
export interface Published {
  readonly document: string;
  readonly journal?: string;
  /** The older document, where there was one, under its new name. */
  readonly older?: string;
}

/**
 * Gives document and journal their plain names. An older document of another run, and its
 * journal, are first renamed with their own start time, so that nothing is ever lost; a lock file
 * keeps two programs from doing so at once.
 *
 * @throws {@link TaskprovError} `ERR_DESTINATION` when the folder cannot be locked or written.
 */
export async function publish(publication: Publication): Promise<Published> {
  const { document } = publication;
  const directory = dirname(document);
  const stem = join(directory, stemOf(basename(document)));
  const release = await lockFolder(directory, basename(stem));
  try {
    const older = setAside(publication, stem);
    publication.write(document);
    const journal = placeJournal(publication.journal, `${stem}.journal`);
    return {
      document,
      ...(journal !== undefined && { journal }),
      ...(older !== undefined && { older }),
    };
  } finally {
    await release();
  }
}

/** Waits at most about a minute for other programs to finish writing. */
const lockTries = 120;

async function lockFolder(directory: string, stem: string): Promise<() => Promise<void>> {
  const lockfilePath = join(directory, `.${stem}.lock`);
  for (let tries = 1; ; tries++) {
    try {
      return await lock(directory, { lockfilePath, realpath: false, stale: 30_000 });
    } catch (cause) {
      if (errorCode(cause) === "ELOCKED" && tries < lockTries) {
        await setTimeout(Math.min(20 * tries, 700) * (0.5 + Math.random()));
        continue;
      }
      throw new TaskprovError(
        "ERR_DESTINATION",
        errorCode(cause) === "ELOCKED"
          ? `Another program has been writing ${stem} in ${directory} for a minute. If there is none, remove ${lockfilePath}.`
          : `Cannot write into ${directory}: ${fileProblem(cause)}`,
        { cause },
      );
    }
  }
}

function setAside(publication: Publication, stem: string): string | undefined {
  const { document } = publication;
  if (publication.overwrite || !existsSync(document)) return undefined;
  if (runOfDocument(document) === publication.runId) return undefined;
  const ending = document.slice(stem.length);
  const endings = publication.others.map((other) => other.slice(basename(stem).length));
  const name = freeName(`${stem}-${compact(startOf(document))}`, [ending, ".journal", ...endings]);
  rename(document, name + ending);
  for (const each of endings) {
    if (existsSync(stem + each)) rename(stem + each, name + each);
  }
  const journal = `${stem}.journal`;
  if (existsSync(journal) && journal !== publication.journal) rename(journal, `${name}.journal`);
  return name + ending;
}

function placeJournal(from: string | undefined, to: string): string | undefined {
  if (from !== undefined && from !== to) rename(from, to);
  return from === undefined ? undefined : to;
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    throw new TaskprovError(
      "ERR_DESTINATION",
      `Cannot rename ${from} to ${basename(to)}: ${fileProblem(cause)}`,
      { cause },
    );
  }
}

/** `STEM-TIME`, or with `-2`, `-3` when a file of that name exists. */
function freeName(wanted: string, endings: readonly string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!endings.some((ending) => existsSync(name + ending))) return name;
  }
}

/** `20261120T101500Z`. */
function compact(time: EpochSeconds): string {
  return new Date(time * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** The UUID of the run a document of ours is about; its head declares it. */
function runOfDocument(path: string): string | undefined {
  const fd = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(4096);
    const head = buffer.toString("latin1", 0, readSync(fd, buffer, 0, buffer.length, 0));
    return /"run":"urn:uuid:([0-9a-f-]{36})#"/.exec(head)?.[1];
  } finally {
    closeSync(fd);
  }
}

/**
 * When the run of a document started: the time of its workflow activity (ours or yProv's), else
 * the time the file was last written. Reads the file in pieces; it can be larger than a string.
 */
function startOf(path: string): EpochSeconds {
  const pattern = /"(?:run:)?workflow[^"]{0,60}":\s*\{\s*"prov:startTime":\s*"([^"]{10,40})"/;
  const fd = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(1 << 20);
    let rest = "";
    for (;;) {
      const count = readSync(fd, buffer, 0, buffer.length, null);
      if (count === 0) return statSync(path).mtimeMs / 1000;
      const text = rest + buffer.toString("latin1", 0, count);
      const found = pattern.exec(text)?.[1];
      const time = found === undefined ? Number.NaN : Date.parse(found.replace(" ", "T"));
      if (Number.isFinite(time)) return time / 1000;
      rest = text.slice(-200);
    }
  } finally {
    closeSync(fd);
  }
}
