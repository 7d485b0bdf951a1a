/** Where a command reads and writes; tests pass their own. */
export interface Io {
  /** Writes to standard output; waits when the reader is slow. */
  readonly out: (text: string) => Promise<void>;
  /** Writes a line to standard error. */
  readonly note: (line: string) => void;
  /** Whether standard error is a terminal: progress is shown only there. */
  readonly isTerminal: boolean;
  /** The bytes of standard input. */
  readonly input: AsyncIterable<Uint8Array>;
}

/** The process's own streams. */
export function processIo(): Io {
  return {
    out: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(text, (error) => {
          if (error === null || error === undefined) resolve();
          else reject(error);
        });
      }),
    note: (line) => {
      process.stderr.write(`${line}\n`);
    },
    isTerminal: process.stderr.isTTY,
    input: process.stdin,
  };
}
