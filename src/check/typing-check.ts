import { quoted } from "../formats/quoted.js";
import { nameText, recordFormals } from "../prov/index.js";
import { absent } from "../prov/unify/statements.js";
import { nothing, type Term } from "../prov/unify/terms.js";

import { type Facts, fact } from "./facts.js";
import type { Scope } from "./scope.js";
import type { Report } from "./whereabouts.js";

/** The first record that makes a term an entity, and the first that makes it an activity. */
interface Witnesses {
  entity?: { readonly record: number; readonly declared: boolean };
  activity?: { readonly record: number; readonly declared: boolean };
}

/** Checks constraints 55 and 56, with the types of constraint 50. */
export function checkTyping(scope: Scope, facts: Facts, report: Report): void {
  reportBoth(scope, facts, report);
  reportMembers(scope, facts, report);
}

function reportBoth(scope: Scope, { bits }: Facts, report: Report): void {
  const both = fact.isEntity | fact.isActivity;
  const conflicts = new Map<Term, Witnesses>();
  for (let term = 0; term < bits.length; term++) {
    if (((bits[term] ?? 0) & both) === both) {
      conflicts.set(term, {});
    }
  }
  if (conflicts.size === 0) {
    return;
  }
  findWitnesses(scope, conflicts);
  for (const [term, { entity, activity }] of conflicts) {
    if (entity !== undefined && activity !== undefined) {
      const name = scope.instance.terms.nameOf(term);
      const what = name === undefined ? "An unknown thing" : quoted(nameText(name));
      const message = `${what} is both an entity (${how(entity)}) and an activity (${how(activity)}), which PROV-CONSTRAINTS 55 forbids. Give one of them another id.`;
      const records = [...new Set([entity.record, activity.record])];
      const involves = entity.declared && activity.declared ? [] : [50];
      report(scope.violation(55, message, records, involves));
    }
  }
}

function how({ declared }: { readonly declared: boolean }): string {
  return declared ? "declared" : "by its position in a relation";
}

function findWitnesses({ instance }: Scope, conflicts: ReadonlyMap<Term, Witnesses>): void {
  const { statements, terms } = instance;
  const note = (
    term: Term,
    type: "entity" | "activity",
    statement: number,
    declared: boolean,
  ): void => {
    const witnesses =
      term === absent || term === nothing ? undefined : conflicts.get(terms.find(term));
    if (witnesses !== undefined && (declared || witnesses[type] === undefined)) {
      const before = witnesses[type];
      witnesses[type] =
        before?.declared === true
          ? before
          : { record: statements.record[statement] ?? -1, declared };
    }
  };
  for (let s = 0; s < statements.count; s++) {
    const kind = statements.kind[s] ?? "agent";
    if (kind === "entity" || kind === "activity") {
      note(statements.id[s] ?? absent, kind, s, true);
    }
    for (const [position, { type }] of recordFormals[kind].entries()) {
      if (type === "entity" || type === "activity") {
        note(statements.argument(s, position), type, s, false);
      }
    }
  }
}

function reportMembers(scope: Scope, { bits }: Facts, report: Report): void {
  const { statements, terms } = scope.instance;
  for (let s = 0; s < statements.count; s++) {
    if (statements.kind[s] !== "hadMember") {
      continue;
    }
    const collection = terms.find(statements.argument(s, 0));
    if (((bits[collection] ?? 0) & fact.emptyCollection) !== 0) {
      const name = terms.nameOf(collection);
      const what = name === undefined ? "A collection" : quoted(nameText(name));
      const message = `${what} is a prov:EmptyCollection but has a member. Drop the type or the member.`;
      report(scope.violation(56, message, [statements.record[s] ?? -1], [50]));
    }
  }
}
