import {
  type Attribute,
  createRecord,
  isQualifiedName,
  provAttributes,
  type QualifiedName,
  type RecordKind,
  uriOf,
} from "../../prov/index.js";
import type { GraphStatement } from "./graph.js";
import type { GraphContext, StatedRecord } from "./graph-context.js";

/** What a relation says, its names still nodes of the graph. */
export interface RelationDraft {
  readonly kind: RecordKind;
  readonly id?: QualifiedName;
  /** In PROV-N order; the first is the subject. */
  readonly nodes: readonly (string | undefined)[];
  readonly time?: string | undefined;
  readonly attributes?: readonly Attribute[];
}

const noAttributes: readonly Attribute[] = [];

/** The relations of a graph by their subject. */
export class GraphRelations {
  readonly #context: GraphContext;
  readonly #bySubject = new Map<string, StatedRecord[]>();
  readonly #qualified = new Set<string>();

  constructor(context: GraphContext) {
    this.#context = context;
  }

  /** The relations that a subject states. */
  of(subject: string): StatedRecord[] {
    return this.#bySubject.get(subject) ?? [];
  }

  /** The relations of all subjects. */
  all(): Iterable<readonly StatedRecord[]> {
    return this.#bySubject.values();
  }

  /**
   * Adds a relation; what it lacks and PROV-DM demands is taken to be unknown, with a warning.
   *
   * @param subject - the node that states it. Default the first of its nodes.
   */
  add(draft: RelationDraft, at: GraphStatement, subject: string = draft.nodes[0] ?? ""): void {
    const { kind, id, nodes, time, attributes = noAttributes } = draft;
    const { names, report } = this.#context;
    const formals = nodes.map((node) => (node === undefined ? undefined : names.name(node)));
    const missing = this.#context.fillUnknown(kind, formals);
    if (missing !== undefined) {
      report("warning", missing.rule, missing.message, at);
    }
    const record = createRecord(kind, id, formals, [time], attributes);
    if (record === undefined) {
      return;
    }
    const known = this.#bySubject.get(subject);
    if (known === undefined) {
      this.#bySubject.set(subject, [{ record, at }]);
    } else {
      known.push({ record, at });
    }
  }

  /** Adds a qualified relation, so that direct statements of the same are known to repeat it. */
  addQualified(draft: RelationDraft, at: GraphStatement, subject?: string): void {
    this.add(draft, at, subject);
    const [first, second] = draft.nodes;
    if (first === undefined || second === undefined) {
      return;
    }
    this.#qualified.add(pairKey(draft.kind, first, second));
    if (draft.kind === "wasDerivedFrom") {
      for (const [name, value] of draft.attributes ?? noAttributes) {
        if (name === provAttributes.type && typeof value === "object" && isQualifiedName(value)) {
          this.#qualified.add(pairKey(uriOf(value), first, second));
        }
      }
    }
  }

  /**
   * Whether a qualified relation says what a direct statement says.
   *
   * @param what - the kind, or the IRI of a subtype of derivation.
   */
  isQualified(what: string, first: string, second: string): boolean {
    return this.#qualified.has(pairKey(what, first, second));
  }
}

function pairKey(what: string, first: string, second: string): string {
  return `${what} ${first} ${second}`;
}
