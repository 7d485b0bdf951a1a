/** The address of the context of PROV-JSONLD, which we write and never fetch. */
export const contextUrl = "https://openprovenance.org/prov-jsonld/context.jsonld";

const knownContext =
  /^https?:\/\/(?:www\.)?openprovenance\.org\/(?:ns\/)?prov[-.]?jsonld(?:\.json(?:ld)?|\/[\w./-]*)?$/i;

/**
 * Whether an address is that of a context of PROV-JSONLD: the one of the submission, its dated
 * editions, and those of older ProvToolbox releases. Their terms are built in.
 */
export function isKnownContext(url: string): boolean {
  return knownContext.test(url);
}
