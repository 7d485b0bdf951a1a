import { type QualifiedName, qualifiedName } from "../../prov/index.js";
import type { DictionaryRelation, ExtensionArgument, ExtensionRecord } from "../extension.js";
import type { ProvXmlContext } from "./context.js";
import { readValue, referenceOf } from "./record-reader.js";
import type { XmlNode } from "./xml-tree.js";

/** The records of PROV-Dictionary that an element stands for; none when it is wrong. */
export function readDictionary(
  context: ProvXmlContext,
  relation: DictionaryRelation,
  node: XmlNode,
): ExtensionRecord[] {
  const before = context.errors;
  const { id } = node;
  const name = qualifiedName(node.namespace, relation);
  const pairs = all(node, "keyEntityPair").map((pair) => [
    argument(context, pair, "key"),
    reference(context, pair, "entity"),
  ]);
  const records = argumentLists(context, relation, node, pairs).map((args) => ({
    name,
    ...(id !== undefined && { id }),
    arguments: args,
    attributes: node.children
      .filter((child) => !parts.has(child.local) || child.namespace.uri !== node.namespace.uri)
      .flatMap((child): [QualifiedName, NonNullable<ReturnType<typeof readValue>>][] => {
        const value = readValue(context, child);
        return value === undefined ? [] : [[qualifiedName(child.namespace, child.local), value]];
      }),
  }));
  return context.errors > before ? [] : records;
}

const parts: ReadonlySet<string> = new Set([
  "dictionary",
  "newDictionary",
  "oldDictionary",
  "keyEntityPair",
  "key",
]);

function argumentLists(
  context: ProvXmlContext,
  relation: DictionaryRelation,
  node: XmlNode,
  pairs: readonly ExtensionArgument[][],
): ExtensionArgument[][] {
  if (relation === "hadDictionaryMember") {
    const dictionary = reference(context, node, "dictionary");
    return pairs.map(([key, entity]) => [dictionary, entity, key]);
  }
  const items =
    relation === "derivedByInsertionFrom"
      ? pairs.map((pair): ExtensionArgument => ({ items: pair, braces: false }))
      : all(node, "key").map((key) => valueArgument(context, key));
  return [
    [
      reference(context, node, "newDictionary"),
      reference(context, node, "oldDictionary"),
      { items, braces: true },
    ],
  ];
}

function all({ children, namespace }: XmlNode, local: string): XmlNode[] {
  return children.filter((child) => child.local === local && child.namespace.uri === namespace.uri);
}

function only(context: ProvXmlContext, node: XmlNode, local: string): XmlNode | undefined {
  const [found] = all(node, local);
  if (found === undefined) {
    context.error("required", `Expected <prov:${local}> in <${node.local}>.`, node.at);
  }
  return found;
}

function reference(context: ProvXmlContext, node: XmlNode, local: string): ExtensionArgument {
  const found = only(context, node, local);
  const id = found === undefined ? undefined : referenceOf(context, found);
  return id === undefined ? undefined : { id };
}

function argument(context: ProvXmlContext, node: XmlNode, local: string): ExtensionArgument {
  const found = only(context, node, local);
  return found === undefined ? undefined : valueArgument(context, found);
}

function valueArgument(context: ProvXmlContext, node: XmlNode): ExtensionArgument {
  const value = readValue(context, node);
  return value === undefined ? undefined : { value };
}
