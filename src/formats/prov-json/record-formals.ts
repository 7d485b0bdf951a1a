import {
  formalNames,
  formalTimes,
  type ProvRecord,
  type QualifiedName,
  type RecordKind,
  recordFormals,
} from "../../prov/index.js";
import { isUnknownArgument } from "../unknown-argument.js";
import type { MemberSink } from "./member-sink.js";
import {
  type MemberKey,
  memberKey,
  type SpellName,
  writeKey,
  writeName,
  writeString,
} from "./member-words.js";

/** Whether there were any. Names and times in PROV-N order, without lists made for the purpose. */
export function writeFormals(out: MemberSink, record: ProvRecord, spell: SpellName): boolean {
  const keys = formalKeys[record.kind];
  switch (record.kind) {
    case "entity":
    case "agent":
      return false;
    case "activity":
      return writeTime(out, keys[1], record.endTime, writeTime(out, keys[0], record.startTime));
    case "used": {
      const isBegun = writeFormal(out, keys[0], record.activity, spell);
      return writeTime(
        out,
        keys[2],
        record.time,
        writeFormal(out, keys[1], record.entity, spell, isBegun),
      );
    }
    case "wasGeneratedBy":
    case "wasInvalidatedBy": {
      const isBegun = writeFormal(out, keys[0], record.entity, spell);
      return writeTime(
        out,
        keys[2],
        record.time,
        writeFormal(out, keys[1], record.activity, spell, isBegun),
      );
    }
    case "wasInformedBy": {
      const isBegun = writeFormal(out, keys[0], record.informed, spell);
      return writeFormal(out, keys[1], record.informant, spell, isBegun);
    }
    case "wasAssociatedWith": {
      const isBegun = writeFormal(out, keys[0], record.activity, spell);
      return writeFormal(
        out,
        keys[2],
        record.plan,
        spell,
        writeFormal(out, keys[1], record.agent, spell, isBegun),
      );
    }
    default:
      return writeOtherFormals(out, record, spell);
  }
}

/** The same for kinds that a run has few of. */
function writeOtherFormals(out: MemberSink, record: ProvRecord, spell: SpellName): boolean {
  const keys = formalKeys[record.kind];
  const names = formalNames(record);
  let isBegun = false;
  names.forEach((name, i) => {
    isBegun = writeFormal(out, keys[i], name, spell, isBegun);
  });
  formalTimes(record).forEach((time, i) => {
    isBegun = writeTime(out, keys[names.length + i], time, isBegun);
  });
  return isBegun;
}

/** Whether the record has begun. */
function writeFormal(
  out: MemberSink,
  key: MemberKey | undefined,
  name: QualifiedName | undefined,
  spell: SpellName,
  isBegun = false,
): boolean {
  if (name === undefined || isUnknownArgument(name)) return isBegun;
  writeKey(out, key, isBegun);
  writeName(out, name, spell);
  return true;
}

/** Whether the record has begun. */
function writeTime(
  out: MemberSink,
  key: MemberKey | undefined,
  time: string | undefined,
  isBegun = false,
): boolean {
  if (time === undefined) return isBegun;
  writeKey(out, key, isBegun);
  writeString(out, time);
  return true;
}

const formalKeys: Readonly<Record<RecordKind, readonly MemberKey[]>> = keysOfFormals();

function keysOfFormals(): Record<RecordKind, readonly MemberKey[]> {
  const of = (kind: RecordKind): readonly MemberKey[] =>
    recordFormals[kind].map(({ property }) => memberKey(`prov:${property}`));
  return {
    entity: of("entity"),
    activity: of("activity"),
    agent: of("agent"),
    wasGeneratedBy: of("wasGeneratedBy"),
    used: of("used"),
    wasInformedBy: of("wasInformedBy"),
    wasStartedBy: of("wasStartedBy"),
    wasEndedBy: of("wasEndedBy"),
    wasInvalidatedBy: of("wasInvalidatedBy"),
    wasDerivedFrom: of("wasDerivedFrom"),
    wasAttributedTo: of("wasAttributedTo"),
    wasAssociatedWith: of("wasAssociatedWith"),
    actedOnBehalfOf: of("actedOnBehalfOf"),
    wasInfluencedBy: of("wasInfluencedBy"),
    specializationOf: of("specializationOf"),
    alternateOf: of("alternateOf"),
    hadMember: of("hadMember"),
    mentionOf: of("mentionOf"),
  };
}
