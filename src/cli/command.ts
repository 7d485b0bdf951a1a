import { parseArgs } from "node:util";
import { TaskprovError } from "../base/errors.js";
import { nearestName } from "../base/nearest-name.js";
import type { Io } from "./io.js";

/** An option of a command. */
export interface CommandOption {
  /** `boolean` options are `--name` (and `--no-name` where `negatable`), others take a value. */
  readonly type: "boolean" | "string";
  readonly short?: string;
  readonly multiple?: boolean;
  readonly negatable?: boolean;
  /** How the value is shown in the help: `FILE`. */
  readonly value?: string;
  /** One line for the help. */
  readonly help: string;
}

/** What the command line said, checked against the command. */
export interface Parsed {
  readonly positionals: readonly string[];
  /** The last value given, if any. */
  readonly text: (name: string) => string | undefined;
  /** Every value given, in order. */
  readonly texts: (name: string) => readonly string[];
  /** Undefined when it was not given. */
  readonly flag: (name: string) => boolean | undefined;
}

/** A command: what `--help` shows and what it does. */
export interface Command {
  /** As typed: `journal cat`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Positional arguments as shown: `JOURNAL`. */
  readonly arguments: string;
  /** How many positional arguments there may be. */
  readonly count: readonly [minimum: number, maximum: number];
  /** What it does, in a few lines. */
  readonly about: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Command lines that work. */
  readonly examples: readonly string[];
  /** Returns the exit status. */
  readonly run: (parsed: Parsed, io: Io) => Promise<number>;
}

/**
 * Reads a command's arguments.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` for an unknown option, a missing value, or too few or
 *   too many arguments.
 */
export function parseCommand(command: Command, args: readonly string[]): Parsed {
  const { values, positionals } = parsed(command, args);
  const [minimum, maximum] = command.count;
  if (positionals.length < minimum || positionals.length > maximum) {
    const problem = positionals.length < minimum ? "Too few arguments" : "Too many arguments";
    throw new TaskprovError(
      "ERR_USAGE",
      `${problem} for \`taskprov ${command.name} ${command.arguments}\`. See \`taskprov ${command.name} --help\`.`,
    );
  }
  const all = (name: string): readonly (string | boolean)[] => {
    const value = values[name];
    if (value === undefined) return [];
    return typeof value === "object" ? value : [value];
  };
  const textsOf = (name: string): readonly string[] =>
    all(name).filter((value) => typeof value === "string");
  return {
    positionals,
    texts: textsOf,
    text: (name) => textsOf(name).at(-1),
    flag: (name) => {
      if (all(`no-${name}`).length > 0) return false;
      return all(name).length > 0 ? true : undefined;
    },
  };
}

interface RawArguments {
  readonly values: Readonly<
    Record<string, string | boolean | readonly (string | boolean)[] | undefined>
  >;
  readonly positionals: readonly string[];
}

function parsed(command: Command, args: readonly string[]): RawArguments {
  const options = parserOptions(command);
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new TaskprovError("ERR_USAGE", usageProblem(cause, command, Object.keys(options)), {
      cause,
    });
  }
}

interface ParserOption {
  type: "boolean" | "string";
  multiple: boolean;
  short?: string;
}

function parserOptions(command: Command): Record<string, ParserOption> {
  const options: Record<string, ParserOption> = {};
  for (const [name, option] of Object.entries(command.options)) {
    const { type, short } = option;
    options[name] = { type, multiple: true, ...(short !== undefined && { short }) };
    if (option.negatable === true) options[`no-${name}`] = { type: "boolean", multiple: true };
  }
  return options;
}

function usageProblem(cause: unknown, command: Command, known: readonly string[]): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const unknown = /Unknown option '(-{1,2})([^']*)'/.exec(message);
  const help = `See \`taskprov ${command.name} --help\`.`;
  if (unknown === null) return `${message.split(". ")[0] ?? message}. ${help}`;
  const [, dashes, name = ""] = unknown;
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? help : `Did you mean --${nearest}? ${help}`;
  return `Unknown option ${dashes}${name} of \`taskprov ${command.name}\`. ${hint}`;
}

/** The text of `taskprov COMMAND --help`. */
export function commandHelp(command: Command): string {
  const usage = `taskprov ${command.name} ${command.arguments}`.trimEnd();
  const rows = Object.entries(command.options).map(
    ([name, option]) => [optionSyntax(name, option), option.help] as const,
  );
  rows.push(["-h, --help", "show this text"]);
  return [
    `Usage: ${usage} [options]`,
    "",
    command.about,
    "",
    "Options",
    ...columns(rows),
    "",
    command.examples.length === 1 ? "Example" : "Examples",
    ...command.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

function optionSyntax(name: string, option: CommandOption): string {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const long = option.negatable === true ? `--[no-]${name}` : `--${name}`;
  return short + (option.type === "string" ? `${long} ${option.value ?? "VALUE"}` : long);
}

/** Two columns, the first as wide as its longest entry, at most 34 characters. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) =>
    left.length > width
      ? `  ${left}\n  ${" ".repeat(width)}  ${right}`
      : `  ${left.padEnd(width)}  ${right}`,
  );
}
