import { compileFnmatch } from "../base/fnmatch.js";

/**
 * Makes the test that tells which task groups a document shows.
 *
 * @param include - fnmatch patterns; empty: every group.
 * @param exclude - fnmatch patterns; they win.
 */
export function createGroupFilter(
  include: readonly string[],
  exclude: readonly string[],
): (group: string) => boolean {
  if (include.length === 0 && exclude.length === 0) return () => true;
  const included = include.map((pattern) => compileFnmatch(pattern));
  const excluded = exclude.map((pattern) => compileFnmatch(pattern));
  const known = new Map<string, boolean>();
  return (group) => {
    const before = known.get(group);
    if (before !== undefined) return before;
    const passes =
      !excluded.some((matches) => matches(group)) &&
      (included.length === 0 || included.some((matches) => matches(group)));
    // Groups can be as many as keys when keys have no tokens; the memory stays bounded.
    if (known.size < 10_000) known.set(group, passes);
    return passes;
  };
}
