import {
  anonymousId,
  type Dialect,
  documentHead,
  documentTail,
  memberSeparator,
  sectionHead,
  sectionOrder,
  sectionTail,
} from "../formats/index.js";
import { writeMember } from "../formats/prov-json/record-member.js";
import type { Namespace } from "../prov/names.js";
import type { ProvRecord, RecordKind } from "../prov/records.js";
import { SectionBytes } from "./section-bytes.js";

/** Records of one kind, with their separators. */
interface Section {
  readonly bytes: SectionBytes;
  count: number;
}

/**
 * Collects finished records, one part per PROV-JSON section, and joins the parts into the
 * document: memory does not grow with the number of records.
 */
export class RecordSpool {
  readonly #stem: string;
  readonly #dialect: Dialect;
  readonly #sections = new Map<RecordKind, Section>();

  /**
   * @param stem - path with which the names of the parts begin that go to disk.
   * @param dialect - how the document is spelt.
   */
  constructor(stem: string, dialect: Dialect) {
    this.#stem = stem;
    this.#dialect = dialect;
  }

  /**
   * Adds a record; ids must be unique within a kind.
   *
   * @throws {@link TaskprovError} `ERR_DESTINATION` when a part cannot be written.
   */
  add(record: ProvRecord): void {
    const section = this.#section(record.kind);
    section.count++;
    if (section.count > 1) section.bytes.add(memberSeparator);
    writeMember(section.bytes, record, this.#dialect, anonymousId(record.kind, section.count));
  }

  /** The whole document; call it once, after the last record. */
  *document(namespaces: readonly Namespace[]): Generator<string | Uint8Array, void, undefined> {
    yield documentHead(namespaces, this.#dialect);
    for (const kind of sectionOrder) {
      const section = this.#sections.get(kind);
      if (section === undefined) continue;
      yield sectionHead(kind);
      yield* section.bytes.all();
      yield sectionTail;
    }
    yield documentTail;
  }

  /** Gives back what is on disk. May be called twice. */
  discard(): void {
    for (const { bytes } of this.#sections.values()) bytes.discard();
    this.#sections.clear();
  }

  #section(kind: RecordKind): Section {
    const known = this.#sections.get(kind);
    if (known !== undefined) return known;
    const section = { bytes: new SectionBytes(`${this.#stem}.${kind}`), count: 0 };
    this.#sections.set(kind, section);
    return section;
  }
}
