import {
  type Attribute,
  dateTimeKey,
  isQualifiedName,
  provAttributes,
  type RecordKind,
  uriOf,
} from "../../prov/index.js";
import type { Graph, GraphStatement, GraphSubject, RdfResource, TextSpot } from "./graph.js";
import { type GraphContext, isTime, nodeText } from "./graph-context.js";
import { elementClasses, isStructural, linksOf, typesOf } from "./graph-facts.js";
import type { GraphRelations } from "./graph-relations.js";
import { classRules, influenceSlots, predicateRules } from "./predicate-rules.js";
import { nameCounts, relationShapes } from "./relation-shapes.js";

/** A node that qualifies relations of one kind, and where that is first said. */
export interface Influence extends TextSpot {
  readonly kind: RecordKind;
  /** The first formals: whatever is linked to the node. */
  readonly subjects: string[];
  /** Subtypes of derivation, by the property that links. */
  types?: Set<string>;
}

// How many records a node with contradicting formals may become.
const maxCombinations = 256;

/** The nodes that qualify relations, each with the kinds of relations it qualifies. */
export function findInfluences(graph: Graph): ReadonlyMap<string, readonly Influence[]> {
  const influences = new Map<string, Influence[]>();
  for (const subject of graph.subjectsWith("qualified")) {
    for (const { predicate, object, line, column } of linksOf(subject, "qualified")) {
      const rule = predicateRules.get(predicate);
      if (rule?.role !== "qualified" || object.termType === "Literal") {
        continue;
      }
      const kind = kindOf(graph, object, rule.kind);
      const known = influences.get(object.id);
      let influence = known?.find((each) => each.kind === kind);
      if (influence === undefined) {
        influence = { kind, subjects: [subject.id], line, column };
        if (known === undefined) {
          influences.set(object.id, [influence]);
        } else {
          known.push(influence);
        }
      }
      // One subject after the other is looked at, so that none comes back.
      if (influence.subjects.at(-1) !== subject.id) {
        influence.subjects.push(subject.id);
      }
      if (rule.subtype !== undefined) {
        influence.types ??= new Set();
        influence.types.add(uriOf(rule.subtype));
      }
    }
  }
  addUnlinked(graph, influences);
  return influences;
}

// Nodes that qualify a relation by their class alone: no element is linked to them.
function addUnlinked(graph: Graph, influences: Map<string, Influence[]>): void {
  for (const subject of graph.subjectsWith("influence-class")) {
    const kind = influences.has(subject.id) ? undefined : unlinkedKind(subject);
    const [at] = kind === undefined ? [] : subject.statements;
    if (kind !== undefined && at !== undefined) {
      const { line, column } = at;
      influences.set(subject.id, [{ kind, subjects: [], line, column }]);
    }
  }
}

function unlinkedKind(subject: GraphSubject): RecordKind | undefined {
  if (subject.has("element-class")) {
    return undefined;
  }
  for (const type of typesOf(subject)) {
    const rule = classRules.get(type);
    if (rule?.is === "influence") {
      return rule.kind;
    }
  }
  return undefined;
}

// `prov:qualifiedInfluence` may lead to a node of any kind.
function kindOf(graph: Graph, node: RdfResource, kind: RecordKind): RecordKind {
  if (kind === "wasInfluencedBy") {
    for (const type of typesOf(graph.subject(node.id))) {
      const rule = classRules.get(type);
      if (rule?.is === "influence" && rule.kind !== kind) {
        return rule.kind;
      }
    }
  }
  return kind;
}

/** Reads the relations that nodes qualify. */
export function readQualified(
  graph: Graph,
  influences: ReadonlyMap<string, readonly Influence[]>,
  relations: GraphRelations,
  context: GraphContext,
): void {
  for (const subject of graph.subjectsWith("qualified", "influence-class")) {
    for (const influence of influences.get(subject.id) ?? []) {
      if (influence.subjects.length === 0) {
        readInfluence(graph, subject.id, influence, relations, context);
      }
    }
    if (!subject.has("qualified")) {
      continue;
    }
    const seen = new Set<string>();
    for (const { object } of linksOf(subject, "qualified")) {
      // A node that several subjects share is read with the first of them.
      for (const influence of seen.has(object.id) ? [] : (influences.get(object.id) ?? [])) {
        const [first] = influence.subjects;
        if (first === subject.id) {
          readInfluence(graph, object.id, influence, relations, context);
        }
      }
      seen.add(object.id);
    }
  }
}

/** The formals of a qualification; several values where the node contradicts itself. */
interface Formals {
  readonly names: readonly Set<string>[];
  /** By instant. */
  readonly times: Map<string, string>;
}

