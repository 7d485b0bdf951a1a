import { type QualifiedName, qualifiedName } from "../../prov/index.js";
import { NamespaceScope } from "../namespace-scope.js";
import { ownText } from "../own-text.js";
import { quoted } from "../quoted.js";

/** A name, or why a text names nothing. */
export type Resolved = QualifiedName | string;

// Bounds what a document of any size can make us keep beside its records.
const maxNames = 131_072;

/** The names of a document or bundle as they are spelt: each is resolved once and then shared. */
export class NameScope {
  readonly namespaces: NamespaceScope;
  readonly #names = new Map<string, QualifiedName>();

  /** @param parent - the scope of the document, for a bundle. */
  constructor(parent?: NameScope) {
    this.namespaces = new NamespaceScope(parent?.namespaces);
  }

  /** The name of a QUALIFIED_NAME as it stands in the text, escapes included. */
  ofToken(token: string): Resolved {
    const known = this.#names.get(token);
    if (known !== undefined) {
      return known;
    }
    const text = ownText(token, 0, token.length);
    const resolved = this.#resolve(text, text.includes("\\"));
    if (typeof resolved !== "string") {
      if (this.#names.size >= maxNames) {
        this.#names.clear();
      }
      this.#names.set(text, resolved);
    }
    return resolved;
  }

  /** The name that a string such as `"ex:a" %% xsd:QName` spells, without escapes. */
  ofString(text: string): Resolved {
    return this.#resolve(text, false);
  }

  #resolve(text: string, escaped: boolean): Resolved {
    // A colon in a local part is escaped; the first one ends the prefix.
    const colon = /^[^\\:]*:/.exec(text)?.[0].length ?? 0;
    const prefix = text.slice(0, Math.max(colon - 1, 0));
    const namespace = colon === 1 ? undefined : this.namespaces.find(prefix);
    if (namespace !== undefined && text !== "") {
      const local = text.slice(colon);
      return qualifiedName(namespace, escaped ? local.replace(/\\(.)/g, "$1") : local);
    }
    return colon > 1
      ? `The prefix ${quoted(prefix)} of ${quoted(text)} is not declared. Declare it: prefix ${prefix} <IRI>.`
      : `The name ${quoted(text)} has no prefix, and no default namespace is declared.`;
  }
}
