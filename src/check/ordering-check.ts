import { quoted } from "../formats/quoted.js";
import { nameText, type RecordKind } from "../prov/index.js";
import { absent } from "../prov/unify/statements.js";
import { nothing, type Term } from "../prov/unify/terms.js";
import type { CheckFinding } from "./check-finding.js";
import { type Facts, fact } from "./facts.js";
import { Graph, type Network } from "./graph.js";
import type { Scope } from "./scope.js";
import { shortestCycle } from "./shortest-cycle.js";
import { strongComponents } from "./strong-components.js";
import type { Report } from "./whereabouts.js";

/** The events that can be on a cycle; all generations of an entity are one, as are all starts. */
const event = { generation: 0, start: 1, passing: 2 } as const;
const eventKinds = 3;
const maxStepsTold = 12;

/** By which constraint a statement puts what its second argument did before what its first did. */
const constraints: Partial<Readonly<Record<RecordKind, number>>> = {
  wasGeneratedBy: 34,
  wasStartedBy: 43,
  wasDerivedFrom: 42,
  wasAttributedTo: 48,
};

/** Why one event comes before another: a constraint, and the record it was applied to. */
interface Step {
  readonly constraint: number;
  readonly record: number;
  /** What stands in the sentence about it. */
  readonly first: Term;
  readonly second: Term;
}

/**
 * Checks the event ordering constraints 30 to 49.
 *
 * Only constraint 42 is strict, so an instance is in order unless a derivation is on a cycle. Ends
 * and invalidations lead to nothing but invalidations (38, 40, 44, 46), so they are on no such
 * cycle. A use leads to the generation of what a derivation made with it (41), to which the
 * generation of the used (37, 42) and the start of the activity (33, 34) lead without it. What
 * remains are generations and starts. Linear, but for the search of the shortest cycle.
 */
export function checkOrdering(scope: Scope, facts: Facts, report: Report): void {
  if (!scope.instance.statements.kind.includes("wasDerivedFrom")) {
    return;
  }
  const events = new EventGraph(scope, facts);
  const network = events.build();
  for (const cycle of shortestCycle(network, strongComponents(network))) {
    const steps = cycle.edges.map((edge) => events.step(network.label(edge)));
    report(orderingFinding(scope, steps, cycle.otherStrict));
  }
}

class EventGraph {
  readonly #scope: Scope;
  readonly #facts: Facts;
  readonly #graph: Graph;

  constructor(scope: Scope, facts: Facts) {
    this.#scope = scope;
    this.#facts = facts;
    this.#graph = new Graph(facts.bits.length * eventKinds);
  }

  build(): Network {
    const { statements } = this.#scope.instance;
    for (let s = 0; s < statements.count; s++) {
      this.#addStatement(s);
    }
    for (const [i, { specific, general }] of this.#facts.specializations.entries()) {
      const before = this.#generationOrPassing(general);
      this.#add(before, this.#generationOrPassing(specific), statements.count + i);
    }
    return this.#graph.freeze();
  }

  /** Why an edge is there, by its label. */
  step(label: number): Step {
    const { statements } = this.#scope.instance;
    const specialization = this.#facts.specializations[label - statements.count];
    if (specialization !== undefined) {
      const { record, general, specific } = specialization;
      return { constraint: 45, record, first: general, second: specific };
    }
    const constraint = constraints[statements.kind[label] ?? "entity"] ?? 42;
    const record = statements.record[label] ?? -1;
    return {
      constraint,
      record,
      first: this.#argument(label, 1),
      second: this.#argument(label, 0),
    };
  }

  #addStatement(s: number): void {
    const kind = this.#scope.instance.statements.kind[s];
    switch (kind) {
      case "wasGeneratedBy":
        this.#add(this.#start(this.#argument(s, 1)), this.#generation(this.#argument(s, 0)), s);
        break;
      case "wasStartedBy":
        this.#add(this.#generation(this.#argument(s, 1)), this.#start(this.#argument(s, 0)), s);
        break;
      case "wasDerivedFrom":
      case "wasAttributedTo": {
        const after = this.#generation(this.#argument(s, 0));
        const before = this.#argument(s, 1);
        this.#add(this.#generation(before), after, s, kind === "wasDerivedFrom");
        if (kind === "wasAttributedTo") {
          this.#add(this.#start(before), after, s);
        }
        break;
      }
      default:
        break;
    }
  }

  #argument(s: number, position: number): Term {
    const { statements, terms } = this.#scope.instance;
    const term = statements.argument(s, position);
    return term === absent ? nothing : terms.find(term);
  }

  #generation(entity: Term): number {
    return this.#event(entity, fact.generated, event.generation);
  }

  // Specialization is transitive (inference 19), over entities without a generation too.
  #generationOrPassing(entity: Term): number {
    const generation = this.#generation(entity);
    return generation === absent ? entity * eventKinds + event.passing : generation;
  }

  #start(activity: Term): number {
    return this.#event(activity, fact.started, event.start);
  }

  // An event takes part only if something says that it happened.
  #event(term: Term, wanted: number, kind: number): number {
    const bits = this.#facts.bits[term] ?? 0;
    return term === nothing || (bits & wanted) === 0 ? absent : term * eventKinds + kind;
  }

  #add(before: number, after: number, label: number, strict: boolean = false): void {
    if (before !== absent && after !== absent) {
      this.#graph.addEdge(before, after, label, strict);
    }
  }
}

function orderingFinding(scope: Scope, steps: readonly Step[], otherStrict: number): CheckFinding {
  const told = steps.slice(0, maxStepsTold).map((step) => sentence(scope, step));
  const more = steps.length - told.length;
  const rest = more > 0 ? ` …and ${more} more steps` : "";
  const others =
    otherStrict > 0 ? ` Derivations on cycles with these records: ${otherStrict + 1}.` : "";
  const start = textOf(scope, steps[0]?.first ?? nothing);
  const message = `${start} would have to be generated strictly before itself: ${told.join("; ")}${rest}.${others}`;
  const involves = [...new Set(steps.map(({ constraint }) => constraint))].filter(
    (constraint) => constraint !== 42,
  );
  const records = steps.map(({ record }) => record);
  return scope.violation(
    42,
    message,
    records,
    involves.sort((a, b) => a - b),
  );
}

function sentence(scope: Scope, { constraint, first, second }: Step): string {
  const one = textOf(scope, first);
  const two = textOf(scope, second);
  switch (constraint) {
    case 34:
      return `${one} started before it generated ${two} (34)`;
    case 43:
      return `${one} was generated before it started ${two} (43)`;
    case 45:
      return `${one} was generated no later than its specialization ${two} (45)`;
    case 48:
      return `${one} existed before ${two}, which is attributed to it (48)`;
    default:
      return `${one} was generated strictly before ${two}, which was derived from it (42)`;
  }
}

function textOf({ instance }: Scope, term: Term): string {
  const name = term === nothing ? undefined : instance.terms.nameOf(term);
  return name === undefined ? "an unknown thing" : quoted(nameText(name));
}