function readInfluence(
  graph: Graph,
  id: string,
  influence: Influence,
  relations: GraphRelations,
  context: GraphContext,
): void {
  const { kind, subjects, types } = influence;
  const names = Array.from(
    { length: nameCounts.get(kind) ?? 0 },
    (_, i) => new Set(i === 0 ? subjects : []),
  );
  const formals: Formals = { names, times: new Map() };
  const attributes: Attribute[] = [];
  const subject = graph.subject(id);
  const isElement = subject !== undefined && elementClasses(subject).explicit.size > 0;
  for (const statement of subject?.statements ?? []) {
    if (
      !fillFormal(statement, kind, formals, context) &&
      isInfluenceAttribute(statement, kind, isElement)
    ) {
      const { predicate, object } = statement;
      attributes.push([context.names.attribute(predicate), context.names.value(object)]);
    }
  }
  for (const type of types ?? []) {
    addType(attributes, type, context);
  }
  const [only] = subjects;
  if (names[1]?.size === 0 && only !== undefined && subjects.length === 1) {
    const implied = impliedSecond(graph, only, kind);
    if (implied !== undefined) {
      names[1].add(implied);
    }
  }
  // The list has set room aside for more.
  const fitted = attributes.slice();
  const isNamed = !id.startsWith("_:") || graph.refersTo(id);
  for (const { nodes, time } of combinations(formals, id, influence, context)) {
    relations.addQualified(
      { kind, ...(isNamed && { id: context.names.name(id) }), nodes, time, attributes: fitted },
      influence,
      nodes[0] ?? id,
    );
  }
}

// What a qualification without its second formal means, where that is clear: Python's older `prov`
// wrote the agent of an association beside the qualification that holds the plan, not in it.
function impliedSecond(graph: Graph, subject: string, kind: RecordKind): string | undefined {
  const stated = graph.subject(subject);
  if (stated === undefined || relationShapes.get(kind)?.paired !== true) {
    return undefined;
  }
  const direct = new Set(objectsOf(stated, "relation", kind));
  let open = 0;
  for (const node of new Set(objectsOf(stated, "qualified", kind))) {
    const seconds = (graph.subject(node)?.statements ?? []).filter(
      ({ predicate }) => influenceSlots.get(kind)?.get(predicate) === 1,
    );
    open += seconds.length === 0 ? 1 : 0;
    for (const { object } of seconds) {
      direct.delete(object.id);
    }
  }
  const [second] = direct;
  return open === 1 && direct.size === 1 ? second : undefined;
}

function objectsOf(
  subject: GraphSubject,
  role: "relation" | "qualified",
  kind: RecordKind,
): readonly string[] {
  return linksOf(subject, role)
    .filter(({ predicate }) => {
      const rule = predicateRules.get(predicate);
      return rule?.role === role && rule.kind === kind;
    })
    .map(({ object }) => object.id);
}

// Whether the statement is a formal property of the qualification.
function fillFormal(
  statement: GraphStatement,
  kind: RecordKind,
  { names, times }: Formals,
  context: GraphContext,
): boolean {
  const { predicate, object } = statement;
  const slot = influenceSlots.get(kind)?.get(predicate);
  if (slot === undefined) {
    return false;
  }
  if (slot === "time") {
    const fits = isTime(statement, context);
    if (fits) {
      const key = dateTimeKey(object.value);
      times.set(key, times.get(key) ?? object.value);
    }
    return fits;
  }
  if (object.termType === "Literal") {
    return false;
  }
  names[slot]?.add(object.id);
  return true;
}

function isInfluenceAttribute(
  { predicate, object }: GraphStatement,
  kind: RecordKind,
  isElement: boolean,
): boolean {
  const role = predicateRules.get(predicate)?.role;
  if (role === "activity-time") {
    return !isElement;
  }
  if (object.termType === "Literal") {
    return true;
  }
  if (role !== "type") {
    return !isStructural(role);
  }
  const rule = classRules.get(object.id);
  return rule?.is === "element"
    ? !isElement
    : rule === undefined || !rule.base || rule.kind !== kind;
}

function addType(attributes: Attribute[], type: string, { names }: GraphContext): void {
  const isKnown = attributes.some(
    ([name, value]) =>
      name === provAttributes.type &&
      typeof value === "object" &&
      isQualifiedName(value) &&
      uriOf(value) === type,
  );
  if (!isKnown) {
    attributes.push([provAttributes.type, names.name(type)]);
  }
}

interface Combination {
  readonly nodes: readonly (string | undefined)[];
  readonly time: string | undefined;
}

// One combination, unless formals have several values: records that share an id come to that.
function combinations(
  { names, times }: Formals,
  id: string,
  at: Influence,
  context: GraphContext,
): readonly Combination[] {
  const columns = [...names.map((set) => [...set]), [...times.values()]];
  const several = columns.filter(({ length }) => length > 1);
  const length = several[0]?.length ?? 1;
  const isZipped = several.every((column) => column.length === length);
  const product = several.reduce((count, column) => count * column.length, 1);
  const count = Math.min(isZipped ? length : product, maxCombinations);
  if (several.length > 1) {
    const how = isZipped ? "in the order of the text" : "as every combination";
    const message = `${nodeText(id, context)} has several values of several formal properties, and RDF does not say which belong together; read ${how}.`;
    context.report("warning", "ambiguous-relation", message, at);
  }
  return Array.from({ length: count }, (_, i) => {
    let rest = i;
    const picked = columns.map((column) => {
      if (column.length < 2) {
        return column[0];
      }
      const index = isZipped ? i : rest % column.length;
      rest = Math.floor(rest / column.length);
      return column[index];
    });
    return { nodes: picked.slice(0, -1), time: picked.at(-1) };
  });
}
