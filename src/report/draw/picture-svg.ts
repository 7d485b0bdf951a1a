import { groupColor } from "../page/group-color.js";
import { type LayoutBox, layeredLayout } from "../page/layered-layout.js";
import { endCut, middleCut } from "../page/texts.js";
import type { Picture, PictureBox } from "./graph-picture.js";

const margin = 12;
const titleChars = 34;
const lineChars = 44;
const looks = {
  fine: { fill: "#ffffff", stroke: "#8b95a3", dash: "" },
  failed: { fill: "#fbe9e7", stroke: "#b3261e", dash: "" },
  blocked: { fill: "#ffffff", stroke: "#8a5a00", dash: ' stroke-dasharray="5 3"' },
} as const;

/** Draws a picture as SVG: causes at the left. Letters are those of the viewer's sans-serif font. */
export function pictureSvg({ boxes, arrows, counts }: Picture): string {
  const sizes = boxes.map(sizeOf);
  const layout = layeredLayout(sizes, arrows);
  const width = Math.ceil(layout.width + 2 * margin + 6);
  const height = Math.ceil(layout.height + 2 * margin + 6);
  const lines = layout.lines.map((line, i) => arrowPath(line, counts[i] ?? 1));
  const nodes = boxes.map((box, i) =>
    boxGroup(box, sizes[i] ?? { width: 0, height: 0 }, layout.x[i] ?? 0, layout.y[i] ?? 0),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans Condensed', sans-serif" role="img">`,
    `<title>Task graph: ${boxes.length} boxes, ${arrows.length} arrows</title>`,
    `<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" rx="8" fill="#f6f7f9"/>`,
    ...lines,
    ...nodes,
    "</svg>",
    "",
  ].join("\n");
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
  const { fill, stroke, dash } = looks[box.look];
  const behind =
    box.count > 1
      ? `<rect x="5" y="5" width="${width}" height="${height}" rx="6" fill="#e3e7ed" stroke="#c5ccd5"/>`
      : "";
  const second =
    box.line === ""
      ? ""
      : `<text x="14" y="36" font-size="11.5" fill="#566070">${escaped(endCut(box.line, lineChars))}</text>`;
  return [
    `<g transform="translate(${round(x)} ${round(y)})">`,
    `<title>${escaped(`${box.title} ${box.line}`)}</title>`,
    behind,
    `<rect width="${width}" height="${height}" rx="6" fill="${fill}" stroke="${stroke}"${dash}/>`,
    `<rect width="5" height="${height}" rx="2.5" fill="${groupColor(box.group)}"/>`,
    `<text x="14" y="20" font-size="13" font-weight="600" fill="#1a2029">${escaped(middleCut(box.title, titleChars))}</text>`,
    second,
    "</g>",
  ].join("");
}

function arrowPath(line: readonly (readonly [number, number])[], count: number): string {
  const [first, ...rest] = line;
  if (first === undefined) return "";
  let [x, y] = first;
  let path = `M${round(x)} ${round(y)}`;
  rest.forEach(([toX, toY], i) => {
    const half = (toX - x) / 2;
    path +=
      i % 2 === 1
        ? `L${round(toX)} ${round(toY)}`
        : `C${round(x + half)} ${round(y)} ${round(toX - half)} ${round(toY)} ${round(toX)} ${round(toY)}`;
    x = toX;
    y = toY;
  });
  const weight = Math.min(5, 1 + Math.log10(Math.max(1, count)) * 1.1).toFixed(1);
  return `<path d="${path}" fill="none" stroke="#8b95a3" stroke-width="${weight}"/><path d="M${round(x)} ${round(y)}l-7 -4v8z" fill="#6b7583"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Characters that XML forbids become U+FFFD. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (char) => entities[char] ?? char)
    .replaceAll(/[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu, "\uFFFD");
}
