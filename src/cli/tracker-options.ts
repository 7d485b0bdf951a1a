import { TaskprovError } from "../base/errors.js";
import { defaultOptions, type ProvTrackerOptions } from "../track/options.js";
import type { CommandOption, Parsed } from "./command.js";

/** The options that decide what a document says, with their help; names as in the API. */
const contentHelp: Readonly<Partial<Record<keyof ProvTrackerOptions, string>>> = {
  name: "label of the workflow activity",
  dialect: "spelling of the PROV-JSON: shared, portable or yprov",
  derivations: "write wasDerivedFrom between results and inputs",
  errorTracking: "attempt history and similar successful runs on failures",
  includeGroups: "only tasks whose group matches; repeat for several",
  excludeGroups: "no tasks whose group matches; repeat for several",
};

/** The command line's form of the tracker's options that change the document. */
export const contentOptions: Readonly<Record<string, CommandOption>> = Object.fromEntries(
  Object.entries(contentHelp).map(([name, help]) => [kebabCase(name), optionFor(name, help)]),
);

/** Reads tracker options back from the command line; options not given are left out. */
export function contentOptionsOf(parsed: Parsed): ProvTrackerOptions {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(contentHelp)) {
    const value = givenValue(name, parsed);
    if (value !== undefined) given[name] = value;
  }
  // Checked by settleOptions, which names the option and what it expects.
  return given;
}

function givenValue(name: string, parsed: Parsed): unknown {
  const option = kebabCase(name);
  const standard: unknown = Reflect.get(defaultOptions, name);
  if (typeof standard === "boolean") return parsed.flag(option);
  if (Array.isArray(standard)) {
    const values = parsed.texts(option);
    return values.length === 0 ? undefined : values;
  }
  return parsed.text(option);
}

function optionFor(name: string, help: string): CommandOption {
  const standard: unknown = Reflect.get(defaultOptions, name);
  if (typeof standard === "boolean") return { type: "boolean", negatable: true, help };
  if (Array.isArray(standard)) return { type: "string", multiple: true, value: "PATTERN", help };
  return { type: "string", value: name.toUpperCase(), help };
}

/** `keepTraceback` as `keep-traceback`. */
function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * The one positional argument of a command that reads a file.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` when it is missing.
 */
export function fileArgument(parsed: Parsed): string {
  const [file] = parsed.positionals;
  if (file === undefined) throw new TaskprovError("ERR_USAGE", "A file is missing.");
  return file;
}
