import type { SiteMatch } from "../../events/place-event.js";
import type { CallSite } from "../call-site.js";
import type { CellRun } from "./cell-run.js";
import type { FramePlace } from "./frame-place.js";
import { rangeOf } from "./place-site.js";

/** A place in a notebook that submitted work. */
export interface LiveSite {
  /** `N` of a site that the engine told, `cN.K` of one that was concluded. */
  readonly id: string;
  readonly run: CellRun;
  readonly match: SiteMatch;
  /** From 0 to 1. */
  readonly confidence: number;
  /** The call, where the analysis of the cell knows it. */
  readonly call: CallSite | undefined;
  readonly line: number;
  /** From 1, in UTF-16 units; undefined where only the line is known. */
  readonly column: number | undefined;
  readonly endLine: number;
  readonly endColumn: number | undefined;
  /** The call's name and arguments, or the line, on one line of at most 200 characters. */
  readonly text: string;
  /** Offsets of that in the cell's text, in bytes of UTF-8. */
  readonly bytes: readonly [start: number, end: number];
  /** The other frames, innermost first. */
  readonly stack: readonly FramePlace[];
}

type Found = Pick<LiveSite, "id" | "run" | "match" | "confidence" | "stack">;

const longestText = 200;

/** Describes a call. */
export function siteOfCall(found: Found, call: CallSite): LiveSite {
  const { lines } = found.run;
  const [, end] = rangeOf(lines, call.span);
  const [start] = rangeOf(lines, call.nameSpan);
  return {
    ...found,
    call,
    line: call.nameSpan.startLine,
    column: call.nameSpan.startColumn,
    endLine: call.span.endLine,
    endColumn: call.span.endColumn,
    ...textOf(found.run, start, Math.max(start, end)),
  };
}

/** Describes a place where the analysis knows no call. */
export function siteOfPlace(found: Found, place: FramePlace): LiveSite {
  const { lines, source } = found.run;
  if (place.range !== undefined) {
    const [start, end] = place.range;
    const from = lines.positionAt(start);
    const to = lines.positionAt(end);
    return {
      ...found,
      call: undefined,
      ...from,
      endLine: to.line,
      endColumn: to.column,
      ...textOf(found.run, start, end),
    };
  }
  const start = lines.starts[place.line - 1] ?? 0;
  const end = lines.starts[place.endLine] ?? source.length;
  const text = source.slice(start, end);
  const trimmed = text.trimEnd().length;
  const begin = text.length - text.trimStart().length;
  return {
    ...found,
    call: undefined,
    line: place.line,
    column: undefined,
    endLine: place.endLine,
    endColumn: undefined,
    ...textOf(found.run, start + Math.min(begin, trimmed), start + trimmed),
  };
}

function textOf(run: CellRun, start: number, end: number): Pick<LiveSite, "text" | "bytes"> {
  const { source } = run;
  const before = Buffer.byteLength(source.slice(0, start));
  const text = source.slice(start, end);
  const oneLine = text.replace(/\s*\n\s*/g, " ").trim();
  return {
    text: oneLine.length > longestText ? `${oneLine.slice(0, longestText - 1)}…` : oneLine,
    bytes: [before, before + Buffer.byteLength(text)],
  };
}
