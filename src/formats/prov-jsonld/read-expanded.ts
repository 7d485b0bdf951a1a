import { DocumentError } from "../document-error.js";
import type { ReadFormatOptions, ReadResult } from "../format.js";
import type { ProvHandler } from "../handler.js";
import { JsonCursor, JsonProblem } from "../prov-json/json-cursor.js";
import { quoted } from "../quoted.js";
import { type RdfLiteral, type RdfResource, resourceOf } from "../rdf/graph.js";
import { GraphBuilder } from "../rdf/graph-builder.js";
import { deliverRdf } from "../rdf/read-rdf.js";
import { TextPlaces } from "../text-places.js";
import { type JsonMember, type JsonNode, readJson } from "./json-tree.js";

const rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const xsd = "http://www.w3.org/2001/XMLSchema#";

/** Whether a text is an array, as expanded and flattened JSON-LD is. */
export function isExpanded(text: string): boolean {
  return /^\s*\[/.test(text);
}

/**
 * Reads PROV-O in expanded or flattened JSON-LD, as RDF libraries write it: no context, names are
 * whole IRIs.
 *
 * @throws {@link DocumentError} with every finding, when the document has any error.
 */
export function readExpanded(
  text: string,
  handler: ProvHandler,
  options: ReadFormatOptions,
): ReadResult {
  const builder = new GraphBuilder(false);
  try {
    new ExpandedReader(text, builder).read();
  } catch (error) {
    if (!(error instanceof JsonProblem)) {
      throw error;
    }
    const place = new TextPlaces(text, { line: 1, column: 1, offset: 0 }).at(error.at);
    const finding = { severity: "error", rule: "json-syntax", message: error.message } as const;
    throw new DocumentError([{ ...finding, place }], { cause: error });
  }
  return deliverRdf(builder, () => text, handler, options);
}

class ExpandedReader {
  readonly #text: string;
  readonly #builder: GraphBuilder;
  /** Where each line begins. */
  readonly #lines: readonly number[];
  #blanks: number = 0;

  constructor(text: string, builder: GraphBuilder) {
    this.#text = text;
    this.#builder = builder;
    this.#lines = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
  }

  read(): void {
    const cursor = new JsonCursor(this.#text, true);
    const root = readJson(cursor, new Set(), (key, at) => {
      throw new JsonProblem(at, `The key ${quoted(key)} stands twice.`);
    });
    const rest = this.#text.slice(cursor.pos).search(/[^\t\n\r ]/);
    if (rest !== -1) {
      cursor.pos += rest;
      throw cursor.unexpected("nothing after the document");
    }
    this.#addNodes(root, "");
  }

  #addNodes(nodes: JsonNode, graph: string): void {
    for (const node of nodes.type === "array" ? nodes.items : [nodes]) {
      if (node.type !== "object") {
        throw new JsonProblem(
          node.at,
          'Expected a node of expanded JSON-LD, an object with "@id".',
        );
      }
      this.#addNode(node.members, graph);
    }
  }

  #addNode(members: readonly JsonMember[], graph: string): RdfResource {
    const subject = this.#resource(members.find(({ key }) => key === "@id")?.value);
    for (const { key, at, value } of members) {
      if (key === "@graph") {
        this.#addNodes(value, subject.id);
      } else if (key === "@type") {
        for (const type of itemsOf(value)) {
          this.#add(subject, `${rdf}type`, this.#resource(type), graph, type.at);
        }
      } else if (!key.startsWith("@")) {
        this.#addValues(subject, key, at, value, graph);
      } else if (key !== "@id" && key !== "@index") {
        throw new JsonProblem(
          at,
          `${quoted(key)} is not of expanded JSON-LD, or not of PROV. Turn the document into N-Quads with a JSON-LD processor, and read these.`,
        );
      }
    }
    return subject;
  }

  #addValues(subject: RdfResource, key: string, at: number, value: JsonNode, graph: string): void {
    if (!key.includes(":")) {
      throw new JsonProblem(
        at,
        `Expected an IRI, got ${quoted(key)}: without "@context" no shorter name has a meaning.`,
      );
    }
    for (const item of itemsOf(value)) {
      const literal = item.type === "object" ? literalOf(item.members) : scalarOf(item);
      if (literal !== undefined) {
        this.#add(subject, key, literal, graph, item.at);
      } else if (item.type === "object") {
        this.#add(subject, key, this.#addNode(item.members, graph), graph, item.at);
      } else {
        throw new JsonProblem(item.at, "Expected a value or a node of expanded JSON-LD.");
      }
    }
  }

  #resource(node: JsonNode | undefined): RdfResource {
    if (node === undefined) {
      this.#blanks += 1;
      return { termType: "BlankNode", value: "", id: `_: ${this.#blanks}` };
    }
    if (node.type !== "string") {
      throw new JsonProblem(node.at, "Expected an IRI in double quotes.");
    }
    if (node.text.startsWith("_:")) {
      this.#builder.labels.add(node.text.slice(2));
    } else if (!node.text.includes(":")) {
      throw new JsonProblem(node.at, `Expected a whole IRI, got ${quoted(node.text)}.`);
    }
    return resourceOf(node.text);
  }

  #add(
    subject: RdfResource,
    predicate: string,
    object: RdfResource | RdfLiteral,
    graph: string,
    at: number,
  ): void {
    const line = this.#lineOf(at);
    const start = at - (this.#lines[line - 1] ?? 0);
    this.#builder.token = { line, start, end: start };
    this.#builder.addStatement(subject, resourceOf(predicate), object, graph);
  }

  #lineOf(at: number): number {
    let low = 0;
    let high = this.#lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lines[middle] ?? 0) <= at) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low + 1;
  }
}

function itemsOf(node: JsonNode): readonly JsonNode[] {
  return node.type === "array" ? node.items : [node];
}

function literalOf(members: readonly JsonMember[]): RdfLiteral | undefined {
  const member = (key: string): JsonNode | undefined =>
    members.find((each) => each.key === key)?.value;
  const value = member("@value");
  const scalar = value === undefined ? undefined : scalarOf(value);
  if (value === undefined || scalar === undefined) {
    return undefined;
  }
  const language = member("@language");
  const type = member("@type");
  if (language?.type === "string") {
    return { ...scalar, language: language.text, datatype: `${rdf}langString` };
  }
  return type?.type === "string" ? { ...scalar, datatype: type.text } : scalar;
}

function scalarOf(node: JsonNode): RdfLiteral | undefined {
  if (node.type !== "string" && node.type !== "number" && node.type !== "boolean") {
    return undefined;
  }
  return {
    termType: "Literal",
    value: node.text,
    language: "",
    datatype: `${xsd}${datatypeOf(node.type, node.text)}`,
    id: node.text,
  };
}

function datatypeOf(type: "string" | "number" | "boolean", text: string): string {
  if (type !== "number") {
    return type;
  }
  return /^-?\d+$/.test(text) ? "integer" : "double";
}
