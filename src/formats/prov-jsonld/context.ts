import {
  nameText,
  provNamespace,
  type RecordKind,
  recordFormals,
  xsdNamespace,
} from "../../prov/index.js";
import { relationShapes } from "../rdf/relation-shapes.js";
import { provextNamespace, rdfNamespace, rdfsNamespace } from "../rdf/vocabulary.js";
import { statementTypes } from "./statement-types.js";

/** The address of the context of PROV-JSONLD, which we write and never fetch. */
export const contextUrl = "https://openprovenance.org/prov-jsonld/context.jsonld";

const knownContext =
  /^https?:\/\/(?:www\.)?openprovenance\.org\/(?:ns\/)?prov[-.]?jsonld(?:\.json(?:ld)?|\/[\w./-]*)?$/i;

/**
 * Whether an address is that of a context of PROV-JSONLD: the one of the submission, its dated
 * editions, and those of older ProvToolbox releases. Their terms are built in.
 */
export function isKnownContext(url: string): boolean {
  return knownContext.test(url);
}

/** A term of a JSON-LD context. */
export type JsonldTerm = string | number | { readonly [keyword: string]: string | JsonldContext };

/** A JSON-LD context: what its terms mean. */
export interface JsonldContext {
  readonly [term: string]: JsonldTerm;
}

const nameTerm = (property: string): JsonldTerm => ({ "@id": property, "@type": "@id" });
const timeTerm = (property: string): JsonldTerm => ({ "@id": property, "@type": "xsd:dateTime" });

/**
 * The context of PROV-JSONLD, made from our own mapping: give it to a JSON-LD processor in place
 * of the address that documents name, so that nothing is fetched.
 *
 * @example
 * ```ts
 * const documentLoader = async (url: string) => ({
 *   documentUrl: url,
 *   contextUrl: null,
 *   document: { "@context": provJsonldContext() },
 * });
 * await jsonld.expand(JSON.parse(text), { documentLoader });
 * ```
 */
export function provJsonldContext(): JsonldContext {
  const prefixes = [provNamespace, provextNamespace, xsdNamespace, rdfsNamespace, rdfNamespace].map(
    ({ prefix, uri }): [string, string] => [prefix, uri],
  );
  const types = [...statementTypes].map(([kind, type]): [string, JsonldTerm] => [
    type,
    { "@id": classOf(kind, type), "@context": termsOf(kind) },
  ]);
  return {
    "@version": 1.1,
    ...Object.fromEntries(prefixes),
    role: nameTerm("prov:hadRole"),
    type: nameTerm("rdf:type"),
    label: { "@id": "rdfs:label" },
    location: nameTerm("prov:atLocation"),
    entity: nameTerm("prov:entity"),
    activity: nameTerm("prov:activity"),
    agent: nameTerm("prov:agent"),
    ...Object.fromEntries(types),
  };
}

function classOf(kind: RecordKind, type: string): string {
  const shape = relationShapes.get(kind);
  return shape === undefined ? `prov:${type}` : nameText(shape.influence);
}

function termsOf(kind: RecordKind): JsonldContext {
  switch (kind) {
    case "entity":
      return { value: { "@id": "prov:value" } };
    case "activity":
      return { startTime: timeTerm("prov:startedAtTime"), endTime: timeTerm("prov:endedAtTime") };
    default:
      return relationTerms(kind);
  }
}

function relationTerms(kind: RecordKind): JsonldContext {
  const shape = relationShapes.get(kind);
  if (shape === undefined) {
    return {};
  }
  const [first, ...others] = recordFormals[kind];
  const terms: Record<string, JsonldTerm> = {};
  if (first !== undefined) {
    terms[first.property] = { "@reverse": nameText(shape.qualified), "@type": "@id" };
  }
  for (const [i, { property, type }] of others.entries()) {
    const name = shape.names[i];
    if (type === "time") {
      terms[property] = timeTerm("prov:atTime");
    } else if (name !== undefined) {
      terms[property] = nameTerm(nameText(name));
    }
  }
  return terms;
}
