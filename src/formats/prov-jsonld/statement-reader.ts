import {
  type Attribute,
  createRecord,
  isElementKind,
  type ProvRecord,
  provAttributes,
  provName,
  type QualifiedName,
  type RecordKind,
  recordFormals,
  uriOf,
} from "../../prov/index.js";
import { readTime } from "../lexical.js";
import { quoted } from "../quoted.js";
import { isStructural } from "../rdf/graph-facts.js";
import { predicateRules } from "../rdf/predicate-rules.js";
import type { FillUnknown } from "../unknown-argument.js";
import type { ContextScope } from "./context-scope.js";
import type { JsonMember, JsonNode } from "./json-tree.js";
import type { ReportJson } from "./read-context.js";
import { typesByName } from "./statement-types.js";
import { nameIn, valueIn } from "./value-reader.js";

/** The members of an object as `readJson` gives them. */
export type Members = readonly JsonMember[];

const specialTerms: ReadonlyMap<string, QualifiedName> = new Map([
  ["type", provAttributes.type],
  ["label", provAttributes.label],
  ["location", provAttributes.location],
  ["role", provAttributes.role],
  ["value", provAttributes.value],
]);

/** A name without `prov:`, which older ProvToolbox releases put before types and terms. */
export function withoutProv(term: string): string {
  return term.startsWith("prov:") ? term.slice(5) : term;
}

interface Draft {
  readonly kind: RecordKind;
  readonly id: QualifiedName | undefined;
  /** By formal property; several only for the members of a collection. */
  readonly names: Map<string, QualifiedName[]>;
  readonly times: Map<string, string>;
  readonly attributes: Attribute[];
}

/**
 * Reads a statement of PROV-JSONLD: one record, or one for each member of a collection.
 *
 * @param at - where it begins.
 */
export function readStatement(
  members: Members,
  at: number,
  scope: ContextScope,
  report: ReportJson,
  fillUnknown: FillUnknown,
): readonly ProvRecord[] {
  const type = members.find(({ key }) => key === "@type")?.value;
  const found = type === undefined ? undefined : typeOf(type, scope, report);
  if (found === undefined) {
    if (type === undefined) {
      report("error", "statement-type", 'A statement needs an "@type".', at);
    }
    return [];
  }
  const { kind, subtypes } = found;
  const id = readId(members, kind, at, scope, report);
  if (id === undefined && isElementKind(kind)) {
    return [];
  }
  const draft: Draft = {
    kind,
    id,
    names: new Map(),
    times: new Map(),
    attributes: subtypes.map((name): Attribute => [provAttributes.type, name]),
  };
  for (const member of members) {
    readMember(member, draft, scope, report);
  }
  return recordsOf(draft, at, report, fillUnknown);
}

function typeOf(
  node: JsonNode,
  scope: ContextScope,
  report: ReportJson,
): { kind: RecordKind; subtypes: readonly QualifiedName[] } | undefined {
  const nodes = node.type === "array" ? node.items : [node];
  let kind: RecordKind | undefined;
  const subtypes: QualifiedName[] = [];
  for (const each of nodes) {
    if (each.type !== "string") {
      report("error", "statement-type", 'Expected a string as "@type".', each.at);
      return undefined;
    }
    const local = withoutProv(each.text);
    const type = typesByName.get(local);
    if (type !== undefined && (kind === undefined || kind === type.kind)) {
      kind = type.kind;
    }
    if (type === undefined || type.keeps) {
      const name = type === undefined ? scope.resolve(each.text).name : provName(local);
      if (name !== undefined) {
        subtypes.push(name);
      }
    }
  }
  if (kind === undefined) {
    report(
      "error",
      "statement-type",
      `Expected a type of PROV-JSONLD (Entity, Activity, Usage …) as "@type", got ${typesText(nodes)}.`,
      node.at,
    );
    return undefined;
  }
  return { kind, subtypes };
}

function typesText(nodes: readonly JsonNode[]): string {
  const texts = nodes.map((node) => (node.type === "string" ? quoted(node.text) : "…"));
  return texts.length === 0 ? "an empty array" : texts.join(", ");
}

function readId(
  members: Members,
  kind: RecordKind,
  at: number,
  scope: ContextScope,
  report: ReportJson,
): QualifiedName | undefined {
  const node = members.find(({ key }) => key === "@id")?.value;
  if (node === undefined) {
    if (isElementKind(kind)) {
      report("error", "element-id", `The ${kind} needs an "@id".`, at);
    }
    return undefined;
  }
  return nameIn(node, scope, report);
}

