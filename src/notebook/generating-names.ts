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

/** What a name says about a call to it. */
export type NameRule = "always" | "unless-compute-false";

/** The names in force; a method name is looked up by its last part. */
export interface GeneratingNames {
  /** Names that always generate, sorted. */
  readonly always: readonly string[];
  /** Names that generate unless called with a literal `compute=False`, sorted. */
  readonly unlessComputeFalse: readonly string[];
  /** What the user added and removed. */
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  /** The rule for a function name in a Python cell, or `undefined`. */
  inPython(name: string): NameRule | undefined;
  /** The same in a TypeScript or JavaScript cell, where `fireAndForget` is `fire_and_forget`. */
  inScript(name: string): NameRule | undefined;
}

const identifier = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/**
 * Applies changes to the list of generating names: `foo` or `+foo` adds a name, `-foo` removes one.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` for what is no identifier, for a name that is both
 * added and removed, or that is removed without being in the list.
 */
export function resolveNames(changes: readonly string[] = []): GeneratingNames {
  const { add, remove } = decodeChanges(changes);
  const rules = new Map<string, NameRule>();
  for (const name of unconditionalNames) rules.set(name, "always");
  for (const name of conditionalNames) rules.set(name, "unless-compute-false");
  for (const name of new Set(remove)) {
    if (add.includes(name)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `\`generatingNames\` both adds and removes ${JSON.stringify(name)}. Keep one of the two.`,
      );
    }
    if (!rules.delete(name)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `\`generatingNames\` removes ${JSON.stringify(name)}, which is not in the list: ${[...unconditionalNames, ...conditionalNames].join(", ")}.`,
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
    added: new Set(add),
    removed: new Set(remove),
    inPython: (name) => rules.get(name),
    inScript: (name) => script.get(name),
  };
}

/** Splits the command line's form of the changes: `+foo,-get`. */
export function splitNames(text: string): readonly string[] {
  return text.split(",").map((part) => part.trim());
}

function decodeChanges(changes: readonly unknown[]): { add: string[]; remove: string[] } {
  const add: string[] = [];
  const remove: string[] = [];
  for (const change of changes) {
    const name = typeof change === "string" ? change.replace(/^[+-]/, "").trim() : "";
    if (typeof change !== "string" || !identifier.test(name)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Expected \`generatingNames\` to hold function names without dots, such as "foo", "+foo" or "-get", got ${describe(change)}.`,
      );
    }
    (change.startsWith("-") ? remove : add).push(name);
  }
  return { add, remove };
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : `${String(value)} (${typeof value})`;
}

function camelCase(name: string): string {
  return name.replace(/(?<=[^_])_+([^_])/g, (_, letter: string) => letter.toUpperCase());
}
