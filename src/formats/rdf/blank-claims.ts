import {
  blankNamespace,
  formalNames,
  isQualifiedName,
  type ProvRecord,
  type QualifiedName,
} from "../../prov/index.js";

/**
 * The blank ids that something refers to, each with the one relation that keeps it. The blank ids
 * of all other relations carry no meaning.
 */
export function blankClaims(records: readonly ProvRecord[]): ReadonlyMap<string, ProvRecord> {
  const referenced = new Set<string>();
  const claims = new Map<string, ProvRecord>();
  const refer = (name: QualifiedName | undefined): void => {
    if (name?.namespace.uri === blankNamespace.uri) {
      referenced.add(name.local);
    }
  };
  for (const record of records) {
    formalNames(record).forEach(refer);
    for (const [, value] of record.attributes) {
      if (typeof value === "object" && isQualifiedName(value)) {
        refer(value);
      }
    }
  }
  if (referenced.size === 0) {
    return claims;
  }
  for (const record of records) {
    const { id } = record;
    if (
      id?.namespace.uri === blankNamespace.uri &&
      referenced.has(id.local) &&
      !claims.has(id.local)
    ) {
      claims.set(id.local, record);
    }
  }
  return claims;
}
