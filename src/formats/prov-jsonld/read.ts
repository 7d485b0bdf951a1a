import { DocumentError } from "../document-error.js";
import type { Finding } from "../finding.js";
import { FindingList } from "../finding-list.js";
import type { ReadFormatOptions, ReadResult } from "../format.js";
import type { ProvHandler } from "../handler.js";
import { JsonCursor, JsonProblem } from "../prov-json/json-cursor.js";
import { quoted } from "../quoted.js";
import { TextPlaces } from "../text-places.js";
import { unknownFiller } from "../unknown-argument.js";
import { ContextScope } from "./context-scope.js";
import { eachItem, type JsonNode, readJson } from "./json-tree.js";
import { readContext } from "./read-context.js";
import { isExpanded, readExpanded } from "./read-expanded.js";
import { type Members, readStatement, withoutProv } from "./statement-reader.js";

const defaultMaxFindings = 100;
const graphOnly: ReadonlySet<string> = new Set(["@graph"]);

/**
 * Reads PROV-JSONLD in the compacted form of the W3C member submission, or PROV-O in expanded or
 * flattened JSON-LD, and delivers it to a handler. No context is fetched.
 *
 * @throws {@link DocumentError} with every finding, when the document has any error.
 */
export function readProvJsonld(
  source: string,
  handler: ProvHandler,
  { maxFindings = defaultMaxFindings }: ReadFormatOptions = {},
): ReadResult {
  const text = source.startsWith("\uFEFF") ? source.slice(1) : source;
  if (isExpanded(text)) {
    return readExpanded(text, handler, { maxFindings });
  }
  const reader = new JsonldReader(text, source.length - text.length, handler, maxFindings);
  return reader.read();
}

class JsonldReader {
  readonly #cursor: JsonCursor;
  readonly #places: TextPlaces;
  readonly #handler: ProvHandler;
  readonly #findings: FindingList;
  readonly #scope: ContextScope;
  readonly #fill = unknownFiller();
  #path: string = "";

  constructor(text: string, bomChars: number, handler: ProvHandler, maxFindings: number) {
    this.#cursor = new JsonCursor(text, true);
    this.#places = new TextPlaces(text, { line: 1, column: 1 + bomChars, offset: bomChars * 3 });
    this.#handler = handler;
    this.#findings = new FindingList(maxFindings);
    this.#scope = new ContextScope((namespace) => handler.namespace?.(namespace));
  }

  read(): ReadResult {
    try {
      this.#readDocument();
    } catch (error) {
      if (!(error instanceof JsonProblem)) {
        throw error;
      }
      this.#report("error", "json-syntax", error.message, error.at);
    }
    const all = this.#findings.all();
    if (this.#findings.errors > 0) {
      throw new DocumentError(all);
    }
    return { warnings: all };
  }

  #readDocument(): void {
    const cursor = this.#cursor;
    cursor.next("a JSON object");
    const at = cursor.pos;
    const root = readJson(cursor, graphOnly, this.#onRepeated);
    if (root.type !== "object") {
      this.#report(
        "error",
        "jsonld-form",
        'Expected a JSON object with "@context" and "@graph".',
        at,
      );
      return;
    }
    this.#expectEnd();
    const graph = member(root.members, "@graph");
    const context = member(root.members, "@context");
    if (context === undefined) {
      this.#report("error", "jsonld-form", 'A PROV-JSONLD document needs a "@context".', at);
      return;
    }
    this.#path = "/@context";
    readContext(context, this.#scope, this.#report);
    this.#path = "";
    for (const namespace of this.#scope.namespaces()) {
      this.#handler.namespace?.(namespace);
    }
    if (graph === undefined) {
      this.#readOne(root.members, at, this.#scope, "", false);
    } else {
      this.#noteUnused(root.members);
      this.#readGraph(graph, this.#scope, "/@graph", false);
    }
  }

  #expectEnd(): void {
    const cursor = this.#cursor;
    const rest = cursor.text.slice(cursor.pos).search(/[^\t\n\r ]/);
    if (rest !== -1) {
      cursor.pos += rest;
      throw cursor.unexpected("nothing after the document");
    }
  }

  #noteUnused(members: Members): void {
    for (const { key, at } of members) {
      if (key !== "@context" && key !== "@graph" && key !== "@type") {
        this.#report("warning", "keyword", `${quoted(key)} beside the graph is not used.`, at);
      }
    }
  }

  #readGraph(graph: JsonNode, scope: ContextScope, path: string, inBundle: boolean): void {
    const cursor = this.#cursor;
    const back = cursor.pos;
    cursor.pos = graph.at;
    if (cursor.next("a value") !== 0x5b) {
      this.#report("error", "jsonld-form", 'Expected an array as "@graph".', graph.at);
      return;
    }
    eachItem(cursor, (index) => {
      this.#path = `${path}/${index}`;
      cursor.next("a statement");
      const at = cursor.pos;
      const node = readJson(cursor, graphOnly, this.#onRepeated);
      if (node.type === "object") {
        this.#readOne(node.members, at, scope, this.#path, inBundle);
      } else {
        this.#report("error", "jsonld-form", "Expected a statement, an object.", at);
      }
    });
    cursor.pos = back;
  }

  #readOne(
    members: Members,
    at: number,
    scope: ContextScope,
    path: string,
    inBundle: boolean,
  ): void {
    const type = member(members, "@type");
    const graph = member(members, "@graph");
    if (type?.type === "string" && withoutProv(type.text) === "Bundle" && graph !== undefined) {
      this.#readBundle(members, graph, at, path, inBundle);
      return;
    }
    const statement = members.filter(({ key }) => key !== "@context" && key !== "@graph");
    const records = readStatement(statement, at, scope, this.#report, this.#fill);
    const whereabouts = { place: () => this.#places.at(at), path: () => path };
    for (const record of records) {
      this.#handler.record(record, whereabouts);
    }
  }

  #readBundle(
    members: Members,
    graph: JsonNode,
    at: number,
    path: string,
    inBundle: boolean,
  ): void {
    if (inBundle) {
      this.#report("error", "nested-bundle", "Bundles cannot stand in bundles.", at);
      return;
    }
    // The context of a node is in force for its own id.
    const scope = new ContextScope(
      (namespace) => this.#handler.namespace?.(namespace),
      this.#scope,
    );
    const context = member(members, "@context");
    if (context !== undefined) {
      readContext(context, scope, this.#report);
    }
    const node = member(members, "@id");
    const resolved = node?.type === "string" ? scope.resolve(node.text) : undefined;
    if (resolved?.name === undefined) {
      const problem = resolved?.problem ?? 'A bundle needs an "@id", a string.';
      this.#report("error", "bundle-id", problem, node?.at ?? at);
      return;
    }
    this.#handler.startBundle?.(resolved.name);
    for (const namespace of scope.namespaces()) {
      this.#handler.namespace?.(namespace);
    }
    this.#readGraph(graph, scope, `${path}/@graph`, true);
    this.#handler.endBundle?.(resolved.name);
  }

  readonly #onRepeated = (key: string, at: number): void => {
    this.#report("error", "duplicate-key", `The key ${quoted(key)} stands twice.`, at);
  };

  readonly #report = (
    severity: Finding["severity"],
    rule: string,
    message: string,
    at: number,
  ): void => {
    const path = this.#path;
    this.#findings.add(severity, () => ({
      severity,
      rule,
      message,
      ...(path !== "" && { path }),
      place: this.#places.at(at),
    }));
  };
}

function member(members: Members, key: string): JsonNode | undefined {
  return members.find((each) => each.key === key)?.value;
}
