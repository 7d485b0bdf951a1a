import {
  type Attribute,
  createRecord,
  dateTimeKey,
  isDateTime,
  isElementKind,
  type ProvRecord,
  provAttributes,
  type QualifiedName,
  type RecordKind,
  recordFormals,
  uriOf,
} from "../../prov/index.js";
import { quoted } from "../quoted.js";
import type { Graph, GraphStatement, GraphSubject, RdfResource } from "./graph.js";
import type { IriNames } from "./iri-names.js";
import {
  bundleClass,
  classRules,
  type InfluenceSlot,
  influenceSlots,
  type PredicateRule,
  predicateRules,
} from "./predicate-rules.js";
import { nameCounts } from "./relation-shapes.js";

/** Takes what is wrong with a graph or doubtful about it. */
export type ReportGraph = (
  severity: "error" | "warning",
  rule: string,
  message: string,
  at: GraphStatement | undefined,
) => void;

/** What {@link readGraph} needs besides the graph. */
export interface GraphContext {
  readonly names: IriNames;
  readonly report: ReportGraph;
  /** Whether a node names a graph, which makes it a bundle. */
  readonly isBundle: (id: string) => boolean;
}

/** A record and the statement that it begins with. */
export interface StatedRecord {
  readonly record: ProvRecord;
  readonly at: GraphStatement | undefined;
}

/** A qualification seen from its node. */
interface Influence {
  readonly kind: RecordKind;
  readonly subjects: string[];
  readonly types: Set<string>;
  stated: boolean;
}

const xsdDateTime = "http://www.w3.org/2001/XMLSchema#dateTime";
// How many records a node with contradicting formals may become.
const maxCombinations = 256;

/** Reads the records that a graph states in PROV-O, in the order of the text. */
export function readGraph(graph: Graph, context: GraphContext): readonly StatedRecord[] {
  return new GraphReader(graph, context).read();
}

class GraphReader {
  readonly #graph: Graph;
  readonly #names: IriNames;
  readonly #context: GraphContext;
  /** By node. */
  readonly #influences = new Map<string, Influence[]>();
  /** Qualified relations as "kind first second", so that direct ones do not repeat them. */
  readonly #qualified = new Set<string>();
  /** Relations by subject, built before elements, whose kind may follow from them. */
  readonly #relations = new Map<string, StatedRecord[]>();

  constructor(graph: Graph, context: GraphContext) {
    this.#graph = graph;
    this.#names = context.names;
    this.#context = context;
  }

  read(): readonly StatedRecord[] {
    for (const subject of this.#graph.subjects) {
      this.#findLinks(subject);
    }
    for (const subject of this.#graph.subjects) {
      this.#readQualified(subject);
    }
    for (const subject of this.#graph.subjects) {
      this.#readDirect(subject);
      this.#readMentions(subject);
      this.#readEventTimes(subject);
    }
    const positions = new Positions(this.#relations.values());
    const stated: StatedRecord[] = [];
    for (const subject of this.#graph.subjects) {
      this.#readElements(subject, positions, stated);
      const relations = this.#relations.get(subject.id);
      if (relations !== undefined) {
        for (const relation of relations) {
          stated.push(relation);
        }
      }
    }
    return stated;
  }

  // --- qualified relations ---

  #findLinks(subject: GraphSubject): void {
    for (const { predicate, object } of subject.statements) {
      const rule = predicateRules.get(predicate);
      if (rule?.role !== "qualified" || object.termType === "Literal") {
        continue;
      }
      const kind = this.#kindOf(object, rule.kind);
      const known = this.#influences.get(object.id);
      let influence = known?.find((each) => each.kind === kind);
      if (influence === undefined) {
        influence = { kind, subjects: [], types: new Set(), stated: false };
        if (known === undefined) {
          this.#influences.set(object.id, [influence]);
        } else {
          known.push(influence);
        }
      }
      if (!influence.subjects.includes(subject.id)) {
        influence.subjects.push(subject.id);
      }
      if (rule.subtype !== undefined) {
        influence.types.add(uriOf(rule.subtype));
      }
    }
  }

