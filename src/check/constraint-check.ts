import { Unifier } from "../prov/unify/unifier.js";
import { collectFacts } from "./facts.js";
import { checkImpossibilities } from "./impossibility-check.js";
import { checkOrdering } from "./ordering-check.js";
import type { Scope } from "./scope.js";
import { checkTyping } from "./typing-check.js";
import { uniquenessFinding } from "./uniqueness-check.js";
import type { Report } from "./whereabouts.js";

/**
 * Checks one instance against PROV-CONSTRAINTS: expands and infers, merges what must be the same,
 * and looks at order, types and impossibilities of what came out.
 *
 * Where merging fails the Recommendation stops; this goes on with what was merged, so that one run
 * shows as much as possible.
 */
export function checkConstraints(scope: Scope, report: Report): void {
  scope.instance.infer();
  const unifier = new Unifier(scope.instance);
  unifier.run();
  for (const conflict of unifier.conflicts) {
    report(uniquenessFinding(scope, conflict));
  }
  const facts = collectFacts(scope);
  checkTyping(scope, facts, report);
  checkImpossibilities(scope, facts, report);
  checkOrdering(scope, facts, report);
}
