import { provName, type QualifiedName, type RecordKind, uriOf } from "../../prov/index.js";
import { dictionaryProperties, hadDictionaryMember } from "./dictionary-shapes.js";
import {
  type DerivationSubtype,
  derivationSubtypes,
  type RelationShape,
  relationShapes,
} from "./relation-shapes.js";
import { rdfType } from "./vocabulary.js";

/** What a predicate means whatever its subject is. */
export type PredicateRule =
  | { readonly role: "type" }
  | { readonly role: "relation"; readonly kind: RecordKind; readonly subtype?: QualifiedName }
  | { readonly role: "qualified"; readonly kind: RecordKind; readonly subtype?: QualifiedName }
  | { readonly role: "mention" }
  | { readonly role: "dictionary" }
  | { readonly role: "mention-bundle" }
  | { readonly role: "event-time"; readonly kind: "wasGeneratedBy" | "wasInvalidatedBy" }
  | { readonly role: "activity-time"; readonly slot: 0 | 1 };

/** The kinds of meaning. */
export type PredicateRole = PredicateRule["role"];

/** Where a property of a qualification goes: a formal name by position, or the time. */
export type InfluenceSlot = number | "time";

function iri(local: string): string {
  return uriOf(provName(local));
}

const shapes: readonly RelationShape[] = [...relationShapes.values()];

/** The meaning of every predicate of PROV-O that is not just an attribute. */
export const predicateRules: ReadonlyMap<string, PredicateRule> = new Map<string, PredicateRule>([
  [uriOf(rdfType), { role: "type" }],
  ...shapes.flatMap(({ kind, property, qualified }): [string, PredicateRule][] => [
    [uriOf(property), { role: "relation", kind }],
    [uriOf(qualified), { role: "qualified", kind }],
  ]),
  ...derivationSubtypes.flatMap(
    ({ type, property, qualified }: DerivationSubtype): [string, PredicateRule][] => [
      [uriOf(property), { role: "relation", kind: "wasDerivedFrom", subtype: type }],
      [uriOf(qualified), { role: "qualified", kind: "wasDerivedFrom", subtype: type }],
    ],
  ),
  ...[
    hadDictionaryMember,
    ...Object.values(dictionaryProperties).flatMap(({ property, qualified }) => [
      property,
      qualified,
    ]),
  ].map((name): [string, PredicateRule] => [uriOf(name), { role: "dictionary" }]),
  [iri("mentionOf"), { role: "mention" }],
  [iri("asInBundle"), { role: "mention-bundle" }],
  [iri("generatedAtTime"), { role: "event-time", kind: "wasGeneratedBy" }],
  [iri("invalidatedAtTime"), { role: "event-time", kind: "wasInvalidatedBy" }],
  [iri("startedAtTime"), { role: "activity-time", slot: 0 }],
  [iri("endedAtTime"), { role: "activity-time", slot: 1 }],
]);

/** What a class says of its instances. */
export type ClassRule =
  | {
      readonly is: "element";
      readonly kind: "entity" | "activity" | "agent";
      readonly base: boolean;
    }
  | { readonly is: "influence"; readonly kind: RecordKind; readonly base: boolean };

const elementClasses: readonly (readonly [string, "entity" | "activity" | "agent"])[] = [
  ["Plan", "entity"],
  ["Collection", "entity"],
  ["EmptyCollection", "entity"],
  ["Bundle", "entity"],
  ["Dictionary", "entity"],
  ["EmptyDictionary", "entity"],
  ["Person", "agent"],
  ["Organization", "agent"],
  ["SoftwareAgent", "agent"],
];

/** The meaning of every class of PROV-O that makes its instances records. */
export const classRules: ReadonlyMap<string, ClassRule> = new Map<string, ClassRule>([
  [iri("Entity"), { is: "element", kind: "entity", base: true }],
  [iri("Activity"), { is: "element", kind: "activity", base: true }],
  [iri("Agent"), { is: "element", kind: "agent", base: true }],
  ...elementClasses.map(([local, kind]): [string, ClassRule] => [
    iri(local),
    { is: "element", kind, base: false },
  ]),
  ...shapes.map(({ kind, influence }): [string, ClassRule] => [
    uriOf(influence),
    { is: "influence", kind, base: true },
  ]),
  ...derivationSubtypes.map(({ type }): [string, ClassRule] => [
    uriOf(type),
    { is: "influence", kind: "wasDerivedFrom", base: false },
  ]),
]);

