import { dot } from "./dot/format.js";
import type { Format } from "./format.js";
import { nquads } from "./nquads/format.js";
import { provJson } from "./prov-json/format.js";
import { provJsonld } from "./prov-jsonld/format.js";
import { provN } from "./prov-n/format.js";
import { provXml } from "./prov-xml/format.js";
import { trig } from "./trig/format.js";
import { turtle } from "./turtle/format.js";

/** Every format there is; where two are equally likely, the first is guessed. */
export const formats: readonly Format[] = [
  provJson,
  provN,
  provXml,
  turtle,
  trig,
  nquads,
  provJsonld,
  dot,
];

/** The format of a name, or `undefined` when there is none. */
export function findFormat(name: string): Format | undefined {
  return formats.find((format) => format.name === name);
}

/**
 * The format of a file by its ending, or `undefined` when no format has it.
 *
 * @param file - a name or path; the case of letters does not matter.
 */
export function formatOfFile(file: string): Format | undefined {
  const name = file.toLowerCase();
  return formats.find(({ extensions }) => extensions.some((ending) => name.endsWith(ending)));
}

/**
 * The format that a text most probably is in, or `undefined` when it begins like none.
 *
 * @param head - the beginning of the text; a few thousand characters are enough.
 */
export function guessFormat(head: string): Format | undefined {
  const text = head.replace(/^\uFEFF?\s*/, "");
  let best: Format | undefined;
  let likelihood = 0;
  for (const format of formats) {
    const found = format.sniff?.(text) ?? 0;
    if (found > likelihood) {
      likelihood = found;
      best = format;
    }
  }
  return best;
}
