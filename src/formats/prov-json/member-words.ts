import { type Namespace, nameText, type QualifiedName } from "../../prov/index.js";
import { jsonString } from "./json-text.js";
import type { MemberSink } from "./member-sink.js";

/** Spells a name as `prefix:local`; {@link nameText} where all prefixes are fit to be written. */
export type SpellName = (name: QualifiedName) => string;

/** The key of a member, with what separates it from the one before. */
export interface MemberKey {
  /** `"prefix:local":` */
  readonly first: string;
  /** `,"prefix:local":` */
  readonly next: string;
}

export function memberKey(name: string): MemberKey {
  const first = `${jsonString(name)}:`;
  return { first, next: `,${first}` };
}

export function writeKey(out: MemberSink, key: MemberKey | undefined, isBegun: boolean): void {
  if (key !== undefined) out.add(isBegun ? key.next : key.first);
}

export function writeString(out: MemberSink, text: string): void {
  out.add('"');
  out.addEscaped(text);
  out.add('"');
}

/** `"prefix:`; a document has a few, and writes them a million times. */
const nameBeginnings = new WeakMap<Namespace, string>();

/** A name as a JSON string. */
export function writeName(out: MemberSink, name: QualifiedName, spell: SpellName): void {
  if (spell !== nameText) {
    writeString(out, spell(name));
    return;
  }
  const { namespace, local } = name;
  let beginning = nameBeginnings.get(namespace);
  if (beginning === undefined) {
    const { prefix } = namespace;
    beginning = prefix === "" ? '"' : `${jsonString(prefix).slice(0, -1)}:`;
    nameBeginnings.set(namespace, beginning);
  }
  out.add(beginning);
  out.addEscaped(local);
  out.add('"');
}
