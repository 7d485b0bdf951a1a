import { TaskprovError } from "./errors.js";
import { nearestName } from "./nearest-name.js";

/** What an option must be, in words, and the test for it. */
export interface Expectation {
  /** Completes "Expected `name` to be …". */
  readonly words: string;
  readonly accepts: (value: unknown) => boolean;
}

/** `true` or `false`. */
export const aBoolean: Expectation = {
  words: "true or false",
  accepts: (value) => typeof value === "boolean",
};

/** Any string that is not empty. */
export const aText: Expectation = {
  words: "a non-empty string",
  accepts: (value) => typeof value === "string" && value !== "",
};

/** An array of non-empty strings; may be empty. */
export const texts: Expectation = {
  words: "an array of non-empty strings",
  accepts: (value) => Array.isArray(value) && value.every((item) => aText.accepts(item)),
};

/** One of some words. */
export function oneOf(words: readonly string[]): Expectation {
  return {
    words: `one of ${words.map((word) => `"${word}"`).join(", ")}`,
    accepts: (value) => typeof value === "string" && words.includes(value),
  };
}

/** An array of words out of a list, at least one. */
export function someOf(words: readonly string[]): Expectation {
  const one = oneOf(words);
  return {
    words: `an array with at least one of ${words.map((word) => `"${word}"`).join(", ")}`,
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(one.accepts),
  };
}

/** An integer in a closed range. */
export function anInteger(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Expectation {
  const upTo = maximum === Number.MAX_SAFE_INTEGER ? "up" : String(maximum);
  return {
    words: `an integer from ${minimum} to ${upTo}`.replace("to up", "up"),
    accepts: (value) =>
      typeof value === "number" &&
      Number.isSafeInteger(value) &&
      value >= minimum &&
      value <= maximum,
  };
}

/** Shows a value in a message: JSON where that works, cut at 80 characters. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol" || typeof value === "bigint") return String(value);
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
  } catch {
    // A cycle, or a getter or toJSON of the user's that throws: the type must do.
    return `a value of type ${typeof value}`;
  }
}

/**
 * Rejects unknown names and values that are not what is expected.
 *
 * @param given - what the caller passed; undefined values count as absent.
 * @param expected - every option there is.
 * @param what - what the options are of, for the message: "ProvTracker".
 * @throws {@link TaskprovError} `ERR_OPTION` for the first option that does not fit.
 */
export function checkOptions(
  given: unknown,
  expected: Readonly<Record<string, Expectation>>,
  what: string,
): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected the options of ${what} to be an object, got ${shown(given)}.`,
    );
  }
  for (const [name, value] of Object.entries(given)) {
    const expectation = Object.hasOwn(expected, name) ? expected[name] : undefined;
    if (expectation === undefined) {
      const nearest = nearestName(name, Object.keys(expected));
      const hint =
        nearest === undefined
          ? `Known options: ${Object.keys(expected).join(", ")}.`
          : `Did you mean \`${nearest}\`?`;
      throw new TaskprovError("ERR_OPTION", `Unknown option \`${name}\` of ${what}. ${hint}`);
    }
    if (value !== undefined && !expectation.accepts(value)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Expected \`${name}\` to be ${expectation.words}, got ${shown(value)} (${typeof value}).`,
      );
    }
  }
}
