import { TaskprovError } from "../base/errors.js";
import type { ByteChunks, ProvHandler } from "../formats/index.js";
import type { ProvDocument } from "../prov/records.js";
import { answerPath, type PathAnswer } from "./answer-path.js";
import { answerBlame, type BlameAnswer } from "./blame.js";
import type { Direction } from "./closure.js";
import { answerCritical, type CriticalAnswer } from "./critical-path.js";
import { findTargets } from "./find-items.js";
import { DetailSpool, spoolToFile } from "./index/details.js";
import { openIndex } from "./index/open-index.js";
import {
  type BuiltIndex,
  deliver,
  indexRecords,
  readSource,
  sourceForm,
} from "./index/read-source.js";
import { ItemReader } from "./item-facts.js";
import {
  answerCells,
  answerList,
  type CellAnswer,
  type ListAnswer,
  type ListFilter,
} from "./listings.js";
import { type RunFacts, runFacts } from "./run-facts.js";
import { answerShow, type ShowAnswer } from "./show-item.js";
import { answerSlice, type LineageAnswer, type SliceOptions, sliceNodes } from "./slice-answer.js";
import { sliceDocument } from "./slice-document.js";
import {
  blameText,
  cellsText,
  criticalText,
  listText,
  pathText,
  showText,
} from "./text/answer-text.js";
import { shown } from "./text/shown.js";
import type { Style } from "./text/style.js";
import { mostTasksInTree, sliceText } from "./text/tree-text.js";

/** What lineage is asked of: a path, a document in memory, or the bytes of either. */
export type LineageSource = string | ProvDocument | ByteChunks;

/** How {@link openLineage} opens. */
export interface OpenLineageOptions {
  /**
   * Where the index of a large file is kept, so that it opens quickly the next time: `auto` (files
   * from 8 MiB on: the user's cache folder, or `TASKPROV_CACHE`), `none`, or a path. An index is
   * checked against size, time and content of its source, and safe to delete.
   *
   * @defaultValue "auto"
   */
  readonly index?: "auto" | "none" | { readonly file: string };
  /** Called now and then with the number of records read so far, where there is no index yet. */
  readonly onProgress?: (records: number) => void;
}

/** How {@link Lineage.slice} cuts. */
export interface SliceDocumentOptions extends Pick<SliceOptions, "depth" | "stopAt"> {
  /** What it came from, what came from it, or both. @defaultValue "up" */
  readonly direction?: Direction | "both";
}

/**
 * A document or journal, open for questions.
 *
 * A KEY is found by exact key, id, label, pattern (`load-*`) or beginning; the first of these that
 * finds anything decides. Methods that take one throw {@link TaskprovError} `ERR_ITEM` when it
 * finds nothing or several things.
 */
export interface Lineage {
  /** What the run was, and how much is recorded of it. */
  readonly run: RunFacts;
  /** The items that a name may mean; the first thousand. */
  find(name: string): readonly string[];
  /** What something came from: data, tasks, functions, literals, places. */
  why(key: string, options?: SliceOptions): LineageAnswer;
  /** Everything that came from something. */
  impact(key: string, options?: SliceOptions): LineageAnswer;
  /** Each failure that was no other's fault. @param limit - told in full; default 100. */
  blame(limit?: number): BlameAnswer;
  /** A smaller document about some items and what they came from. */
  slice(keys: readonly string[], options?: SliceDocumentOptions): Promise<ProvDocument>;
  /** A shortest way between two items, either way round; undefined when there is none. */
  path(from: string, to: string): PathAnswer | undefined;
  /** Everything the document says of one item. */
  show(key: string): ShowAnswer;
  /** The attempts that fit a filter. */
  list(filter?: ListFilter): ListAnswer;
  /** What the end of the run waited for; undefined when the document has no times. */
  critical(): CriticalAnswer | undefined;
  /** What each notebook cell caused. */
  cells(): readonly CellAnswer[];
  /** Closes the file; values cannot be read any more. */
  close(): void;
  [Symbol.dispose](): void;
}

