import { TaskprovError } from "../base/errors.js";
import { sha256Of } from "../notebook/analyse-cell.js";
import { decodeNotebook, type NotebookCodeCell } from "../notebook/decode-notebook.js";
import type { ProvDocument } from "../prov/records.js";
import { impliedStatus } from "../track/implied.js";
import { keyInId } from "../track/key-in-id.js";
import { taskprovAttributes as attr, yprovAttributes as yprov } from "../track/vocabulary.js";
import { attributeText, elementsById, type ReadElement } from "./read-elements.js";

/** What a cell led to in one run. */
export interface CellOutcome {
  /** UUID of the run. */
  readonly run: string;
  /** Attempts by `taskprov:status`. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly tasks: number;
  /** Seconds that its attempts computed, added up. */
  readonly computeSeconds: number;
  /** First start and last end, as in the document. */
  readonly started?: string;
  readonly ended?: string;
  /** The calls that generated tasks. */
  readonly calls: readonly {
    readonly line: number;
    readonly column?: number;
    readonly text: string;
    readonly attempts: number;
  }[];
  /** Keys of attempts that failed, with the exception; the first twenty. */
  readonly failures: readonly { readonly key: string; readonly exception?: string }[];
}

/** A cell of a notebook and what it led to. */
export interface AnnotatedCell {
  /** Position among all cells, from 0. */
  readonly index: number;
  readonly id?: string;
  readonly outcome: CellOutcome;
}

/** What {@link annotateNotebook} found. */
export interface NotebookAnnotation {
  readonly cells: readonly AnnotatedCell[];
  /** Attempts of cells that are not in the notebook, or no longer as they were. */
  readonly unplaced: number;
}

const maxFailures = 20;

/**
 * Says what each cell of a notebook led to in a run. A cell is known by Jupyter's id, else by its
 * text, else by its execution count.
 *
 * @param notebook - text of an `.ipynb` file.
 * @param document - of a run that was recorded with `jupyterTracking`.
 * @throws {@link TaskprovError} `ERR_NOTEBOOK` when it is no notebook, `ERR_DOCUMENT` when the
 *   document names no cells.
 */
export function annotateNotebook(notebook: string, document: ProvDocument): NotebookAnnotation {
  const { codeCells } = decodeNotebook(notebook);
  const elements = elementsById(document);
  const outcomes = new Map<NotebookCodeCell, MutableOutcome>();
  let unplaced = 0;
  let named = 0;
  const find = cellFinder(codeCells);
  const run = [...elements.values()]
    .map((element) => attributeText(element, attr.runId))
    .find((id) => id !== undefined);
  for (const [uri, element] of elements) {
    const count = attributeText(element, yprov.jupyter_cell_index);
    const key = attributeText(element, attr.key) ?? keyInId(uri);
    if (count === undefined || key === undefined) continue;
    named++;
    const site = elements.get(attributeText(element, attr.site) ?? "");
    const cell = find(elements.get(attributeText(site, attr.cell) ?? ""), Number(count));
    if (cell === undefined) {
      unplaced++;
      continue;
    }
    const outcome = outcomes.get(cell) ?? newOutcome(run ?? "");
    outcomes.set(cell, outcome);
    addAttempt(outcome, key, element, site);
  }
  if (named === 0) {
    throw new TaskprovError(
      "ERR_DOCUMENT",
      "The document names no notebook cells. Record the run with `jupyter_tracking=True` (TypeScript: `taskprov notebook run`).",
    );
  }
  const cells = [...outcomes]
    .sort(([a], [b]) => a.index - b.index)
    .map(([{ index, id }, outcome]) => ({
      index,
      ...(id !== undefined && { id }),
      outcome: settled(outcome),
    }));
  return { cells, unplaced };
}

/**
 * The notebook with its annotation in the metadata of the cells, under `taskprov`. Sources and
 * outputs stay as they are; annotations of an earlier run go.
 *
 * @param notebook - text of an `.ipynb` file.
 */
