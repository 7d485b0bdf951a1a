import type { Encoded } from "../describe/encoded.js";

/**
 * Whether a key's name, and so every id made of it, is the key letter by letter. Such ids say the
 * key; {@link keyInId} reads it.
 *
 * @param name - what `keyName` gives for the key.
 */
export function isInItsIds(key: Encoded, name: string): boolean {
  return key === name;
}

const attemptOrData = /#(?:task|data)\/([A-Za-z_][A-Za-z0-9_-]*)(?:\.g?\d+)?$/;

/**
 * The key that the id of an attempt or of data says letter by letter; undefined where it is escaped
 * (`taskprov:key` has it then), and for the ids of anything else.
 *
 * @param uri - the full id.
 */
export function keyInId(uri: string): string | undefined {
  const name = attemptOrData.exec(uri)?.[1];
  return name === undefined || name.includes("_x") ? undefined : name;
}
