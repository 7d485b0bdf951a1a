// Draws docs/images/demo.svg: what the demo prints, as a terminal window; and with `taskprov draw`
// graph.svg and lineage.svg: its task graph, and what one of its results came from. Needs a build.
//
//   node scripts/picture.mjs
//
// The pictures have no fonts and no scripts in them, follow the reader's light or dark scheme, and
// are text: they can be searched and read aloud.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const images = path.join(root, "docs", "images");

// A character's box, in pixels; whatever font the reader has is stretched to it.
const cell = { width: 8, height: 19 };
const margin = { left: 22, top: 54, bottom: 6 };

/** Which lines stand out, the first match counts. */
const styles = [
  [/^\$ /, "command"],
  [/^(Weather|What happened|The record|Go on with)/, "heading"],
  [/^ {2,}\d+ succeeded/, "good"],
  [/^ {2,}\d+ (of them at)|^ {6}Incomplete/, "warning"],
  [/^ {2,}\d+ (failed|never)|^ {6}Damaged|^ {6}\w+-1-\d+, /, "bad"],
  [/^ {2}npx /, "link"],
  [/^ {2}\(/, "quiet"],
];

mkdirSync(images, { recursive: true });
// In an empty folder, so that there is no older document to tell of.
const cwd = mkdtempSync(path.join(os.tmpdir(), "taskprov-picture-"));
try {
  const output = node("examples/demo/demo.mjs");
  write("demo.svg", draw(["$ npm run demo", "", ...output.trimEnd().split("\n")]));
  write("graph.svg", node("dist/cli/main.js", "draw", "--flow", "down"));
  const season = ["--key", "fitSeason-1-21", "--by", "group"];
  write("lineage.svg", node("dist/cli/main.js", "draw", ...season));
} finally {
  rmSync(cwd, { recursive: true, force: true });
}

function node(script, ...args) {
  return execFileSync(process.execPath, [path.join(root, script), ...args], {
    cwd,
    encoding: "utf8",
  });
}

function write(name, picture) {
  const target = path.join(images, name);
  writeFileSync(target, picture);
  process.stdout.write(`Wrote ${path.relative(process.cwd(), target)}\n`);
}

function draw(lines) {
  const columns = Math.max(...lines.map((line) => line.length));
  const width = columns * cell.width + 2 * margin.left;
  const height = margin.top + lines.length * cell.height + margin.bottom;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">A run of the demo in a terminal: its result, what happened to its tasks, and where the record is</title>
<style>
.window { fill: #ffffff; stroke: #d0d7de; }
.bar { fill: #f0f2f5; }
.button { fill: #c9d1d9; }
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; white-space: pre; }
.heading { font-weight: 600; }
.command { font-weight: 600; fill: #57606a; }
.good { fill: #1a7f37; }
.warning { fill: #8a6100; }
.bad { fill: #c01f2e; }
.link { fill: #0860ca; }
.quiet { fill: #57606a; }
@media (prefers-color-scheme: dark) {
  .window { fill: #0d1117; stroke: #3d444d; }
  .bar { fill: #1b2129; }
  .button { fill: #3d444d; }
  text { fill: #e6edf3; }
  .command, .quiet { fill: #9198a1; }
  .good { fill: #4ac26b; }
  .warning { fill: #d9a72c; }
  .bad { fill: #ff7b72; }
  .link { fill: #6cb6ff; }
}
</style>
<rect class="window" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9"/>
<path class="bar" d="M1 32 V10 a9 9 0 0 1 9 -9 H${width - 10} a9 9 0 0 1 9 9 V32 z"/>
<circle class="button" cx="22" cy="16.5" r="5.5"/>
<circle class="button" cx="42" cy="16.5" r="5.5"/>
<circle class="button" cx="62" cy="16.5" r="5.5"/>
${lines.map(drawLine).join("")}</svg>
`;
}

function drawLine(line, row) {
  if (line.trim() === "") return "";
  const indent = line.length - line.trimStart().length;
  const text = line.trim();
  const x = margin.left + indent * cell.width;
  const y = margin.top + row * cell.height;
  const style = styles.find(([pattern]) => pattern.test(line))?.[1];
  const name = style === undefined ? "" : ` class="${style}"`;
  return `<text${name} x="${x}" y="${y}" textLength="${text.length * cell.width}" xml:space="preserve">${escapeXml(text)}</text>\n`;
}

function escapeXml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
