import { escapeHtml } from "../../base/html.js";
import { groupColor } from "../page/group-color.js";
import { type Layout, type LayoutBox, layeredLayout } from "../page/layered-layout.js";
import { endCut, middleCut } from "../page/texts.js";
import type { Picture, PictureBox } from "./graph-picture.js";

const margin = 12;
const titleChars = 34;
const lineChars = 44;
/** Colours stand in attributes, for every viewer; the dark ones override them where it is dark. */
const looks = {
  fine: 'fill="#ffffff" stroke="#8b95a3"',
  failed: 'fill="#fbe9e7" stroke="#b3261e"',
  blocked: 'fill="#ffffff" stroke="#8a5a00" stroke-dasharray="5 3"',
} as const;
const darkStyle = `@media (prefers-color-scheme:dark){
.page{fill:#12161c}.back{fill:#2a323d;stroke:#343d49}.title{fill:#e6eaf0}.line{fill:#a3adba}.arrow{stroke:#76818f}.head{fill:#a3adba}
.fine{fill:#1a2028;stroke:#76818f}.failed{fill:#3a1a18;stroke:#ff8a80}.blocked{fill:#1a2028;stroke:#f0c465}}`;

/** Where causes stand: at the left of their effects, or above them. */
export type PictureFlow = "right" | "down";

/** Draws a picture as SVG. Letters are those of the viewer's sans-serif font. */
export function pictureSvg({ boxes, arrows, counts }: Picture, flow: PictureFlow): string {
  const sizes = boxes.map(sizeOf);
  const layout = flow === "down" ? downwards(sizes, arrows) : layeredLayout(sizes, arrows);
  const width = Math.ceil(layout.width + 2 * margin + 6);
  const height = Math.ceil(layout.height + 2 * margin + 6);
  const lines = layout.lines.map((line, i) => arrowPath(line, counts[i] ?? 1, flow));
  const nodes = boxes.map((box, i) =>
    boxGroup(box, sizes[i] ?? { width: 0, height: 0 }, layout.x[i] ?? 0, layout.y[i] ?? 0),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans Condensed', sans-serif" role="img">`,
    `<title>Task graph: ${boxes.length} boxes, ${arrows.length} arrows</title>`,
    `<style>${darkStyle}</style>`,
    `<rect class="page" x="${-margin}" y="${-margin}" width="${width}" height="${height}" rx="8" fill="#f6f7f9"/>`,
    ...lines,
    ...nodes,
    "</svg>",
    "",
  ].join("\n");
}

/** The same layout on its side. */
function downwards(boxes: readonly LayoutBox[], arrows: Picture["arrows"]): Layout {
  const turned = boxes.map(({ width, height }) => ({ width: height, height: width }));
  const { width, height, x, y, lines } = layeredLayout(turned, arrows);
  return {
    width: height,
    height: width,
    x: y,
    y: x,
    lines: lines.map((line) => line.map(([along, across]) => [across, along] as const)),
  };
}

function sizeOf({ title, line }: PictureBox): LayoutBox {
  const width = Math.max(
    70,
    middleCut(title, titleChars).length * 7.9,
    endCut(line, lineChars).length * 6.4,
  );
  return { width: Math.ceil(width) + 26, height: line === "" ? 32 : 46 };
}

function boxGroup(box: PictureBox, { width, height }: LayoutBox, x: number, y: number): string {
  const behind =
    box.count > 1
      ? `<rect class="back" x="5" y="5" width="${width}" height="${height}" rx="6" fill="#e3e7ed" stroke="#c5ccd5"/>`
      : "";
  const second =
    box.line === ""
      ? ""
      : `<text class="line" x="14" y="36" font-size="11.5" fill="#566070">${escaped(endCut(box.line, lineChars))}</text>`;
  return [
    `<g transform="translate(${round(x)} ${round(y)})">`,
    `<title>${escaped(`${box.title} ${box.line}`)}</title>`,
    behind,
    `<rect class="${box.look}" width="${width}" height="${height}" rx="6" ${looks[box.look]}/>`,
    `<rect width="5" height="${height}" rx="2.5" fill="${groupColor(box.group)}"/>`,
    `<text class="title" x="14" y="20" font-size="13" font-weight="600" fill="#1a2029">${escaped(middleCut(box.title, titleChars))}</text>`,
    second,
    "</g>",
  ].join("");
}

function arrowPath(
  line: readonly (readonly [number, number])[],
  count: number,
  flow: PictureFlow,
): string {
  const [first, ...rest] = line;
  if (first === undefined) return "";
  let [x, y] = first;
  let path = `M${round(x)} ${round(y)}`;
  rest.forEach(([toX, toY], i) => {
    const end = `${round(toX)} ${round(toY)}`;
    path += i % 2 === 1 ? `L${end}` : `C${bend([x, y], [toX, toY], flow)} ${end}`;
    x = toX;
    y = toY;
  });
  const weight = Math.min(5, 1 + Math.log10(Math.max(1, count)) * 1.1).toFixed(1);
  const head = flow === "down" ? "l-4 -7h8z" : "l-7 -4v8z";
  return `<path class="arrow" d="${path}" fill="none" stroke="#8b95a3" stroke-width="${weight}"/><path class="head" d="M${round(x)} ${round(y)}${head}" fill="#6b7583"/>`;
}

/** The two control points of a curve that leaves and arrives along the flow. */
function bend(
  [x, y]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  flow: PictureFlow,
): string {
  const middleX = round((x + toX) / 2);
  const middleY = round((y + toY) / 2);
  return flow === "down"
    ? `${round(x)} ${middleY} ${round(toX)} ${middleY}`
    : `${middleX} ${round(y)} ${middleX} ${round(toY)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Characters that XML forbids become U+FFFD. */
function escaped(text: string): string {
  return escapeHtml(text).replaceAll(/[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu, "\uFFFD");
}
