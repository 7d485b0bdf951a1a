import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Redactor } from "../describe/redact.js";
import type { RunEvent } from "../events/run-event.js";
import { traceContextOf } from "../traces/trace-context.js";

/** This package's version. */
export const packageVersion: string = readVersion();

/** What the `run` event says of the process, the user and the code. */
export type RunFacts = Pick<
  RunEvent,
  "versions" | "host" | "pid" | "user" | "argv" | "cwd" | "git" | "traceContext"
>;

/** Gathers the facts; arguments are redacted, of the environment only the trace context is kept. */
export function gatherRunFacts(redactor: Redactor): RunFacts {
  const cwd = process.cwd();
  const git = gitState(cwd);
  const traceContext = traceContextOf(process.env);
  return {
    versions: { taskprov: packageVersion, ...runtimeVersion() },
    host: os.hostname(),
    pid: process.pid,
    user: userName(),
    argv: redactor.redactArgv(process.argv),
    cwd,
    ...(git !== undefined && { git }),
    ...(traceContext !== undefined && { traceContext }),
  };
}

/** Of Node, or of Deno, which has a version of Node too, but is not it. */
function runtimeVersion(): Readonly<Record<string, string>> {
  const { deno, node } = process.versions;
  return deno === undefined ? { node } : { deno };
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // No entry for the user id, as in some containers.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

function readVersion(): string {
  // Both src/track and dist/track lie two folders below package.json.
  const content: unknown = createRequire(import.meta.url)("../../package.json");
  const hasVersion = typeof content === "object" && content !== null && "version" in content;
  return hasVersion ? String(content.version) : "unknown";
}

/**
 * The commit that HEAD names, read from the files of the nearest repository; whether files that
 * belong to it were changed, which `git` is asked for; and where it came from.
 */
function gitState(from: string): RunFacts["git"] | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const repository = gitFolder(join(folder, ".git"));
    const commit = commitOf(repository);
    if (commit !== undefined) {
      const dirty = hasChanges(folder);
      const remote = remoteOf(repository);
      return {
        commit,
        ...(dirty !== undefined && { dirty }),
        ...(remote !== undefined && { remote }),
      };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** Undefined where there is no git, or it takes longer than a second. */
function hasChanges(folder: string): boolean | undefined {
  const quiet = ["-c", "core.fsmonitor=false", "--no-optional-locks"];
  const status = ["status", "--porcelain", "--untracked-files=no"];
  const { status: code, stdout } = spawnSync("git", [...quiet, ...status], {
    cwd: folder,
    encoding: "utf8",
    timeout: 1000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return code === 0 ? stdout.trim() !== "" : undefined;
}

/** Address of the remote `origin`, without user and password. */
function remoteOf(repository: string): string | undefined {
  const shared = textOf(join(repository, "commondir"))?.trim();
  const config = textOf(
    join(shared === undefined ? repository : resolve(repository, shared), "config"),
  );
  const url = /^\[remote "origin"\][^[]*?^\s*url\s*=\s*(\S+)/m.exec(config ?? "")?.[1];
  return url?.replace(/^([a-z+]+:\/\/)[^@/]*@/i, "$1");
}

function commitOf(folder: string): string | undefined {
  const head = textOf(join(folder, "HEAD"))?.trim();
  if (head === undefined) return undefined;
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  const commit = ref === undefined ? head : resolveRef(folder, ref);
  return commit !== undefined && /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined;
}

/** In a worktree `.git` is a file that names the real folder. */
function gitFolder(gitPath: string): string {
  const pointed = /^gitdir: (.+)$/m.exec(textOf(gitPath) ?? "")?.[1];
  return pointed === undefined ? gitPath : resolve(dirname(gitPath), pointed);
}

function resolveRef(folder: string, ref: string): string | undefined {
  const shared = textOf(join(folder, "commondir"))?.trim();
  for (const base of shared === undefined ? [folder] : [folder, resolve(folder, shared)]) {
    const loose = textOf(join(base, ref))?.trim();
    if (loose !== undefined) return loose;
    const packed = textOf(join(base, "packed-refs"))
      ?.split("\n")
      .find((line) => line.endsWith(` ${ref}`));
    if (packed !== undefined) return packed.slice(0, packed.indexOf(" "));
  }
  return undefined;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not there, or a folder: both mean that this place does not say it.
    return undefined;
  }
}
