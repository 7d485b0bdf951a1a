import {
  blankNamespace,
  datatypes,
  langString,
  type Namespace,
  provAttributes,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  typedLiteral,
  uriOf,
  type Value,
  xsdNamespace,
} from "../../prov/index.js";
import { ownText } from "../own-text.js";
import type { RdfLiteral, RdfTerm } from "./graph.js";
import { splitIri } from "./split-iri.js";
import { rdfNamespace, rdfsLabel, rdfsNamespace, rdfType } from "./vocabulary.js";

const predefined: readonly Namespace[] = [provNamespace, xsdNamespace, rdfNamespace, rdfsNamespace];

const attributeNames: ReadonlyMap<string, QualifiedName> = new Map([
  [uriOf(rdfType), provAttributes.type],
  [uriOf(rdfsLabel), provAttributes.label],
  [`${provNamespace.uri}atLocation`, provAttributes.location],
  [`${provNamespace.uri}hadRole`, provAttributes.role],
]);

const stringType = uriOf(datatypes.string);
const nameTypes: ReadonlySet<string> = new Set([
  uriOf(datatypes.qName),
  uriOf(datatypes.qualifiedName),
]);

/** Turns the IRIs and blank nodes of a graph into qualified names with the prefixes of its text. */
export class IriNames {
  readonly #byPrefix = new Map<string, Namespace>();
  readonly #known: Namespace[] = [...predefined];
  readonly #generated = new Map<string, Namespace>();
  readonly #names = new Map<string, QualifiedName>();
  readonly #labels: ReadonlySet<string>;
  readonly #unresolved = new Set<string>();
  #lastPrefix: number = 0;
  #lastLabel: number = 0;

  /**
   * @param declared - the prefixes of the text; of two with one prefix the first is used.
   * @param labels - the labels of blank nodes that the text gives.
   */
  constructor(declared: Iterable<Namespace>, labels: ReadonlySet<string>) {
    this.#labels = labels;
    for (const namespace of declared) {
      if (!this.#byPrefix.has(namespace.prefix) && namespace.uri !== "") {
        this.#byPrefix.set(namespace.prefix, namespace);
        this.#known.push(namespace);
      }
    }
  }

  /** The prefixes of the text, and those that were made for IRIs which have none. */
  namespaces(): readonly Namespace[] {
    return [...this.#byPrefix.values(), ...this.#generated.values()];
  }

  /** The literals typed as qualified names whose prefix is not declared; they are read as strings. */
  get unresolved(): ReadonlySet<string> {
    return this.#unresolved;
  }

  /** The name of an IRI or blank node. */
  name(id: string): QualifiedName {
    const known = this.#names.get(id);
    if (known !== undefined) {
      return known;
    }
    const name = id.startsWith("_:") ? this.#blankName(id) : this.#iriName(id);
    this.#names.set(id, name);
    return name;
  }

  /** The attribute that a predicate states. */
  attribute(predicate: string): QualifiedName {
    return attributeNames.get(predicate) ?? this.name(predicate);
  }

  /** The value that a term is. */
  value(term: RdfTerm): Value {
    return term.termType === "Literal" ? this.#literal(term) : this.name(term.id);
  }

  #literal({ value, language, datatype }: RdfLiteral): Value {
    if (language !== "") {
      return langString(value, language);
    }
    if (datatype === stringType) {
      return value;
    }
    if (nameTypes.has(datatype)) {
      const name = this.#prefixed(value);
      if (name === undefined) {
        this.#unresolved.add(value);
      }
      return name ?? value;
    }
    return typedLiteral(value, this.name(datatype));
  }

  #prefixed(text: string): QualifiedName | undefined {
    const colon = text.indexOf(":");
    const prefix = text.slice(0, Math.max(colon, 0));
    const namespace =
      this.#byPrefix.get(prefix) ?? predefined.find((each) => each.prefix === prefix);
    return namespace === undefined ? undefined : qualifiedName(namespace, text.slice(colon + 1));
  }

  #blankName(id: string): QualifiedName {
    const label = id.slice(2);
    return qualifiedName(blankNamespace, label.startsWith(" ") ? this.#freshLabel() : label);
  }

  #freshLabel(): string {
    let label: string;
    do {
      this.#lastLabel += 1;
      label = `b${this.#lastLabel}`;
    } while (this.#labels.has(label));
    return label;
  }

  #iriName(iri: string): QualifiedName {
    let best: Namespace | undefined;
    for (const namespace of this.#known) {
      if (iri.startsWith(namespace.uri) && namespace.uri.length > (best?.uri.length ?? 0)) {
        best = namespace;
      }
    }
    if (best !== undefined) {
      return qualifiedName(best, ownText(iri, best.uri.length, iri.length));
    }
    const end = splitIri(iri);
    return qualifiedName(this.#namespaceOf(iri.slice(0, end)), iri.slice(end));
  }

  #namespaceOf(uri: string): Namespace {
    const known = this.#generated.get(uri);
    if (known !== undefined) {
      return known;
    }
    let prefix: string;
    do {
      this.#lastPrefix += 1;
      prefix = `ns${this.#lastPrefix}`;
    } while (this.#byPrefix.has(prefix));
    const namespace = { prefix, uri };
    this.#generated.set(uri, namespace);
    return namespace;
  }
}
