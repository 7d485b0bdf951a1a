import { nameText, type ProvRecord } from "../../prov/index.js";
import { isAnonymous } from "../is-anonymous.js";
import { type MemberSink, MemberText } from "./member-sink.js";
import { type SpellName, writeName, writeString } from "./member-words.js";
import { type Spelling, writeAttributes } from "./record-attributes.js";
import { writeFormals } from "./record-formals.js";

/**
 * One record as a member of its PROV-JSON section: `"id":{…}`, on one line, without separator.
 *
 * Members written this way, joined with the texts of `layout.ts` in `sectionOrder`, are byte for
 * byte what `writeProvJson` yields for the same records.
 *
 * @param anonymousId - the key of a record without id or with a `_:` id (see `anonymousId`).
 * @param spell - how names are spelt; by default with their own prefix, which must then be
 *   declared in the head and must not be the default one.
 * @throws {@link DocumentError} when an attribute bears the name of a formal property.
 */
export function recordMember(
  record: ProvRecord,
  dialect: Spelling,
  anonymousId: string,
  spell: SpellName = nameText,
): string {
  const out = new MemberText();
  writeMember(out, record, dialect, anonymousId, spell);
  return out.text;
}

/** The object of one record, `{…}`, without its key. */
export function recordBody(record: ProvRecord, dialect: Spelling, spell: SpellName): string {
  const out = new MemberText();
  writeBody(out, record, dialect, spell);
  return out.text;
}

/** Writes what {@link recordMember} gives, piece by piece. */
export function writeMember(
  out: MemberSink,
  record: ProvRecord,
  dialect: Spelling,
  anonymousId: string,
  spell: SpellName = nameText,
): void {
  const { id } = record;
  if (id === undefined || isAnonymous(record)) writeString(out, anonymousId);
  else writeName(out, id, spell);
  out.add(":");
  writeBody(out, record, dialect, spell);
}

function writeBody(out: MemberSink, record: ProvRecord, dialect: Spelling, spell: SpellName): void {
  out.add("{");
  const isBegun = writeFormals(out, record, spell);
  writeAttributes(out, record, dialect, spell, isBegun);
  out.add("}");
}
