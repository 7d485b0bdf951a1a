import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { TaskprovError } from "./errors.js";
import { fileProblem } from "./file-problem.js";

/** How {@link writeFileAtomically} writes. */
export interface AtomicWriteOptions {
  /** Permissions of a new file. Default 0o666, less the process's umask. */
  readonly mode?: number;
  /**
   * Wait until the disk has the data before the file takes its name, so that a power failure
   * leaves the old file or the new one. Default false: safe when the process dies, not the machine.
   */
  readonly fsync?: boolean;
}

/** Chunks are gathered to about this many characters, so that small ones cost no system call. */
const writeChars = 1 << 16;

/**
 * Writes a file under a temporary name in its own directory and then gives it its name: a reader
 * sees the old file or the whole new one. When anything fails the temporary file is removed and
 * the old file stays.
 *
 * @param path - of the file; its directory must exist.
 * @param chunks - the content, as text (UTF-8) or bytes.
 * @throws {@link TaskprovError} `ERR_DESTINATION` with the path, when the file cannot be written.
 * What the iteration over `chunks` throws passes unchanged.
 */
export function writeFileAtomically(
  path: string,
  chunks: string | Uint8Array | Iterable<string | Uint8Array>,
  options: AtomicWriteOptions = {},
): void {
  const file = beginFile(path, options);
  try {
    const single = typeof chunks === "string" || chunks instanceof Uint8Array;
    for (const bytes of gathered(single ? [chunks] : chunks)) file.write(bytes);
    file.commit();
  } finally {
    file.discard();
  }
}

/**
 * Writes a file like {@link writeFileAtomically} from chunks that have to be waited for.
 *
 * @throws {@link TaskprovError} `ERR_DESTINATION` with the path, when the file cannot be written.
 * What the iteration over `chunks` throws passes unchanged.
 */
export async function writeFileAtomicallyFrom(
  path: string,
  chunks: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const file = beginFile(path, {});
  try {
    for await (const chunk of chunks) file.write(Buffer.from(chunk));
    file.commit();
  } finally {
    file.discard();
  }
}

/** A file that has no name yet. */
interface UnnamedFile {
  readonly write: (bytes: Uint8Array) => void;
  /** Gives it its name. */
  readonly commit: () => void;
  /** Removes what was written, unless it has its name. */
  readonly discard: () => void;
}

function beginFile(path: string, options: AtomicWriteOptions): UnnamedFile {
  const temporary = join(
    dirname(path),
    `.${basename(path).slice(0, 100)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  const fd = attempt(path, () => openSync(temporary, "wx", options.mode ?? 0o666));
  let open = true;
  let named = false;
  return {
    write: (bytes) => {
      attempt(path, () => writeFully(fd, bytes));
    },
    commit: () => {
      attempt(path, () => {
        if (options.fsync === true) fsyncSync(fd);
        open = false;
        closeSync(fd);
        renameSync(temporary, path);
        named = true;
        if (options.fsync === true) syncDirectory(dirname(path));
      });
    },
    discard: () => {
      if (open) closeSync(fd);
      open = false;
      if (!named) rmSync(temporary, { force: true });
    },
  };
}

/** Writes all bytes to a file descriptor, however many calls it takes. */
export function writeFully(fd: number, bytes: Uint8Array, position: number | null = null): void {
  let done = 0;
  while (done < bytes.length) {
    const at = position === null ? null : position + done;
    done += writeSync(fd, bytes, done, bytes.length - done, at);
  }
}

function* gathered(chunks: Iterable<string | Uint8Array>): Iterable<Uint8Array> {
  let text = "";
  for (const chunk of chunks) {
    if (typeof chunk === "string") {
      text += chunk;
      // A pair of surrogates must not be split over two chunks of bytes.
      if (text.length < writeChars || endsInHalfPair(text)) continue;
    }
    if (text !== "") yield Buffer.from(text);
    text = "";
    if (typeof chunk !== "string") yield chunk;
  }
  if (text !== "") yield Buffer.from(text);
}

function endsInHalfPair(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}

/** A rename lasts through a power failure only when its directory is on the disk as well. */
function syncDirectory(path: string): void {
  if (process.platform === "win32") return; // Windows opens no directories.
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new TaskprovError("ERR_DESTINATION", `Cannot write ${path}: ${fileProblem(cause)}`, {
      cause,
    });
  }
}
