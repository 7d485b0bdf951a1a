import type { RecordKind } from "../../prov/records.js";

/** One letter each: the digits that follow have letters too, and no two ids may meet. */
const letters: Readonly<Record<RecordKind, string>> = {
  entity: "e",
  activity: "a",
  agent: "n",
  wasGeneratedBy: "g",
  used: "u",
  wasInformedBy: "i",
  wasStartedBy: "s",
  wasEndedBy: "x",
  wasInvalidatedBy: "v",
  wasDerivedFrom: "d",
  wasAttributedTo: "t",
  wasAssociatedWith: "w",
  actedOnBehalfOf: "b",
  wasInfluencedBy: "f",
  specializationOf: "p",
  alternateOf: "l",
  hadMember: "m",
  mentionOf: "o",
};

/**
 * The key of the nth anonymous record of a kind (`_:u1`, `_:ua`), unique within one document or
 * bundle. Short, because a document of a large run has millions: a letter and the number to the
 * base 36.
 *
 * @param n - counts the anonymous records of that kind in the order they are written, from 1.
 */
export function anonymousId(kind: RecordKind, n: number): string {
  return `_:${letters[kind]}${n.toString(36)}`;
}