export function withAnnotation(notebook: string, annotation: NotebookAnnotation): string {
  // Decoded before, so that the shape is known.
  const json: { cells?: { metadata?: Record<string, unknown> }[] } = JSON.parse(notebook);
  const byIndex = new Map(annotation.cells.map(({ index, outcome }) => [index, outcome]));
  json.cells?.forEach((cell, index) => {
    const { taskprov: _earlier, ...metadata } = cell.metadata ?? {};
    const outcome = byIndex.get(index);
    cell.metadata = outcome === undefined ? metadata : { ...metadata, taskprov: outcome };
  });
  return `${JSON.stringify(json, null, 1)}\n`;
}

function cellFinder(
  cells: readonly NotebookCodeCell[],
): (recorded: ReadElement | undefined, count: number) => NotebookCodeCell | undefined {
  const hashes = new Map(cells.map((cell) => [sha256Of(cell.source), cell]));
  return (recorded, count) => {
    const id = attributeText(recorded, attr.cellId);
    const hash = attributeText(recorded, attr.sha256);
    return (
      (id === undefined ? undefined : cells.find((cell) => cell.id === id)) ??
      (hash === undefined ? undefined : hashes.get(hash)) ??
      (hash === undefined ? cells.find((cell) => cell.executionCount === count) : undefined)
    );
  };
}

interface MutableOutcome {
  readonly run: string;
  readonly statuses: Record<string, number>;
  readonly keys: Set<string>;
  seconds: number;
  started: string | undefined;
  ended: string | undefined;
  readonly calls: Map<string, { line: number; column?: number; text: string; attempts: number }>;
  readonly failures: { key: string; exception?: string }[];
}

function newOutcome(run: string): MutableOutcome {
  return {
    run,
    statuses: {},
    keys: new Set(),
    seconds: 0,
    started: undefined,
    ended: undefined,
    calls: new Map(),
    failures: [],
  };
}

function addAttempt(
  outcome: MutableOutcome,
  key: string,
  element: ReadElement,
  site: ReadElement | undefined,
): void {
  const status =
    attributeText(element, attr.status) ??
    impliedStatus(attributeText(element, yprov.status)) ??
    "unknown";
  outcome.keys.add(key);
  outcome.statuses[status] = (outcome.statuses[status] ?? 0) + 1;
  const { startTime, endTime } = element;
  if (startTime !== undefined && (outcome.started ?? startTime) >= startTime) {
    outcome.started = startTime;
  }
  if (endTime !== undefined && (outcome.ended ?? endTime) <= endTime) outcome.ended = endTime;
  if (startTime !== undefined && endTime !== undefined) {
    outcome.seconds += (Date.parse(endTime) - Date.parse(startTime)) / 1000;
  }
  if (status === "error" && outcome.failures.length < maxFailures) {
    const exception = attributeText(element, yprov.exception_text);
    outcome.failures.push({ key, ...(exception !== undefined && { exception }) });
  }
  const line = Number(attributeText(site, attr.line) ?? 0);
  const column = attributeText(site, attr.column);
  const text = attributeText(element, yprov.jupyter_cell_line) ?? "";
  const place = `${line}:${column}`;
  const call = outcome.calls.get(place) ?? {
    line,
    ...(column !== undefined && { column: Number(column) }),
    text,
    attempts: 0,
  };
  outcome.calls.set(place, call);
  call.attempts++;
}

function settled({ keys, seconds, started, ended, calls, ...rest }: MutableOutcome): CellOutcome {
  return {
    ...rest,
    tasks: keys.size,
    computeSeconds: Math.round(seconds * 1e6) / 1e6,
    ...(started !== undefined && { started }),
    ...(ended !== undefined && { ended }),
    calls: [...calls.values()].sort((a, b) => a.line - b.line),
  };
}
