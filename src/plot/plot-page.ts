import { pageScript } from "./page-script.js";
import { pageStyle } from "./page-style.js";
import type { LanePanel, PlotPanel } from "./panel.js";

/** How a page of plots looks; all optional. */
export interface PlotPageOptions {
  /** Heading of the page. Default `Profile Results`. */
  readonly title?: string;
  /** Width of the plots in pixels at most. Default: that of the window. */
  readonly width?: number;
  /** Height of each plot in pixels. Default 300. */
  readonly height?: number;
}

/**
 * Plots stacked over a common time axis in one HTML file that needs no network.
 *
 * @param panels - from top to bottom.
 * @returns the text of the file, in pieces.
 */
export function* plotPage(
  panels: readonly PlotPanel[],
  options: PlotPageOptions = {},
): Iterable<string> {
  const title = escapeHtml(options.title ?? "Profile Results");
  const width = options.width === undefined ? "none" : `${options.width}px`;
  yield `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${title}</title><style>${pageStyle}</style></head>
<body style="--width:${width};--height:${options.height ?? 300}px"><main><h1>${title}</h1>
<p class="help">Drag to move, wheel to zoom. Keys: <kbd>←</kbd> <kbd>→</kbd> move, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> all, <kbd>n</kbd> <kbd>p</kbd> next and previous task.</p>
<div id="plots" tabindex="0" role="group" aria-label="Plots over time"></div>
<p id="said" role="status" aria-live="polite"></p>
<div id="legend"></div></main><div id="tip" hidden></div>
<script type="application/json" id="data">[`;
  const origin = originOf(panels);
  for (const [i, panel] of panels.entries())
    yield `${i === 0 ? "" : ","}${panelJson(panel, origin)}`;
  yield `]</script><script>${pageScript}</script></body></html>\n`;
}

function originOf(panels: readonly PlotPanel[]): number {
  let origin = Number.POSITIVE_INFINITY;
  for (const panel of panels) {
    const times = panel.kind === "lanes" ? [panel.start] : panel.lines.map(({ x }) => x);
    for (const list of times) for (const time of list) origin = Math.min(origin, time);
  }
  return Number.isFinite(origin) ? origin : 0;
}

/** Times as whole microseconds after the first one: half as long as seconds since the epoch. */
function panelJson(panel: PlotPanel, origin: number): string {
  const micros = (times: readonly number[]): number[] =>
    times.map((time) => Math.round((time - origin) * 1e6));
  const plain =
    panel.kind === "lanes"
      ? { ...sortedByStart(panel, micros(panel.start)) }
      : { ...panel, lines: panel.lines.map((line) => ({ ...line, x: micros(line.x) })) };
  // The text must not end the script element it stands in.
  return JSON.stringify(plain).replace(/</g, "\\u003c");
}

function sortedByStart(panel: LanePanel, start: readonly number[]): LanePanel {
  const order = start.map((_, i) => i).sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0));
  const pick = <T>(list: readonly T[], otherwise: T): T[] => order.map((i) => list[i] ?? otherwise);
  return {
    ...panel,
    start: pick(start, 0),
    length: pick(panel.length, 0).map((seconds) => Math.round(seconds * 1e6)),
    lane: pick(panel.lane, 0),
    group: pick(panel.group, 0),
    labels: pick(panel.labels, ""),
  };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
