/** Paths that differ from machine to machine, and what stands for them. */
export type NamedPaths = Readonly<Record<string, string>>;

/**
 * Replaces in the text of a document what depends on the machine, and nothing else, so that a
 * golden file says the same everywhere:
 *
 * - the given paths, also in stack traces and in JSON inside JSON;
 * - host, user, process id, versions, path of Node;
 * - frames of stack traces in `dist` and in Node itself, which are left out: their lines change with
 *   every version;
 * - the commit, which is left out: a copy without `.git` has none.
 *
 * @param text - PROV-JSON as the tracker writes it.
 * @param paths - absolute paths by the name that replaces them, inner folders first.
 */
export function withoutMachineFacts(text: string, paths: NamedPaths): string {
  let result = text;
  for (const [name, found] of Object.entries({ ...paths, "/bin/node": process.execPath })) {
    result = result.replaceAll(found, name);
  }
  return result
    .replaceAll(/\\n {4}at [^\\]*?(?:\/dist\/[^\\"]*|node:[^\\"]*\))/g, "")
    .replaceAll(/"taskprov:host":\["[^"]*"\]/g, '"taskprov:host":["host"]')
    .replaceAll(/"run:user":\{"prov:label":"[^"]*"/g, '"run:user":{"prov:label":"user"')
    .replaceAll(/"taskprov:user":\["[^"]*"\]/g, '"taskprov:user":["user"]')
    .replaceAll(/"taskprov:pid":\[\{"\$":"\d+"/g, '"taskprov:pid":[{"$":"1"')
    .replaceAll(/"(taskprov|node) \d[^"]*"/g, '"$1 0.0.0"')
    .replaceAll(/,"taskprov:git(Commit|Remote)":\["[^"]*"\]/g, "")
    .replaceAll(/,"taskprov:gitDirty":\[\{[^}]*\}\]/g, "");
}
