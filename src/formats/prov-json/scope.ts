import { type Namespace, type QualifiedName, qualifiedName } from "../../prov/index.js";
import { type Declaration, NamespaceScope } from "../namespace-scope.js";
import { quoted } from "../quoted.js";
import { NameTable } from "./name-table.js";

/** The prefixes of a document or of a bundle, and the names that are spelt with them. */
export class Scope {
  /** The names of this scope; valid once all of its prefixes are declared. */
  readonly names: NameTable;
  readonly #namespaces: NamespaceScope;
  /** The IRI of the default namespace as declared here. */
  #default: string | undefined;

  /** @param parent - the scope of the document, for a bundle. */
  constructor(parent?: Scope) {
    this.#namespaces = new NamespaceScope(parent === undefined ? undefined : parent.#namespaces);
    this.names = new NameTable((text) => this.#resolve(text));
  }

  /**
   * Declares a prefix, `default` for the default namespace. The empty prefix means that too:
   * Python's prov writes it when it has read Turtle with one.
   */
  declare(key: string, uri: string): Declaration {
    const isEmpty = key === "";
    if (!isEmpty && key !== "default") {
      return this.#namespaces.declare(key, uri);
    }
    if (this.#default !== undefined && this.#default !== uri) {
      return { error: `"default" and the empty prefix stand for two namespaces; leave one out.` };
    }
    this.#default = uri;
    const declaration = this.#namespaces.declare("", uri);
    return isEmpty && declaration.error === undefined
      ? { ...declaration, warning: 'The empty prefix is read as "default".' }
      : declaration;
  }

  /** The namespaces declared here, in order. */
  namespaces(): Iterable<Namespace> {
    return this.#namespaces.namespaces();
  }

  #resolve(text: string): { name?: QualifiedName; problem?: string } {
    const colon = text.indexOf(":");
    if (colon <= 0) {
      const local = text.slice(colon + 1);
      const namespace = local === "" ? undefined : this.#namespaces.find("");
      return namespace === undefined
        ? { problem: unprefixed(text) }
        : { name: qualifiedName(namespace, local) };
    }
    const prefix = text.slice(0, colon);
    const namespace = this.#namespaces.find(prefix);
    return namespace === undefined
      ? this.#resolveIri(text, prefix)
      : { name: qualifiedName(namespace, text.slice(colon + 1)) };
  }

  // Some writers put full IRIs where names belong; Python prov accepts them as well.
  #resolveIri(text: string, prefix: string): { name?: QualifiedName; problem?: string } {
    const best = this.#namespaces.longestMatch(text);
    return best === undefined
      ? {
          problem: `The prefix ${quoted(prefix)} of ${quoted(text)} is not declared. Declare it under "prefix".`,
        }
      : {
          name: qualifiedName(best, text.slice(best.uri.length)),
          problem: `Expected a qualified name, got the IRI ${quoted(text)}; read with the namespace ${best.uri}.`,
        };
  }
}

function unprefixed(text: string): string {
  if (text === "") {
    return "Expected a qualified name, got an empty string.";
  }
  return text.startsWith(":")
    ? `Expected a qualified name, got ${quoted(text)}, which has an empty prefix.`
    : `The name ${quoted(text)} has no prefix, and no default namespace is declared.`;
}
