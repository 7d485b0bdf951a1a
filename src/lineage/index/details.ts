import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TaskprovError } from "../../base/errors.js";
import { fileProblem } from "../../base/file-problem.js";
import { writeFully } from "../../base/files.js";
import { type ByteChunks, parseProvJson } from "../../formats/index.js";
import { type Namespace, uriOf } from "../../prov/names.js";
import type { ProvRecord } from "../../prov/records.js";
import { elementKindOf } from "./index-builder.js";
import type { LineageIndex } from "./lineage-index.js";

/** Where the texts of records can be read again. */
export interface DetailStore {
  /** The text of a member, `"id":{…}`. */
  readonly read: (at: number, bytes: number) => string;
  readonly close: () => void;
}

/** The texts of the records of a document, in the document's own file. */
export function fileDetails(path: string, offset: number = 0): DetailStore {
  const fd = attempt(path, () => openSync(path, "r"));
  let open = true;
  return {
    read: (at, bytes) => {
      if (!open) throw new TaskprovError("ERR_CLOSED", `The lineage of ${path} is closed.`);
      const buffer = Buffer.allocUnsafe(bytes);
      let done = 0;
      while (done < bytes) {
        const from = offset + at + done;
        const got = attempt(path, () => readSync(fd, buffer, done, bytes - done, from));
        if (got === 0) throw changed(path);
        done += got;
      }
      return buffer.toString("utf8");
    },
    close: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

/** The message for a file that is not what it was when it was read. */
function changed(path: string): TaskprovError {
  return new TaskprovError("ERR_FILE", `${path} changed while it was read. Ask again.`);
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new TaskprovError("ERR_FILE", `Cannot read ${path}: ${fileProblem(cause)}`, { cause });
  }
}

const memoryBytes = 1 << 26;

/** Takes the texts of records that no file holds; beyond 64 MiB they go to a temporary file. */
export class DetailSpool {
  #chunks: Buffer[] = [];
  #pending: string[] = [];
  #pendingBytes = 0;
  #length = 0;
  #flushed = 0;
  #folder: string | undefined;
  #fd: number | undefined;

  /** Adds a text; returns where it lies. */
  add(text: string): { readonly at: number; readonly bytes: number } {
    const bytes = Buffer.byteLength(text);
    const at = this.#length;
    this.#pending.push(text);
    this.#pendingBytes += bytes;
    this.#length += bytes;
    if (this.#pendingBytes >= 1 << 20) this.#gather();
    return { at, bytes };
  }

  /** Every byte, in pieces. */
  *bytes(): Generator<Uint8Array, void, undefined> {
    this.#gather();
    if (this.#fd !== undefined) {
      for (let at = 0; at < this.#flushed; ) {
        const piece = Buffer.allocUnsafe(Math.min(1 << 20, this.#flushed - at));
        at += readSync(this.#fd, piece, 0, piece.length, at);
        yield piece;
      }
    }
    yield* this.#chunks;
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** The texts, to be read. */
  store(): DetailStore {
    this.#gather();
    const memory = Buffer.concat(this.#chunks);
    this.#chunks = [memory];
    return {
      read: (at, bytes) => this.#read(memory, at, bytes).toString("utf8"),
      close: () => {
        this.discard();
      },
    };
  }

  /** Removes the temporary file, if there is one. */
  discard(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #read(memory: Buffer, at: number, bytes: number): Buffer {
    if (at >= this.#flushed) return memory.subarray(at - this.#flushed, at - this.#flushed + bytes);
    const buffer = Buffer.allocUnsafe(bytes);
    if (this.#fd !== undefined) readSync(this.#fd, buffer, 0, bytes, at);
    return buffer;
  }

  #gather(): void {
    if (this.#pending.length === 0) return;
    this.#chunks.push(Buffer.from(this.#pending.join("")));
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.#length - this.#flushed > memoryBytes) this.#spill();
  }

  #spill(): void {
    if (this.#fd === undefined) {
      this.#folder = mkdtempSync(join(tmpdir(), "taskprov-lineage-"));
      this.#fd = openSync(join(this.#folder, "details"), "wx+", 0o600);
    }
    for (const chunk of this.#chunks) {
      writeFully(this.#fd, chunk, this.#flushed);
      this.#flushed += chunk.length;
    }
    this.#chunks = [];
  }
}

/** Writes what can be read only once into a temporary file; the caller removes its folder. */
export async function spoolToFile(
  chunks: ByteChunks,
): Promise<{ readonly path: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "taskprov-lineage-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const path = join(folder, "input");
  const fd = openSync(path, "wx", 0o600);
  try {
    for await (const chunk of chunks) writeFully(fd, chunk);
  } catch (error) {
    remove();
    throw error;
  } finally {
    closeSync(fd);
  }
  return { path, remove };
}

/** The records of nodes, read from the store, a node's further records behind its first. */
export function readRecords(
  index: LineageIndex,
  store: DetailStore,
  nodes: Iterable<number>,
): ReadonlyMap<number, readonly ProvRecord[]> {
  const sections = new Map<string, { node: number; text: string }[]>();
  const want = (node: number, kind: string, scope: number, round: number, text: string): void => {
    const name = `${scope} ${round} ${kind}`;
    const list = sections.get(name) ?? [];
    list.push({ node, text });
    sections.set(name, list);
  };
  for (const node of nodes) {
    const at = index.nodes.at[node] ?? -1;
    const kind = elementKindOf(index.nodes.type[node] ?? 0);
    if (at < 0 || kind === undefined) continue;
    const text = store.read(at, index.nodes.bytes[node] ?? 0);
    want(node, kind, index.scopeOf.get(node) ?? 0, 0, text);
    // One round each, because an id stands once in a section.
    index.more.get(node)?.forEach(([moreAt, bytes, scope, moreKind], i) => {
      want(node, moreKind, scope, i + 1, store.read(moreAt, bytes));
    });
  }
  const records = new Map<number, ProvRecord[]>();
  for (const [name, members] of sections) {
    const [scope, , kind = ""] = name.split(" ");
    const nodeOf = new Map(members.map(({ node }) => [uriOfNode(index, node), node]));
    const texts = members.map(({ text }) => text);
    for (const record of parseMembers(kind, texts, index.scopes[Number(scope)] ?? [])) {
      const node = record.id === undefined ? undefined : nodeOf.get(uriOf(record.id));
      if (node === undefined) continue;
      const list = records.get(node);
      if (list === undefined) records.set(node, [record]);
      else list.push(record);
    }
  }
  return records;
}

/** The full URI of a node. */
export function uriOfNode({ ids, spaces }: LineageIndex, node: number): string {
  return (spaces[ids.tag(node)]?.uri ?? "") + ids.text(node);
}

function parseMembers(
  kind: string,
  texts: readonly string[],
  scope: readonly Namespace[],
): readonly ProvRecord[] {
  const prefixes = Object.fromEntries(
    scope.map(({ prefix, uri }) => [prefix === "" ? "default" : prefix, uri]),
  );
  const head = `{"prefix":${JSON.stringify(prefixes)},${JSON.stringify(kind)}:{`;
  return parseProvJson(`${head}${texts.join(",")}}}`).records;
}
