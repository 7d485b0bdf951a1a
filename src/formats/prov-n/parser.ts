import { nearestName } from "../../base/nearest-name.js";
import { nameText, type QualifiedName } from "../../prov/index.js";
import { DocumentError } from "../document-error.js";
import type { ExtensionRecord } from "../extension.js";
import { extraSectionsOf } from "../extension-json.js";
import { FindingList } from "../finding-list.js";
import type { ReadFormatOptions, ReadResult } from "../format.js";
import type { ProvHandler, RecordWhereabouts } from "../handler.js";
import { quoted } from "../quoted.js";
import { ProvNContext } from "./context.js";
import { SyntaxProblem } from "./cursor.js";
import { readExtension } from "./extension-reader.js";
import { extensionUris, type Keyword, keywords } from "./keywords.js";
import { NameScope } from "./name-scope.js";
import { readRecord } from "./record-reader.js";

/**
 * Reads a PROV-N document and delivers it, record by record.
 *
 * Names, times and arguments that are wrong are reported and left out; reading stops at the first
 * place where the text is not PROV-N.
 *
 * @throws {@link DocumentError} with every finding, when the document has any error.
 */
export function parseProvN(
  text: string,
  handler: ProvHandler,
  options: ReadFormatOptions = {},
): ReadResult {
  const findings = new FindingList(options.maxFindings ?? 100);
  const context = new ProvNContext(text, findings);
  try {
    new ProvNParser(context, handler).readDocument();
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) {
      throw error;
    }
    context.error("provn-syntax", error.message, error.at);
    throw new DocumentError(findings.all(), { cause: error });
  }
  if (findings.errors > 0) {
    throw new DocumentError(findings.all());
  }
  return { warnings: findings.all() };
}

class ProvNParser {
  readonly #context: ProvNContext;
  readonly #handler: ProvHandler;
  readonly #document: NameScope;
  #extensions: ExtensionRecord[] = [];
  #start: number = 0;
  readonly #at: RecordWhereabouts = {
    place: () => this.#context.settle(this.#start),
    path: () => undefined,
  };

  constructor(context: ProvNContext, handler: ProvHandler) {
    this.#context = context;
    this.#handler = handler;
    this.#document = context.scope;
  }

  readDocument(): void {
    const { cursor } = this.#context;
    if (Number.isNaN(cursor.next())) {
      throw new SyntaxProblem(cursor.pos, 'Expected "document", but the document is empty.');
    }
    if (!cursor.tryKeyword("document")) {
      throw cursor.unexpected('"document", with which PROV-N begins');
    }
    this.#readDeclarations();
    this.#deliverNamespaces();
    while (!cursor.tryKeyword("endDocument")) {
      if (cursor.tryKeyword("bundle")) {
        this.#readBundle();
      } else {
        this.#readExpression('an expression, "bundle" or "endDocument"');
      }
    }
    this.#deliverExtensions();
    if (!Number.isNaN(cursor.next())) {
      throw cursor.unexpected('nothing after "endDocument"');
    }
  }

  #readDeclarations(): void {
    const context = this.#context;
    const { cursor } = context;
    const seen = new Map<string, string>();
    for (;;) {
      cursor.next();
      const start = cursor.pos;
      const isPrefix = cursor.tryKeyword("prefix");
      if (!isPrefix && !cursor.tryKeyword("default")) {
        return;
      }
      const prefix = isPrefix ? cursor.tryPrefix() : "";
      if (prefix === undefined) {
        throw cursor.unexpected("a prefix");
      }
      const iri = cursor.takeIri();
      const earlier = seen.get(prefix);
      if (earlier !== undefined && earlier !== iri) {
        const message = `The prefix ${quoted(prefix === "" ? "default" : prefix)} is declared twice, for ${quoted(earlier)} and ${quoted(iri)}.`;
        context.error("prefix", message, start);
      }
      seen.set(prefix, iri);
      this.#declare(prefix, iri, start);
    }
  }

  #declare(prefix: string, iri: string, at: number): void {
    const { error, warning } = this.#context.scope.namespaces.declare(prefix, iri);
    if (error !== undefined) {
      this.#context.error("prefix", error, at);
    }
    if (warning !== undefined) {
      this.#context.warning("prefix", warning, at);
    }
  }

  #deliverNamespaces(): void {
    for (const namespace of this.#context.scope.namespaces.namespaces()) {
      this.#handler.namespace?.(namespace);
    }
  }

  #readBundle(): void {
    const context = this.#context;
    const { cursor } = context;
    const token = cursor.tryName();
    const at = cursor.pos - (token?.length ?? 0);
    if (token === undefined) {
      throw cursor.unexpected("the id of the bundle");
    }
    context.scope = new NameScope(this.#document);
    this.#readDeclarations();
    // PROV-N 3.7.3: the declarations of the bundle hold for its id too.
    const id = context.resolved(context.scope.ofToken(token), at);
    const handler = this.#handler;
    const outer = this.#extensions;
    if (id !== undefined) {
      handler.startBundle?.(id);
    }
    this.#deliverNamespaces();
    this.#extensions = [];
    while (!cursor.tryKeyword("endBundle")) {
      if (cursor.tryKeyword("bundle")) {
        throw new SyntaxProblem(
          cursor.pos - "bundle".length,
          "A bundle cannot hold bundles (PROV-DM 5.4).",
        );
      }
      this.#readExpression('an expression or "endBundle"');
    }
    this.#deliverExtensions();
    this.#extensions = outer;
    if (id !== undefined) {
      handler.endBundle?.(id);
    }
    context.scope = this.#document;
  }

  #readExpression(expected: string): void {
    const context = this.#context;
    const { cursor } = context;
    cursor.next();
    const start = cursor.pos;
    this.#start = start;
    const spelt = cursor.tryName();
    if (spelt === undefined) {
      throw cursor.unexpected(expected);
    }
    const keyword = keywords.get(spelt) ?? this.#extendedKeyword(spelt);
    if (keyword !== undefined) {
      const record = readRecord(context, keyword, spelt, start);
      if (record !== undefined) {
        this.#handler.record(record, this.#at);
      }
      return;
    }
    const name = this.#extensionName(spelt, start, expected);
    const extension = readExtension(context, name);
    if (extension !== undefined) {
      this.#extensions.push(extension);
    }
  }

  // provext:hadMember(id; c, e, [attributes]): how ProvToolbox gives these kinds id and attributes.
  #extendedKeyword(spelt: string): Keyword | undefined {
    const name = spelt.includes(":") ? this.#context.scope.ofToken(spelt) : undefined;
    return typeof name === "object" && extensionUris.has(name.namespace.uri)
      ? keywords.get(name.local)
      : undefined;
  }

  #extensionName(spelt: string, start: number, expected: string): QualifiedName | undefined {
    const context = this.#context;
    if (!spelt.includes(":")) {
      const nearest = nearestName(spelt, [...keywords.keys()]);
      const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
      throw new SyntaxProblem(start, `Expected ${expected}, got ${quoted(spelt)}${hint}.`);
    }
    const name = context.resolved(context.scope.ofToken(spelt), start);
    const message = `The expression ${quoted(spelt)} is not of PROV-DM; kept as it is, other readers may reject the document.`;
    if (name !== undefined) {
      context.warning("extension", message, start);
    }
    return name;
  }

  #deliverExtensions(): void {
    if (this.#extensions.length === 0) {
      return;
    }
    for (const { name, json } of extraSectionsOf(this.#extensions, nameText)) {
      this.#handler.extraSection?.(name, json);
    }
  }
}