/** A {@link Lineage} with the index under it, for comparing two. */
export interface OpenedLineage extends Lineage {
  readonly reader: ItemReader;
}

/**
 * Opens a PROV document of any format, or a journal (also one that is still growing), for lineage
 * questions. A PROV-JSON file may be larger than memory: what stays in memory is about 400 bytes a
 * task, values are read from the file when they are asked for.
 *
 * @param source - path, document in memory, or bytes.
 * @throws {@link TaskprovError} `ERR_FILE` when it cannot be read; {@link DocumentError}
 *   `ERR_DOCUMENT` when it is no document.
 * @example
 * ```ts
 * const lineage = await openLineage("output/yprov4wfs.json");
 * console.log(lineage.why("total-1-9").items.map(({ id }) => id));
 * lineage.close();
 * ```
 */
export async function openLineage(
  source: LineageSource,
  options: OpenLineageOptions = {},
): Promise<Lineage> {
  return await openWithIndex(source, options);
}

/** Opens a source with the index in reach. */
export async function openWithIndex(
  source: LineageSource,
  { index = "auto", onProgress }: OpenLineageOptions = {},
): Promise<OpenedLineage> {
  if (typeof source === "string") {
    const form = sourceForm(source);
    const built = await openIndex(source, form, index, onProgress);
    return lineageOf(built, source, async (handler) => await readSource(source, form, handler));
  }
  if ("records" in source) return await openDocument(source);
  const { path, remove } = await spoolToFile(source);
  try {
    const form = sourceForm(path);
    const built = await openIndex(path, form, "none", onProgress);
    return lineageOf(built, "", async (handler) => await readSource(path, form, handler), remove);
  } catch (error) {
    remove();
    throw error;
  }
}

async function openDocument(document: ProvDocument): Promise<OpenedLineage> {
  const spool = new DetailSpool();
  const read = (handler: ProvHandler): readonly string[] => {
    deliver(document, handler);
    return [];
  };
  const index = await indexRecords(read, spool);
  return lineageOf({ index, details: spool.store() }, "", async (handler) => read(handler));
}

function lineageOf(
  built: BuiltIndex,
  source: string,
  read: (handler: ProvHandler) => Promise<unknown>,
  cleanUp: () => void = () => {},
): OpenedLineage {
  const reader = new ItemReader(built);
  const { index } = built;
  const close = (): void => {
    built.details.close();
    cleanUp();
  };
  return {
    reader,
    run: runFacts(reader, source),
    find: (name) => findTargets(index, name).map((target) => target.name),
    why: (key, options = {}) => shown(answerSlice(reader, key, "up", options), treeText),
    impact: (key, options = {}) => shown(answerSlice(reader, key, "down", options), treeText),
    blame: (limit = 100) => shown(answerBlame(reader, limit), blameText),
    slice: async (keys, options = {}) =>
      await sliceDocument(index, nodesOfSlice(reader, keys, options), read),
    path: (from, to) => {
      const answer = answerPath(reader, from, to);
      return answer === undefined ? undefined : shown(answer, pathText);
    },
    show: (key) => shown(answerShow(reader, key), showText),
    list: (filter = {}) => shown(answerList(reader, filter), listText),
    critical: () => {
      const answer = answerCritical(reader);
      return answer === undefined ? undefined : shown(answer, criticalText);
    },
    cells: () => shown(answerCells(reader), cellsText),
    close,
    [Symbol.dispose]: close,
  };
}

function treeText(answer: LineageAnswer, style: Style): string {
  return sliceText(answer, { style, most: mostTasksInTree });
}

function nodesOfSlice(
  { index }: ItemReader,
  keys: readonly string[],
  { direction = "up", ...options }: SliceDocumentOptions,
): ReadonlySet<number> {
  if (keys.length === 0) {
    throw new TaskprovError("ERR_OPTION", "Expected at least one key to slice the document by.");
  }
  const nodes = new Set<number>();
  for (const key of keys) {
    for (const way of direction === "both" ? (["up", "down"] as const) : [direction]) {
      for (const node of sliceNodes(index, key, way, options).nodes) nodes.add(node);
    }
  }
  return nodes;
}
