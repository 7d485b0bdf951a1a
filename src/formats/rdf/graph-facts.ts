import type { RecordKind } from "../../prov/index.js";
import type { GraphStatement, GraphSubject } from "./graph.js";
import { classRules, type PredicateRole } from "./predicate-rules.js";

/** Whether a predicate with a node as object states a relation, not an attribute. */
export function isStructural(role: PredicateRole | undefined): boolean {
  switch (role) {
    case "relation":
    case "qualified":
    case "mention":
    case "mention-bundle":
    case "dictionary":
      return true;
    default:
      return false;
  }
}

/** The classes of a subject, by IRI. */
export function typesOf(subject: GraphSubject | undefined): readonly string[] {
  return (subject?.stating("type") ?? [])
    .filter(({ object }) => object.termType === "NamedNode")
    .map(({ object }) => object.id);
}

/** The elements that the classes of a subject make it. */
export interface ElementClasses {
  /** By `prov:Entity`, `prov:Activity` and `prov:Agent` themselves. */
  readonly explicit: ReadonlySet<RecordKind>;
  /** By their subclasses. */
  readonly implied: ReadonlySet<RecordKind>;
}

/** The elements that the classes of a subject make it. */
export function elementClasses(subject: GraphSubject): ElementClasses {
  const explicit = new Set<RecordKind>();
  const implied = new Set<RecordKind>();
  for (const type of subject.has("element-class") ? typesOf(subject) : []) {
    const rule = classRules.get(type);
    if (rule?.is === "element") {
      (rule.base ? explicit : implied).add(rule.kind);
    }
  }
  return { explicit, implied };
}

/** The statements of a subject that have a role and a node as object. */
export function linksOf(subject: GraphSubject, role: PredicateRole): readonly GraphStatement[] {
  return subject.stating(role).filter(({ object }) => object.termType !== "Literal");
}
