import type { RecordKind } from "../../prov/records.js";

const abbreviations: Readonly<Record<RecordKind, string>> = {
  entity: "e",
  activity: "a",
  agent: "ag",
  wasGeneratedBy: "wGB",
  used: "u",
  wasInformedBy: "wIB",
  wasStartedBy: "wSB",
  wasEndedBy: "wEB",
  wasInvalidatedBy: "wInv",
  wasDerivedFrom: "wDF",
  wasAttributedTo: "wAT",
  wasAssociatedWith: "wAW",
  actedOnBehalfOf: "aOBO",
  wasInfluencedBy: "wInf",
  specializationOf: "sO",
  alternateOf: "aO",
  hadMember: "hM",
  mentionOf: "mO",
};

/**
 * The key of the nth anonymous record of a kind (`_:u1`), unique within one document or bundle.
 *
 * @param n - counts the anonymous records of that kind in the order they are written, from 1.
 */
export function anonymousId(kind: RecordKind, n: number): string {
  return `_:${abbreviations[kind]}${n}`;
}
