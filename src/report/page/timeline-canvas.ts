import { firstAtLeast, type Lane } from "./lanes.js";
import type { ReportData } from "./report-data.js";
import { middleCut, tickText } from "./texts.js";
import { type ThemeColors, themeColors } from "./theme-colors.js";
import { drawBars } from "./timeline-raster.js";

/** What part of a timeline is shown, and what is marked. */
export interface TimelineState {
  /** Microseconds after the origin at the left and at the right side. */
  from: number;
  to: number;
  /** Pixels of a lane, the gap between bars included. */
  readonly laneHeight: number;
  /** Pixels that are scrolled away above the first lane. */
  top: number;
  /** Lane and position of the marked attempt. */
  marked: readonly [lane: number, position: number] | undefined;
  /** The critical path; empty when it is not shown. */
  path: readonly (readonly [lane: number, position: number])[];
}

/** Pixels for names at the left. */
export const gutter = 150;
/** Pixels for the axis at the top. */
export const axisHeight = 24;

interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly colors: ThemeColors;
  readonly data: ReportData;
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas for one of the page. */
  readonly ratio: number;
  /** Pixels a microsecond. */
  readonly scale: number;
  readonly state: TimelineState;
}

/** Draws lanes into a canvas; costs what is visible, not what there is. */
export function drawTimeline(
  canvas: HTMLCanvasElement,
  data: ReportData,
  lanes: readonly Lane[],
  state: TimelineState,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const colors = themeColors();
  const scale = (width - gutter) / Math.max(1, state.to - state.from);
  const brush: Brush = { context, colors, data, width, height, ratio, scale, state };
  context.fillStyle = colors.surface;
  context.fillRect(0, 0, width, height);
  drawLanes(brush, lanes);
  drawAxis(brush);
}

/** Narrower bars have no name in them. */
const leastNamed = 60;

function drawLanes(brush: Brush, lanes: readonly Lane[]): void {
  const { context, data, state, width, height, colors, ratio } = brush;
  const { laneHeight, from, to } = state;
  const wide = drawBars(
    context,
    data,
    lanes,
    {
      left: Math.round(gutter * ratio),
      top: Math.round(axisHeight * ratio),
      width: Math.round((width - gutter) * ratio),
      height: Math.round((height - axisHeight) * ratio),
      laneHeight: laneHeight * ratio,
      scrolled: state.top * ratio,
      from,
      to,
      ratio,
    },
    colors,
    leastNamed * ratio,
  );
  context.save();
  context.beginPath();
  context.rect(0, axisHeight, width, height - axisHeight);
  context.clip();
  const first = Math.max(0, Math.floor(state.top / laneHeight));
  const last = Math.min(lanes.length, Math.ceil((state.top + height) / laneHeight));
  for (let i = first; i < last; i++) {
    const lane = lanes[i];
    if (lane === undefined) continue;
    const y = axisHeight + i * laneHeight - state.top;
    context.fillStyle = lane.worker % 2 === 1 ? colors.band : colors.surface;
    context.fillRect(0, y, gutter, laneHeight);
    context.fillStyle = colors.line;
    if (lane.number === 0) context.fillRect(0, y, gutter, 1);
  }
  drawNames(brush, lanes, first, last);
  context.beginPath();
  context.rect(gutter, axisHeight, width - gutter, height - axisHeight);
  context.clip();
  context.fillStyle = "#fff";
  context.font = "11px system-ui, sans-serif";
  for (const { lane, row, x, width: wideness } of wide) {
    const y = axisHeight + lane * laneHeight - state.top;
    drawLabel(brush, row, gutter + x / ratio, wideness / ratio, y);
  }
  for (let i = first; i < last; i++) {
    const lane = lanes[i];
    if (lane !== undefined) drawFailures(brush, lane, axisHeight + i * laneHeight - state.top);
  }
  drawPath(brush, lanes, first, last);
  drawMark(brush, lanes);
  context.restore();
}

function xOf({ scale, state }: Brush, time: number): number {
  return gutter + (time - state.from) * scale;
}

function drawLabel(brush: Brush, row: number, x: number, width: number, y: number): void {
  const { context, data, state } = brush;
  const left = Math.max(x, gutter);
  const room = x + width - left;
  const chars = Math.floor((room - 8) / 6.2);
  if (chars < 5) return;
  const name = data.head.groups[data.group[row] ?? 0]?.name ?? "";
  context.fillText(middleCut(name, chars), left + 4, y + state.laneHeight / 2 + 0.5);
}

/** Crosses nearer to each other than this could not be told apart; what they mark is red anyway. */
const crossStep = 9;

