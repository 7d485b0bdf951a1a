import type { Term } from "../prov/unify/terms.js";
import type { Scope } from "./scope.js";

/** That one entity is a specialization of another, by a specializationOf or a mentionOf. */
export interface Specialization {
  readonly specific: Term;
  readonly general: Term;
  readonly record: number;
}

/** The stated specializations, between classes of terms; a mention is one too (PROV-LINKS). */
export function specializations({ instance }: Scope): readonly Specialization[] {
  const { statements, terms } = instance;
  const found: Specialization[] = [];
  for (let s = 0; s < statements.count; s++) {
    const kind = statements.kind[s];
    if (kind === "specializationOf" || kind === "mentionOf") {
      found.push({
        specific: terms.find(statements.argument(s, 0)),
        general: terms.find(statements.argument(s, 1)),
        record: statements.record[s] ?? -1,
      });
    }
  }
  return found;
}

/**
 * Hands bits down from what is general to what is specific, over any number of steps (inferences
 * 19 and 21: a specialization is an entity with the attributes of what it specializes).
 *
 * @param bits - by term; changed in place.
 * @param handed - the bits that are handed down.
 */
export function handDown(
  relations: readonly Specialization[],
  bits: Uint8Array,
  handed: number,
): void {
  const specifics = new Map<Term, Term[]>();
  for (const { specific, general } of relations) {
    const list = specifics.get(general);
    if (list === undefined) {
      specifics.set(general, [specific]);
    } else {
      list.push(specific);
    }
  }
  const queue = [...specifics.keys()].filter((term) => ((bits[term] ?? 0) & handed) !== 0);
  for (let general = queue.pop(); general !== undefined; general = queue.pop()) {
    const inherited = (bits[general] ?? 0) & handed;
    for (const specific of specifics.get(general) ?? []) {
      const before = bits[specific] ?? 0;
      if ((before | inherited) !== before) {
        bits[specific] = before | inherited;
        queue.push(specific);
      }
    }
  }
}
