import { isTaskprovError, TaskprovError } from "../base/errors.js";
import { nearestName } from "../base/nearest-name.js";
import type { Command } from "./command.js";
import { columns, commandHelp, parseCommand } from "./command.js";
import { type CommandEntry, commandGroups, commands } from "./command-table.js";
import type { Io } from "./io.js";
import { logOptionsHelp, takeLogOptions, withLog } from "./log-options.js";

/** Exit status after Ctrl-C, as shells have it: 128 and the signal's number. */
const interrupted = 130;

/**
 * Runs one command line.
 *
 * @param args - without `node` and the script.
 * @returns the exit status: 0 fine, 1 findings, 2 usage or unreadable input.
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const logged = withLog(io);
  try {
    return await dispatch(takeLogOptions(args), logged);
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") {
      logged.note("taskprov: interrupted; nothing was written.", "warning");
      return interrupted;
    }
    if (!isTaskprovError(error)) throw error;
    logged.note(`taskprov: ${error.message}`, "error");
    return 2;
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [first, second] = args;
  if (first === undefined) {
    io.note(overview(), "error");
    return 2;
  }
  if (first === "--version" || first === "-V") {
    const { packageVersion } = await import("../track/run-facts.js");
    await io.out(`${packageVersion}\n`);
    return 0;
  }
  if (first === "--help" || first === "-h" || (first === "help" && second === undefined)) {
    await io.out(overview());
    return 0;
  }
  const words = first === "help" ? args.slice(1) : args;
  const { command, rest } = await findCommand(words, io);
  if (command === undefined) return 0;
  if (first === "help" || wantsHelp(rest)) {
    await io.out(commandHelp(command));
    return 0;
  }
  return await command.run(parseCommand(command, rest), io);
}

function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

async function findCommand(
  words: readonly string[],
  io: Io,
): Promise<{ command: Command | undefined; rest: readonly string[] }> {
  for (const length of [2, 1]) {
    const entry = commands.get(words.slice(0, length).join(" "));
    if (entry !== undefined) return { command: await entry.load(), rest: words.slice(length) };
  }
  const group = [...commands].filter(([name]) => name.startsWith(`${words[0]} `));
  if (group.length > 0) {
    const next = words[1];
    if (next === "--help" || next === "-h") {
      await io.out(overview(group));
      return { command: undefined, rest: [] };
    }
    throw unknownCommand(words.slice(0, 2).join(" "), group);
  }
  throw unknownCommand(words[0] ?? "", [...commands]);
}

function unknownCommand(
  name: string,
  candidates: readonly (readonly [string, CommandEntry])[],
): TaskprovError {
  const known = candidates.map(([candidate]) => candidate);
  const nearest = nearestName(name, known);
  const hint =
    nearest === undefined
      ? `Commands: ${known.join(", ")}.`
      : `Did you mean \`taskprov ${nearest}\`?`;
  return new TaskprovError("ERR_USAGE", `There is no command \`taskprov ${name}\`. ${hint}`);
}

/** All commands by group, or those of one first word. */
function overview(shown?: Iterable<readonly [string, CommandEntry]>): string {
  const lists =
    shown === undefined
      ? Array.from(commandGroups, ([title, group]) => section(title, group))
      : [section("Commands", shown)];
  return [
    "Usage: taskprov COMMAND [options]",
    "",
    "Records what a task graph did, as W3C PROV provenance.",
    "",
    ...lists,
    "Options",
    ...columns([
      ["-V, --version", "show the version"],
      ["-h, --help", "show this text; after a command, its own"],
      ...logOptionsHelp,
    ]),
    "",
    "Exit status: 0 fine, 1 findings, 2 usage or unreadable input.",
    "",
  ].join("\n");
}

function section(title: string, entries: Iterable<readonly [string, CommandEntry]>): string {
  const rows = Array.from(entries, ([name, { summary }]) => [name, summary] as const);
  return [title, ...columns(rows), ""].join("\n");
}
