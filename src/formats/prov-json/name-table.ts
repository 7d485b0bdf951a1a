import {
  datatypes,
  provNamespace,
  type QualifiedName,
  recordFormals,
  recordKinds,
  uriOf,
} from "../../prov/index.js";
import { ownText } from "../own-text.js";
import { hashText, type JsonCursor } from "./json-cursor.js";

/** What a datatype means for the value it stands beside. */
export type DatatypeRole = "literal" | "name" | "string" | "language";

/** A name as it is spelt in the text, and what it stands for in its scope. */
export interface NameEntry {
  readonly text: string;
  readonly hash: number;
  /** Absent when the text names nothing. */
  readonly name: QualifiedName | undefined;
  /** What is wrong (no name) or doubtful (name present) about the spelling. */
  readonly problem: string | undefined;
  /** Position among the formals of each record kind, in the order of `recordKinds`; -1 if none. */
  readonly slots: readonly number[];
  readonly datatype: DatatypeRole;
  /** Whether the schema of PROV-JSON takes it for a name, and for the same property as we do. */
  readonly isPlain: boolean;
  /** The number of the last record that had this attribute, to notice repeated keys. */
  lastRecord: number;
}

/** Turns a name's text into a name, or says why it cannot. */
export type ResolveName = (text: string) => {
  readonly name?: QualifiedName;
  readonly problem?: string;
};

// Bounds what a document of any size can make us keep. A long document names a thing again in its
// next section, after every other thing: what is kept for that long is copied and never found.
const maxEntries = 4096;
// Names this crowded are made on purpose; they are resolved but not kept.
const maxProbes = 64;

/** The names of one scope by their text: each is split and resolved once, and then shared. */
export class NameTable {
  readonly #resolve: ResolveName;
  #entries: (NameEntry | undefined)[] = new Array<NameEntry | undefined>(1024);
  #size: number = 0;

  constructor(resolve: ResolveName) {
    this.#resolve = resolve;
  }

  /** Forgets everything once too much is kept; not to be called in the middle of a record. */
  trim(): void {
    if (this.#size > maxEntries) {
      this.#entries.fill(undefined);
      this.#size = 0;
    }
  }

  /** The entry of the string that the cursor scanned last. */
  ofString(cursor: JsonCursor): NameEntry {
    return this.ofRange(cursor, cursor.start, cursor.end, cursor.hash, cursor.escaped);
  }

  /** The entry of a string that the cursor scanned before. */
  ofRange(
    cursor: JsonCursor,
    start: number,
    end: number,
    hash: number,
    escaped: boolean,
  ): NameEntry {
    return escaped
      ? this.ofText(cursor.textBetween(start, end, true))
      : this.#find(cursor.text, start, end, hash);
  }

  /** The entry of a text that does not stand in the cursor as it is. */
  ofText(text: string): NameEntry {
    return this.#find(text, 0, text.length, hashText(text));
  }

  #find(text: string, start: number, end: number, hash: number): NameEntry {
    const entries = this.#entries;
    const mask = entries.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let probes = 0; probes < maxProbes; probes++) {
      const entry = entries[slot];
      if (entry === undefined) {
        const added = this.#newEntry(ownText(text, start, end), hash);
        entries[slot] = added;
        this.#size += 1;
        if (this.#size * 2 > entries.length) {
          this.#grow();
        }
        return added;
      }
      if (
        entry.hash === hash &&
        entry.text.length === end - start &&
        text.startsWith(entry.text, start)
      ) {
        return entry;
      }
      slot = (slot + 1) & mask;
    }
    return this.#newEntry(ownText(text, start, end), hash);
  }

  #newEntry(text: string, hash: number): NameEntry {
    const { name, problem } = this.#resolve(text);
    const datatype = roleOf(name);
    const slots = slotsOf(name);
    const isPlain = isPlainName(text, name);
    return { text, hash, name, problem, slots, datatype, isPlain, lastRecord: -1 };
  }

  #grow(): void {
    const old = this.#entries;
    const entries = new Array<NameEntry | undefined>(old.length * 2);
    const mask = entries.length - 1;
    for (const entry of old) {
      if (entry !== undefined) {
        let slot = (entry.hash ^ (entry.hash >>> 15)) & mask;
        while (entries[slot] !== undefined) {
          slot = (slot + 1) & mask;
        }
        entries[slot] = entry;
      }
    }
    this.#entries = entries;
  }
}

// The schema knows prefixes by their spelling only.
function isPlainName(text: string, name: QualifiedName | undefined): boolean {
  const isProv = name?.namespace.uri === provNamespace.uri;
  return text !== "" && !text.startsWith(":") && (isProv || !text.startsWith("prov:"));
}

const noSlots: readonly number[] = recordKinds.map(() => -1);
const slotsByProperty: ReadonlyMap<string, readonly number[]> = new Map(
  [
    ...new Set(recordKinds.flatMap((kind) => recordFormals[kind].map(({ property }) => property))),
  ].map((property) => [
    property,
    recordKinds.map((kind) =>
      recordFormals[kind].findIndex((formal) => formal.property === property),
    ),
  ]),
);

function slotsOf(name: QualifiedName | undefined): readonly number[] {
  return name?.namespace.uri === provNamespace.uri
    ? (slotsByProperty.get(name.local) ?? noSlots)
    : noSlots;
}

const rdfUri = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const typeNamespaces: ReadonlySet<string> = new Set([
  provNamespace.uri,
  datatypes.string.namespace.uri,
  rdfUri,
]);
const roles: ReadonlyMap<string, DatatypeRole> = new Map<string, DatatypeRole>([
  [uriOf(datatypes.qName), "name"],
  [uriOf(datatypes.qualifiedName), "name"],
  // ProvToolbox before 0.6.
  [`${provNamespace.uri}QualifiedName`, "name"],
  [uriOf(datatypes.string), "string"],
  [uriOf(datatypes.internationalizedString), "language"],
  [`${rdfUri}langString`, "language"],
]);

function roleOf(name: QualifiedName | undefined): DatatypeRole {
  return name !== undefined && typeNamespaces.has(name.namespace.uri)
    ? (roles.get(uriOf(name)) ?? "literal")
    : "literal";
}