/** Failed attempts have a cross, and a frame where they are wide enough. */
function drawFailures(brush: Brush, lane: Lane, y: number): void {
  const { context, data, state, colors, scale } = brush;
  const { start, end, rows, failed } = lane;
  const { laneHeight } = state;
  let lastX = Number.NEGATIVE_INFINITY;
  context.strokeStyle = colors.bad;
  context.lineWidth = 2;
  context.beginPath();
  for (let i = firstAtLeast(failed, firstAtLeast(end, state.from)); i < failed.length; i++) {
    const position = failed[i] ?? 0;
    const from = start[position] ?? 0;
    if (from > state.to) break;
    const x = xOf(brush, from);
    const width = Math.max(2, (data.duration[rows[position] ?? 0] ?? 0) * scale || 2);
    if (width >= 4) context.rect(x + 1, y + 2, width - 2, laneHeight - 4);
    const middle = Math.max(x + width / 2, gutter + 5);
    if (middle - lastX < crossStep) continue;
    lastX = middle;
    const center = y + laneHeight / 2;
    context.moveTo(middle - 4, center - 4);
    context.lineTo(middle + 4, center + 4);
    context.moveTo(middle + 4, center - 4);
    context.lineTo(middle - 4, center + 4);
  }
  context.stroke();
}

function drawNames(
  { context, colors, data, state }: Brush,
  lanes: readonly Lane[],
  first: number,
  last: number,
): void {
  context.fillStyle = colors.text;
  context.textBaseline = "middle";
  for (let i = first; i < last; i++) {
    const lane = lanes[i];
    if (lane === undefined) continue;
    const y = axisHeight + (i + 0.5) * state.laneHeight - state.top;
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = lane.number === 0 ? colors.text : colors.dim;
    context.fillText(laneName(data, lane), lane.number === 0 ? 8 : 20, y);
  }
}

/** A worker's first lane bears its name; what overlaps more than its threads can is said so. */
function laneName({ head }: ReportData, { worker, number }: Lane): string {
  const about = head.workers[worker - 1];
  if (number === 0) return middleCut(about?.name ?? "(no worker)", 19);
  const threads = about?.threads ?? 0;
  return threads === 0 || number < threads ? `thread ${number + 1}` : "overlapping";
}

function drawPath(brush: Brush, lanes: readonly Lane[], first: number, last: number): void {
  const { context, data, state, colors, width } = brush;
  const { laneHeight } = state;
  context.strokeStyle = colors.text;
  context.lineWidth = 2;
  for (const [i, position] of state.path) {
    const lane = lanes[i];
    if (lane === undefined || i < first || i >= last) continue;
    const start = lane.start[position] ?? 0;
    const duration = data.duration[lane.rows[position] ?? 0] ?? 0;
    const x = Math.max(gutter, xOf(brush, start));
    const right = Math.min(width, xOf(brush, start + (Number.isNaN(duration) ? 0 : duration)));
    if (right < gutter || x > width) continue;
    const y = axisHeight + i * laneHeight - state.top;
    context.strokeRect(x, y + 1, Math.max(2, right - x), laneHeight - 2);
  }
}

function drawMark(brush: Brush, lanes: readonly Lane[]): void {
  const { context, data, state, colors, width } = brush;
  const { laneHeight } = state;
  if (state.marked === undefined) return;
  const [at, position] = state.marked;
  const lane = lanes[at];
  const from = lane?.start[position];
  if (lane === undefined || from === undefined) return;
  const duration = data.duration[lane.rows[position] ?? 0] ?? 0;
  const x = Math.max(gutter, xOf(brush, from));
  const right = Math.min(width, xOf(brush, from + (Number.isNaN(duration) ? 0 : duration)));
  context.strokeStyle = colors.accent;
  context.lineWidth = 3;
  context.strokeRect(
    x - 1,
    axisHeight + at * laneHeight - state.top,
    Math.max(4, right - x + 2),
    laneHeight,
  );
}

function drawAxis(brush: Brush): void {
  const { context, colors, width, state } = brush;
  context.fillStyle = colors.surface;
  context.fillRect(0, 0, width, axisHeight);
  context.fillStyle = colors.line;
  context.fillRect(0, axisHeight - 1, width, 1);
  context.fillRect(gutter - 1, 0, 1, brush.height);
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  const step = niceStep((state.to - state.from) / Math.max(2, (width - gutter) / 110));
  for (let time = Math.ceil(state.from / step) * step; time <= state.to; time += step) {
    const x = xOf(brush, time);
    context.fillStyle = colors.line;
    context.fillRect(x, axisHeight - 6, 1, 6);
    context.fillStyle = colors.dim;
    const text = tickText(time / 1e6);
    if (x + 3 + context.measureText(text).width <= width)
      context.fillText(text, x + 3, axisHeight / 2);
  }
}

const minute = 60e6;

/** A step of the axis, in microseconds: round in seconds, or in minutes and hours. */
function niceStep(least: number): number {
  const round = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440].find(
    (each) => each * minute >= least,
  );
  if (least > minute / 2 && round !== undefined) return round * minute;
  if (least > 20e6) return minute / 2;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  for (const factor of [1, 2, 5]) if (power * factor >= least) return power * factor;
  return power * 10;
}
