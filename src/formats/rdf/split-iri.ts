/**
 * Where the local part of an IRI begins for which no prefix is declared: after the last "#" or "/"
 * that leaves something behind it, else after the last ":".
 */
export function splitIri(iri: string): number {
  const before = iri.length - 2;
  const cut = Math.max(iri.lastIndexOf("#", before), iri.lastIndexOf("/", before));
  return (cut === -1 ? iri.lastIndexOf(":", before) : cut) + 1;
}
