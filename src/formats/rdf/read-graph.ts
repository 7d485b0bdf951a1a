import type { ExtensionRecord } from "../extension.js";
import { readDirect, readEventTimes, readMentions } from "./direct-relations.js";
import type { Graph } from "./graph.js";
import type { GraphContext, StatedRecord } from "./graph-context.js";
import { Positions, readElements } from "./graph-elements.js";
import { GraphRelations } from "./graph-relations.js";
import { findInfluences, readQualified } from "./qualified-relations.js";
import { readDictionaries } from "./read-dictionary.js";

/** What a graph states. */
export interface GraphRecords {
  readonly stated: readonly StatedRecord[];
  /** Records of PROV-Dictionary. */
  readonly extensions: readonly ExtensionRecord[];
}

/**
 * Reads the records that a graph states in PROV-O, in the order of the text. Relations come first,
 * because a direct statement may repeat a qualified one, and because the place of a thing in
 * relations may tell what it is.
 */
export function readGraph(graph: Graph, context: GraphContext): GraphRecords {
  const relations = new GraphRelations(context, graph.has("relation"));
  const influences = findInfluences(graph);
  readQualified(graph, influences, relations, context);
  for (const subject of graph.subjectsWith("relation", "mention", "event-time")) {
    readDirect(subject, relations);
    readMentions(subject, relations, context);
    readEventTimes(subject, relations, context);
  }
  const { records: extensions, nodes: read } = readDictionaries(graph, context);
  const positions = new Positions(relations);
  const stated: StatedRecord[] = [];
  // Made once: a spread with more properties behind it costs V8 a hidden class for every object.
  const elements = { ...context, influences, positions, read };
  for (const subject of graph.subjects) {
    for (const element of readElements(subject, elements)) {
      stated.push(element);
    }
    for (const relation of relations.of(subject.id)) {
      stated.push(relation);
    }
  }
  return { stated, extensions };
}
