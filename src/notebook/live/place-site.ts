import type { SiteFrame } from "../../events/place-event.js";
import { type CallSite, isGenerating } from "../call-site.js";
import type { LineTable } from "../line-table.js";
import type { SourceSpan } from "../source-span.js";
import type { CellRun } from "./cell-run.js";
import type { FramePlace } from "./frame-place.js";

/** What stands before the object whose iteration or truth value a statement needs. */
const statementHead = /^(?:async\s+)?(?:for|if|elif|while|assert)\b.*$/;

/** A place on the stack, with the call of the analysed cell that stands there. */
export interface PlacedSite {
  readonly place: FramePlace;
  /** Undefined where the analysis knows no call. */
  readonly site: CallSite | undefined;
}

/** Finds the call of the analysed cell that a frame was in. */
export function placeSite(place: FramePlace): PlacedSite {
  const sites = place.run.analysis?.sites ?? [];
  const site =
    place.range === undefined ? siteOnLines(sites, place) : siteAt(sites, place.run, place.range);
  return { place, site };
}

/** Where a script's frame was: V8 tells the point of a call, the analysis where the call ends. */
export function placeOfCall(run: CellRun, frame: SiteFrame): FramePlace {
  const { startLine: line } = frame;
  const start = (run.lines.starts[line - 1] ?? 0) + frame.startColumn - 1;
  const point: FramePlace = {
    run,
    line,
    endLine: line,
    range: [start, start + 1],
    function: frame.function,
    isMagic: false,
  };
  const { site } = placeSite(point);
  return site === undefined ? point : { ...point, range: rangeOf(run.lines, site.span) };
}

/** The frame of a call ends where the call does; of `await f()` and others it is larger. */
function siteAt(
  sites: readonly CallSite[],
  { lines, source }: CellRun,
  [start, end]: readonly [number, number],
): CallSite | undefined {
  const ranges = sites.map((site) => ({ site, range: rangeOf(lines, site.span) }));
  const exact = ranges.filter(({ range }) => range[0] === start && range[1] === end);
  if (exact.length > 0) return best(exact.map(({ site }) => site));
  const within = ranges.filter(({ range }) => range[0] >= start && range[1] <= end);
  // Of a loop over an object, or of its truth value, the frame is the whole statement.
  const heads = within.filter(
    ({ site, range }) =>
      site.form === "implicit" && statementHead.test(source.slice(start, range[0])),
  );
  const inside = heads.length > 0 ? heads : within;
  if (inside.length > 0) {
    const largest = Math.max(...inside.map(({ range }) => range[1] - range[0]));
    const sized = inside.filter(({ range }) => range[1] - range[0] === largest);
    return best(sized.map(({ site }) => site));
  }
  const around = ranges.filter(({ range }) => range[0] <= start && range[1] >= end);
  around.sort((a, b) => a.range[1] - a.range[0] - (b.range[1] - b.range[0]));
  return around[0]?.site;
}

function siteOnLines(
  sites: readonly CallSite[],
  { line, endLine, run, isMagic }: FramePlace,
): CallSite | undefined {
  // Of a cell magic that runs its body out of sight, only the cell is known.
  const isWhole = isMagic && /^\s*%%/.test(run.source);
  const there = isWhole
    ? sites
    : sites.filter(({ nameSpan }) => nameSpan.startLine >= line && nameSpan.startLine <= endLine);
  return best(there);
}

function best(sites: readonly CallSite[]): CallSite | undefined {
  return sites.find(isGenerating) ?? sites.find(({ status }) => status !== "lazy") ?? sites[0];
}

/** Offsets of a span. */
export function rangeOf(lines: LineTable, span: SourceSpan): readonly [number, number] {
  const at = (line: number, column: number): number => (lines.starts[line - 1] ?? 0) + column - 1;
  return [at(span.startLine, span.startColumn), at(span.endLine, span.endColumn)];
}
