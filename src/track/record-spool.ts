import { closeSync, mkdirSync, openSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { writeFully } from "../base/files.js";
import {
  anonymousId,
  type Dialect,
  documentHead,
  documentTail,
  memberSeparator,
  recordMember,
  sectionHead,
  sectionOrder,
  sectionTail,
} from "../formats/index.js";
import type { Namespace } from "../prov/names.js";
import type { ProvRecord, RecordKind } from "../prov/records.js";

/** Characters kept in memory before the spool goes to disk: small documents never do. */
const memoryChars = 4 << 20;
const readBytes = 1 << 18;

interface Section {
  /** Members not yet on disk, with their separators. */
  text: string;
  count: number;
  fd: number | undefined;
}

/**
 * Collects finished records, one part per PROV-JSON section, and joins the parts into the
 * document: memory does not grow with the number of records.
 */
export class RecordSpool {
  readonly #directory: string;
  readonly #dialect: Dialect;
  readonly #sections = new Map<RecordKind, Section>();
  #chars = 0;
  #onDisk = false;

  /**
   * @param directory - made when the first part is written to disk, and removed by `discard`.
   * @param dialect - how the document is spelt.
   */
  constructor(directory: string, dialect: Dialect) {
    this.#directory = directory;
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
    const member = recordMember(record, this.#dialect, anonymousId(record.kind, section.count));
    const text = section.count === 1 ? member : memberSeparator + member;
    section.text += text;
    this.#chars += text.length;
    if (this.#chars > memoryChars) this.#spill();
  }

  /** The whole document; call it once, after the last record. */
  *document(namespaces: readonly Namespace[]): Generator<string | Uint8Array, void, undefined> {
    yield documentHead(namespaces, this.#dialect);
    for (const kind of sectionOrder) {
      const section = this.#sections.get(kind);
      if (section === undefined) continue;
      yield sectionHead(kind);
      if (section.fd !== undefined) yield* chunksOf(section.fd);
      yield section.text;
      yield sectionTail;
    }
    yield documentTail;
  }

  /** Removes what is on disk. May be called twice. */
  discard(): void {
    for (const section of this.#sections.values()) {
      if (section.fd !== undefined) closeSync(section.fd);
    }
    this.#sections.clear();
    if (this.#onDisk) rmSync(this.#directory, { recursive: true, force: true });
    this.#onDisk = false;
  }

  #section(kind: RecordKind): Section {
    const known = this.#sections.get(kind);
    if (known !== undefined) return known;
    const section: Section = { text: "", count: 0, fd: undefined };
    this.#sections.set(kind, section);
    return section;
  }

  #spill(): void {
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      this.#onDisk = true;
      for (const [kind, section] of this.#sections) {
        section.fd ??= openSync(join(this.#directory, `${kind}.part`), "w+", 0o600);
        writeFully(section.fd, Buffer.from(section.text));
        section.text = "";
      }
    } catch (cause) {
      throw new TaskprovError(
        "ERR_DESTINATION",
        `Cannot write ${this.#directory}: ${fileProblem(cause)}`,
        { cause },
      );
    }
    this.#chars = 0;
  }
}

function* chunksOf(fd: number): Generator<Uint8Array, void, undefined> {
  let position = 0;
  for (;;) {
    const buffer = Buffer.allocUnsafe(readBytes);
    const count = readSync(fd, buffer, 0, readBytes, position);
    if (count === 0) return;
    position += count;
    yield buffer.subarray(0, count);
  }
}
