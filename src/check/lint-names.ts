/** A check beside PROV-CONSTRAINTS that can be turned on and off. */
export interface Lint {
  readonly name: LintName;
  /** One sentence: what it warns of. */
  readonly summary: string;
  /** Whether it runs unless it is turned off. */
  readonly isDefault: boolean;
}

/** The names of the lints. */
export type LintName =
  | "undeclared"
  | "clock-order"
  | "plain-string-type"
  | "suspicious-name"
  | "literal-form"
  | "dropped-dates";

/** Every lint, in the order in which `taskprov check --list` shows them. */
export const lints: readonly Lint[] = [
  {
    name: "undeclared",
    summary: "a relation refers to what no record declares; some readers drop such relations",
    isDefault: true,
  },
  {
    name: "clock-order",
    summary: "times contradict the order of events, which the constraints do not look at",
    isDefault: true,
  },
  {
    name: "plain-string-type",
    summary: "a prov:type is a plain string that looks like a name, so that tools see no type",
    isDefault: true,
  },
  {
    name: "suspicious-name",
    summary: "a name looks like an accident: None, white space, a namespace without # or /",
    isDefault: true,
  },
  {
    name: "literal-form",
    summary: "a literal does not fit its XML Schema datatype, on which many tools fail",
    isDefault: true,
  },
  {
    name: "dropped-dates",
    summary: "times that some tools drop, shorten or take for local time",
    isDefault: false,
  },
];

/** The name of the rule of `--for READER`. */
export const portabilityRule = "non-portable";

/** A reader of PROV documents whose peculiarities are known. */
export type ReaderName = "provtoolbox" | "prov-py" | "yprov-explorer" | "yprovstore";

/** Every reader that `--for` knows. */
export const readerNames: readonly ReaderName[] = [
  "provtoolbox",
  "prov-py",
  "yprov-explorer",
  "yprovstore",
];

/** The lints that are on, given what was turned on and off. */
export function activeLints(
  choices: Readonly<Partial<Record<LintName, boolean>>>,
): ReadonlySet<LintName> {
  return new Set(
    lints.filter(({ name, isDefault }) => choices[name] ?? isDefault).map(({ name }) => name),
  );
}
