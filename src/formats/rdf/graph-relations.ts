import {
  type Attribute,
  createRecord,
  isQualifiedName,
  provAttributes,
  type QualifiedName,
  type RecordKind,
  uriOf,
} from "../../prov/index.js";
import { TripleTable } from "../../prov/unify/triple-table.js";
import type { TextSpot } from "./graph.js";
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
  readonly #anyDirect: boolean;
  readonly #bySubject = new Map<string, StatedRecord[]>();
  readonly #qualified = new TripleTable();
  /** A number for every text that stands in that table. */
  readonly #numbers = new Map<string, number>();

  /** @param anyDirect - whether the graph has direct statements, which may repeat qualified ones. */
  constructor(context: GraphContext, anyDirect: boolean) {
    this.#context = context;
    this.#anyDirect = anyDirect;
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
  add(draft: RelationDraft, at: TextSpot, subject: string = draft.nodes[0] ?? ""): void {
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
    const stated = { record, line: at.line, column: at.column };
    const known = this.#bySubject.get(subject);
    if (known === undefined) {
      this.#bySubject.set(subject, [stated]);
    } else {
      known.push(stated);
    }
  }

  /** Adds a qualified relation, so that direct statements of the same are known to repeat it. */
  addQualified(draft: RelationDraft, at: TextSpot, subject?: string): void {
    this.add(draft, at, subject);
    const [first, second] = draft.nodes;
    if (!this.#anyDirect || first === undefined || second === undefined) {
      return;
    }
    this.#noteQualified(draft.kind, first, second);
    if (draft.kind === "wasDerivedFrom") {
      for (const [name, value] of draft.attributes ?? noAttributes) {
        if (name === provAttributes.type && typeof value === "object" && isQualifiedName(value)) {
          this.#noteQualified(uriOf(value), first, second);
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
    const numbers = [what, first, second].map((text) => this.#numbers.get(text) ?? -1);
    const [a = -1, b = -1, c = -1] = numbers;
    return !numbers.includes(-1) && this.#qualified.has(a, b, c);
  }

  #noteQualified(what: string, first: string, second: string): void {
    this.#qualified.claim(this.#number(what), this.#number(first), this.#number(second), 0);
  }

  #number(text: string): number {
    const known = this.#numbers.get(text);
    if (known === undefined) {
      this.#numbers.set(text, this.#numbers.size);
    }
    return known ?? this.#numbers.size - 1;
  }
}
