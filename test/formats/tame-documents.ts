import type fc from "fast-check";
import {
  type Attribute,
  type Bundle,
  blankNamespace,
  isLangString,
  isQualifiedName,
  isTypedLiteral,
  langString,
  type ProvDocument,
  type ProvRecord,
  type QualifiedName,
  qualifiedName,
  typedLiteral,
  type Value,
} from "../../src/prov/index.js";
import { type DocumentChoices, provDocuments } from "../arbitraries-prov.js";

/**
 * Documents of all record kinds with names that IRIs can hold, languages that RDF takes and no
 * halves of surrogate pairs: what RDF has no form for in any mapping stays out.
 */
export function rdfDocuments(choices: DocumentChoices = {}): fc.Arbitrary<ProvDocument> {
  return provDocuments(choices).map((document) => ({
    namespaces: document.namespaces,
    records: document.records.map(tameRecord),
    bundles: document.bundles.map(tameBundle),
  }));
}

function tameBundle({ id, namespaces, records }: Bundle): Bundle {
  return { id: tameName(id), namespaces, records: records.map(tameRecord) };
}

function tameRecord(record: ProvRecord): ProvRecord {
  const tame = Object.entries(record).map(([key, value]: [string, unknown]) => [
    key,
    isName(value) ? tameName(value) : value,
  ]);
  return {
    ...record,
    ...Object.fromEntries(tame),
    attributes: record.attributes.map(
      ([name, value]): Attribute => [tameName(name), tameValue(value)],
    ),
  };
}

function isName(value: unknown): value is QualifiedName {
  return typeof value === "object" && value !== null && "local" in value;
}

function tameName(name: QualifiedName): QualifiedName {
  const { namespace, local } = name;
  return namespace.uri === blankNamespace.uri
    ? name
    : qualifiedName(namespace, scalars(local).replace(/[^!-\u{10FFFF}]|[<>"{}|^`\\]/gu, "_"));
}

function tameValue(value: Value): Value {
  if (typeof value === "string") return scalars(value);
  if (isQualifiedName(value)) return tameName(value);
  if (isLangString(value)) return langString(scalars(value.text), value.lang || "de");
  return isTypedLiteral(value)
    ? typedLiteral(scalars(value.text), tameName(value.datatype))
    : value;
}

function scalars(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "?");
}
