import type { FormalType, RecordKind } from "../../prov/index.js";

/** What a node of the picture stands for; `unknown` is what no record declares. */
export type NodeKind = "entity" | "activity" | "agent" | "bundle" | "unknown";

/** The shapes and colours of the W3C's PROV diagrams. */
export const nodeStyles: Readonly<Record<NodeKind, string>> = {
  entity: 'shape=ellipse style=filled fillcolor="#FFFC87" color="#808080"',
  activity: 'shape=box style=filled fillcolor="#9FB1FC" color="#0000FF"',
  agent: 'shape=house style=filled fillcolor="#FED37F" color="#808080"',
  bundle: 'shape=folder style=filled fillcolor="#F5F5F5" color="#808080"',
  unknown: "shape=ellipse style=dashed",
};

/** How an undeclared thing is drawn, by the position it stands in. */
export const kindOfFormal: Readonly<Record<FormalType, NodeKind>> = {
  entity: "entity",
  activity: "activity",
  agent: "agent",
  generation: "unknown",
  usage: "unknown",
  bundle: "bundle",
  any: "unknown",
  time: "unknown",
};

/** Relations that say less about how things came to be, drawn more lightly. */
export const lightKinds: ReadonlySet<RecordKind> = new Set([
  "wasInfluencedBy",
  "alternateOf",
  "specializationOf",
  "mentionOf",
  "hadMember",
]);
