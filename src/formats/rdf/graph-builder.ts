import type { Namespace } from "../../prov/index.js";
import {
  Graph,
  type GraphStatement,
  type RdfLiteral,
  type RdfResource,
  type RdfTerm,
} from "./graph.js";
import { inverseOf, predicateRules } from "./predicate-rules.js";

/** The base of relative IRIs when neither the text nor the caller names one. */
export const fallbackBase = "file:///";

/** What a text in RDF says. */
export interface ParsedRdf {
  readonly prefixes: readonly Namespace[];
  readonly defaultGraph: Graph;
  /** By IRI, or label after `_:`. */
  readonly namedGraphs: ReadonlyMap<string, Graph>;
  /** The labels of blank nodes that the text gives. */
  readonly labels: ReadonlySet<string>;
  /** A statement about an IRI that was relative and had no base; it stands for all of them. */
  readonly relative: GraphStatement | undefined;
  /** A statement with a term that PROV has no use for (RDF 1.2 triple terms), if there is one. */
  readonly unusable: GraphStatement | undefined;
}

/** A token of the parser: its line counts from 1, its columns from 0. */
export interface Token {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly endLine?: number;
}

/** Collects statements into graphs. */
export class GraphBuilder implements ParsedRdf {
  readonly prefixes: Namespace[] = [];
  readonly defaultGraph: Graph = new Graph();
  readonly namedGraphs: Map<string, Graph> = new Map();
  readonly labels: Set<string> = new Set();
  relative: GraphStatement | undefined;
  unusable: GraphStatement | undefined;
  /** Where the next statement stands. */
  token: Token = { line: 0, start: 0, end: 0 };
  readonly #watchesBase: boolean;

  /** @param watchesBase - look for IRIs that were relative. */
  constructor(watchesBase: boolean) {
    this.#watchesBase = watchesBase;
  }

  addPrefix(prefix: string, uri: string): void {
    this.prefixes.push({ prefix, uri });
  }

  /** @param graph - the id of the graph, `""` for the default graph. */
  addStatement(subject: RdfResource, predicate: RdfResource, object: RdfTerm, graph: string): void {
    const { line, start: column } = this.token;
    const target = this.#graph(graph);
    const canonical = inverseOf.get(predicate.id);
    const statement =
      canonical !== undefined && object.termType !== "Literal"
        ? { predicate: canonical, object: subject, line, column }
        : { predicate: predicate.id, object, line, column };
    target.add(statement.object === object ? subject.id : object.id, statement);
    this.#noteReference(target, statement);
    if (this.#watchesBase && this.relative === undefined) {
      const isRelative = [subject.id, predicate.id, object.id, graph].some((id) =>
        id.startsWith(fallbackBase),
      );
      this.relative = isRelative ? statement : undefined;
    }
  }

  /** Notes a statement that cannot be kept. */
  skipStatement(predicate: string): void {
    const { line, start: column } = this.token;
    this.unusable ??= { predicate, object: emptyLiteral, line, column };
  }

  #graph(id: string): Graph {
    if (id === "") {
      return this.defaultGraph;
    }
    let graph = this.namedGraphs.get(id);
    if (graph === undefined) {
      graph = new Graph();
      this.namedGraphs.set(id, graph);
    }
    return graph;
  }

  #noteReference(graph: Graph, { predicate, object }: GraphStatement): void {
    if (object.termType === "BlankNode" && predicateRules.get(predicate)?.role !== "qualified") {
      graph.addReference(object.id);
    }
  }
}

const emptyLiteral: RdfLiteral = {
  termType: "Literal",
  value: "",
  language: "",
  datatype: "http://www.w3.org/2001/XMLSchema#string",
  id: "",
};
