import {
  type Attribute,
  blankNamespace,
  datatypes,
  formalNames,
  formalTimes,
  isElementKind,
  isQualifiedName,
  type ProvRecord,
  provAttributes,
  provName,
  provNamespace,
  type QualifiedName,
  type RecordKind,
  typedLiteral,
  type Value,
} from "../../prov/index.js";
import type { RdfNode, RdfStatement } from "./rdf-node.js";
import {
  type DerivationSubtype,
  derivationSubtypes,
  type RelationShape,
  relationShapes,
} from "./relation-shapes.js";
import { rdfsLabel, rdfType } from "./vocabulary.js";

/** What the description of a record depends on besides the record. */
export interface DescribeOptions {
  /** State the direct property beside every qualified one. */
  readonly unqualified: boolean;
  /** Whether the blank id of a relation must be kept, because something refers to it. */
  readonly keepsBlank: (record: ProvRecord) => boolean;
  /** Whether a relation that needs no qualification gets it all the same. */
  readonly qualifies: (record: ProvRecord) => boolean;
}

const elementClasses: Partial<Readonly<Record<RecordKind, QualifiedName>>> = {
  entity: provName("Entity"),
  activity: provName("Activity"),
  agent: provName("Agent"),
};
const startedAtTime = provName("startedAtTime");
const endedAtTime = provName("endedAtTime");
const atTime = provName("atTime");
const mentionOf = provName("mentionOf");
const asInBundle = provName("asInBundle");

const attributePredicates: ReadonlyMap<string, QualifiedName> = new Map([
  [provAttributes.type.local, rdfType],
  [provAttributes.label.local, rdfsLabel],
  [provAttributes.location.local, provName("atLocation")],
  [provAttributes.role.local, provName("hadRole")],
]);

/** The property that states an attribute. */
export function attributePredicate(name: QualifiedName): QualifiedName {
  return name.namespace.uri === provNamespace.uri
    ? (attributePredicates.get(name.local) ?? name)
    : name;
}

/** The nodes that state a record in PROV-O. */
export function describeRecord(record: ProvRecord, options: DescribeOptions): readonly RdfNode[] {
  if (record.kind === "mentionOf") {
    const statements: RdfStatement[] = [
      [mentionOf, record.generalEntity],
      [asInBundle, record.bundle],
    ];
    return [{ id: record.specificEntity, statements }];
  }
  const type = elementClasses[record.kind];
  if (type !== undefined) {
    return [{ id: record.id, statements: elementStatements(record, type) }];
  }
  const shape = relationShapes.get(record.kind);
  return shape === undefined ? [] : relationNodes(record, shape, options);
}

function elementStatements(record: ProvRecord, type: QualifiedName): readonly RdfStatement[] {
  const statements: RdfStatement[] = [[rdfType, type]];
  if (record.kind === "activity") {
    addTime(statements, startedAtTime, record.startTime);
    addTime(statements, endedAtTime, record.endTime);
  }
  addAttributes(statements, record.attributes);
  return statements;
}

function relationNodes(
  record: ProvRecord,
  shape: RelationShape,
  options: DescribeOptions,
): readonly RdfNode[] {
  const names = formalNames(record);
  const [first, second] = names;
  if (!needsQualification(record, options.keepsBlank) && !options.qualifies(record)) {
    return [{ id: first, statements: second === undefined ? [] : [[shape.property, second]] }];
  }
  const id = keptId(record, options);
  const subtypes = subtypesOf(record);
  const statements: RdfStatement[] = [];
  if (subtypes.length === 0) {
    statements.push([rdfType, shape.influence]);
  }
  for (const [i, predicate] of shape.names.entries()) {
    const name = names[i + 1];
    if (name !== undefined) {
      statements.push([predicate, name]);
    }
  }
  addTime(statements, atTime, formalTimes(record)[0]);
  addAttributes(statements, record.attributes);
  const links: RdfStatement[] = [];
  if (second !== undefined && (shape.paired || options.unqualified)) {
    for (const property of directProperties(shape, subtypes)) {
      links.push([property, second]);
    }
  }
  const qualified = subtypes[0]?.qualified ?? shape.qualified;
  if (id === undefined) {
    links.push([qualified, { id, statements }]);
    return [{ id: first, statements: links }];
  }
  links.push([qualified, id]);
  return [
    { id: first, statements: links },
    { id, statements },
  ];
}

/** Whether a relation says more than its direct property can. */
export function needsQualification(
  record: ProvRecord,
  keepsBlank: (record: ProvRecord) => boolean,
): boolean {
  if (record.attributes.length > 0 || isElementKind(record.kind)) {
    return true;
  }
  const { id } = record;
  if (id !== undefined && (id.namespace.uri !== blankNamespace.uri || keepsBlank(record))) {
    return true;
  }
  const names = formalNames(record);
  if (names[1] === undefined) {
    return true;
  }
  for (let i = 2; i < names.length; i++) {
    if (names[i] !== undefined) {
      return true;
    }
  }
  return formalTimes(record)[0] !== undefined;
}

function keptId(record: ProvRecord, { keepsBlank }: DescribeOptions): QualifiedName | undefined {
  const { id } = record;
  return id?.namespace.uri === blankNamespace.uri && !keepsBlank(record) ? undefined : id;
}

function subtypesOf(record: ProvRecord): readonly DerivationSubtype[] {
  return record.kind === "wasDerivedFrom" && record.attributes.length > 0
    ? derivationSubtypes.filter(({ type }) =>
        record.attributes.some(
          ([name, value]) => attributePredicate(name) === rdfType && isSameName(value, type),
        ),
      )
    : [];
}

function isSameName(value: Value, name: QualifiedName): boolean {
  return (
    isQualifiedName(value) &&
    value.local === name.local &&
    value.namespace.uri === name.namespace.uri
  );
}

function directProperties(
  shape: RelationShape,
  subtypes: readonly DerivationSubtype[],
): readonly QualifiedName[] {
  return subtypes.length === 0
    ? [shape.property]
    : [shape.property, ...subtypes.map(({ property }) => property)];
}

function addTime(
  statements: RdfStatement[],
  predicate: QualifiedName,
  time: string | undefined,
): void {
  if (time !== undefined) {
    statements.push([predicate, typedLiteral(time, datatypes.dateTime)]);
  }
}

function addAttributes(statements: RdfStatement[], attributes: readonly Attribute[]): void {
  for (const [name, value] of attributes) {
    statements.push([attributePredicate(name), value]);
  }
}
