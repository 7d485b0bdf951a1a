import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import fsExtra from "fs-extra";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";

/** The source copied beside the document, as the `run` event carries it. */
export interface ExecutionSource {
  /** The option as given. */
  readonly path: string;
  readonly files: readonly SourceFile[];
}

/** A copied file. */
export interface SourceFile {
  /** Below `destination`, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

/** Folders that hold no source: version control, packages, caches. */
const leftOut: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  ".cache",
  ".ipynb_checkpoints",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".tox",
  ".venv",
  "__pycache__",
  "node_modules",
  "venv",
]);

/**
 * Copies a file, or the content of a folder, into `destination`. Links are not followed and not
 * copied; `destination` itself, version control, packages, virtual environments and caches are
 * left out. Copying again replaces the earlier copy.
 *
 * @param source - the file or folder.
 * @param destination - an existing folder.
 * @param reserved - names in `destination` that a copy must not take.
 * @throws {@link TaskprovError} `ERR_OPTION` when there is no such source, or a name clashes;
 *   `ERR_DESTINATION` when copying fails. A clash is found before anything is copied.
 */
export function copyExecutionSource(
  source: string,
  destination: string,
  reserved: readonly string[],
): ExecutionSource {
  const root = resolve(source);
  const files = listFiles(source, root, realpathSync(destination));
  const clash = files.find((path) => reserved.includes(path));
  if (clash !== undefined) {
    throw new TaskprovError(
      "ERR_OPTION",
      `\`executionSource\` ${source} holds a file "${clash}", the name of what the tracker writes into ${destination}. Choose another \`fileName\` or \`destination\`.`,
    );
  }
  for (const path of files) refuseLinks(destination, path);
  const isFile = lstatSync(root).isFile();
  return {
    path: source,
    files: files.map((path) => copyOne(isFile ? root : join(root, path), destination, path)),
  };
}

function listFiles(source: string, root: string, destination: string): string[] {
  const stat = statOf(source, root);
  if (stat.isFile()) return [basename(root)];
  if (!stat.isDirectory()) {
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected \`executionSource\` to be a file or a folder, ${source} is neither (links are not followed).`,
    );
  }
  const found: string[] = [];
  const open = [root];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isFile()) found.push(relative(root, path).split(sep).join("/"));
      else if (entry.isDirectory() && isSource(path, entry.name, destination)) open.push(path);
    }
  }
  return found.sort(byCodeUnits);
}

/** The same order on every machine and in every language. */
function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function statOf(source: string, root: string): Stats {
  try {
    return lstatSync(root);
  } catch (cause) {
    throw new TaskprovError(
      "ERR_OPTION",
      `Cannot read \`executionSource\` ${source}: ${fileProblem(cause)}`,
      { cause },
    );
  }
}

function isSource(path: string, name: string, destination: string): boolean {
  return (
    !leftOut.has(name) &&
    !existsSync(join(path, "pyvenv.cfg")) &&
    realpathSync(path) !== destination
  );
}

/** Through a link in the destination a copy would land elsewhere, over somebody else's file. */
function refuseLinks(destination: string, path: string): void {
  let at = destination;
  for (const part of path.split("/")) {
    at = join(at, part);
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isSymbolicLink()) {
      throw new TaskprovError(
        "ERR_DESTINATION",
        `Cannot copy \`executionSource\` to ${at}: it is a link, and what is copied there would land elsewhere. Remove the link, or choose another \`destination\`.`,
      );
    }
  }
}

function copyOne(from: string, destination: string, path: string): SourceFile {
  const to = join(destination, ...path.split("/"));
  try {
    if (resolve(from) !== resolve(to)) fsExtra.copySync(from, to, { dereference: false });
    const content = readFileSync(to);
    const sha256 = createHash("sha256").update(content).digest("hex");
    return { path, size: content.length, sha256 };
  } catch (cause) {
    throw new TaskprovError(
      "ERR_DESTINATION",
      `Cannot copy ${from} to ${to}: ${fileProblem(cause)}`,
      {
        cause,
      },
    );
  }
}
