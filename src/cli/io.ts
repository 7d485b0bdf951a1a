import type { MessageLevel } from "../base/log.js";
import { type Terminal, terminalOf } from "./terminal.js";

/** Where a command reads and writes; tests pass their own. */
export interface Io {
  /** Writes to standard output; waits when the reader is slow. */
  readonly out: (content: string | Uint8Array) => Promise<void>;
  /** Writes a line to standard error. @param level - how grave it is, `info` by default. */
  readonly note: (line: string, level?: MessageLevel) => void;
  /** Shows one line of progress in place of the last one, on a terminal only; "" clears it. */
  readonly progress: (line: string) => void;
  /** What standard output is, when that is a terminal. */
  readonly terminal?: Terminal;
  /** What standard error is, when that is a terminal. */
  readonly statusTerminal?: Terminal;
  /** The bytes of standard input. */
  readonly input: AsyncIterable<Uint8Array>;
  /** From now on Ctrl-C, SIGTERM or SIGHUP aborts this signal instead of ending the process. */
  readonly interruptible: () => AbortSignal;
}

/** The process's own streams. */
export function processIo(): Io {
  const terminal = terminalOf(process.stdout);
  const statusTerminal = terminalOf(process.stderr);
  return {
    ...(terminal !== undefined && { terminal }),
    ...(statusTerminal !== undefined && { statusTerminal }),
    out: (content) =>
      new Promise((resolve, reject) => {
        process.stdout.write(content, (error) => {
          if (error === null || error === undefined) resolve();
          else reject(error);
        });
      }),
    note: (line) => {
      process.stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${line}`);
    },
    input: process.stdin,
    interruptible: () => {
      const controller = new AbortController();
      // Once: a second Ctrl-C ends the process whatever it does.
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
        process.once(signal, () => controller.abort());
      }
      return controller.signal;
    },
  };
}
