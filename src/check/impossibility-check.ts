import { quoted } from "../formats/quoted.js";
import { isElementKind, nameText, type RecordKind } from "../prov/index.js";
import { absent } from "../prov/unify/statements.js";
import { nothing, type Term } from "../prov/unify/terms.js";

import { type Facts, fact } from "./facts.js";
import { Graph } from "./graph.js";
import type { Scope } from "./scope.js";
import { shortestCycle } from "./shortest-cycle.js";
import { strongComponents } from "./strong-components.js";
import type { Report } from "./whereabouts.js";

/** Checks constraints 51 to 54. */
export function checkImpossibilities(scope: Scope, facts: Facts, report: Report): void {
  reportUnspecifiedDerivations(scope, report);
  reportSpecializationCycles(scope, facts, report);
  reportOverlaps(scope, facts, report);
}

function reportUnspecifiedDerivations(scope: Scope, report: Report): void {
  const { instance } = scope;
  const { statements } = instance;
  for (let number = 0; number < instance.recordCount; number++) {
    // The activity of a derivation is not unknown where it is not given: there is none.
    if (
      statements.kind[number] !== "wasDerivedFrom" ||
      statements.argument(number, 2) !== nothing
    ) {
      continue;
    }
    const given = [
      instance.nameAt(number, 3) === undefined ? [] : ["a generation"],
      instance.nameAt(number, 4) === undefined ? [] : ["a usage"],
    ].flat();
    if (given.length > 0) {
      const message = `This derivation names ${given.join(" and ")} but no activity, to which they would belong. Add prov:activity.`;
      report(scope.violation(51, message, [number]));
    }
  }
}

function reportSpecializationCycles(
  scope: Scope,
  { specializations }: Facts,
  report: Report,
): void {
  if (specializations.length === 0) {
    return;
  }
  const { terms } = scope.instance;
  const graph = new Graph(terms.count);
  for (const { specific, general, record } of specializations) {
    graph.addEdge(specific, general, record, true);
  }
  const network = graph.freeze();
  for (const cycle of shortestCycle(network, strongComponents(network))) {
    const names = cycle.edges.map((edge) => {
      const name = terms.nameOf(network.origin(edge));
      return name === undefined ? "an unknown entity" : quoted(nameText(name));
    });
    const [first = "An entity"] = names;
    const path = names.length === 1 ? "" : `, over ${names.slice(1, 12).join(", ")}`;
    const message = `${first} is a specialization of itself${path}.`;
    const records = cycle.edges.map((edge) => network.label(edge));
    report(scope.violation(52, message, records, names.length === 1 ? [] : [19]));
  }
}

/** Constraint 53 leaves out wasInfluencedBy and wasDerivedFrom. */
const disjoint: ReadonlySet<RecordKind> = new Set<RecordKind>([
  "used",
  "wasGeneratedBy",
  "wasInvalidatedBy",
  "wasStartedBy",
  "wasEndedBy",
  "wasInformedBy",
  "wasAttributedTo",
  "wasAssociatedWith",
  "actedOnBehalfOf",
]);

/** The first record of every kind that has an id. */
type KindsOfId = Map<RecordKind, number>;

function reportOverlaps(scope: Scope, facts: Facts, report: Report): void {
  for (const [id, kinds] of sharedIds(scope, facts)) {
    const name = scope.instance.terms.nameOf(id);
    const text = name === undefined ? "An id" : quoted(nameText(name));
    const elements = [...kinds].filter(([kind]) => isElementKind(kind));
    const relations = [...kinds].filter(([kind]) => !isElementKind(kind));
    const exclusive = relations.filter(([kind]) => disjoint.has(kind));
    const [element] = elements;
    const [relation] = relations;
    if (element !== undefined && relation !== undefined) {
      const message = `${text} is the id of an ${element[0]} and of a ${relation[0]}. Give the relation another id.`;
      report(scope.violation(54, message, [element[1], relation[1]]));
    }
    const [first, second] = exclusive;
    if (first !== undefined && second !== undefined) {
      const message = `${text} is the id of a ${first[0]} and of a ${second[0]}. Give one of them another id.`;
      report(scope.violation(53, message, [first[1], second[1]]));
    }
  }
}

// The ids under which a relation and something of another kind stand.
function sharedIds({ instance }: Scope, facts: Facts): Map<Term, KindsOfId> {
  const { statements, terms } = instance;
  const firsts = new Int32Array(terms.count).fill(absent);
  const shared = new Map<Term, KindsOfId>();
  const specializedBy = new Map(
    facts.specializations.map(({ specific, record }) => [specific, record]),
  );
  for (let s = 0; s < statements.count; s++) {
    const id = statements.id[s] ?? absent;
    const kind = statements.kind[s];
    if (id === absent || kind === undefined || !terms.isConstant(terms.find(id))) {
      continue;
    }
    const root = terms.find(id);
    const first = firsts[root] ?? absent;
    const firstKind = first === absent ? undefined : statements.kind[first];
    const isThing = ((facts.bits[root] ?? 0) & fact.entityRecord) !== 0 && !isElementKind(kind);
    firsts[root] = first === absent ? s : first;
    if ((firstKind === undefined || firstKind === kind) && !isThing) {
      continue;
    }
    // What specializes an entity is one, also when no record says so (inference 21).
    const specializing = isThing ? specializedBy.get(root) : undefined;
    const kinds: KindsOfId =
      shared.get(root) ?? new Map(specializing === undefined ? [] : [["entity", specializing]]);
    shared.set(root, kinds);
    if (firstKind !== undefined && first !== absent && !kinds.has(firstKind)) {
      kinds.set(firstKind, statements.record[first] ?? -1);
    }
    if (!kinds.has(kind)) {
      kinds.set(kind, statements.record[s] ?? -1);
    }
  }
  return shared;
}
