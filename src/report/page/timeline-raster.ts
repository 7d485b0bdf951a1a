import { groupColor } from "./group-color.js";
import { firstAtLeast, type Lane, nextAtLeast } from "./lanes.js";
import type { ReportData } from "./report-data.js";
import type { ThemeColors } from "./theme-colors.js";

/** What {@link drawBars} draws; lengths in pixels of the canvas, which may be finer than the page's. */
export interface RasterArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Microseconds at the left and at the right. */
  readonly from: number;
  readonly to: number;
  readonly laneHeight: number;
  /** Scrolled away above the first lane. */
  readonly scrolled: number;
  /** Pixels of the canvas for one of the page. */
  readonly ratio: number;
}

/** A bar that is wide enough for its name. */
export interface WideBar {
  readonly lane: number;
  readonly row: number;
  readonly x: number;
  readonly width: number;
}

interface Pixels {
  readonly image: ImageData;
  readonly values: Uint32Array;
  /** One lane's bars, and what lies in its middle, where fetching is shown. */
  readonly bar: Uint32Array;
  readonly middle: Uint32Array;
}

let kept: Pixels | undefined;

/**
 * Draws the bars of lanes as pixels, which costs what is visible: one look a pixel where there are
 * more attempts, and one picture a frame instead of thousands of rectangles.
 *
 * @returns the bars that are at least `wide` pixels wide.
 */
export function drawBars(
  context: CanvasRenderingContext2D,
  data: ReportData,
  lanes: readonly Lane[],
  area: RasterArea,
  colors: ThemeColors,
  wide: number,
): WideBar[] {
  const { left, top, width, height, laneHeight, scrolled } = area;
  if (width < 1 || height < 1) return [];
  const pixels = pixelsOf(width, height);
  const paint = paintOf(data, colors);
  pixels.values.fill(paint.surface);
  const found: WideBar[] = [];
  const first = Math.max(0, Math.floor(scrolled / laneHeight));
  const last = Math.min(lanes.length, Math.ceil((scrolled + height) / laneHeight));
  for (let i = first; i < last; i++) {
    const lane = lanes[i];
    if (lane === undefined) continue;
    const back = lane.worker % 2 === 1 ? paint.band : paint.surface;
    pixels.bar.fill(back);
    pixels.middle.fill(back);
    fillBars(pixels, data, lane, i, area, paint, back, wide, found);
    fillFailures(pixels, data, lane, area, paint.bad);
    const y = Math.round(i * laneHeight - scrolled);
    const bottom = Math.round((i + 1) * laneHeight - scrolled);
    copyLane(pixels, area, y, bottom, back, lane.number === 0 ? paint.line : back);
  }
  context.putImageData(pixels.image, left, top);
  return found;
}

function pixelsOf(width: number, height: number): Pixels {
  if (kept?.image.width === width && kept.image.height === height) return kept;
  const image = new ImageData(width, height);
  const values = new Uint32Array(image.data.buffer);
  kept = { image, values, bar: new Uint32Array(width), middle: new Uint32Array(width) };
  return kept;
}

interface Paint {
  readonly surface: number;
  readonly band: number;
  readonly line: number;
  readonly bad: number;
  readonly groups: Uint32Array;
}

function paintOf({ head }: ReportData, { surface, band, line, bad }: ThemeColors): Paint {
  return {
    surface: pixelOf(surface),
    band: pixelOf(band),
    line: pixelOf(line),
    bad: pixelOf(bad),
    groups: Uint32Array.from(head.groups, (_, group) => pixelOf(groupColor(group))),
  };
}

/** `#rgb` or `#rrggbb` as a pixel: red in the lowest byte. */
function pixelOf(color: string): number {
  const digits = color.replace("#", "");
  const wide = digits.length === 3 ? digits.replaceAll(/./g, "$&$&") : digits;
  const value = Number.parseInt(wide, 16);
  if (wide.length !== 6 || Number.isNaN(value)) return 0xff80_8080;
  return pixel(value >> 16, (value >> 8) & 255, value & 255);
}

function pixel(red: number, green: number, blue: number): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A pixel laid over another, `part` of it. */
function mixed(over: number, under: number, part: number): number {
  const channel = (shift: number): number =>
    Math.round(((over >> shift) & 255) * part + ((under >> shift) & 255) * (1 - part));
  return pixel(channel(0), channel(8), channel(16));
}

/** One bar a pixel where there are more: the next is looked for where the last one ended. */
function fillBars(
  { bar, middle }: Pixels,
  data: ReportData,
  lane: Lane,
  number: number,
  { from, to, width, ratio }: RasterArea,
  paint: Paint,
  back: number,
  wide: number,
  found: WideBar[],
): void {
  const { start, end, rows } = lane;
  const scale = width / Math.max(1, to - from);
  for (let i = firstAtLeast(end, from); i < rows.length; ) {
    const at = start[i] ?? 0;
    if (at > to) break;
    const row = rows[i] ?? 0;
    const duration = data.duration[row] ?? Number.NaN;
    const until = Number.isNaN(duration) ? (end[i] ?? at) : at + duration;
    const x = Math.floor((at - from) * scale);
    const right = Math.max(x + 1, Math.floor((until - from) * scale));
    const color = paint.groups[data.group[row] ?? 0] ?? paint.line;
    const fetched = Math.round((data.transfer[row] ?? 0) * scale);
    if (fetched >= 1 && x > 0) middle.fill(mixed(color, back, 0.35), Math.max(0, x - fetched), x);
    // A gap between bars that are wide enough for one.
    const drawnTo = right - x > 4 * ratio ? right - Math.round(ratio) : right;
    if (drawnTo > 0) {
      const shown = Number.isNaN(duration) ? mixed(color, back, 0.5) : color;
      bar.fill(shown, Math.max(0, x), drawnTo);
      middle.fill(shown, Math.max(0, x), drawnTo);
    }
    if (right - x >= wide) found.push({ lane: number, row, x, width: right - x });
    i = right - x > 1 ? i + 1 : nextAtLeast(start, from + (x + 1) / scale, i + 1);
  }
}

/** Failed attempts too narrow for a frame are red, over all others. */
function fillFailures(
  { bar, middle }: Pixels,
  data: ReportData,
  { start, end, rows, failed }: Lane,
  { from, to, width, ratio }: RasterArea,
  bad: number,
): void {
  const scale = width / Math.max(1, to - from);
  for (let i = firstAtLeast(failed, firstAtLeast(end, from)); i < failed.length; i++) {
    const position = failed[i] ?? 0;
    const at = start[position] ?? 0;
    if (at > to) break;
    const x = Math.floor((at - from) * scale);
    const long = (data.duration[rows[position] ?? 0] ?? 0) * scale;
    if (long >= 4 * ratio) continue;
    bar.fill(bad, Math.max(0, x), Math.max(0, x + Math.ceil(2 * ratio)));
    middle.fill(bad, Math.max(0, x), Math.max(0, x + Math.ceil(2 * ratio)));
  }
}

function copyLane(
  { values, bar, middle }: Pixels,
  { width, height, ratio }: RasterArea,
  top: number,
  bottom: number,
  back: number,
  line: number,
): void {
  const margin = Math.round(2 * ratio);
  const center = (top + bottom) / 2;
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
    const to = y * width;
    if (y < top + margin || y >= bottom - margin) {
      values.fill(y < top + Math.max(1, Math.round(ratio)) ? line : back, to, to + width);
    } else {
      values.set(Math.abs(y + 0.5 - center) < 3 * ratio ? middle : bar, to);
    }
  }
}
