import {
  formalNames,
  formalTimes,
  isElementKind,
  isQualifiedName,
  nameText,
  type ProvDocument,
  type ProvRecord,
  provAttributes,
  type QualifiedName,
  recordFormals,
  uriOf,
  type Value,
} from "../../prov/index.js";
import { isUnknownArgument } from "../unknown-argument.js";
import { beginning, dotText, dotTooltip } from "./dot-text.js";
import { kindOfFormal, lightKinds, type NodeKind, nodeStyles } from "./styles.js";

/** How many characters of a label are drawn; the tooltip has more. */
const maxLabelChars = 48;
const maxTooltipChars = 400;
const labelUri = uriOf(provAttributes.label);

/**
 * Draws a document in the DOT language of Graphviz, in the shapes and colours of the W3C's
 * diagrams: things by their labels, relations as arrows, bundles as boxes around what they hold.
 * A picture cannot be read back: attributes and times are in tooltips only.
 */
export function* writeDot(document: ProvDocument): Generator<string, void, undefined> {
  yield `digraph prov {\n  rankdir=BT; charset="UTF-8";\n  node [fontname="Arial" fontsize=11];\n  edge [fontname="Arial" fontsize=9 color="#555555"];\n`;
  yield* new Scene("n").draw(document.records, "  ");
  let number = 0;
  for (const { id, records } of document.bundles) {
    number += 1;
    yield `  subgraph cluster_${number} {\n    label=${dotText(nameText(id))}; style=rounded; color="#808080"; fontname="Arial"; fontsize=11;\n`;
    yield* new Scene(`b${number}_`).draw(records, "    ");
    yield "  }\n";
  }
  yield "}\n";
}

/** How many nodes and arrows the picture of a document has. */
export function pictureSize({ records, bundles }: ProvDocument): number {
  return bundles.reduce((sum, bundle) => sum + bundle.records.length, records.length);
}

/** The top level or a bundle: a name means the same node in all of it. */
class Scene {
  readonly #prefix: string;
  readonly #nodes = new Map<string, string>();
  readonly #declared = new Map<string, NodeKind>();
  #joints: number = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  *draw(records: readonly ProvRecord[], indent: string): Generator<string, void, undefined> {
    for (const record of records) {
      if (isElementKind(record.kind) && record.id !== undefined) {
        yield* this.#element(record, record.id, record.kind, indent);
      }
    }
    for (const record of records) {
      if (!isElementKind(record.kind)) {
        yield* this.#relation(record, indent);
      }
    }
  }

  *#element(
    record: ProvRecord,
    id: QualifiedName,
    kind: NodeKind,
    indent: string,
  ): Generator<string, void, undefined> {
    const uri = uriOf(id);
    // A thing that is an agent and an entity too keeps the shape of what was said first.
    if (this.#declared.has(uri)) {
      return;
    }
    this.#declared.set(uri, kind);
    yield `${indent}${this.#nodeOf(uri)} [${nodeStyles[kind]} label=${labelOf(record, id)} tooltip=${tooltipOf(record, id)}];\n`;
  }

  *#relation(record: ProvRecord, indent: string): Generator<string, void, undefined> {
    const formals = recordFormals[record.kind];
    const ends: { readonly node: string; readonly property: string }[] = [];
    for (const [slot, name] of formalNames(record).entries()) {
      const formal = formals[slot];
      if (name !== undefined && formal !== undefined && !isEvent(formal.type)) {
        yield* this.#undeclared(name, kindOfFormal[formal.type], indent);
        ends.push({ node: this.#nodeOf(uriOf(name)), property: formal.property });
      }
    }
    const [from, to, ...others] = ends;
    if (from === undefined) {
      return;
    }
    const style = lightKinds.has(record.kind) ? " style=dotted" : "";
    const look = `label=${dotText(record.kind)} tooltip=${tooltipOf(record, record.id)}${style}`;
    if (to === undefined) {
      const end = this.#joint();
      yield `${indent}${end} [shape=point];\n${indent}${from.node} -> ${end} [${look}];\n`;
      return;
    }
    if (others.length === 0) {
      yield `${indent}${from.node} -> ${to.node} [${look}];\n`;
      return;
    }
    const joint = this.#joint();
    yield `${indent}${joint} [shape=point];\n${indent}${from.node} -> ${joint} [arrowhead=none];\n${indent}${joint} -> ${to.node} [${look}];\n`;
    for (const { node, property } of others) {
      yield `${indent}${joint} -> ${node} [label=${dotText(property)} style=dashed];\n`;
    }
  }

  *#undeclared(
    name: QualifiedName,
    kind: NodeKind,
    indent: string,
  ): Generator<string, void, undefined> {
    const uri = uriOf(name);
    if (!this.#declared.has(uri)) {
      this.#declared.set(uri, kind);
      const text = isUnknownArgument(name) ? "unknown" : beginning(nameText(name), maxLabelChars);
      const style = nodeStyles[kind].replace("style=filled", 'style="filled,dashed"');
      yield `${indent}${this.#nodeOf(uri)} [${style} label=${dotText(text)} tooltip=${dotTooltip(`${nameText(name)}: not declared`)}];\n`;
    }
  }

  #nodeOf(uri: string): string {
    const known = this.#nodes.get(uri);
    if (known !== undefined) {
      return known;
    }
    const node = `${this.#prefix}${this.#nodes.size}`;
    this.#nodes.set(uri, node);
    return node;
  }

  #joint(): string {
    this.#joints += 1;
    return `${this.#prefix}j${this.#joints}`;
  }
}

// Generations and usages are arrows themselves.
function isEvent(type: string): boolean {
  return type === "generation" || type === "usage";
}

function labelOf({ attributes }: ProvRecord, id: QualifiedName): string {
  const label = attributes.find(([name]) => uriOf(name) === labelUri)?.[1];
  const text = label === undefined ? "" : beginning(valueText(label), maxLabelChars);
  return dotText(text === "" ? beginning(nameText(id), maxLabelChars) : text);
}

function tooltipOf(record: ProvRecord, id: QualifiedName | undefined): string {
  const times = formalTimes(record).filter((time) => time !== undefined);
  const lines = [
    id === undefined ? record.kind : `${record.kind} ${nameText(id)}`,
    ...(times.length > 0 ? [times.join(" – ")] : []),
    ...record.attributes
      .slice(0, 20)
      .map(([name, value]) => `${nameText(name)} = ${beginning(valueText(value), 80)}`),
  ];
  return dotTooltip(lines.join("\n").slice(0, maxTooltipChars));
}

function valueText(value: Value): string {
  if (typeof value === "string") {
    return value;
  }
  return isQualifiedName(value) ? nameText(value) : value.text;
}
