import { type Attribute, dateTimeKey, provAttributes, uriOf } from "../../prov/index.js";
import type { GraphStatement, GraphSubject } from "./graph.js";
import { type GraphContext, isTime, nodeText } from "./graph-context.js";
import { linksOf } from "./graph-facts.js";
import type { GraphRelations } from "./graph-relations.js";
import { predicateRules } from "./predicate-rules.js";

/** Reads the relations that a subject states by direct properties such as `prov:used`. */
export function readDirect(subject: GraphSubject, relations: GraphRelations): void {
  const links = linksOf(subject, "relation");
  if (links.length === 0) {
    return;
  }
  const exact = subtypedDerivations(links);
  const seen = new Set<string>();
  for (const statement of links) {
    const rule = predicateRules.get(statement.predicate);
    if (rule?.role !== "relation") {
      continue;
    }
    const { kind, subtype } = rule;
    const object = statement.object.id;
    const what = subtype === undefined ? kind : uriOf(subtype);
    const key = `${what} ${object}`;
    const isRepeated =
      seen.has(key) ||
      relations.isQualified(what, subject.id, object) ||
      (kind === "wasDerivedFrom" && subtype === undefined && exact.has(object));
    if (!isRepeated) {
      seen.add(key);
      const attributes: readonly Attribute[] =
        subtype === undefined ? [] : [[provAttributes.type, subtype]];
      relations.add({ kind, nodes: [subject.id, object], attributes }, statement);
    }
  }
}

// What the subject is a revision or quotation of, or has as its primary source: that it was
// derived from these need not be said.
function subtypedDerivations(links: readonly GraphStatement[]): ReadonlySet<string> {
  const objects = new Set<string>();
  for (const { predicate, object } of links) {
    const rule = predicateRules.get(predicate);
    if (rule?.role === "relation" && rule.subtype !== undefined) {
      objects.add(object.id);
    }
  }
  return objects;
}

/** Reads the `mentionOf` that a subject states; PROV-O keeps the bundle apart from it. */
export function readMentions(
  subject: GraphSubject,
  relations: GraphRelations,
  context: GraphContext,
): void {
  const mentions = linksOf(subject, "mention");
  if (mentions.length === 0) {
    return;
  }
  const bundles = linksOf(subject, "mention-bundle");
  const text = nodeText(subject.id, context);
  if (mentions.length > 1 && bundles.length > 1) {
    const message = `${text} has several prov:mentionOf and several prov:asInBundle, and RDF does not say which belong together; read in the order of the text.`;
    context.report("warning", "ambiguous-relation", message, mentions[0]);
  }
  for (const [i, statement] of mentions.entries()) {
    const bundle = bundles[Math.min(i, bundles.length - 1)];
    const nodes = [subject.id, statement.object.id, bundle?.object.id];
    relations.add({ kind: "mentionOf", nodes }, statement);
  }
}

/**
 * Reads `prov:generatedAtTime` and `prov:invalidatedAtTime`: the time of the one event of its kind
 * that the subject states, if that has none, else an event of its own.
 */
export function readEventTimes(
  subject: GraphSubject,
  relations: GraphRelations,
  context: GraphContext,
): void {
  if (!subject.has("event-time")) {
    return;
  }
  for (const kind of ["wasGeneratedBy", "wasInvalidatedBy"] as const) {
    const times = subject.stating("event-time").filter((statement) => {
      const rule = predicateRules.get(statement.predicate);
      return rule?.role === "event-time" && rule.kind === kind && isTime(statement, context);
    });
    if (times.length > 0) {
      addEventTimes(subject.id, kind, times, relations);
    }
  }
}

function addEventTimes(
  subject: string,
  kind: "wasGeneratedBy" | "wasInvalidatedBy",
  times: readonly GraphStatement[],
  relations: GraphRelations,
): void {
  const stated = relations.of(subject);
  const events = stated.filter(({ record }) => record.kind === kind);
  const known = new Set<string>();
  for (const { record } of events) {
    if (record.kind === kind && record.time !== undefined) {
      known.add(dateTimeKey(record.time));
    }
  }
  let [open] = events.length === 1 ? events : [];
  for (const statement of times) {
    const time = statement.object.value;
    const key = dateTimeKey(time);
    if (known.has(key)) {
      continue;
    }
    known.add(key);
    if (open?.record.kind === kind && open.record.time === undefined) {
      stated[stated.indexOf(open)] = { ...open, record: { ...open.record, time } };
      open = undefined;
    } else {
      relations.add({ kind, nodes: [subject], time }, statement);
    }
  }
}
