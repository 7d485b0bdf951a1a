import { keyInId } from "./key-in-id.js";

/**
 * What a document of ours leaves to be understood, in one place for those who write and those who
 * read. Each of these stood in every task's records and could be read off another word there.
 *
 * | not written | when it is |
 * |---|---|
 * | `prov:label` of data, and of a first attempt | the key, and the id says the key letter by letter |
 * | `taskprov:status` | `ok`, beside `yprov4wfs:status` `success` |
 * | `yprov4wfs:level` of an attempt | `1` |
 * | `prov:time` of the generation of data and exceptions | the end of the activity |
 *
 * The yprov dialect writes all of it, for programs that look for yProv4DASK's attributes by name.
 */

/** `yprov4wfs:level` of an attempt. */
export const impliedLevel = "1";

/** `taskprov:status` by `yprov4wfs:status`, which is all that other people's documents have. */
export function impliedStatus(yprovStatus: string | undefined): "ok" | "error" | undefined {
  if (yprovStatus === "success") return "ok";
  return yprovStatus === "failure" ? "error" : undefined;
}

/** What is known of an attempt or of data. */
interface Facts {
  key: string | undefined;
  label: string | undefined;
}

/**
 * Puts in what is understood of an attempt or of data.
 *
 * @param uri - its full id.
 */
export function fillImplied(facts: Facts, uri: string): void {
  facts.key ??= keyInId(uri);
  facts.label ??= facts.key;
}