/** The IRI of `prov:Bundle`. */
export const bundleClass: string = iri("Bundle");

/** The formal properties of a qualification of each kind, by IRI. */
export const influenceSlots: ReadonlyMap<RecordKind, ReadonlyMap<string, InfluenceSlot>> = new Map(
  shapes.map(({ kind, names, timed }) => [
    kind,
    new Map<string, InfluenceSlot>([
      ...names.map((name, i): [string, InfluenceSlot] => [uriOf(name), i + 1]),
      // `prov:influencer` is what `prov:entity`, `prov:activity` and `prov:agent` specialise.
      [iri("influencer"), 1],
      ...(timed ? ([[iri("atTime"), "time"]] as const) : []),
      // Some put the times of the activity on its qualified start and end.
      ...(kind === "wasStartedBy" ? ([[iri("startedAtTime"), "time"]] as const) : []),
      ...(kind === "wasEndedBy" ? ([[iri("endedAtTime"), "time"]] as const) : []),
    ]),
  ]),
);

// PROV-O, appendix B, "Names of inverse properties": ours on the left, theirs on the right.
const inverseNames: readonly (readonly [canonical: string, inverse: string])[] = [
  ["actedOnBehalfOf", "hadDelegate"],
  ["activity", "activityOfInfluence"],
  ["agent", "agentOfInfluence"],
  ["atLocation", "locationOf"],
  ["entity", "entityOfInfluence"],
  ["hadActivity", "wasActivityOfInfluence"],
  ["hadGeneration", "generatedAsDerivation"],
  ["hadMember", "wasMemberOf"],
  ["hadPlan", "wasPlanOf"],
  ["hadPrimarySource", "wasPrimarySourceOf"],
  ["hadRole", "wasRoleIn"],
  ["hadUsage", "wasUsedInDerivation"],
  ["influencer", "hadInfluence"],
  ["qualifiedAssociation", "qualifiedAssociationOf"],
  ["qualifiedAttribution", "qualifiedAttributionOf"],
  ["qualifiedCommunication", "qualifiedCommunicationOf"],
  ["qualifiedDelegation", "qualifiedDelegationOf"],
  ["qualifiedDerivation", "qualifiedDerivationOf"],
  ["qualifiedEnd", "qualifiedEndOf"],
  ["qualifiedGeneration", "qualifiedGenerationOf"],
  ["qualifiedInfluence", "qualifiedInfluenceOf"],
  ["qualifiedInvalidation", "qualifiedInvalidationOf"],
  ["qualifiedPrimarySource", "qualifiedSourceOf"],
  ["qualifiedQuotation", "qualifiedQuotationOf"],
  ["qualifiedRevision", "revisedEntity"],
  ["qualifiedStart", "qualifiedStartOf"],
  ["qualifiedUsage", "qualifiedUsingActivity"],
  ["specializationOf", "generalizationOf"],
  ["used", "wasUsedBy"],
  ["wasAssociatedWith", "wasAssociateFor"],
  ["wasAttributedTo", "contributed"],
  ["wasDerivedFrom", "hadDerivation"],
  ["wasEndedBy", "ended"],
  ["wasGeneratedBy", "generated"],
  ["wasInfluencedBy", "influenced"],
  ["wasInformedBy", "informed"],
  ["wasInvalidatedBy", "invalidated"],
  ["wasQuotedFrom", "quotedAs"],
  ["wasRevisionOf", "hadRevision"],
  ["wasStartedBy", "started"],
];

/** The IRI that a predicate is the inverse of. */
export const inverseOf: ReadonlyMap<string, string> = new Map(
  inverseNames.map(([canonical, inverse]) => [iri(inverse), iri(canonical)]),
);
