import { Buffer } from "node:buffer";
import type { Io } from "../../src/cli/io.js";
import { runCli } from "../../src/cli/run-cli.js";
import type { Terminal } from "../../src/cli/terminal.js";

/** What a command line did. */
export interface CliOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function cli(
  args: readonly string[],
  input = "",
  options: { readonly signal?: AbortSignal; readonly terminal?: Terminal } = {},
): Promise<CliOutcome> {
  let stdout = "";
  let stderr = "";
  const { terminal } = options;
  const io: Io = {
    ...(terminal !== undefined && { terminal }),
    out: async (content) => {
      stdout += typeof content === "string" ? content : Buffer.from(content).toString("latin1");
    },
    note: (line) => {
      stderr += `${line}\n`;
    },
    progress: () => {},
    interruptible: () => options.signal ?? new AbortController().signal,
    input: (async function* () {
      yield Buffer.from(input);
    })(),
  };
  const status = await runCli(args, io);
  return { status, stdout, stderr };
}
