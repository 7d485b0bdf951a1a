import { compileFnmatch, foldCase, hasWildcard } from "../base/fnmatch.js";
import { redactAssignments } from "./redact-assignments.js";

/** Stands wherever something was taken out of a text. */
export const redactedText = "[redacted]";

/** Removes what the user does not want recorded, before anything reaches the journal. */
export interface Redactor {
  /** False when there are no patterns and nothing is ever removed. */
  readonly active: boolean;
  /** Tells whether the value of an argument, option or variable of this name is not recorded. */
  redactsName(name: string): boolean;
  /**
   * Removes secrets from free text: the literal patterns themselves, and the value in
   * `name=value`, `name: value`, `--name value` and `"name": "value"` where the name matches.
   *
   * @param text - any text.
   * @param maxChars - look at so many characters only and drop the rest, also what may be the
   * beginning of a secret that was cut apart there. Default: all of it.
   */
  redactText(text: string, maxChars?: number): string;
  /** Removes secrets from a command line; the value after `--name` goes as well. */
  redactArgv(argv: readonly string[]): string[];
}

/** Longer runs of name characters are data, not names. */
const maxNameChars = 1000;

/**
 * Compiles patterns into a {@link Redactor}.
 *
 * Patterns are those of {@link compileFnmatch}, in upper or lower case alike, matched against names
 * (`-` counts as `_`, so that `*api_key*` finds `--api-key`). A pattern without `*`, `?` and `[` is
 * also removed wherever it stands in a text. Nothing is a regular expression, and time is
 * proportional to the length of the text.
 *
 * @param patterns - for example `["*password*", "hunter2"]`; empty ones are ignored.
 */
export function createRedactor(patterns: readonly string[]): Redactor {
  const given = patterns.filter((pattern) => pattern !== "");
  const matchers = given.map((pattern) => compileFnmatch(pattern, { ignoreCase: true }));
  const literals = given.filter((pattern) => !hasWildcard(pattern)).map(foldCase);
  // A secret that holds another one goes as a whole.
  literals.sort((a, b) => b.length - a.length);
  const longest = literals[0]?.length ?? 0;
  const matches = (name: string): boolean => matchers.some((matcher) => matcher(name));

  const redactsName = (name: string): boolean => {
    if (given.length === 0 || name.length > maxNameChars) return false;
    return matches(name) || (name.includes("-") && matches(name.replaceAll("-", "_")));
  };
  const redactText = (text: string, maxChars: number = Number.POSITIVE_INFINITY): string => {
    const isCut = text.length > maxChars;
    const seen = isCut ? text.slice(0, maxChars) : text;
    if (given.length === 0) return seen;
    const clean = redactAssignments(redactLiterals(seen, literals), redactsName);
    return isCut && longest > 1 ? clean.slice(0, Math.max(0, clean.length - longest)) : clean;
  };
  return {
    active: given.length > 0,
    redactsName,
    redactText,
    redactArgv: (argv) => redactArgv(argv, redactsName, redactText),
  };
}

function redactLiterals(text: string, literals: readonly string[]): string {
  let result = text;
  for (const literal of literals) {
    const folded = foldCase(result);
    let found = folded.indexOf(literal);
    if (found < 0) continue;
    const parts: string[] = [];
    let from = 0;
    while (found >= 0) {
      parts.push(result.slice(from, found));
      from = found + literal.length;
      found = folded.indexOf(literal, from);
    }
    parts.push(result.slice(from));
    result = parts.join(redactedText);
  }
  return result;
}

function redactArgv(
  argv: readonly string[],
  redactsName: (name: string) => boolean,
  redactText: (text: string) => string,
): string[] {
  const result: string[] = [];
  let expectsValue = false;
  for (const argument of argv) {
    if (expectsValue && !argument.startsWith("-")) {
      result.push(redactedText);
      expectsValue = false;
      continue;
    }
    const equals = argument.indexOf("=");
    const name = (equals < 0 ? argument : argument.slice(0, equals)).replace(/^--?/, "");
    const isSecret = name !== "" && redactsName(name);
    expectsValue = isSecret && equals < 0 && argument.startsWith("-");
    result.push(
      isSecret && equals >= 0
        ? `${argument.slice(0, equals + 1)}${redactedText}`
        : redactText(argument),
    );
  }
  return result;
}
