import { blankNamespace, type Namespace, provNamespace, xsdNamespace } from "../prov/index.js";
import { quoted } from "./quoted.js";

/** The namespaces that documents may use without declaring them. */
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
export class NamespaceScope {
  readonly #parent: NamespaceScope | undefined;
  readonly #declared = new Map<string, Namespace>();

  /** @param parent - the scope of the document, for a bundle. */
  constructor(parent?: NamespaceScope) {
    this.#parent = parent;
  }

  /**
   * Declares a prefix.
   *
   * @param prefix - `""` for the default namespace.
   */
  declare(prefix: string, uri: string): Declaration {
    const shown = quoted(prefix === "" ? "default" : prefix);
    if (prefix === "_" || prefix.includes(":")) {
      return { error: `${shown} cannot be a prefix.` };
    }
    if (uri === "") {
      return { error: `The prefix ${shown} has an empty IRI.` };
    }
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
        error: `The prefix ${shown} is reserved for ${reserved.uri}, got ${quoted(uri)}.`,
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

  /** The namespace of a prefix (`""` for the default namespace, `_` for anonymous ids). */
  find(prefix: string): Namespace | undefined {
    if (prefix === "_") {
      return blankNamespace;
    }
    const parent = this.#parent;
    return (
      this.#declared.get(prefix) ??
      (parent === undefined ? predefined.get(prefix) : parent.find(prefix))
    );
  }

  /** The namespace whose IRI is the longest beginning of an IRI. */
  longestMatch(iri: string): Namespace | undefined {
    let best: Namespace | undefined;
    for (const namespace of this.#visible()) {
      if (iri.startsWith(namespace.uri) && namespace.uri.length > (best?.uri.length ?? 0)) {
        best = namespace;
      }
    }
    return best;
  }

  *#visible(): Iterable<Namespace> {
    yield* this.#declared.values();
    yield* this.#parent === undefined ? predefined.values() : this.#parent.#visible();
  }
}
