import { readDirect, readEventTimes, readMentions } from "./direct-relations.js";
import type { Graph } from "./graph.js";
import type { GraphContext, StatedRecord } from "./graph-context.js";
import { Positions, readElements } from "./graph-elements.js";
import { GraphRelations } from "./graph-relations.js";
import { findInfluences, readQualified } from "./qualified-relations.js";

/**
 * Reads the records that a graph states in PROV-O, in the order of the text. Relations come first,
 * because a direct statement may repeat a qualified one, and because the place of a thing in
 * relations may tell what it is.
 */
export function readGraph(graph: Graph, context: GraphContext): readonly StatedRecord[] {
  const relations = new GraphRelations(context);
  const influences = findInfluences(graph);
  readQualified(graph, influences, relations, context);
  for (const subject of graph.subjects) {
    readDirect(subject, relations);
    readMentions(subject, relations, context);
    readEventTimes(subject, relations, context);
  }
  const positions = new Positions(relations);
  const stated: StatedRecord[] = [];
  for (const subject of graph.subjects) {
    const mine = influences.get(subject.id) ?? [];
    for (const element of readElements(subject, { ...context, influences: mine, positions })) {
      stated.push(element);
    }
    for (const relation of relations.of(subject.id)) {
      stated.push(relation);
    }
  }
  return stated;
}
