import { dotText } from "../../formats/dot/dot-text.js";
import { groupColor } from "../page/group-color.js";
import type { Picture, PictureBox } from "./graph-picture.js";
import type { PictureFlow } from "./picture-svg.js";

/** Writes a picture in the DOT language of Graphviz. */
export function pictureDot({ boxes, arrows, counts }: Picture, flow: PictureFlow): string {
  const lines = [
    "digraph tasks {",
    `  rankdir=${flow === "down" ? "TB" : "LR"}; charset="UTF-8";`,
    '  node [shape=box style="rounded,filled" fillcolor="#ffffff" fontname="sans-serif" fontsize=11];',
    '  edge [color="#8b95a3" fontname="sans-serif" fontsize=9];',
  ];
  boxes.forEach((box, i) => {
    const fill = box.look === "failed" ? ' fillcolor="#fbe9e7"' : "";
    const style = box.look === "blocked" ? ' style="rounded,filled,dashed"' : "";
    lines.push(
      `  n${i} [label=${dotText(labelLines(box).join("\n"))} color="${groupColor(box.group)}"${fill}${style}];`,
    );
  });
  arrows.forEach(([from, to], i) => {
    const count = counts[i] ?? 1;
    lines.push(`  n${from} -> n${to}${count > 1 ? ` [label="${count}"]` : ""};`);
  });
  return `${[...lines, "}"].join("\n")}\n`;
}

/** Writes a picture as a Mermaid flowchart, which GitHub and many editors draw. */
export function pictureMermaid({ boxes, arrows, counts }: Picture, flow: PictureFlow): string {
  const lines = [`flowchart ${flow === "down" ? "TD" : "LR"}`];
  boxes.forEach((box, i) => {
    lines.push(`  n${i}["${labelLines(box).map(mermaidText).join("<br/>")}"]`);
    if (box.look !== "fine") lines.push(`  class n${i} ${box.look}`);
  });
  arrows.forEach(([from, to], i) => {
    const count = counts[i] ?? 1;
    lines.push(`  n${from} -->${count > 1 ? `|${count}|` : ""} n${to}`);
  });
  lines.push(
    "  classDef failed fill:#fbe9e7,stroke:#b3261e,color:#1a2029",
    "  classDef blocked stroke-dasharray:5 3",
  );
  return `${lines.join("\n")}\n`;
}

function labelLines({ title, line }: PictureBox): string[] {
  return line === "" ? [title] : [title, line];
}

/** Every character that Mermaid or HTML could take for its own, as an entity of Mermaid. */
function mermaidText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Surrogate}]/gu, "\uFFFD")
    .replaceAll(/["#&<>`[\](){}|;\\*_~%]/g, (char) => `#${char.codePointAt(0)};`);
}
