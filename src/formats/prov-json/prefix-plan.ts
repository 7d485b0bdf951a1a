import {
  blankNamespace,
  formalNames,
  isQualifiedName,
  isTypedLiteral,
  type Namespace,
  nameText,
  type ProvDocument,
  type ProvRecord,
  provNamespace,
  type QualifiedName,
  xsdNamespace,
} from "../../prov/index.js";
import { isAnonymous } from "../is-anonymous.js";
import type { SpellName } from "./member-words.js";

/** Which prefixes a document declares and how its names are spelt with them. */
export interface PrefixPlan {
  /** Every namespace that a name uses, `prov` and `xsd` first, with its final prefix. */
  readonly namespaces: readonly Namespace[];
  readonly spell: SpellName;
  /** The final prefix of a namespace of the document. */
  readonly prefixOf: (namespace: Namespace) => string;
  /** Whether a prefix had to be changed. */
  readonly renamed: boolean;
}

/** What a format can hold as a prefix. */
export interface PrefixRules {
  readonly isPrefix: (prefix: string) => boolean;
  /** Whether names can be spelt `_:x`; if not, `_:` is a namespace with a generated prefix. */
  readonly hasBlanks: boolean;
}

/**
 * Plans the prefixes of a document: one per URI, declared or not, and one URI per prefix. The
 * default namespace and prefixes that the format cannot hold get a generated prefix (`ns1`).
 *
 * @param needed - namespaces that keep their prefix in any case, besides `prov` and `xsd`.
 * @param rules - what the format can hold; by default what PROV-JSON can.
 */
export function planPrefixes(
  document: ProvDocument,
  needed: readonly Namespace[] = [],
  rules: PrefixRules = { isPrefix, hasBlanks: true },
): PrefixPlan {
  const plan = new Plan(rules);
  for (const namespace of [provNamespace, xsdNamespace, ...needed]) {
    plan.add(namespace);
  }
  for (const { namespaces } of [document, ...document.bundles]) {
    for (const namespace of namespaces) {
      plan.add(namespace);
    }
  }
  addNames(plan, document.records, rules);
  for (const bundle of document.bundles) {
    plan.add(bundle.id.namespace);
    addNames(plan, bundle.records, rules);
  }
  return plan.finish();
}

class Plan {
  /** Known namespace objects; names share few of them, so most questions end here. */
  readonly #seen = new Set<Namespace>();
  readonly #byUri = new Map<string, string>();
  readonly #prefixes = new Map<string, string>();
  readonly #homeless: string[] = [];
  readonly #rules: PrefixRules;
  #renamed: boolean = false;

  constructor(rules: PrefixRules) {
    this.#rules = rules;
  }

  add(namespace: Namespace): void {
    if (this.#seen.has(namespace)) {
      return;
    }
    this.#seen.add(namespace);
    const { prefix, uri } = namespace;
    const known = this.#byUri.get(uri);
    if (known !== undefined) {
      this.#renamed ||= known !== prefix;
    } else if (uri === blankNamespace.uri && this.#rules.hasBlanks) {
      this.#byUri.set(uri, blankNamespace.prefix);
    } else if (this.#rules.isPrefix(prefix) && !this.#prefixes.has(prefix)) {
      this.#byUri.set(uri, prefix);
      this.#prefixes.set(prefix, uri);
    } else {
      this.#byUri.set(uri, "");
      this.#homeless.push(uri);
      this.#renamed = true;
    }
  }

  finish(): PrefixPlan {
    let n = 0;
    for (const uri of this.#homeless) {
      let prefix: string;
      do {
        n += 1;
        prefix = `ns${n}`;
      } while (this.#prefixes.has(prefix));
      this.#byUri.set(uri, prefix);
      this.#prefixes.set(prefix, uri);
    }
    const byUri = this.#byUri;
    const prefixOf = ({ prefix, uri }: Namespace): string => byUri.get(uri) ?? prefix;
    return {
      namespaces: [...this.#prefixes].map(([prefix, uri]) => ({ prefix, uri })),
      renamed: this.#renamed,
      prefixOf,
      spell: this.#renamed ? ({ namespace, local }) => `${prefixOf(namespace)}:${local}` : nameText,
    };
  }
}

// An NCName; "default" declares the default namespace in PROV-JSON and "_" marks anonymous ids.
function isPrefix(prefix: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(prefix) && prefix !== "default" && prefix !== "_";
}

function addNames(plan: Plan, records: readonly ProvRecord[], { hasBlanks }: PrefixRules): void {
  const add = (name: QualifiedName | undefined): void => {
    if (name !== undefined) {
      plan.add(name.namespace);
    }
  };
  for (const record of records) {
    // Anonymous ids are not written then; those that are referred to come as formals.
    if (hasBlanks || !isAnonymous(record)) {
      add(record.id);
    }
    formalNames(record).forEach(add);
    for (const [name, value] of record.attributes) {
      add(name);
      if (typeof value === "object") {
        if (isQualifiedName(value)) {
          add(value);
        } else if (isTypedLiteral(value)) {
          add(value.datatype);
        }
      }
    }
  }
}