  // `prov:qualifiedInfluence` may lead to a node of any kind.
  #kindOf(node: RdfResource, kind: RecordKind): RecordKind {
    if (kind !== "wasInfluencedBy") {
      return kind;
    }
    for (const type of typesOf(this.#graph.subject(node.id))) {
      const rule = classRules.get(type);
      if (rule?.is === "influence" && rule.kind !== kind) {
        return rule.kind;
      }
    }
    return kind;
  }

  #readQualified(subject: GraphSubject): void {
    for (const statement of subject.statements) {
      const { predicate, object } = statement;
      if (object.termType === "Literal" || predicateRules.get(predicate)?.role !== "qualified") {
        continue;
      }
      for (const influence of this.#influences.get(object.id) ?? []) {
        if (!influence.stated && influence.subjects[0] === subject.id) {
          influence.stated = true;
          this.#readInfluence(object.id, influence, statement);
        }
      }
    }
  }

  #readInfluence(id: string, influence: Influence, at: GraphStatement): void {
    const { kind, subjects } = influence;
    const slots = influenceSlots.get(kind);
    const names: string[][] = Array.from({ length: nameCounts.get(kind) ?? 0 }, () => []);
    const times: GraphStatement[] = [];
    const attributes: Attribute[] = [];
    names[0]?.push(...subjects);
    const statements = this.#graph.subject(id)?.statements ?? [];
    for (const statement of statements) {
      const slot = slots?.get(statement.predicate);
      if (slot === undefined || !this.#fill(slot, statement, names, times)) {
        this.#addInfluenceAttribute(attributes, statement, influence, statements);
      }
    }
    for (const type of influence.types) {
      this.#addType(attributes, type);
    }
    this.#state(kind, id, names, times, attributes, at);
  }

  // Whether the object fits the formal position.
  #fill(
    slot: InfluenceSlot,
    statement: GraphStatement,
    names: readonly string[][],
    times: GraphStatement[],
  ): boolean {
    const { object } = statement;
    if (slot === "time") {
      const fits = this.#isTime(statement);
      if (fits && !times.some((each) => sameTime(each, statement))) {
        times.push(statement);
      }
      return fits;
    }
    if (object.termType === "Literal") {
      return false;
    }
    const list = names[slot];
    if (list !== undefined && !list.includes(object.id)) {
      list.push(object.id);
    }
    return true;
  }

  #addInfluenceAttribute(
    attributes: Attribute[],
    statement: GraphStatement,
    { kind }: Influence,
    statements: readonly GraphStatement[],
  ): void {
    const { predicate, object } = statement;
    const role = predicateRules.get(predicate)?.role;
    if (role === "type" && object.termType !== "Literal") {
      const rule = classRules.get(object.id);
      if (rule?.is === "influence" && rule.base && rule.kind === kind) {
        return;
      }
      if (rule?.is === "element" && hasElementClass(statements)) {
        return;
      }
    } else if (isStructural(role) && object.termType !== "Literal") {
      return;
    } else if (role === "activity-time" && hasElementClass(statements)) {
      return;
    }
    attributes.push([this.#names.attribute(predicate), this.#names.value(object)]);
  }

  #addType(attributes: Attribute[], type: string): void {
    const known = attributes.some(
      ([name, value]) =>
        name === provAttributes.type &&
        typeof value === "object" &&
        "local" in value &&
        uriOf(value) === type,
    );
    if (!known) {
      attributes.push([provAttributes.type, this.#names.name(type)]);
    }
  }

  // The records of a node: one, unless formals have several values.
  #state(
    kind: RecordKind,
    id: string,
    names: readonly (readonly string[])[],
    times: readonly GraphStatement[],
    attributes: readonly Attribute[],
    at: GraphStatement,
  ): void {
    const columns: readonly (readonly unknown[])[] = [...names, times];
    const several = columns.filter((column) => column.length > 1);
    const count = this.#combinations(several, id, at);
    const zipped =
      several.length > 1 && several.every(({ length }) => length === several[0]?.length);
    const name =
      id.startsWith("_:") && !this.#graph.refersTo(id) ? undefined : this.#names.name(id);
    for (let i = 0; i < count; i++) {
      let rest = i;
      const pick = <T>(column: readonly T[]): T | undefined => {
        if (column.length < 2 || zipped) {
          return column[column.length < 2 ? 0 : i];
        }
        const index = rest % column.length;
        rest = Math.floor(rest / column.length);
        return column[index];
      };
      const ids = names.map(pick);
      this.#addRelation(kind, name, ids, pick(times)?.object.value, attributes, at);
      this.#markQualified(kind, ids, attributes);
    }
  }

  #combinations(several: readonly (readonly unknown[])[], id: string, at: GraphStatement): number {
    if (several.length < 2) {
      return several[0]?.length ?? 1;
    }
    const length = several[0]?.length ?? 0;
    const zipped = several.every((column) => column.length === length);
    const count = zipped ? length : several.reduce((product, each) => product * each.length, 1);
    this.#context.report(
      "warning",
      "ambiguous-relation",
      `${this.#text(id)} has several values of several formal properties, and RDF does not say which belong together; read ${zipped ? "in the order of the text" : "as every combination"}.`,
      at,
    );
    return Math.min(count, maxCombinations);
  }

  #markQualified(
    kind: RecordKind,
    [first, second]: readonly (string | undefined)[],
    attributes: readonly Attribute[],
  ): void {
    if (first === undefined || second === undefined) {
      return;
    }
    this.#qualified.add(pairKey(kind, first, second));
    if (kind === "wasDerivedFrom") {
      for (const [name, value] of attributes) {
        if (name === provAttributes.type && typeof value === "object" && "local" in value) {
          this.#qualified.add(pairKey(uriOf(value), first, second));
        }
      }
    }
  }

  #addRelation(
    kind: RecordKind,
    id: QualifiedName | undefined,
    [subject, ...others]: readonly (string | undefined)[],
    time: string | undefined,
    attributes: readonly Attribute[],
    at: GraphStatement,
  ): void {
    if (subject === undefined) {
      return;
    }
    const names = [subject, ...others].map((each) =>
      each === undefined ? undefined : this.#names.name(each),
    );
    const record = createRecord(kind, id, names, [time], attributes);
    if (record === undefined) {
      const missing = recordFormals[kind].find(
        ({ required }, i) => required && names[i] === undefined,
      );
      this.#context.report(
        "warning",
        "incomplete-relation",
        `The ${kind} of ${this.#text(subject)} names no ${missing?.property ?? "object"}, which PROV-DM demands; it is left out.`,
        at,
      );
      return;
    }
    this.#add(subject, { record, at });
  }

  #add(subject: string, stated: StatedRecord): void {
    const known = this.#relations.get(subject);
    if (known === undefined) {
      this.#relations.set(subject, [stated]);
    } else {
      known.push(stated);
    }
  }

  // --- direct relations ---

  #readDirect(subject: GraphSubject): void {
    const seen = new Set<string>();
    for (const statement of subject.statements) {
      const { object } = statement;
      const rule = predicateRules.get(statement.predicate);
      if (rule?.role !== "relation" || object.termType === "Literal") {
        continue;
      }
      const { kind, subtype } = rule;
      const key = pairKey(subtype === undefined ? kind : uriOf(subtype), subject.id, object.id);
      if (seen.has(key) || this.#isRepeated(subject, object.id, rule)) {
        continue;
      }
      seen.add(key);
      const attributes: readonly Attribute[] =
        subtype === undefined ? [] : [[provAttributes.type, subtype]];
      this.#addRelation(kind, undefined, [subject.id, object.id], undefined, attributes, statement);
    }
  }

  // Whether a more exact statement says the same.
  #isRepeated(
    subject: GraphSubject,
    object: string,
    { kind, subtype }: Extract<PredicateRule, { role: "relation" }>,
  ): boolean {
    if (subtype !== undefined) {
      return this.#qualified.has(pairKey(uriOf(subtype), subject.id, object));
    }
    return (
      this.#qualified.has(pairKey(kind, subject.id, object)) ||
      (kind === "wasDerivedFrom" && statesSubtype(subject, object))
    );
  }

  #readMentions(subject: GraphSubject): void {
    const mentions = linksOf(subject, "mention");
    if (mentions.length === 0) {
      return;
    }
    const bundles = linksOf(subject, "mention-bundle");
    if (mentions.length > 1 && bundles.length > 1) {
      this.#context.report(
        "warning",
        "ambiguous-relation",
        `${this.#text(subject.id)} has several prov:mentionOf and several prov:asInBundle, and RDF does not say which belong together; read in the order of the text.`,
        mentions[0],
      );
    }
    for (const [i, statement] of mentions.entries()) {
      const bundle = bundles[Math.min(i, bundles.length - 1)];
      const ids = [subject.id, statement.object.id];
      if (bundle === undefined) {
        this.#context.report(
          "warning",
          "incomplete-relation",
          `The mentionOf of ${this.#text(subject.id)} has no prov:asInBundle, which PROV-LINKS demands; read as specializationOf.`,
          statement,
        );
        this.#addRelation("specializationOf", undefined, ids, undefined, [], statement);
      } else {
        this.#addRelation(
          "mentionOf",
          undefined,
          [...ids, bundle.object.id],
          undefined,
          [],
          statement,
        );
      }
    }
  }

  // `prov:generatedAtTime` is the time of a generation that the graph states, or a generation of
  // its own when there is none that it can belong to.
  #readEventTimes(subject: GraphSubject): void {
    for (const statement of subject.statements) {
      const rule = predicateRules.get(statement.predicate);
      if (rule?.role === "event-time" && this.#isTime(statement)) {
        this.#readEventTime(subject.id, rule.kind, statement);
      }
    }
  }

  #readEventTime(
    subject: string,
    kind: "wasGeneratedBy" | "wasInvalidatedBy",
    at: GraphStatement,
  ): void {
    const time = at.object.value;
    const relations = this.#relations.get(subject) ?? [];
    const events = relations.filter(({ record }) => record.kind === kind);
    const isKnown = events.some(
      ({ record }) =>
        record.kind === kind &&
        record.time !== undefined &&
        dateTimeKey(record.time) === dateTimeKey(time),
    );
    if (isKnown) {
      return;
    }
    const [only] = events;
    if (events.length === 1 && only?.record.kind === kind && only.record.time === undefined) {
      relations[relations.indexOf(only)] = { ...only, record: { ...only.record, time } };
      return;
    }
    this.#addRelation(kind, undefined, [subject], time, [], at);
  }

  // --- elements ---

  #readElements(subject: GraphSubject, positions: Positions, stated: StatedRecord[]): void {
    const influences = this.#influences.get(subject.id);
    const kinds = this.#elementKinds(subject, influences !== undefined, positions);
    if (this.#isBundleDeclaration(subject)) {
      return;
    }
    const [at] = subject.statements;
    for (const kind of kinds) {
      this.#readElement(subject, kind, kinds, stated);
    }
    if (kinds.length === 0 && influences === undefined && this.#saysMore(subject)) {
      const unlinked = typesOf(subject).find((type) => classRules.get(type)?.is === "influence");
      this.#context.report(
        "warning",
        unlinked === undefined ? "not-prov" : "incomplete-relation",
        unlinked === undefined
          ? `${this.#text(subject.id)} is no PROV entity, activity or agent; what is stated about it is left out.`
          : `${this.#text(subject.id)} is a ${this.#text(unlinked)} that no element is linked to; it is left out.`,
        at,
      );
    }
  }

  #elementKinds(
    subject: GraphSubject,
    isInfluence: boolean,
    positions: Positions,
  ): readonly RecordKind[] {
    const explicit = new Set<RecordKind>();
    const implied = new Set<RecordKind>();
    for (const type of typesOf(subject)) {
      const rule = classRules.get(type);
      if (rule?.is === "element") {
        (rule.base ? explicit : implied).add(rule.kind);
      }
    }
    if (explicit.size > 0) {
      return [...explicit];
    }
    if (implied.size > 0 && !isInfluence) {
      return [...implied];
    }
    if (isInfluence || !this.#saysMore(subject)) {
      return [];
    }
    const inferred = inferredKind(subject) ?? positions.kindOf(this.#names.name(subject.id));
    return inferred === undefined ? [] : [inferred];
  }

  // Whether there is anything about the subject but its relations.
  #saysMore({ statements }: GraphSubject): boolean {
    return statements.some(({ predicate, object }) => {
      const role = predicateRules.get(predicate)?.role;
      return object.termType === "Literal" ? role !== "event-time" : !isStructural(role);
    });
  }

  // A node that is only said to be a prov:Bundle, where a graph of its name says so as well.
  #isBundleDeclaration({ id, statements }: GraphSubject): boolean {
    return (
      this.#context.isBundle(id) &&
      statements.every(
        ({ predicate, object }) =>
          predicateRules.get(predicate)?.role === "type" && object.id === bundleClass,
      )
    );
  }

  #readElement(
    subject: GraphSubject,
    kind: RecordKind,
    kinds: readonly RecordKind[],
    stated: StatedRecord[],
  ): void {
    const times: [string[], string[]] = [[], []];
    const attributes: Attribute[] = [];
    for (const statement of subject.statements) {
      const { predicate, object } = statement;
      const rule = predicateRules.get(predicate);
      if (rule?.role === "activity-time" && kinds.includes("activity")) {
        if (kind !== "activity") {
          continue;
        }
        if (this.#isTime(statement)) {
          times[rule.slot].push(object.value);
          continue;
        }
      }
      if (!this.#isElementAttribute(statement, kind, kinds, rule)) {
        continue;
      }
      attributes.push([this.#names.attribute(predicate), this.#names.value(object)]);
    }
    const name = this.#names.name(subject.id);
    const [at] = subject.statements;
    const count = Math.max(1, times[0].length, times[1].length);
    for (let i = 0; i < count; i++) {
      const pair = times.map((column) => column[Math.min(i, column.length - 1)]);
      const record = createRecord(kind, name, [], pair, attributes);
      if (record !== undefined) {
        stated.push({ record, at });
      }
    }
  }

  #isElementAttribute(
    { object }: GraphStatement,
    kind: RecordKind,
    kinds: readonly RecordKind[],
    rule: PredicateRule | undefined,
  ): boolean {
    if (rule?.role === "event-time") {
      return object.termType !== "Literal" || !isDateTime(object.value);
    }
    if (object.termType === "Literal") {
      return true;
    }
    if (rule?.role !== "type") {
      return !isStructural(rule?.role);
    }
    const type = classRules.get(object.id);
    if (type?.is !== "element") {
      return true;
    }
    return type.base
      ? !kinds.includes(type.kind)
      : type.kind === kind || !kinds.includes(type.kind);
  }

  // --- values ---

  // Whether the object is an xsd:dateTime; says so when it is none.
  #isTime(statement: GraphStatement): boolean {
    const { object, predicate } = statement;
    if (object.termType !== "Literal") {
      return false;
    }
    const fits = isDateTime(object.value);
    if (fits && object.datatype === xsdDateTime) {
      return true;
    }
    const property = this.#text(predicate);
    const { report } = this.#context;
    if (fits) {
      report(
        "warning",
        "time-type",
        `The value ${quoted(object.value)} of ${property} is not typed xsd:dateTime; read as if it were.`,
        statement,
      );
      return true;
    }
    const expected = `Expected an xsd:dateTime such as "2026-11-20T10:00:00.5Z" as ${property}, got ${quoted(object.value)}`;
    if (object.datatype === xsdDateTime) {
      report("error", "time", `${expected}.`, statement);
    } else {
      report("warning", "time-type", `${expected}; kept as an attribute.`, statement);
    }
    return false;
  }

  #text(id: string): string {
    const { namespace, local } = this.#names.name(id);
    return quoted(namespace.prefix === "" ? local : `${namespace.prefix}:${local}`);
  }
}