function readMember(
  { key, at, value }: JsonMember,
  draft: Draft,
  scope: ContextScope,
  report: ReportJson,
): void {
  if (key.startsWith("@")) {
    if (key !== "@type" && key !== "@id") {
      report("warning", "keyword", `${quoted(key)} in a statement is not used.`, at);
    }
    return;
  }
  const local = withoutProv(key);
  const formal = recordFormals[draft.kind].find(({ property }) => property === local);
  if (formal?.type === "time") {
    readFormalTime(local, value, draft, report);
    return;
  }
  if (formal !== undefined) {
    readFormalName(local, value, draft, scope, report);
    return;
  }
  const name = specialTerms.get(local) ?? attributeName(key, at, scope, report);
  const values = value.type === "array" ? value.items : [value];
  if (name !== undefined && statesRelation(name, values)) {
    const message = `${quoted(key)} is a property of PROV-O, not of PROV-JSONLD, where a relation is a statement of its own. Turn the document into N-Quads with a JSON-LD processor, and read these.`;
    report("error", "jsonld-form", message, at);
  } else if (name !== undefined) {
    for (const each of values) {
      const read = valueIn(each, name, scope, report);
      if (read !== undefined) {
        draft.attributes.push([name, read]);
      }
    }
  }
}

// PROV-O in other forms of JSON-LD: taken for attributes, its relations would be lost.
function statesRelation(name: QualifiedName, values: readonly JsonNode[]): boolean {
  return (
    isStructural(predicateRules.get(uriOf(name))?.role) &&
    values.some(
      (value) =>
        value.type === "string" ||
        (value.type === "object" && !value.members.some(({ key }) => key === "@value")),
    )
  );
}

function attributeName(
  key: string,
  at: number,
  scope: ContextScope,
  report: ReportJson,
): QualifiedName | undefined {
  const { name, problem } = scope.resolve(key);
  if (name === undefined) {
    report("error", "attribute-name", problem ?? `${quoted(key)} is no name.`, at);
  }
  return name;
}

function readFormalTime(property: string, node: JsonNode, draft: Draft, report: ReportJson): void {
  const text = textIn(node);
  if (text === undefined) {
    report("error", "time", `Expected a string as "${property}".`, node.at);
    return;
  }
  const { time, error, warning } = readTime(text);
  if (error !== undefined) {
    report("error", "time", error, node.at);
  }
  if (warning !== undefined) {
    report("warning", "time", warning, node.at);
  }
  if (time !== undefined) {
    draft.times.set(property, time);
  }
}

// A string, a value object, or an array of one of these.
function textIn(node: JsonNode): string | undefined {
  switch (node.type) {
    case "string":
      return node.text;
    case "array":
      return node.items.length === 1 && node.items[0] !== undefined
        ? textIn(node.items[0])
        : undefined;
    case "object": {
      const value = node.members.find(({ key }) => key === "@value")?.value;
      return value?.type === "string" ? value.text : undefined;
    }
    default:
      return undefined;
  }
}

function readFormalName(
  property: string,
  node: JsonNode,
  draft: Draft,
  scope: ContextScope,
  report: ReportJson,
): void {
  const isMembers = draft.kind === "hadMember" && property === "entity";
  const nodes = node.type === "array" ? node.items : [node];
  if (nodes.length !== 1 && !isMembers) {
    draft.names.set(property, []);
    report("error", "formal", `Expected one name as "${property}", got ${nodes.length}.`, node.at);
    return;
  }
  const names = nodes
    .map((each) => nameIn(each, scope, report))
    .filter((name) => name !== undefined);
  draft.names.set(property, names);
}

function recordsOf(
  draft: Draft,
  at: number,
  report: ReportJson,
  fillUnknown: FillUnknown,
): readonly ProvRecord[] {
  const { kind, id, names, times, attributes } = draft;
  const formals = recordFormals[kind];
  const nameFormals = formals.filter(({ type }) => type !== "time");
  // A name that is there but wrong has been reported.
  if (nameFormals.some(({ property }) => names.get(property)?.length === 0)) {
    return [];
  }
  const taken = nameFormals.map(({ property }) => names.get(property)?.[0]);
  const missing = fillUnknown(kind, taken);
  if (missing !== undefined) {
    report("warning", missing.rule, missing.message, at);
  }
  const takenTimes = formals
    .filter(({ type }) => type === "time")
    .map(({ property }) => times.get(property));
  const members = kind === "hadMember" ? (names.get("entity") ?? taken.slice(1)) : [undefined];
  return members
    .map((member) =>
      createRecord(
        kind,
        id,
        member === undefined ? taken : [taken[0], member],
        takenTimes,
        attributes,
      ),
    )
    .filter((record) => record !== undefined);
}
