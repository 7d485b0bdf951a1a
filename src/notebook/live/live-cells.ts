import { assertNever } from "../../base/errors.js";
import type {
  CellEndEvent,
  CellEvent,
  SiteEvent,
  SiteFrame,
  SourceEvent,
} from "../../events/place-event.js";
import { analyseCell } from "../analyse-cell.js";
import { isGenerating } from "../call-site.js";
import type { CellLanguage } from "../cell-analysis.js";
import { type CellContext, createCellContext } from "../cell-context.js";
import type { NotebookMode } from "../notebook-analysis.js";
import { type CellRun, createCellRun } from "./cell-run.js";
import { chooseSite } from "./choose-site.js";
import { encloses, type FramePlace, framePlaces } from "./frame-place.js";
import { type LiveSite, siteOfCall, siteOfPlace } from "./live-site.js";
import { type PlacedSite, placeOfCall, placeSite } from "./place-site.js";

/** How calls in cells are judged. */
export interface LiveCellsOptions {
  readonly notebookMode: NotebookMode;
  readonly generatingNames: readonly string[];
}

/** What events say of a notebook. */
export type NotebookEvent = SourceEvent | CellEvent | CellEndEvent | SiteEvent;

/** Executions whose analysis is kept; work that an older one submits is placed by its lines. */
const analysesKept = 2_000;
/** Texts kept for cells that are still to come. */
const sourcesKept = 10_000;

const confidence = { frame: 1, line: 0.9, thread: 0.8, code: 0.8, cell: 0.5, lastUsed: 0.2 };

/**
 * Follows the cells that a kernel executes and says of submitted work where it comes from.
 *
 * Asynchronous only because the parsers of the cells are loaded when the first one comes.
 */
export class LiveCells {
  readonly #options: LiveCellsOptions;
  readonly #context: CellContext = createCellContext();
  readonly #sources = new Map<string, string>();
  readonly #runs = new Map<number, CellRun>();
  readonly #analysed: CellRun[] = [];
  readonly #sites = new Map<number, LiveSite>();
  /** What was concluded for graphs, and how many of each execution. */
  readonly #concluded = new Map<CellRun, { used: number; readonly sites: LiveSite[] }>();
  readonly #byGraph = new Map<number, LiveSite>();
  #last: LiveSite | undefined;

  constructor(options: LiveCellsOptions) {
    this.#options = options;
  }

  /** Executions so far. */
  get count(): number {
    return this.#runs.size;
  }

  /** An execution by its number. */
  runOf(cell: number): CellRun | undefined {
    return this.#runs.get(cell);
  }

  /** A site by its number, when it is a place in a cell. */
  siteOf(site: number): LiveSite | undefined {
    const found = this.#sites.get(site);
    if (found !== undefined) this.#last = found;
    return found;
  }

  /** Takes an event; what it says is known when the promise is fulfilled. */
  async take(event: NotebookEvent): Promise<void> {
    switch (event.type) {
      case "source":
        if (this.#sources.size < sourcesKept) this.#sources.set(event.hash, event.text);
        return;
      case "cell":
        await this.#begin(event);
        return;
      case "cell-end":
        this.#end(event);
        return;
      case "site":
        this.#place(event);
        return;
      default:
        assertNever(event);
    }
  }

  /**
   * The likeliest place of a graph of which nothing was told: the next generating call of the cell
   * that ran at the time; where none ran, the last call that generated something.
   */
  conclude(graph: number, time: number): LiveSite | undefined {
    const known = this.#byGraph.get(graph);
    if (known !== undefined) return known;
    const run = this.#runningAt(time);
    const site = run === undefined ? this.#lastUsed() : this.#nextOf(run);
    if (site === undefined) return undefined;
    // Parts of a graph follow each other.
    this.#byGraph.clear();
    this.#byGraph.set(graph, site);
    this.#last = site;
    return site;
  }

  async #begin(event: CellEvent): Promise<void> {
    const { cell, sourceHash, codeHash } = event;
    const around = event.within === undefined ? undefined : this.#runs.get(event.within);
    const run = createCellRun({
      number: cell,
      id: event.id,
      count: event.count,
      index: event.index,
      sourceHash,
      source: (sourceHash === undefined ? undefined : this.#sources.get(sourceHash)) ?? "",
      code: codeHash === undefined ? undefined : this.#sources.get(codeHash),
      language: event.language,
      kernel: event.kernel,
      notebook: event.notebook,
      start: event.time,
      around,
    });
    this.#runs.set(cell, run);

    // The body of a cell magic is analysed with the cell.
    if (run.within === undefined) await this.#analyse(run);
  }

  async #analyse(run: CellRun): Promise<void> {
    const language = languageOf(run.language);
    if (language === undefined) return;
    run.analysis = await analyseCell(run.source, {
      language,
      index: run.number,
      context: this.#context,
      notebookMode: this.#options.notebookMode,
      generatingNames: this.#options.generatingNames,
    });
    this.#analysed.push(run);
    if (this.#analysed.length <= analysesKept) return;
    const oldest = this.#analysed.shift();
    if (oldest !== undefined) oldest.analysis = undefined;
  }

  #end({ cell, time, status }: CellEndEvent): void {
    const run = this.#runs.get(cell);
    if (run === undefined) return;
    run.end = time;
    run.status = status;
  }

