import type { LineageItem, LineageRelation } from "../lineage-item.js";
import type { LineageAnswer } from "../slice-answer.js";
import { itemName, shortText, valueText } from "./item-text.js";
import { durationText } from "./quantities.js";

/** Items and relations as a graph in Graphviz's language, causes at the top. */
export function dotText(
  items: readonly LineageItem[],
  relations: readonly LineageRelation[],
): string {
  const lines = ["digraph lineage {", ...head];
  for (const item of items) {
    lines.push(`  ${quoted(item.id)} [label=${quoted(labelOf(item))}, ${lookOf(item)}];`);
  }
  for (const { cause, effect, role, kind } of relations) {
    const label = role ?? (kind === "used" || kind === "wasGeneratedBy" ? "" : kind);
    const attributes = label === "" ? "" : ` [label=${quoted(shortText(label, 30))}]`;
    lines.push(`  ${quoted(cause)} -> ${quoted(effect)}${attributes};`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

/** A slice as a graph: of items, or where there are more activities than `most`, of groups. */
export function sliceDot(answer: LineageAnswer, most: number): string {
  const { items, relations, total, groups, links } = answer;
  const isWhole = items.length === total.activities + total.entities;
  if (total.activities <= most && isWhole) return dotText(items, relations);
  const lines = ["digraph lineage {", ...head];
  for (const { group, count, seconds } of groups) {
    const label = `${group}\n×${count}, ${durationText(seconds)}`;
    lines.push(`  ${quoted(group)} [label=${quoted(label)}, ${look.activity}];`);
  }
  for (const { cause, effect, count } of links) {
    lines.push(`  ${quoted(cause)} -> ${quoted(effect)} [label=${quoted(String(count))}];`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

const head = [
  '  graph [rankdir="TB", fontname="sans-serif"];',
  '  node [fontname="sans-serif", fontsize=11, style="filled"];',
  '  edge [fontname="sans-serif", fontsize=9];',
];

// The colours of the PROV primer.
const look = {
  entity: 'shape="ellipse", fillcolor="#fffc87", color="#808080"',
  activity: 'shape="box", fillcolor="#9fb1fc", color="#0000ff"',
  failed: 'shape="box", fillcolor="#f4b6ae", color="#b3261e"',
  agent: 'shape="house", fillcolor="#fed37f", color="#808080"',
} as const;

function lookOf({ type, status }: LineageItem): string {
  switch (type) {
    case "attempt":
    case "activity":
    case "run":
    case "cell":
      return status === undefined || status === "ok" ? look.activity : look.failed;
    case "agent":
    case "worker":
    case "scheduler":
    case "client":
      return look.agent;
    default:
      return look.entity;
  }
}

function labelOf(item: LineageItem): string {
  const name = shortText(itemName(item), 40);
  const value = item.type === "literal" ? "" : shortText(valueText(item), 40);
  const status = item.status === undefined || item.status === "ok" ? "" : item.status;
  return [name, value, status].filter((line) => line !== "").join("\n");
}

/** A text in double quotes, as DOT reads it. */
function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
