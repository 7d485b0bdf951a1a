import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync } from "node:fs";
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

/** Bytes kept in memory before the spool goes to disk: small documents never do. */
const memoryBytes = 4 << 20;
const pieceBytes = 1 << 16;
const readBytes = 1 << 18;

/** Records of one kind, with their separators. */
interface Section {
  /** What is full and not yet on disk. */
  pieces: Uint8Array[];
  /**
   * What is being filled. Bytes, not text: a text put together from a million pieces is a million
   * objects to the garbage collector until it is written.
   */
  open: Buffer;
  used: number;
  count: number;
  fd: number | undefined;
}

/**
 * Collects finished records, one part per PROV-JSON section, and joins the parts into the
 * document: memory does not grow with the number of records.
 */
export class RecordSpool {
  readonly #stem: string;
  readonly #dialect: Dialect;
  readonly #sections = new Map<RecordKind, Section>();
  #bytes = 0;

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
    const member = recordMember(record, this.#dialect, anonymousId(record.kind, section.count));
    this.#bytes += append(section, section.count === 1 ? member : memberSeparator + member);
    if (this.#bytes > memoryBytes) this.#spill();
  }

  /** The whole document; call it once, after the last record. */
  *document(namespaces: readonly Namespace[]): Generator<string | Uint8Array, void, undefined> {
    yield documentHead(namespaces, this.#dialect);
    for (const kind of sectionOrder) {
      const section = this.#sections.get(kind);
      if (section === undefined) continue;
      yield sectionHead(kind);
      if (section.fd !== undefined) yield* chunksOf(section.fd);
      yield* section.pieces;
      yield section.open.subarray(0, section.used);
      yield sectionTail;
    }
    yield documentTail;
  }

  /** Gives back what is on disk. May be called twice. */
  discard(): void {
    for (const section of this.#sections.values()) {
      if (section.fd !== undefined) closeSync(section.fd);
    }
    this.#sections.clear();
  }

  #section(kind: RecordKind): Section {
    const known = this.#sections.get(kind);
    if (known !== undefined) return known;
    const section = {
      pieces: [],
      open: Buffer.allocUnsafeSlow(pieceBytes),
      used: 0,
      count: 0,
      fd: undefined,
    };
    this.#sections.set(kind, section);
    return section;
  }

  #spill(): void {
    try {
      for (const [kind, section] of this.#sections) {
        section.fd ??= openNameless(`${this.#stem}.${kind}`);
        for (const piece of section.pieces) writeFully(section.fd, piece);
        writeFully(section.fd, section.open.subarray(0, section.used));
        section.pieces = [];
        section.used = 0;
      }
    } catch (cause) {
      throw new TaskprovError(
        "ERR_DESTINATION",
        `Cannot write ${this.#stem}: ${fileProblem(cause)}`,
        { cause },
      );
    }
    this.#bytes = 0;
  }
}

/** A file without a name takes up no disk when the process dies, however it dies. */
function openNameless(path: string): number {
  const name = `${path}.${randomBytes(6).toString("hex")}.part`;
  const fd = openSync(name, "wx+", 0o600);
  unlinkSync(name);
  return fd;
}

/** Adds text to a section; the bytes it came to. */
function append(section: Section, text: string): number {
  // A UTF-16 unit takes at most three bytes.
  if (section.open.length - section.used < text.length * 3) {
    section.pieces.push(section.open.subarray(0, section.used));
    section.open = Buffer.allocUnsafeSlow(Math.max(pieceBytes, text.length * 3));
    section.used = 0;
  }
  const bytes = section.open.write(text, section.used);
  section.used += bytes;
  return bytes;
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
