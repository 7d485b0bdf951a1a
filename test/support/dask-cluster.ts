import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";
import { onTestFinished } from "vitest";
import { projectFolder } from "./run-script.js";
import { daskProgram } from "./tracked-program.js";

/** A child of the test, whose lines can be waited for. */
export interface Program {
  readonly process: ChildProcessWithoutNullStreams;
  /** Everything it wrote on standard error. */
  readonly stderr: () => string;
  /** Waits until a line of standard error matches. */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** Status, or null after a signal. */
  readonly exit: Promise<number | null>;
}

/** Starts a program that the end of the test kills. */
export function startProgram(
  command: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Program {
  const [file = "", ...args] = command;
  const { NO_COLOR, FORCE_COLOR, NODE_OPTIONS, DASK_SCHEDULER_ADDRESS, ...env } = process.env;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...env, PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1", ...options.env },
    stdio: "pipe",
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const exit = new Promise<number | null>((resolve) => {
    child.on("error", () => resolve(null));
    child.on("close", (status) => resolve(status));
  });
  return {
    process: child,
    stderr: () => text,
    exit,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(text)) resolve();
        };
        look();
        child.stderr.on("data", look);
        child.on("close", () => reject(new Error(`${file} ended without ${pattern}:\n${text}`)));
      }),
  };
}

/** A scheduler and a worker, each a program of its own. */
export interface DaskCluster {
  readonly address: string;
  readonly schedulerFile: string;
  readonly scheduler: Program;
  readonly worker: Program;
}

/** Starts `dask scheduler` and `dask worker`; the end of the test kills them. */
export async function startCluster(
  python: string,
  cwd: string,
  options: {
    readonly args?: readonly string[];
    readonly env?: Record<string, string>;
    /** What the scheduler is started by: `taskprov run --`. */
    readonly under?: readonly string[];
  } = {},
): Promise<DaskCluster> {
  const dask = path.join(path.dirname(python), "dask");
  const programs = path.join(projectFolder, "test/dask/programs");
  const env = { PYTHONPATH: programs, ...options.env };
  const more = ["--no-dashboard", ...(options.args ?? [])];
  const schedulerFile = path.join(cwd, "scheduler.json");
  const listening = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", schedulerFile];
  const command = [...(options.under ?? []), dask, "scheduler", ...listening, ...more];
  const scheduler = startProgram(command, { cwd, env });
  await scheduler.says(/Scheduler at:/);
  const worker = startProgram(
    [dask, "worker", "--scheduler-file", schedulerFile, "--nthreads", "2", "--no-nanny", ...more],
    { cwd, env },
  );
  await worker.says(/Registered to:/);
  const content: { readonly address: string } = JSON.parse(readFileSync(schedulerFile, "utf8"));
  return { address: content.address, schedulerFile, scheduler, worker };
}

/** A Python client of a cluster that does what it is asked. */
export interface DaskSession {
  readonly program: Program;
  /** Calls a method of `Session` in test/dask/programs/attach_client.py. */
  readonly ask: (command: string) => Promise<unknown>;
}

/** Starts a client. */
export async function startSession(
  python: string,
  cwd: string,
  address: string,
): Promise<DaskSession> {
  const program = startProgram([python, daskProgram("attach_client.py"), address], { cwd });
  const lines = readline.createInterface({ input: program.process.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`The client ended:\n${program.stderr()}`);
    return JSON.parse(line.value);
  };
  await next();
  return {
    program,
    ask: async (command) => {
      program.process.stdin.write(`${command}\n`);
      return await next();
    },
  };
}

/** A TCP proxy whose connections can be cut. */
export interface Proxy {
  readonly address: string;
  /** Cuts every connection that goes through it. */
  readonly cut: () => void;
  /** Whether new connections are taken; else they are cut at once. */
  open: boolean;
}

/** Starts a proxy for an address `tcp://host:port`. */
export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<net.Socket>();
  const server = net.createServer((near) => {
    if (!proxy.open) {
      near.destroy();
      return;
    }
    const far = net.connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const bound = server.address();
  const own = typeof bound === "object" && bound !== null ? bound.port : 0;
  const proxy = {
    address: `tcp://127.0.0.1:${own}`,
    open: true,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
}