/** What the relations of a graph say about the kinds of the things they relate. */
class Positions {
  readonly #relations: Iterable<readonly StatedRecord[]>;
  #kinds: Map<string, RecordKind> | undefined;

  constructor(relations: Iterable<readonly StatedRecord[]>) {
    this.#relations = [...relations];
  }

  /** The kind of a thing by its first position; `undefined` when no position tells. */
  kindOf(name: QualifiedName): RecordKind | undefined {
    this.#kinds ??= this.#collect();
    return this.#kinds.get(uriOf(name));
  }

  #collect(): Map<string, RecordKind> {
    const kinds = new Map<string, RecordKind>();
    for (const relations of this.#relations) {
      for (const { record } of relations) {
        collectPositions(record, kinds);
      }
    }
    return kinds;
  }
}

function collectPositions(record: ProvRecord, kinds: Map<string, RecordKind>): void {
  const values: Readonly<Record<string, unknown>> = { ...record };
  for (const { property, type } of recordFormals[record.kind]) {
    const value = values[property];
    const kind = type === "bundle" ? "entity" : type;
    if (isName(value) && (kind === "entity" || kind === "activity" || kind === "agent")) {
      const uri = uriOf(value);
      if (!kinds.has(uri)) {
        kinds.set(uri, kind);
      }
    }
  }
}

