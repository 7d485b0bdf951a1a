import { formatEpochSeconds } from "../base/clock.js";
import type { CellRun } from "../notebook/live/cell-run.js";
import type { FramePlace } from "../notebook/live/frame-place.js";
import { outermostOf } from "../notebook/live/live-cells.js";
import type { LiveSite } from "../notebook/live/live-site.js";
import type { QualifiedName } from "../prov/names.js";
import type { Attribute } from "../prov/records.js";
import { typedLiteral } from "../prov/values.js";
import { escapeName } from "./ids.js";
import { integerLiteral } from "./literal-values.js";
import { optional, optionalInteger } from "./optional-attributes.js";
import type { RecordSink } from "./record-sink.js";
import type { RunNames } from "./run-names.js";
import {
  taskprovAttributes as attr,
  prov,
  taskprovTypes as types,
  xsd,
  yprovAttributes as yprov,
} from "./vocabulary.js";

/** Writes a notebook's records: the notebook, its cells, their executions, places in them. */
export class NotebookRecords {
  readonly #emit: RecordSink;
  readonly #names: RunNames;
  readonly #notebooks = new Map<string, QualifiedName>();
  readonly #written = new Set<string>();
  readonly #open = new Set<CellRun>();

  /**
   * @param emit - takes the records.
   * @param names - the names of the run.
   */
  constructor(emit: RecordSink, names: RunNames) {
    this.#emit = emit;
    this.#names = names;
  }

  /** A cell began to be executed. */
  begin(run: CellRun): void {
    if (run.within !== undefined) return;
    this.#open.add(run);
    this.#writeCell(run);
  }

  /** The execution of a cell ended. */
  end(run: CellRun): void {
    if (this.#open.delete(run)) this.#writeExecution(run);
  }

  /** Writes the executions that have not ended. */
  close(): void {
    for (const run of this.#open) this.#writeExecution(run);
    this.#open.clear();
  }

  /** Writes a place once; its name. */
  site(site: LiveSite): QualifiedName {
    const id = this.#names.run(`site.${site.id}`);
    if (this.#written.has(id.local)) return id;
    this.#written.add(id.local);
    const { run, call } = site;
    const where = `${cellLabel(run)} ${site.line}${site.column === undefined ? "" : `:${site.column}`}`;
    this.#emit({
      kind: "entity",
      id,
      attributes: [
        [prov.label, call === undefined ? where : `${where} ${call.name}`],
        [prov.type, types.CallSite],
        [attr.cell, this.#cellName(run)],
        [attr.line, integerLiteral(site.line)],
        ...optionalInteger(attr.column, site.column),
        [attr.endLine, integerLiteral(site.endLine)],
        ...optionalInteger(attr.endColumn, site.endColumn),
        [attr.code, site.text],
        ...optional(attr.call, call?.name),
        ...optional(attr.callStatus, call?.status),
        ...optional(attr.reason, call?.reason),
        [attr.match, site.match],
        [attr.confidence, typedLiteral(String(site.confidence), xsd.double)],
        ...site.stack.map((place): Attribute => [attr.stack, frameText(place)]),
      ],
    });
    return id;
  }

  /** The activity of the execution that a place belongs to. */
  execution(run: CellRun): QualifiedName {
    return this.#names.run(`cellrun.${outermostOf(run).number}`);
  }

  #writeCell(run: CellRun): void {
    const id = this.#cellName(run);
    if (this.#written.has(id.local)) return;
    this.#written.add(id.local);
    this.#emit({
      kind: "entity",
      id,
      attributes: [
        [prov.label, cellLabel(run)],
        [prov.type, prov.Plan],
        [prov.type, types.Cell],
        ...optional(attr.cellId, run.id),
        ...optionalInteger(attr.cellIndex, run.index),
        [attr.language, run.language],
        ...optional(attr.sha256, run.sourceHash),
        ...optional(attr.code, run.source === "" ? undefined : run.source),
      ],
    });
    this.#emit({ kind: "hadMember", collection: this.#notebook(run), entity: id, attributes: [] });
  }

  #notebook({ notebook, kernel, language }: CellRun): QualifiedName {
    const which = JSON.stringify([notebook, kernel]);
    const known = this.#notebooks.get(which);
    if (known !== undefined) return known;
    const count = this.#notebooks.size + 1;
    const id = this.#names.run(count === 1 ? "notebook" : `notebook.${count}`);
    this.#notebooks.set(which, id);
    this.#emit({
      kind: "entity",
      id,
      attributes: [
        [prov.label, notebook ?? "notebook"],
        [prov.type, prov.Collection],
        [prov.type, types.Notebook],
        ...optional(attr.path, notebook),
        ...optional(attr.kernel, kernel),
        [attr.language, language],
      ],
    });
    return id;
  }

  #writeExecution(run: CellRun): void {
    const id = this.execution(run);
    this.#emit({
      kind: "activity",
      id,
      startTime: formatEpochSeconds(run.start),
      ...(run.end !== undefined && { endTime: formatEpochSeconds(Math.max(run.start, run.end)) }),
      attributes: [
        [prov.label, `${cellLabel(run)} executed`],
        [prov.type, types.CellExecution],
        ...optionalInteger(attr.executionCount, run.count),
        [attr.status, run.end === undefined ? "running" : (run.status ?? "ok")],
      ],
    });
    this.#emit({
      kind: "wasAssociatedWith",
      activity: id,
      agent: this.#names.run("user"),
      plan: this.#cellName(run),
      attributes: [],
    });
  }

  /** Two cells with the same text are two cells where their ids tell them apart. */
  #cellName(run: CellRun): QualifiedName {
    const { id, sourceHash, number } = outermostOf(run);
    const hash = sourceHash?.slice(0, 12) ?? `n${number}`;
    return this.#names.run(`cell.${id === undefined ? "" : `${escapeName(id)}.`}${hash}`);
  }
}

/** What an attempt says of the place that submitted it, with yProv4DASK's names. */
export function siteAttributes(site: LiveSite): Attribute[] {
  const index = String(outermostOf(site.run).count ?? site.run.number);
  return [
    [yprov.jupyter_cell, index],
    [yprov.jupyter_cell_index, index],
    [yprov.jupyter_cell_line, site.text],
    [yprov.jupyter_cell_line_start, String(site.bytes[0])],
    [yprov.jupyter_cell_line_end, String(site.bytes[1])],
  ];
}

/** What the workflow says where its tasks say {@link siteAttributes}, as in yProv4DASK. */
export const workflowSiteAttributes: readonly Attribute[] = [
  [yprov.jupyter_cell_index, "-1"],
  [yprov.jupyter_cell_line, "__WORKFLOW__"],
  [yprov.jupyter_cell_line_start, "-1"],
  [yprov.jupyter_cell_line_end, "-1"],
];

function cellLabel(run: CellRun): string {
  const { count, index } = outermostOf(run);
  if (count !== undefined) return `In [${count}]`;
  return index === undefined ? "cell" : `cell ${index}`;
}

function frameText(place: FramePlace): string {
  const { run, line, range } = place;
  const column = range === undefined ? "" : `:${run.lines.positionAt(range[0]).column}`;
  const where = `${cellLabel(run)}:${line}${column}`;
  return place.function === undefined ? where : `${place.function} (${where})`;
}
