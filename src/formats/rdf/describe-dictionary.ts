import { provName, type QualifiedName, type Value } from "../../prov/index.js";
import { dictionaryRelation, type ExtensionRecord } from "../extension.js";
import { keysIn, nameIn, pairsIn } from "../extension-json.js";
import { attributePredicate } from "./describe-record.js";
import {
  dictionaryProperties,
  hadDictionaryMember,
  keyEntityPair,
  pairEntity,
  pairKey,
} from "./dictionary-shapes.js";
import type { RdfNode, RdfStatement } from "./rdf-node.js";
import { rdfType } from "./vocabulary.js";

/**
 * The nodes that state a record of PROV-Dictionary; `undefined` for any other record, and for what
 * PROV-O has no form for.
 */
export function describeDictionary(record: ExtensionRecord): readonly RdfNode[] | undefined {
  const { name, id, arguments: args, attributes } = record;
  const relation = isProvName(name) ? dictionaryRelation(name.local) : undefined;
  const [first, second, third] = args;
  const [subject, object] = [nameIn(first), nameIn(second)];
  if (relation === undefined || subject === undefined || object === undefined) {
    return undefined;
  }
  if (relation === "hadDictionaryMember") {
    return third !== undefined && "value" in third && id === undefined && attributes.length === 0
      ? [{ id: subject, statements: [[hadDictionaryMember, pairNode(third.value, object)]] }]
      : undefined;
  }
  const shape = dictionaryProperties[relation];
  const changes =
    relation === "derivedByInsertionFrom"
      ? pairsIn(third)?.map(([key, entity]) => pairNode(key, entity))
      : keysIn(third);
  if (changes === undefined) {
    return undefined;
  }
  const statements: RdfStatement[] = [
    [rdfType, shape.influence],
    [dictionary, object],
    ...changes.map((change): RdfStatement => [shape.change, change]),
    ...attributes.map(([key, value]): RdfStatement => [attributePredicate(key), value]),
  ];
  return id === undefined
    ? [{ id: subject, statements: [[shape.qualified, { id, statements }]] }]
    : [
        { id: subject, statements: [[shape.qualified, id]] },
        { id, statements },
      ];
}

const dictionary = provName("dictionary");

function pairNode(key: Value, entity: QualifiedName): RdfNode {
  return {
    id: undefined,
    statements: [
      [rdfType, keyEntityPair],
      [pairKey, key],
      [pairEntity, entity],
    ],
  };
}

function isProvName({ namespace }: QualifiedName): boolean {
  return namespace.uri === dictionary.namespace.uri;
}