function isName(value: unknown): value is QualifiedName {
  return typeof value === "object" && value !== null && "namespace" in value && "local" in value;
}

function inferredKind({ statements }: GraphSubject): RecordKind | undefined {
  const roles = new Set(statements.map(({ predicate }) => predicateRules.get(predicate)?.role));
  if (roles.has("activity-time")) {
    return "activity";
  }
  return roles.has("event-time") ? "entity" : undefined;
}

function isStructural(role: PredicateRule["role"] | undefined): boolean {
  return (
    role === "relation" || role === "qualified" || role === "mention" || role === "mention-bundle"
  );
}

function typesOf(subject: GraphSubject | undefined): readonly string[] {
  return (subject?.statements ?? [])
    .filter(
      ({ predicate, object }) =>
        object.termType === "NamedNode" && predicateRules.get(predicate)?.role === "type",
    )
    .map(({ object }) => object.id);
}

function hasElementClass(statements: readonly GraphStatement[]): boolean {
  return statements.some(({ predicate, object }) => {
    const rule = classRules.get(object.id);
    return (
      predicateRules.get(predicate)?.role === "type" &&
      object.termType === "NamedNode" &&
      rule?.is === "element" &&
      isElementKind(rule.kind) &&
      rule.base
    );
  });
}

function linksOf(
  { statements }: GraphSubject,
  role: "mention" | "mention-bundle",
): readonly GraphStatement[] {
  return statements.filter(
    ({ predicate, object }) =>
      object.termType !== "Literal" && predicateRules.get(predicate)?.role === role,
  );
}

function statesSubtype({ statements }: GraphSubject, object: string): boolean {
  return statements.some((statement) => {
    const rule = predicateRules.get(statement.predicate);
    return (
      rule?.role === "relation" && rule.subtype !== undefined && statement.object.id === object
    );
  });
}

function pairKey(kind: string, first: string, second: string): string {
  return `${kind} ${first} ${second}`;
}

function sameTime(a: GraphStatement, b: GraphStatement): boolean {
  return dateTimeKey(a.object.value) === dateTimeKey(b.object.value);
}
