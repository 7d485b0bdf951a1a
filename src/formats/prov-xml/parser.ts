import type { SaxesParser, SaxesTagNS } from "saxes";
import { nearestName } from "../../base/nearest-name.js";
import { nameText, provNamespace, type QualifiedName } from "../../prov/index.js";
import { DocumentError } from "../document-error.js";
import { dictionaryRelation, type ExtensionRecord } from "../extension.js";
import { extraSectionsOf } from "../extension-json.js";
import { FindingList } from "../finding-list.js";
import type { ReadFormatOptions, ReadResult } from "../format.js";
import type { ProvHandler, RecordWhereabouts } from "../handler.js";
import { ownText } from "../own-text.js";
import { quoted } from "../quoted.js";
import { ProvXmlContext } from "./context.js";
import { readDictionary } from "./dictionary-reader.js";
import { isToolboxRoot, oldToolboxNames, toolboxNames } from "./name-forms.js";
import { isNameType, isXmlLiteral, readRecords } from "./record-reader.js";
import { elementMeanings, xmlUri, xsiNamespace } from "./terms.js";
import type { XmlNode } from "./xml-tree.js";

const pieceChars = 65_536;
const maxDepth = 100;

/** A text that cannot be read on as PROV-XML, with the index at which that shows. */
class XmlProblem extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/**
 * Reads a PROV-XML document and delivers it, record by record.
 *
 * Document type declarations are refused when they declare anything, entities other than XML's
 * five are errors, nothing is ever fetched. Records that are wrong are reported and left out;
 * reading stops at the first place where the text is not XML.
 *
 * @throws {@link DocumentError} with every finding, when the document has any error.
 */
export async function parseProvXml(
  text: string,
  handler: ProvHandler,
  options: ReadFormatOptions = {},
): Promise<ReadResult> {
  const { SaxesParser } = await import("saxes");
  const findings = new FindingList(options.maxFindings ?? 100);
  const context = new ProvXmlContext(text, findings);
  if (options.provToolboxNames === true) {
    context.setNameForm(oldToolboxNames);
  }
  try {
    const reader = new ProvXmlReader(text, context, handler, new SaxesParser({ xmlns: true }));
    reader.read();
  } catch (error) {
    if (!(error instanceof XmlProblem)) {
      throw error;
    }
    context.error("xml-syntax", error.message, error.at);
    throw new DocumentError(findings.all(), { cause: error });
  }
  if (findings.errors > 0) {
    throw new DocumentError(findings.all());
  }
  return { warnings: findings.all() };
}