  #place(event: SiteEvent): void {
    const site = this.#placeOf(event);
    if (site !== undefined) this.#sites.set(event.site, site);
  }

  #placeOf(event: SiteEvent): LiveSite | undefined {
    const match = event.match ?? "frame";
    const places =
      event.frames === undefined
        ? this.#scriptPlaces(event)
        : framePlaces(event.frames, (cell) => this.#runs.get(cell));
    const id = String(event.site);
    if (places.length > 0) return this.#chosen(id, match, places);
    const run = event.run === undefined ? undefined : this.#runs.get(event.run);
    if (run === undefined) return undefined;
    const next = this.#nextOf(outermostOf(run));
    return next === undefined ? undefined : { ...next, id };
  }

  #chosen(
    id: string,
    match: LiveSite["match"],
    places: readonly FramePlace[],
  ): LiveSite | undefined {
    const placed = places.map(placeSite);
    const chosen = chooseSite(placed, this.#options.notebookMode);
    if (chosen === undefined) return undefined;
    const { place, site } = chosen;
    const stack = placed.filter((one) => one !== chosen).map((one) => one.place);
    const found = { id, run: place.run, match, confidence: certainty(match, chosen), stack };
    return site === undefined ? siteOfPlace(found, place) : siteOfCall(found, site);
  }

  /** Cells of our own runner are scripts of which V8 tells exact places. */
  #scriptPlaces(event: SiteEvent): readonly FramePlace[] {
    const { file, span } = event;
    const frames: SiteFrame[] = [{ ...span, ...(file !== undefined && { file }) }, ...event.stack];
    const places: FramePlace[] = [];
    for (const frame of frames) {
      const cell = /#cell=(\d+)$/.exec(frame.file ?? "")?.[1];
      const run = cell === undefined ? undefined : this.#runs.get(Number(cell));
      if (run === undefined) continue;
      const outer = placeOfCall(run, frame);
      const inner = places.at(-1);
      // A function written in the call's own brackets, as of `map`: the inner one says it.
      if (inner === undefined || !encloses(outer, inner)) places.push(outer);
    }
    return places;
  }

  #runningAt(time: number): CellRun | undefined {
    let found: CellRun | undefined;
    for (const run of this.#runs.values()) {
      const outer = outermostOf(run);
      if (outer.start <= time && (outer.end === undefined || outer.end >= time)) found = outer;
    }
    return found;
  }

  #nextOf(run: CellRun): LiveSite | undefined {
    const known = this.#concluded.get(run) ?? { used: 0, sites: this.#generatingIn(run) };
    this.#concluded.set(run, known);
    const site = known.sites[Math.min(known.used, known.sites.length - 1)];
    known.used++;
    return site;
  }

  #generatingIn(run: CellRun): LiveSite[] {
    const calls = (run.analysis?.sites ?? []).filter(isGenerating);
    if (calls.length > 0) {
      return calls.map((call, at) => {
        const sure = calls.length === 1 ? confidence.thread : confidence.cell;
        const id = `c${run.number}.${at + 1}`;
        return siteOfCall({ id, run, match: "cell", confidence: sure, stack: [] }, call);
      });
    }
    const found = { id: `c${run.number}`, run, match: "cell", stack: [] } as const;
    const whole = { run, line: 1, endLine: run.lines.starts.length, range: undefined };
    const place = { ...whole, function: undefined, isMagic: false };
    return [siteOfPlace({ ...found, confidence: confidence.cell }, place)];
  }

  #lastUsed(): LiveSite | undefined {
    if (this.#last === undefined) return undefined;
    const { id } = this.#last;
    return {
      ...this.#last,
      id: id.endsWith(".last") ? id : `${id}.last`,
      match: "last-used",
      confidence: confidence.lastUsed,
    };
  }
}

function certainty(match: LiveSite["match"], { place, site }: PlacedSite): number {
  if (match !== "frame") return match === "last-used" ? confidence.lastUsed : confidence[match];
  return place.range === undefined || site === undefined ? confidence.line : confidence.frame;
}

/** The execution that the user started. */
export function outermostOf(run: CellRun): CellRun {
  return run.within === undefined ? run : outermostOf(run.within.run);
}

function languageOf(name: string): CellLanguage | undefined {
  return name === "python" || name === "typescript" || name === "javascript" ? name : undefined;
}
