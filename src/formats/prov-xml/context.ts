import {
  blankNamespace,
  type Namespace,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
} from "../../prov/index.js";
import type { Place } from "../finding.js";
import type { FindingList } from "../finding-list.js";
import { quoted } from "../quoted.js";
import { TextPlaces } from "../text-places.js";
import { unknownFiller } from "../unknown-argument.js";
import { type NameForm, plainNames } from "./name-forms.js";
import { namespaceOf } from "./terms.js";

// Bounds what a document of any size can make us keep beside its records.
const maxNames = 131_072;

/** What the parts of the reader share: names, places, findings. */
export class ProvXmlContext {
  readonly #findings: FindingList;
  readonly #places: TextPlaces;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #names = new Map<Namespace, Map<string, QualifiedName>>();
  #size: number = 0;
  readonly #fill = unknownFiller();
  #form: NameForm = plainNames;
  #isFormTold: boolean = false;

  /**
   * @param text - the whole document.
   * @param findings - takes what is wrong.
   */
  constructor(text: string, findings: FindingList) {
    this.#findings = findings;
    this.#places = new TextPlaces(text, { line: 1, column: 1, offset: 0 });
  }

  /** Takes names to be in a form, unless one was given; the first name that it changes is told. */
  setNameForm(form: NameForm): void {
    if (this.#form === plainNames) {
      this.#form = form;
    }
  }

  /** How many errors were found. */
  get errors(): number {
    return this.#findings.errors;
  }

  /** The place of a record that begins at an index; asked in rising order. */
  settle(index: number): Place {
    return this.#places.settle(index);
  }

  error(rule: string, message: string, at: number): void {
    this.#findings.add("error", () => ({
      severity: "error",
      rule,
      message,
      place: this.#places.at(at),
    }));
  }

  warning(rule: string, message: string, at: number): void {
    this.#findings.add("warning", () => ({
      severity: "warning",
      rule,
      message,
      place: this.#places.at(at),
    }));
  }

  /** Takes required arguments that are left out all the same to be unknown, with a warning. */
  fillUnknown(kind: RecordKind, names: (QualifiedName | undefined)[], at: number): void {
    const missing = this.#fill(kind, names);
    if (missing !== undefined) {
      this.warning(missing.rule, missing.message, at);
    }
  }

  /** The namespace of a prefix and IRI; the same object for the same two. */
  namespace(prefix: string, uri: string): Namespace {
    const key = `${prefix} ${uri}`;
    const known = this.#namespaces.get(key);
    if (known !== undefined) {
      return known;
    }
    const namespace = namespaceOf(prefix, uri);
    this.#namespaces.set(key, namespace);
    return namespace;
  }

  /**
   * The name that a QName in an attribute or element spells; `undefined` when it spells none,
   * which is reported.
   *
   * @param resolve - the IRI of a prefix, `""` for the default namespace.
   * @param part - what it is in the document.
   */
  name(
    text: string,
    resolve: (prefix: string) => string | undefined,
    at: number,
    part: "reference" | "datatype" = "reference",
  ): QualifiedName | undefined {
    const colon = text.indexOf(":");
    const prefix = text.slice(0, Math.max(colon, 0));
    const uri = resolve(prefix) ?? "";
    const local = text.slice(colon + 1);
    if (uri !== "" && colon !== 0 && text !== "") {
      return this.#shared(this.namespace(prefix, uri), this.#meant(local, part, at));
    }
    if (prefix === "_") {
      return qualifiedName(blankNamespace, local);
    }
    this.error(
      "name",
      colon > 0
        ? `The prefix ${quoted(prefix)} of ${quoted(text)} is not declared. Declare it: xmlns:${prefix}="IRI".`
        : `Expected a name with a prefix, got ${quoted(text)}${text === "" ? "" : ", and there is no default namespace"}.`,
      at,
    );
    return undefined;
  }

  /** The name that an element is, as that of an attribute. */
  elementName(namespace: Namespace, local: string, at: number): QualifiedName {
    return qualifiedName(namespace, this.#meant(local, "element", at));
  }

  #meant(local: string, part: keyof NameForm, at: number): string {
    const meant = this.#form[part](local);
    if (meant !== local && this.#form !== plainNames && !this.#isFormTold) {
      this.#isFormTold = true;
      const message = `Names were read as ProvToolbox writes them: ${quoted(local)} is ${quoted(meant)}.`;
      this.warning("toolbox-names", message, at);
    }
    return meant;
  }

  #shared(namespace: Namespace, local: string): QualifiedName {
    const names = this.#names.get(namespace) ?? new Map<string, QualifiedName>();
    const known = names.get(local);
    if (known !== undefined) {
      return known;
    }
    const name = qualifiedName(namespace, local);
    this.#size += 1;
    if (this.#size > maxNames) {
      this.#names.clear();
      this.#size = 0;
    }
    names.set(local, name);
    this.#names.set(namespace, names);
    return name;
  }
}
