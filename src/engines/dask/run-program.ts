import { type ChildProcess, spawn } from "node:child_process";
import os from "node:os";
import { TaskprovError } from "../../base/errors.js";
import { errorCode, fileProblem } from "../../base/file-problem.js";

/** Signals that stop the launcher: the program gets them and decides. */
const passedSignals = ["SIGTERM", "SIGHUP", "SIGINT"] as const;

/**
 * Runs a program with this process's own standard input, output and error, passes signals on, and
 * waits for its end.
 *
 * @param program - name or path of the program.
 * @param args - its arguments.
 * @param env - its environment.
 * @returns its exit status; 128 and the signal's number when a signal ended it, as shells say it.
 * @throws {@link TaskprovError} `ERR_USAGE` when there is no such program or it cannot be started.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(program, args, { env, stdio: "inherit" });
  const stopPassing = passSignals(child);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", (cause) => {
        reject(notStarted(program, cause));
      });
      child.once("exit", (code, signal) => {
        resolve(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]));
      });
    });
  } finally {
    stopPassing();
  }
}

function passSignals(child: ChildProcess): () => void {
  const listeners = passedSignals.map((signal) => {
    const listener = (): void => {
      // A terminal sends Ctrl-C to the program too; once is enough.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, listener);
    return [signal, listener] as const;
  });
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

function notStarted(program: string, cause: Error): TaskprovError {
  const problem =
    errorCode(cause) === "ENOENT"
      ? `There is no program "${program}" here or on PATH. Check the name after \`--\`.`
      : `Cannot start "${program}": ${fileProblem(cause)}`;
  return new TaskprovError("ERR_USAGE", problem, { cause });
}
