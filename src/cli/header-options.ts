import { TaskprovError } from "../base/errors.js";

/**
 * HTTP headers from `--header NAME=VALUE` and from a variable as OpenTelemetry has it, pairs with
 * commas between them and percent-encoded values; options win.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` for an option without `=`.
 */
export function headersOf(
  options: readonly string[],
  variable: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of variable?.split(",") ?? []) {
    const [name, value] = splitPair(pair);
    if (value !== undefined) headers[name.toLowerCase()] = decoded(value);
  }
  for (const [index, pair] of options.entries()) {
    const [name, value] = splitPair(pair);
    if (value === undefined) {
      // The text itself may be a secret.
      throw new TaskprovError("ERR_USAGE", `--header ${index + 1} is not of the form NAME=VALUE.`);
    }
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function splitPair(pair: string): [name: string, value: string | undefined] {
  const at = pair.indexOf("=");
  if (at <= 0) return [pair.trim(), undefined];
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return value;
  }
}
