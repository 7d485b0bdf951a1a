import { TaskprovError } from "../base/errors.js";
import {
  isLogged,
  logFormats,
  logLine,
  logThresholds,
  type MessageLevel,
  setLog,
  unknownWord,
} from "../base/log.js";
import type { CommandOption } from "./command.js";
import type { Io } from "./io.js";

/** What the options of taskprov's own lines are, for the help. */
export const logOptionsHelp: readonly (readonly [string, string])[] = [
  ["--log-level LEVEL", "taskprov's own lines from this level on: debug, info (default),"],
  ["", "warning, error, none; variable TASKPROV_LOG"],
  ["--log-format FORMAT", "of these lines: text (default) or json; variable TASKPROV_LOG_FORMAT"],
];

/** `--json` of commands that print nothing but taskprov's own lines. */
export const jsonLogOption: CommandOption = {
  type: "boolean",
  help: "taskprov's own lines on standard error as JSON, as --log-format json",
};

/**
 * Sets taskprov's own lines as a command line says; its options may stand anywhere before `--`.
 *
 * @returns the other arguments.
 * @throws {@link TaskprovError} `ERR_USAGE` for a word that is none of those there are.
 */
export function takeLogOptions(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  const rest: string[] = [];
  const given = new Map<string, string>();
  for (let i = 0; i < own.length; i++) {
    const arg = own[i] ?? "";
    const [name = "", value] = /^(--log-(?:level|format))(?:=(.*))?$/su.exec(arg)?.slice(1) ?? [];
    if (name === "") rest.push(arg);
    else given.set(name, value ?? own[++i] ?? "");
  }
  setLog({
    level: wordOf("--log-level", given, logThresholds),
    format: wordOf("--log-format", given, logFormats),
  });
  return end < 0 ? rest : [...rest, ...args.slice(end)];
}

function wordOf<T extends string>(
  name: string,
  given: ReadonlyMap<string, string>,
  known: readonly T[],
): T | undefined {
  const word = given.get(name);
  if (word === undefined) return undefined;
  const found = known.find((each) => each === word);
  if (found !== undefined) return found;
  throw new TaskprovError("ERR_USAGE", unknownWord(name, word, known));
}

/** The same streams; lines to standard error go by their level and look as asked for. */
export function withLog(io: Io): Io {
  return {
    ...io,
    note: (line: string, level: MessageLevel = "info") => {
      const shown = logLine(level, line);
      if (shown !== undefined) io.note(shown);
    },
    progress: (line) => {
      if (isLogged("info")) io.progress(line);
    },
  };
}