class ProvXmlReader {
  readonly #text: string;
  readonly #context: ProvXmlContext;
  readonly #handler: ProvHandler;
  readonly #parser: SaxesParser<{ xmlns: true }>;
  readonly #resolve: (prefix: string) => string | undefined;
  /** The open elements from the record on; the record is the first. */
  readonly #stack: XmlNode[] = [];
  #depth: number = 0;
  /** The depth of the element that is left out with all it holds, 0 if none is. */
  #skipFrom: number = 0;
  #bundle: { readonly id: QualifiedName | undefined; readonly depth: number } | undefined;
  #extensions: ExtensionRecord[] = [];
  #outerExtensions: ExtensionRecord[] = [];
  #start: number = 0;
  #isAtEnd: boolean = false;
  readonly #at: RecordWhereabouts = {
    place: () => this.#context.settle(this.#start),
    path: () => undefined,
  };

  constructor(
    text: string,
    context: ProvXmlContext,
    handler: ProvHandler,
    parser: SaxesParser<{ xmlns: true }>,
  ) {
    this.#text = text;
    this.#context = context;
    this.#handler = handler;
    this.#parser = parser;
    this.#resolve = (prefix) => parser.resolve(prefix);
    parser.on("error", (error) => {
      throw this.#syntaxProblem(error.message);
    });
    parser.on("doctype", (content) => this.#checkDoctype(content));
    parser.on("opentag", (tag) => this.#open(tag));
    parser.on("closetag", () => this.#close());
    parser.on("text", (content) => this.#addText(content));
    parser.on("cdata", (content) => this.#addText(content));
  }

  read(): void {
    const text = this.#text;
    const start = text.search(/[^\s\uFEFF]/);
    if (start === -1) {
      throw new XmlProblem(text.length, "Expected <prov:document>, but the document is empty.");
    }
    if (text[start] !== "<") {
      throw new XmlProblem(start, "Expected XML, which begins with `<`.");
    }
    for (let at = 0; at < text.length; at += pieceChars) {
      this.#parser.write(text.slice(at, at + pieceChars));
    }
    this.#isAtEnd = true;
    this.#parser.close();
  }

  #syntaxProblem(message: string): XmlProblem {
    // saxes puts "line:column: " first; we say where ourselves.
    const plain = message.replace(/^\d+:\d+: /, "").replace(/\.$/, "");
    const { length } = this.#text;
    const at = this.#isAtEnd ? length : Math.min(Math.max(this.#parser.position - 1, 0), length);
    return new XmlProblem(at, `The text is not well-formed XML: ${plain}.`);
  }

  #checkDoctype(content: string): void {
    const at = Math.max(this.#text.lastIndexOf("<!", this.#parser.position - content.length), 0);
    if (/[[&%]/.test(content)) {
      throw new XmlProblem(
        at,
        "A document type declaration that declares entities or elements is not read. Remove <!DOCTYPE …>.",
      );
    }
    const message = "The document type declaration was left out; nothing it names is ever fetched.";
    this.#context.warning("doctype", message, at);
  }

  // Neither tags nor attribute values can hold "<", so the last one before is the tag's.
  #tagStart(): number {
    return Math.max(this.#text.lastIndexOf("<", this.#parser.position - 1), 0);
  }

  #open(tag: SaxesTagNS): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) {
      throw new XmlProblem(this.#tagStart(), `Elements are nested more than ${maxDepth} deep.`);
    }
    if (this.#skipFrom > 0) {
      return;
    }
    if (this.#stack.length > 0) {
      this.#openInRecord(tag);
    } else if (this.#depth === 1) {
      this.#openRoot(tag);
    } else {
      this.#openStatement(tag);
    }
  }

  #openRoot(tag: SaxesTagNS): void {
    if (tag.uri !== provNamespace.uri || tag.local !== "document") {
      const message = `Expected the element <prov:document> in the namespace ${provNamespace.uri}, got <${tag.name}>${tag.uri === "" ? "" : ` in ${quoted(tag.uri)}`}.`;
      throw new XmlProblem(this.#tagStart(), message);
    }
    if (isToolboxRoot(tag.ns, provNamespace.uri)) {
      this.#context.setNameForm(toolboxNames);
    }
    this.#deliverNamespaces(tag);
  }

  #deliverNamespaces({ ns }: SaxesTagNS): void {
    for (const [prefix, uri] of Object.entries(ns)) {
      if (uri !== xsiNamespace.uri && prefix !== "xml" && prefix !== "xmlns" && uri !== "") {
        this.#handler.namespace?.(this.#context.namespace(prefix, uri));
      }
    }
  }

  #openStatement(tag: SaxesTagNS): void {
    const context = this.#context;
    const at = this.#tagStart();
    const { local } = tag;
    if (tag.uri !== provNamespace.uri || local === "other") {
      this.#skipFrom = this.#depth;
      context.warning("foreign", `<${tag.name}> is not PROV; it was left out.`, at);
    } else if (local === "bundleContent") {
      this.#openBundle(tag, at);
    } else if (elementMeanings.has(local) || dictionaryRelation(local) !== undefined) {
      this.#stack.push(this.#node(tag, at));
    } else {
      this.#skipFrom = this.#depth;
      const nearest = nearestName(local, [...elementMeanings.keys()]);
      const hint = nearest === undefined ? "" : `; did you mean <prov:${nearest}>?`;
      context.error("unknown-element", `PROV-XML has no element <${tag.name}>${hint}.`, at);
    }
  }

  #openBundle(tag: SaxesTagNS, at: number): void {
    if (this.#bundle !== undefined) {
      throw new XmlProblem(at, "A bundle cannot hold bundles (PROV-DM 5.4).");
    }
    const { id } = this.#node(tag, at);
    if (id === undefined && this.#context.errors === 0) {
      this.#context.error("required", `Expected the attribute prov:id of <${tag.name}>.`, at);
    }
    this.#bundle = { id, depth: this.#depth };
    this.#outerExtensions = this.#extensions;
    this.#extensions = [];
    if (id !== undefined) {
      this.#handler.startBundle?.(id);
    }
    this.#deliverNamespaces(tag);
  }

  #openInRecord(tag: SaxesTagNS): void {
    const [record] = this.#stack;
    const isOldBundle =
      this.#stack.length === 1 &&
      record?.local === "bundle" &&
      record.children.length === 0 &&
      tag.uri === provNamespace.uri &&
      elementMeanings.has(tag.local);
    if (isOldBundle && record !== undefined) {
      this.#reopenAsBundle(record, tag);
      return;
    }
    const node = this.#node(tag, this.#tagStart());
    this.#stack.at(-1)?.children.push(node);
    this.#stack.push(node);
  }

  // <prov:bundle> is an entity in the schema; older ProvToolbox wrote bundles with their content so.
  #reopenAsBundle(record: XmlNode, tag: SaxesTagNS): void {
    const context = this.#context;
    this.#stack.pop();
    if (this.#bundle !== undefined) {
      throw new XmlProblem(record.at, "A bundle cannot hold bundles (PROV-DM 5.4).");
    }
    context.warning(
      "old-bundle",
      "<prov:bundle> with records in it was read as <prov:bundleContent>.",
      record.at,
    );
    const { id } = record;
    if (id === undefined) {
      context.error("required", "Expected the attribute prov:id of <bundle>.", record.at);
    } else {
      this.#handler.startBundle?.(id);
    }
    this.#bundle = { id, depth: this.#depth - 1 };
    this.#outerExtensions = this.#extensions;
    this.#extensions = [];
    this.#openStatement(tag);
  }

  #node(tag: SaxesTagNS, at: number): XmlNode {
    const context = this.#context;
    let id: QualifiedName | undefined;
    let ref: QualifiedName | undefined;
    let type: QualifiedName | undefined;
    let lang: string | undefined;
    for (const name in tag.attributes) {
      const attribute = tag.attributes[name];
      if (attribute === undefined) {
        continue;
      }
      const { uri, local, value } = attribute;
      const isOurs = uri === provNamespace.uri || uri === "";
      if (isOurs && local === "id") {
        id = context.name(ownText(value, 0, value.length), this.#resolve, at);
      } else if (isOurs && local === "ref") {
        ref = context.name(ownText(value, 0, value.length), this.#resolve, at);
      } else if (uri === xsiNamespace.uri && local === "type") {
        type = context.name(value.trimStart(), this.#resolve, at, "datatype");
      } else if (uri === xmlUri && local === "lang") {
        lang = value;
      }
    }
    const namespace = context.namespace(tag.prefix, tag.uri);
    const { local } = tag;
    const contentAt = this.#parser.position;
    const content = { children: [], text: "", name: undefined };
    return { namespace, local, at, contentAt, id, ref, type, lang, ...content };
  }

  #addText(content: string): void {
    const node = this.#stack.at(-1);
    if (this.#skipFrom > 0) {
      return;
    }
    if (node === undefined || this.#stack.length === 1) {
      if (content.trim() !== "") {
        const at = this.#text.lastIndexOf(content.trim().slice(0, 20), this.#parser.position);
        const message = `The text ${quoted(content.trim())} stands outside of any attribute; it was left out.`;
        this.#context.warning("structure", message, Math.max(at, 0));
      }
      return;
    }
    node.text = node.text === "" ? ownText(content, 0, content.length) : node.text + content;
  }

  #close(): void {
    const depth = this.#depth;
    this.#depth -= 1;
    if (this.#skipFrom > 0) {
      if (this.#skipFrom === depth) {
        this.#skipFrom = 0;
      }
      return;
    }
    const node = this.#stack.pop();
    if (node === undefined) {
      this.#closeContainer(depth);
      return;
    }
    if (this.#stack.length === 0) {
      this.#deliver(node);
    } else if (isNameType(node.type) && node.ref === undefined) {
      this.#readName(node);
    } else if (node.children.length > 0 && isXmlLiteral(node.type)) {
      this.#readXml(node);
    }
  }

  // Elements as a value, the other way to write an rdf:XMLLiteral; ProvToolbox indents them.
  #readXml(node: XmlNode): void {
    const end = this.#text.lastIndexOf("</", this.#parser.position - 1);
    const xml = this.#text.slice(node.contentAt, end).trim();
    node.text = xml.replaceAll(/>[ \t]*\r?\n\s*</g, "><");
    node.children.length = 0;
  }

  // The examples of PROV-XML itself have such texts as `Editing`: names in no namespace, which
  // PROV does not have.
  #readName(node: XmlNode): void {
    const text = node.text.trim();
    if (text !== "" && !text.includes(":") && !this.#parser.resolve("")) {
      const message = `The name ${quoted(text)} has no prefix, and there is no default namespace; read as a string.`;
      this.#context.warning("name", message, node.at);
      node.text = text;
      node.type = undefined;
    } else {
      node.name = this.#context.name(text, this.#resolve, node.at);
    }
  }

  #closeContainer(depth: number): void {
    if (this.#bundle?.depth === depth) {
      const { id } = this.#bundle;
      this.#deliverExtensions();
      this.#extensions = this.#outerExtensions;
      this.#bundle = undefined;
      if (id !== undefined) {
        this.#handler.endBundle?.(id);
      }
    } else if (depth === 1) {
      this.#deliverExtensions();
    }
  }

  #deliver(node: XmlNode): void {
    this.#start = node.at;
    const relation = dictionaryRelation(node.local);
    if (relation !== undefined) {
      this.#extensions.push(...readDictionary(this.#context, relation, node));
      return;
    }
    const meaning = elementMeanings.get(node.local);
    if (meaning !== undefined) {
      for (const record of readRecords(this.#context, meaning, node)) {
        this.#handler.record(record, this.#at);
      }
    }
  }

  #deliverExtensions(): void {
    if (this.#extensions.length > 0) {
      for (const { name, json } of extraSectionsOf(this.#extensions, nameText)) {
        this.#handler.extraSection?.(name, json);
      }
    }
  }
}
