import {
  blankNamespace,
  type Namespace,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  xsdNamespace,
} from "../../prov/index.js";
import { quoted } from "../quoted.js";
import { splitIri } from "../rdf/split-iri.js";
import { provextNamespace, rdfNamespace, rdfsNamespace } from "../rdf/vocabulary.js";

/** A name that a text stands for, or why it stands for none. */
export interface ResolvedName {
  readonly name?: QualifiedName;
  readonly problem?: string;
}

const predefined: ReadonlyMap<string, Namespace> = new Map(
  [provNamespace, xsdNamespace, rdfNamespace, rdfsNamespace, provextNamespace].map((each) => [
    each.prefix,
    each,
  ]),
);
// Any text with a colon may be an IRI; taking it as one would hide a prefix that was forgotten.
const schemes =
  /^(?:https?|ftps?|file|urn|tag|mailto|info|doi|did|data|geo|tel|ark|swh|ni|hdl|orcid):|^[A-Za-z][\w+.-]*:\/\//i;
const maxNames = 131_072;

/** The prefixes of a JSON-LD context; a bundle's context goes on that of its document. */
export class ContextScope {
  readonly #parent: ContextScope | undefined;
  readonly #declared = new Map<string, Namespace>();
  readonly #generated: Map<string, Namespace>;
  readonly #onGenerated: (namespace: Namespace) => void;
  #names = new Map<string, ResolvedName>();

  /**
   * @param onGenerated - told about every prefix that is made for IRIs which have none.
   * @param parent - the context of the document, for a bundle.
   */
  constructor(onGenerated: (namespace: Namespace) => void, parent?: ContextScope) {
    this.#onGenerated = onGenerated;
    this.#parent = parent;
    this.#generated = parent === undefined ? new Map() : parent.#generated;
  }

  /** Declares a prefix, `""` for what has none. */
  declare(prefix: string, uri: string): void {
    const known = predefined.get(prefix);
    this.#declared.set(prefix, known?.uri === uri ? known : { prefix, uri });
    this.#names.clear();
  }

  /** Declares what names without a prefix are in: `@base` before `@vocab`. */
  declareDefault(key: "@base" | "@vocab", uri: string): void {
    if (key === "@base" || !this.#declared.has("")) {
      this.declare("", uri);
    }
  }

  /** The prefixes declared here. */
  namespaces(): Iterable<Namespace> {
    return this.#declared.values();
  }

  /** Whether a text is a name with a prefix that is declared, and not just any text with a colon. */
  isPrefixed(text: string): boolean {
    const colon = text.indexOf(":");
    return colon > 0 && !/\s/.test(text) && this.#find(text.slice(0, colon)) !== undefined;
  }

  /** The name that a text spells: `ex:a`, an IRI, or `a` in the default namespace. */
  resolve(text: string): ResolvedName {
    const known = this.#names.get(text);
    if (known !== undefined) {
      return known;
    }
    const found = this.#resolve(text);
    if (this.#names.size > maxNames) {
      this.#names = new Map();
    }
    this.#names.set(text, found);
    return found;
  }

  #find(prefix: string): Namespace | undefined {
    const parent = this.#parent;
    return (
      this.#declared.get(prefix) ??
      (parent === undefined ? predefined.get(prefix) : parent.#find(prefix))
    );
  }

  #resolve(text: string): ResolvedName {
    if (text === "") {
      return { problem: "Expected a name, got an empty string." };
    }
    const colon = text.indexOf(":");
    if (colon <= 0) {
      const namespace = this.#find("");
      const aliased = this.#declared.get(text);
      if (aliased !== undefined) {
        return { name: this.#iriName(aliased.uri) };
      }
      return namespace === undefined
        ? {
            problem: `The name ${quoted(text)} has no prefix, and the context has no \`@vocab\` or \`@base\`.`,
          }
        : { name: qualifiedName(namespace, text) };
    }
    const prefix = text.slice(0, colon);
    const namespace = prefix === "_" ? blankNamespace : this.#find(prefix);
    if (namespace !== undefined) {
      return { name: qualifiedName(namespace, text.slice(colon + 1)) };
    }
    return schemes.test(text)
      ? { name: this.#iriName(text) }
      : {
          problem: `The prefix ${quoted(prefix)} of ${quoted(text)} is not declared. Declare it in the context.`,
        };
  }

  #iriName(iri: string): QualifiedName {
    let best: Namespace | undefined;
    for (const namespace of this.#visible()) {
      if (iri.startsWith(namespace.uri) && namespace.uri.length > (best?.uri.length ?? 0)) {
        best = namespace;
      }
    }
    if (best !== undefined) {
      return qualifiedName(best, iri.slice(best.uri.length));
    }
    const end = splitIri(iri);
    return qualifiedName(this.#generate(iri.slice(0, end)), iri.slice(end));
  }

  #generate(uri: string): Namespace {
    const known = this.#generated.get(uri);
    if (known !== undefined) {
      return known;
    }
    let prefix: string;
    let n = this.#generated.size;
    do {
      n += 1;
      prefix = `ns${n}`;
    } while (this.#find(prefix) !== undefined);
    const namespace = { prefix, uri };
    this.#generated.set(uri, namespace);
    this.#onGenerated(namespace);
    return namespace;
  }

  *#visible(): Iterable<Namespace> {
    yield* this.#declared.values();
    yield* this.#parent === undefined ? predefined.values() : this.#parent.#visible();
  }
}
