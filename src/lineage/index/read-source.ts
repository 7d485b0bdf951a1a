import { closeSync, openSync, readSync } from "node:fs";
import { TaskprovError } from "../../base/errors.js";
import { fileProblem } from "../../base/file-problem.js";
import { readJournal } from "../../events/read-journal.js";
import { journalMagic } from "../../events/wire.js";
import {
  type Format,
  formatOfFile,
  guessFormat,
  type ProvHandler,
  readProvJson,
  recordMember,
} from "../../formats/index.js";
import { isElementKind } from "../../prov/formals.js";
import { type Namespace, nameText, provNamespace, xsdNamespace } from "../../prov/names.js";
import type { ProvDocument, ProvRecord } from "../../prov/records.js";
import { fileChunks } from "../../track/document-files.js";
import { replayOptions } from "../../track/options.js";
import { placesFirst } from "../../track/places-first.js";
import { Recorder } from "../../track/recorder.js";
import { type DetailSpool, type DetailStore, fileDetails } from "./details.js";
import { IndexBuilder } from "./index-builder.js";
import type { LineageIndex } from "./lineage-index.js";

/** What a file holds: a journal, a PROV-JSON document, or a document in another format. */
export type SourceForm = "journal" | "prov-json" | "other";

/** Looks at the beginning of a file. */
export function sourceForm(path: string): SourceForm {
  const head = headOf(path);
  if (head.startsWith(journalMagic)) return "journal";
  const line = (head.split("\n", 1)[0] ?? "").replace(/^\uFEFF/, "").trim();
  // NDJSON begins with the journal's header, whole on its line; a document's first line is
  // an opening brace, or the whole document with a section in it.
  if (/^\{.*"runId"\s*:.*\}$/.test(line) && !/"prefix"\s*:/.test(line)) return "journal";
  if (/^\[\s*"run"/.test(line)) return "journal";
  const format = formatFor(path, head);
  return format === undefined || format.name === "prov-json" ? "prov-json" : "other";
}

function formatFor(path: string, head: string): Format | undefined {
  const guessed = guessFormat(head);
  return guessed?.read === undefined ? formatOfFile(path) : guessed;
}

function headOf(path: string): string {
  try {
    const fd = openSync(path, "r");
    try {
      const buffer = Buffer.alloc(4096);
      return buffer.toString("latin1", 0, readSync(fd, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new TaskprovError("ERR_FILE", `Cannot read ${path}: ${fileProblem(cause)}`, { cause });
  }
}

/** An index and where its records can be read again. */
export interface BuiltIndex {
  readonly index: LineageIndex;
  readonly details: DetailStore;
}

/**
 * Calls back with every record of a source, namespaces and bundles included.
 *
 * @returns what reading found missing, in words.
 */
export async function readSource(
  path: string,
  form: SourceForm,
  handler: ProvHandler,
): Promise<readonly string[]> {
  if (form === "journal") return await readJournalRecords(path, handler);
  if (form === "prov-json") {
    await readProvJson(fileChunks(path), handler);
    return [];
  }
  await formatFor(path, headOf(path))?.read?.(fileChunks(path), handler, {});
  return [];
}

async function readJournalRecords(path: string, handler: ProvHandler): Promise<readonly string[]> {
  const reading = readJournal(path);
  let recorder: Recorder | undefined;
  const take = (record: ProvRecord): void => {
    handler.record(record, nowhere);
  };
  for await (const { events } of placesFirst(reading)) {
    for (const event of events) {
      if (recorder !== undefined) {
        const ready = recorder.prepare(event);
        if (ready !== undefined) await ready;
        recorder.apply(event);
      } else if (event.type === "run") {
        recorder = new Recorder(event, replayOptions(event.options), take);
        for (const namespace of recorder.names.namespaces) handler.namespace?.(namespace);
      }
    }
  }
  if (recorder === undefined) {
    throw new TaskprovError(
      "ERR_JOURNAL",
      `${path} has no \`run\` event, so nothing says which run it is about. Give the whole journal.`,
    );
  }
  return recorder.close(reading.report.problems.map(({ text }) => text)).problems;
}

const nowhere: Parameters<ProvHandler["record"]>[1] = {
  place: () => ({ line: 1, column: 1, offset: 0 }),
  path: () => "",
};

/** Hands a document in memory to a handler as a reader would. */
export function deliver(document: ProvDocument, handler: ProvHandler): void {
  for (const namespace of document.namespaces) handler.namespace?.(namespace);
  for (const record of document.records) handler.record(record, nowhere);
  for (const bundle of document.bundles) {
    handler.startBundle?.(bundle.id);
    for (const namespace of bundle.namespaces) handler.namespace?.(namespace);
    for (const record of bundle.records) handler.record(record, nowhere);
    handler.endBundle?.(bundle.id);
  }
  for (const { name, json } of document.extraSections ?? []) handler.extraSection?.(name, json);
}

/** Builds the index of a PROV-JSON file; details stay in the file. */
export async function indexDocumentFile(
  path: string,
  onProgress?: (records: number) => void,
): Promise<BuiltIndex> {
  const builder = new IndexBuilder();
  const count = counter(onProgress);
  let span = { at: 0, bytes: 0 };
  await readSource(path, "prov-json", {
    ...scopesOf(builder),
    member: (kind, text, at) => {
      if (isElementKind(kind)) {
        span = { at: at.place().offset, bytes: Buffer.byteLength(text) };
      }
    },
    record: (record) => {
      builder.add(record, isElementKind(record.kind) ? span : undefined);
      count();
    },
  });
  return { index: builder.finish(), details: fileDetails(path) };
}

/** Counts records, and tells of every so many. */
function counter(onProgress: ((records: number) => void) | undefined): () => void {
  let records = 0;
  return () => {
    if (++records % 50_000 === 0) onProgress?.(records);
  };
}

function scopesOf(
  builder: IndexBuilder,
): Pick<ProvHandler, "namespace" | "startBundle" | "endBundle"> {
  return {
    namespace: (namespace) => {
      builder.namespace(namespace);
    },
    startBundle: () => {
      builder.startBundle();
    },
    endBundle: () => {
      builder.endBundle();
    },
  };
}

/** Builds the index of anything else, with the texts of its elements in the spool. */
export async function indexRecords(
  read: (handler: ProvHandler) => readonly string[] | Promise<readonly string[]>,
  spool: DetailSpool,
  onProgress?: (records: number) => void,
): Promise<LineageIndex> {
  const builder = new IndexBuilder();
  const count = counter(onProgress);
  const spell = new SpellNames();
  const problems = await read({
    namespace: (namespace) => {
      spell.declare(namespace);
    },
    record: (record) => {
      const isElement = isElementKind(record.kind);
      const text = isElement
        ? recordMember(record, "shared", "", (name) =>
            spell.spell(name.namespace, nameText(name), name.local),
          )
        : "";
      builder.add(record, isElement ? spool.add(text) : undefined);
      count();
    },
  });
  for (const namespace of spell.namespaces()) builder.namespace(namespace);
  return builder.finish(problems);
}

/**
 * One prefix for each namespace, whatever the source's scopes call them: its own where that is
 * free. So the texts in a spool are all of one scope.
 */
class SpellNames {
  readonly #byUri = new Map<string, Namespace>([
    [provNamespace.uri, provNamespace],
    [xsdNamespace.uri, xsdNamespace],
  ]);
  readonly #taken = new Set<string>(["", "_", "default", "prov", "xsd", "xsi"]);
  readonly #seen = new Map<Namespace, Namespace>();

  declare(namespace: Namespace): void {
    if (namespace.prefix !== "_") this.#choose(namespace);
  }

  spell(namespace: Namespace, text: string, local: string): string {
    if (namespace.prefix === "_") return text;
    const own = this.#seen.get(namespace) ?? this.#choose(namespace);
    return `${own.prefix}:${local}`;
  }

  namespaces(): Iterable<Namespace> {
    return this.#byUri.values();
  }

  #choose(namespace: Namespace): Namespace {
    let own = this.#byUri.get(namespace.uri);
    if (own === undefined) {
      const isPlain = /^[A-Za-z][A-Za-z0-9_-]*$/.test(namespace.prefix);
      const stem = isPlain ? namespace.prefix : "ns";
      let prefix = stem;
      for (let n = 2; this.#taken.has(prefix); n++) prefix = `${stem}${n}`;
      own = { prefix, uri: namespace.uri };
      this.#byUri.set(namespace.uri, own);
      this.#taken.add(prefix);
    }
    this.#seen.set(namespace, own);
    return own;
  }
}
