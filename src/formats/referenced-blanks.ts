import { blankNamespace, formalNames, type ProvRecord, type QualifiedName } from "../prov/index.js";

/** The local names of the anonymous ids (`_:x`) that formal positions of records refer to. */
export function referencedBlanks(records: readonly ProvRecord[]): ReadonlySet<string> {
  const locals = new Set<string>();
  const note = (name: QualifiedName | undefined): void => {
    if (name?.namespace.uri === blankNamespace.uri) {
      locals.add(name.local);
    }
  };
  for (const record of records) {
    formalNames(record).forEach(note);
  }
  return locals;
}
