import { TaskprovError } from "../base/errors.js";

/**
 * Function names whose call always creates tasks: the list of yProv4DASK's README, and
 * `apply_ufunc`, which its release 1.0 counts as well.
 */
const unconditionalNames: readonly string[] = [
  "apply_ufunc",
  "compute",
  "fire_and_forget",
  "get",
  "hvplot",
  "load",
  "persist",
  "plot",
  "submit",
];

/**
 * Function names with a `compute` argument: with a literal `compute=False` they return a delayed
 * value instead of creating tasks.
 */
const conditionalNames: readonly string[] = [
  "store",
  "to_hdf5",
  "to_netcdf",
  "to_tiledb",
  "to_zarr",
];

/** Changes to the list of generating function names. */
export interface NameEdits {
  /** Names that count as well, whatever their arguments. Default: none. */
  readonly add?: readonly string[];
  /** Names of the list that do not count. Default: none. */
  readonly remove?: readonly string[];
}

/** What a name says about a call to it. */
export type NameRule = "always" | "unless-compute-false";

/** The names in force; a method name is looked up by its last part. */
export interface GeneratingNames {
  /** Names that always generate, sorted. */
  readonly always: readonly string[];
  /** Names that generate unless called with a literal `compute=False`, sorted. */
  readonly unlessComputeFalse: readonly string[];
  /** The rule for a function name in a Python cell, or `undefined`. */
  inPython(name: string): NameRule | undefined;
  /** The same in a TypeScript or JavaScript cell, where `fireAndForget` is `fire_and_forget`. */
  inScript(name: string): NameRule | undefined;
}

const identifier = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/**
 * Applies changes to the list of generating names.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` for a name that is no identifier, that is both added
 * and removed, or that is removed without being in the list.
 */
export function resolveNames(edits: NameEdits = {}): GeneratingNames {
  const { add, remove } = decodeEdits(edits);
  const rules = new Map<string, NameRule>();
  for (const name of unconditionalNames) rules.set(name, "always");
  for (const name of conditionalNames) rules.set(name, "unless-compute-false");
  for (const name of remove) {
    if (add.includes(name)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `\`names\` both adds and removes ${JSON.stringify(name)}. Keep one of the two.`,
      );
    }
    if (!rules.delete(name)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `\`names.remove\` names ${JSON.stringify(name)}, which is not in the list: ${[...unconditionalNames, ...conditionalNames].join(", ")}.`,
      );
    }
  }
  for (const name of add) if (!rules.has(name)) rules.set(name, "always");

  const script = new Map<string, NameRule>();
  for (const [name, rule] of rules) script.set(camelCase(name), rule);
  for (const [name, rule] of rules) script.set(name, rule);
  const named = (wanted: NameRule): string[] =>
    [...rules].flatMap(([name, rule]) => (rule === wanted ? [name] : [])).sort();
  return {
    always: named("always"),
    unlessComputeFalse: named("unless-compute-false"),
    inPython: (name) => rules.get(name),
    inScript: (name) => script.get(name),
  };
}

/**
 * Reads the command line's form of {@link NameEdits}: `+foo,-get` adds `foo` and removes `get`;
 * a name without sign is added.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` for anything that is not a name.
 */
export function parseNameEdits(text: string): NameEdits {
  const add: string[] = [];
  const remove: string[] = [];
  for (const part of text.split(",")) {
    const entry = part.trim();
    const name = entry.replace(/^[+-]/, "").trim();
    if (!identifier.test(name)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Expected function names such as "+foo,-get", got ${JSON.stringify(entry)} in ${JSON.stringify(text)}.`,
      );
    }
    (entry.startsWith("-") ? remove : add).push(name);
  }
  return { add, remove };
}

function decodeEdits(edits: unknown): Required<NameEdits> {
  if (typeof edits !== "object" || edits === null || Array.isArray(edits)) {
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected \`names\` to be an object such as {add: ["foo"], remove: ["get"]}, got ${describe(edits)}.`,
    );
  }
  const lists = { add: [] as string[], remove: [] as string[] };
  for (const [key, list] of Object.entries(edits)) {
    if (key !== "add" && key !== "remove") {
      throw new TaskprovError(
        "ERR_OPTION",
        `\`names\` has no part ${JSON.stringify(key)}; it has \`add\` and \`remove\`.`,
      );
    }
    if (list === undefined) continue;
    if (!Array.isArray(list)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Expected \`names.${key}\` to be a list of function names, got ${describe(list)}.`,
      );
    }
    for (const name of list) {
      if (typeof name !== "string" || !identifier.test(name)) {
        throw new TaskprovError(
          "ERR_OPTION",
          `Expected \`names.${key}\` to hold function names without dots, got ${describe(name)}.`,
        );
      }
      lists[key].push(name);
    }
  }
  return lists;
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : `${String(value)} (${typeof value})`;
}

function camelCase(name: string): string {
  return name.replace(/(?<=[^_])_+([^_])/g, (_, letter: string) => letter.toUpperCase());
}
