import type { Attribute, DateTimeText, QualifiedName, Value } from "../prov/index.js";

/** An argument of an extension record: an id, a literal, nothing (`-`), a time, or nested. */
export type ExtensionArgument =
  | { readonly id: QualifiedName }
  | { readonly value: Value }
  | { readonly time: DateTimeText }
  | { readonly record: ExtensionRecord }
  | { readonly items: readonly ExtensionArgument[]; readonly braces: boolean }
  | undefined;

/**
 * A record that is not of PROV-DM, as PROV-N's extensibility expressions spell it:
 * `prov:hadDictionaryMember(ex:d, ex:e, "key")`.
 *
 * PROV-Dictionary's three relations have the arguments of its PROV-N notation. Documents keep such
 * records as extra sections; see `extraSectionsOf` and `extensionsOf`.
 */
export interface ExtensionRecord {
  readonly name: QualifiedName;
  readonly id?: QualifiedName;
  readonly arguments: readonly ExtensionArgument[];
  readonly attributes: readonly Attribute[];
}

/** The relations of PROV-Dictionary, in the namespace of PROV. */
export const dictionaryRelations = [
  "derivedByInsertionFrom",
  "derivedByRemovalFrom",
  "hadDictionaryMember",
] as const;

/** One of {@link dictionaryRelations}. */
export type DictionaryRelation = (typeof dictionaryRelations)[number];

/** The relation of PROV-Dictionary that a name stands for. */
export function dictionaryRelation(local: string): DictionaryRelation | undefined {
  return dictionaryRelations.find((relation) => relation === local);
}
