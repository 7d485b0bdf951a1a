import {
  type Attribute,
  createRecord,
  isDateTime,
  type ProvRecord,
  type QualifiedName,
  type RecordKind,
  recordFormals,
  uriOf,
} from "../../prov/index.js";
import type { GraphStatement, GraphSubject } from "./graph.js";
import { type GraphContext, isTime, nodeText, type StatedRecord } from "./graph-context.js";
import { elementClasses, isStructural } from "./graph-facts.js";
import type { GraphRelations } from "./graph-relations.js";
import { bundleClass, classRules, influenceSlots, predicateRules } from "./predicate-rules.js";
import type { Influence } from "./qualified-relations.js";

/** What the elements of a graph follow from besides their own statements. */
export interface ElementContext extends GraphContext {
  /** What the subjects qualify that do. */
  readonly influences: ReadonlyMap<string, readonly Influence[]>;
  readonly positions: Positions;
  /** Nodes that have been read as parts of other records. */
  readonly read: ReadonlySet<string>;
}

/**
 * Reads the elements that a subject is: by its classes, else, when it has attributes, by its place
 * in relations.
 */
export function readElements(
  subject: GraphSubject,
  context: ElementContext,
): readonly StatedRecord[] {
  const kinds = elementKinds(subject, context);
  if (kinds.length === 0) {
    reportUnread(subject, context);
    return [];
  }
  return isBundleDeclaration(subject, context)
    ? []
    : kinds.flatMap((kind) => readElement(subject, kind, kinds, context));
}

function elementKinds(
  subject: GraphSubject,
  { influences, positions, names }: ElementContext,
): readonly RecordKind[] {
  const { explicit, implied } = elementClasses(subject);
  if (explicit.size > 0) {
    return [...explicit];
  }
  if (influences.has(subject.id)) {
    return [];
  }
  if (implied.size > 0) {
    return [...implied];
  }
  if (!hasAttributes(subject)) {
    return [];
  }
  const inferred = kindByTimes(subject) ?? positions.kindOf(names.name(subject.id));
  return inferred === undefined ? [] : [inferred];
}

// Whether there is anything about the subject but its relations.
function hasAttributes({ statements }: GraphSubject): boolean {
  return statements.some(({ predicate, object }) => {
    const role = predicateRules.get(predicate)?.role;
    return object.termType === "Literal" ? role !== "event-time" : !isStructural(role);
  });
}

function kindByTimes({ statements }: GraphSubject): RecordKind | undefined {
  const roles = new Set(statements.map(({ predicate }) => predicateRules.get(predicate)?.role));
  if (roles.has("activity-time")) {
    return "activity";
  }
  return roles.has("event-time") ? "entity" : undefined;
}

function reportUnread(subject: GraphSubject, context: ElementContext): void {
  const { influences, read } = context;
  if (influences.has(subject.id) || read.has(subject.id) || !hasAttributes(subject)) {
    return;
  }
  const [at] = subject.statements;
  const text = nodeText(subject.id, context);
  const message = `${text} is no PROV entity, activity or agent; what is stated about it is left out.`;
  context.report("warning", "not-prov", message, at);
}

// A node that is only said to be a prov:Bundle, where a graph of its name says so as well.
function isBundleDeclaration({ id, statements }: GraphSubject, context: GraphContext): boolean {
  return (
    context.isBundle(id) &&
    statements.every(
      ({ predicate, object }) =>
        predicateRules.get(predicate)?.role === "type" && object.id === bundleClass,
    )
  );
}

const noInfluences: readonly Influence[] = [];

function readElement(
  subject: GraphSubject,
  kind: RecordKind,
  kinds: readonly RecordKind[],
  context: ElementContext,
): StatedRecord[] {
  const { names } = context;
  const influences = context.influences.get(subject.id) ?? noInfluences;
  const times: readonly [string[], string[]] = [[], []];
  const attributes: Attribute[] = [];
  for (const statement of subject.statements) {
    const rule = predicateRules.get(statement.predicate);
    if (rule?.role === "activity-time" && kinds.includes("activity")) {
      if (kind !== "activity") {
        continue;
      }
      if (isTime(statement, context)) {
        times[rule.slot].push(statement.object.value);
        continue;
      }
    }
    if (isElementAttribute(statement, kind, kinds, influences)) {
      attributes.push([names.attribute(statement.predicate), names.value(statement.object)]);
    }
  }
  const [at] = subject.statements;
  const id = names.name(subject.id);
  // The list has set room aside for more.
  const fitted = attributes.slice();
  const count = Math.max(1, times[0].length, times[1].length);
  return Array.from({ length: count }, (_, i) => {
    const pair = times.map((column) => column[Math.min(i, column.length - 1)]);
    return createRecord(kind, id, [], pair, fitted);
  })
    .filter((record) => record !== undefined)
    .map((record) => ({ record, line: at?.line ?? 1, column: at?.column ?? 0 }));
}

function isElementAttribute(
  { predicate, object }: GraphStatement,
  kind: RecordKind,
  kinds: readonly RecordKind[],
  influences: readonly Influence[],
): boolean {
  const role = predicateRules.get(predicate)?.role;
  if (influences.some((each) => influenceSlots.get(each.kind)?.has(predicate))) {
    return false;
  }
  if (role === "event-time") {
    return object.termType !== "Literal" || !isDateTime(object.value);
  }
  if (object.termType === "Literal") {
    return true;
  }
  if (role !== "type") {
    return !isStructural(role);
  }
  const rule = classRules.get(object.id);
  switch (rule?.is) {
    case "element":
      return rule.base
        ? !kinds.includes(rule.kind)
        : rule.kind === kind || !kinds.includes(rule.kind);
    case "influence":
      return influences.length === 0;
    default:
      return true;
  }
}

/** What the relations of a graph say about the kinds of the things they relate. */
export class Positions {
  readonly #relations: GraphRelations;
  #kinds: Map<string, RecordKind> | undefined;

  constructor(relations: GraphRelations) {
    this.#relations = relations;
  }

  /** The kind of a thing by its first position; `undefined` when no position tells. */
  kindOf(name: QualifiedName): RecordKind | undefined {
    this.#kinds ??= this.#collect();
    return this.#kinds.get(uriOf(name));
  }

  #collect(): Map<string, RecordKind> {
    const kinds = new Map<string, RecordKind>();
    for (const stated of this.#relations.all()) {
      for (const { record } of stated) {
        collectPositions(record, kinds);
      }
    }
    return kinds;
  }
}

function collectPositions(record: ProvRecord, kinds: Map<string, RecordKind>): void {
  const values = new Map<string, unknown>(Object.entries(record));
  for (const { property, type } of recordFormals[record.kind]) {
    const value = values.get(property);
    const kind = type === "bundle" ? "entity" : type;
    if (isName(value) && (kind === "entity" || kind === "activity" || kind === "agent")) {
      const uri = uriOf(value);
      kinds.set(uri, kinds.get(uri) ?? kind);
    }
  }
}

function isName(value: unknown): value is QualifiedName {
  return typeof value === "object" && value !== null && "namespace" in value && "local" in value;
}
