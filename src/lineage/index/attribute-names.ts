import { provNamespace, type QualifiedName } from "../../prov/names.js";
import { taskprovTypes, yprovNamespace } from "../../track/vocabulary.js";

const taskprovUri = taskprovTypes.Data.namespace.uri;

/**
 * Attribute names as lineage knows them: `prov:label`, `taskprov:key`, `yprov:group`; empty for
 * all others. yProv's are known by their prefix, because its own documents expand it in other ways.
 */
export class AttributeNames {
  readonly #known = new Map<QualifiedName, string>();

  /** The name of an attribute. */
  of(name: QualifiedName): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // A reader shares names as long as it keeps them; a document can have any number.
    if (this.#known.size > 4096) this.#known.clear();
    const text = knownName(name);
    this.#known.set(name, text);
    return text;
  }
}

/** The name of an attribute as lineage knows it, empty for foreign ones. */
export function knownName({ namespace, local }: QualifiedName): string {
  if (namespace.uri === provNamespace.uri) return `prov:${local}`;
  if (namespace.uri === taskprovUri) return `taskprov:${local}`;
  const isYprov =
    namespace.uri === yprovNamespace.uri || namespace.prefix === yprovNamespace.prefix;
  return isYprov ? `yprov:${local}` : "";
}
