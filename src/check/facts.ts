import { type FormalType, type RecordKind, recordFormals, recordKinds } from "../prov/index.js";
import { absent } from "../prov/unify/statements.js";
import { nothing, type Term } from "../prov/unify/terms.js";
import type { Scope } from "./scope.js";
import { handDown, type Specialization, specializations } from "./specialization.js";

/** What is known of a term; several may hold. */
export const fact = {
  /** A record of that kind describes it, or it specializes an entity (inference 21). */
  entityRecord: 1,
  activityRecord: 2,
  agentRecord: 4,
  /** Constraint 50, by description or by position. */
  isEntity: 8,
  isActivity: 16,
  emptyCollection: 32,
  /** There is a generation (stated, or by inferences 7, 9, 10, 11 and 13). */
  generated: 64,
  /** There is a start (stated, or by inference 8). */
  started: 128,
} as const;

/** The facts of an instance, by the term that stands for a class. */
export interface Facts {
  readonly bits: Uint8Array;
  readonly specializations: readonly Specialization[];
}

const byType: Partial<Readonly<Record<FormalType, number>>> = {
  entity: fact.isEntity,
  activity: fact.isActivity,
};

/** What a kind says of the names in its formal positions; 0 for nothing. */
const byPosition: ReadonlyMap<RecordKind, readonly number[]> = new Map(
  recordKinds.map((kind) => [kind, recordFormals[kind].map(({ type }) => byType[type] ?? 0)]),
);

/** Collects what all statements say about their terms. */
export function collectFacts(scope: Scope): Facts {
  const { statements, terms } = scope.instance;
  const bits = new Uint8Array(terms.count);
  const learn = (term: Term, facts: number): void => {
    if (term !== absent && term !== nothing) {
      const root = terms.find(term);
      bits[root] = (bits[root] ?? 0) | facts;
    }
  };
  for (let s = 0; s < statements.count; s++) {
    const kind = statements.kind[s] ?? "entity";
    learnElement(scope, s, kind, learn);
    const positions = byPosition.get(kind) ?? [];
    for (let position = 0; position < positions.length; position++) {
      const facts = positions[position] ?? 0;
      if (facts !== 0) {
        learn(statements.argument(s, position), facts);
      }
    }
    if (kind === "wasGeneratedBy" || kind === "wasAttributedTo") {
      learn(statements.argument(s, 0), fact.generated);
    } else if (kind === "wasStartedBy") {
      learn(statements.argument(s, 0), fact.started);
    }
  }
  const relations = specializations(scope);
  handDown(relations, bits, fact.entityRecord | fact.emptyCollection);
  for (const { specific } of relations) {
    const before = bits[specific] ?? 0;
    bits[specific] = (before & fact.entityRecord) !== 0 ? before | fact.generated : before;
  }
  return { bits, specializations: relations };
}

function learnElement(
  scope: Scope,
  statement: number,
  kind: RecordKind,
  learn: (term: Term, facts: number) => void,
): void {
  const id = scope.instance.statements.id[statement] ?? absent;
  switch (kind) {
    case "entity": {
      const empty = scope.isEmptyCollection(statement) ? fact.emptyCollection : 0;
      learn(id, fact.entityRecord | fact.isEntity | fact.generated | empty);
      return;
    }
    case "activity":
      learn(id, fact.activityRecord | fact.isActivity | fact.started);
      return;
    case "agent":
      learn(id, fact.agentRecord);
      return;
    default:
  }
}
