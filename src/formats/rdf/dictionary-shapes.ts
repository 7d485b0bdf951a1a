import { provName, type QualifiedName } from "../../prov/index.js";

/** How PROV-O states what became of a dictionary. */
export interface DictionaryShape {
  readonly property: QualifiedName;
  readonly qualified: QualifiedName;
  readonly influence: QualifiedName;
  /** From the qualification to what was inserted or removed. */
  readonly change: QualifiedName;
}

/** The properties of PROV-Dictionary's derivations. */
export const dictionaryProperties: Readonly<
  Record<"derivedByInsertionFrom" | "derivedByRemovalFrom", DictionaryShape>
> = {
  derivedByInsertionFrom: {
    property: provName("derivedByInsertionFrom"),
    qualified: provName("qualifiedInsertion"),
    influence: provName("Insertion"),
    change: provName("insertedKeyEntityPair"),
  },
  derivedByRemovalFrom: {
    property: provName("derivedByRemovalFrom"),
    qualified: provName("qualifiedRemoval"),
    influence: provName("Removal"),
    change: provName("removedKey"),
  },
};

/** `prov:hadDictionaryMember`, from a dictionary to a pair. */
export const hadDictionaryMember: QualifiedName = provName("hadDictionaryMember");
/** `prov:KeyEntityPair`, the class of pairs. */
export const keyEntityPair: QualifiedName = provName("KeyEntityPair");
/** `prov:pairKey`. */
export const pairKey: QualifiedName = provName("pairKey");
/** `prov:pairEntity`. */
export const pairEntity: QualifiedName = provName("pairEntity");
