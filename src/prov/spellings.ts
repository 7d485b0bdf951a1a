import { isBlank } from "./blank-nodes.js";
import { compareTexts } from "./compare-texts.js";
import {
  type Namespace,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  uriOf,
  xsdNamespace,
} from "./names.js";
import type { ProvDocument } from "./records.js";
import { renameDocument } from "./rename.js";

const wellKnown = new Map([provNamespace, xsdNamespace].map(({ prefix, uri }) => [uri, prefix]));

/**
 * A document in which one URI is always the same name: every namespace has one of the prefixes that
 * it has in the document, every name one of its divisions into namespace and local part. Which one
 * does not depend on the order of the records.
 */
export function withOneSpelling(document: ProvDocument): ProvDocument {
  const prefixes = new Map<string, Namespace>();
  const names = new Map<string, QualifiedName>();
  renameDocument(document, (name) => {
    if (!isBlank(name)) {
      const { namespace } = name;
      setFirst(prefixes, namespace.uri, namespace, comparePrefixes);
      setFirst(names, uriOf(name), name, compareDivisions);
    }
    return name;
  });
  return renameDocument(document, (name) => {
    const { namespace, local } = names.get(uriOf(name)) ?? name;
    return isBlank(name) ? name : qualifiedName(prefixes.get(namespace.uri) ?? namespace, local);
  });
}

function setFirst<T>(
  map: Map<string, T>,
  key: string,
  value: T,
  compare: (a: T, b: T) => number,
): void {
  const known = map.get(key);
  if (known === undefined || compare(value, known) < 0) {
    map.set(key, value);
  }
}

// The usual prefix, else the first by the alphabet.
function comparePrefixes(a: Namespace, b: Namespace): number {
  const usual = wellKnown.get(a.uri);
  return (
    Number(b.prefix === usual) - Number(a.prefix === usual) || compareTexts(a.prefix, b.prefix)
  );
}

// The namespaces of PROV and XML Schema, else the longest that leaves something for the local part.
function compareDivisions(a: QualifiedName, b: QualifiedName): number {
  return (
    Number(wellKnown.has(b.namespace.uri)) - Number(wellKnown.has(a.namespace.uri)) ||
    Number(a.local === "") - Number(b.local === "") ||
    a.local.length - b.local.length
  );
}
