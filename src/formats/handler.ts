import type {
  Namespace,
  ProvRecord,
  QualifiedName,
  RecordKind,
  RecordParts,
} from "../prov/index.js";
import type { Place } from "./finding.js";

/** Where the record being delivered stands, as far as its format knows; ask during the call only. */
export interface RecordWhereabouts {
  /** Where it begins. Costs a pass over the text since the last question. */
  place(): Place | undefined;
  /** Its JSON pointer, for example `/activity/ex:a`; `undefined` where the format is not JSON. */
  path(): string | undefined;
  /** In PROV-JSON, the pointer of its section, for example `/activity`: the path is this and the key. */
  section?(): string;
  /** In PROV-JSON, its key in the section, for example `ex:a`. Costs less than the path. */
  key?(): string;
}

/** The same in PROV-JSON, where both are known. */
export interface RecordPlace extends RecordWhereabouts {
  place(): Place;
  path(): string;
  section(): string;
  key(): string;
}

/**
 * Takes a document apart, one piece at a time.
 *
 * Namespaces come before the records that may use them, the records of a bundle between
 * `startBundle` and `endBundle`. What these methods throw ends the reading.
 */
export interface ProvHandler {
  /** A record; its strings are its own and may be kept. */
  record(record: ProvRecord, at: RecordWhereabouts): void;
  /**
   * PROV-JSON only: takes a record instead of `record`, without one being made. The parts are good
   * during the call, their strings, names and attributes may be kept.
   */
  parts?(parts: RecordParts, at: RecordWhereabouts): void;
  /** A declared prefix (`""` for the default namespace) of the document or the open bundle. */
  namespace?(namespace: Namespace): void;
  startBundle?(id: QualifiedName): void;
  endBundle?(id: QualifiedName): void;
  /**
   * PROV-JSON only: the text of a member of a record section, `"id": {…}`, before its records are
   * delivered.
   *
   * @param kind - the section.
   */
  member?(kind: RecordKind, text: string, at: RecordPlace): void;
  /**
   * PROV-JSON only: like `member`, told of those members only that the reader did not reject and
   * that have a form which may break the schema of PROV-JSON. Most have none.
   */
  oddMember?(kind: RecordKind, text: string, at: RecordPlace): void;
  /**
   * A section that is not of PROV-DM, for example PROV-Dictionary's `hadDictionaryMember`, of the
   * document or the open bundle.
   *
   * @param json - its value as PROV-JSON writes it.
   */
  extraSection?(name: string, json: string): void;
}
