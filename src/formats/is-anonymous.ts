import { blankNamespace, isElementKind, type ProvRecord } from "../prov/index.js";

/** Tells whether a record has no identity of its own: a relation without id or with a `_:` id. */
export function isAnonymous({ id, kind }: ProvRecord): boolean {
  return id === undefined || (id.namespace.uri === blankNamespace.uri && !isElementKind(kind));
}
