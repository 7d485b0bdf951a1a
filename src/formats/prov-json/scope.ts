import {
  blankNamespace,
  type Namespace,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  xsdNamespace,
} from "../../prov/index.js";
import { quoted } from "../quoted.js";
import { NameTable } from "./name-table.js";

/** The namespaces that every PROV-JSON document may use without declaring them. */
const predefined: ReadonlyMap<string, Namespace> = new Map(
  [
    provNamespace,
    xsdNamespace,
    { prefix: "xsi", uri: "http://www.w3.org/2001/XMLSchema-instance" },
  ].map((namespace) => [namespace.prefix, namespace]),
);

/** What came of declaring a prefix. */
export interface Declaration {
  readonly namespace?: Namespace;
  readonly error?: string;
  readonly warning?: string;
}

/** The prefixes of a document or of a bundle, which inherits those of its document. */
export class Scope {
  /** The names of this scope; valid once all of its prefixes are declared. */
  readonly names: NameTable;
  readonly #parent: Scope | undefined;
  readonly #declared = new Map<string, Namespace>();

  constructor(parent?: Scope) {
    this.#parent = parent;
    this.names = new NameTable((text) => this.#resolve(text));
  }

  /** Declares a prefix, `default` for the default namespace. */
  declare(key: string, uri: string): Declaration {
    if (!isDeclarable(key)) {
      return { error: `${quoted(key)} cannot be a prefix.` };
    }
    if (uri === "") {
      return { error: `The prefix ${quoted(key)} has an empty IRI.` };
    }
    const prefix = key === "default" ? "" : key;
    if (prefix === "xsd" && `${uri}#` === xsdNamespace.uri) {
      this.#declared.set(prefix, xsdNamespace);
      return {
        namespace: xsdNamespace,
        warning: `The prefix "xsd" lacks the final "#" of ${xsdNamespace.uri}; read as if it were there.`,
      };
    }
    const reserved = prefix === "prov" || prefix === "xsd" ? predefined.get(prefix) : undefined;
    if (reserved !== undefined && reserved.uri !== uri) {
      return {
        error: `The prefix ${quoted(key)} is reserved for ${reserved.uri}, got ${quoted(uri)}.`,
      };
    }
    const namespace = reserved ?? { prefix, uri };
    this.#declared.set(prefix, namespace);
    return { namespace };
  }

  /** The namespaces declared here, in order. */
  namespaces(): Iterable<Namespace> {
    return this.#declared.values();
  }

  #find(prefix: string): Namespace | undefined {
    const parent = this.#parent;
    const declared = this.#declared.get(prefix);
    return declared ?? (parent === undefined ? predefined.get(prefix) : parent.#find(prefix));
  }

  #resolve(text: string): { name?: QualifiedName; problem?: string } {
    const colon = text.indexOf(":");
    if (colon <= 0) {
      const namespace = colon === -1 && text !== "" ? this.#find("") : undefined;
      return namespace === undefined
        ? { problem: unprefixed(text) }
        : { name: qualifiedName(namespace, text) };
    }
    const prefix = text.slice(0, colon);
    const namespace = prefix === "_" ? blankNamespace : this.#find(prefix);
    return namespace === undefined
      ? this.#resolveIri(text, prefix)
      : { name: qualifiedName(namespace, text.slice(colon + 1)) };
  }

  // Some writers put full IRIs where names belong; Python prov accepts them as well.
  #resolveIri(text: string, prefix: string): { name?: QualifiedName; problem?: string } {
    let best: Namespace | undefined;
    for (const namespace of this.#visible()) {
      if (text.startsWith(namespace.uri) && namespace.uri.length > (best?.uri.length ?? 0)) {
        best = namespace;
      }
    }
    return best === undefined
      ? {
          problem: `The prefix ${quoted(prefix)} of ${quoted(text)} is not declared. Declare it under "prefix".`,
        }
      : {
          name: qualifiedName(best, text.slice(best.uri.length)),
          problem: `Expected a qualified name, got the IRI ${quoted(text)}; read with the namespace ${best.uri}.`,
        };
  }

  *#visible(): Iterable<Namespace> {
    yield* this.#declared.values();
    yield* this.#parent === undefined ? predefined.values() : this.#parent.#visible();
  }
}

function isDeclarable(prefix: string): boolean {
  return prefix !== "" && prefix !== "_" && !prefix.includes(":");
}

function unprefixed(text: string): string {
  if (text === "") {
    return "Expected a qualified name, got an empty string.";
  }
  return text.startsWith(":")
    ? `Expected a qualified name, got ${quoted(text)}, which has an empty prefix.`
    : `The name ${quoted(text)} has no prefix, and no default namespace is declared.`;
}
