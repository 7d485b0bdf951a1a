import { compareRoles } from "../blame.js";
import type { LineageItem } from "../lineage-item.js";
import type { LineageAnswer } from "../slice-answer.js";

/** A node of the tree that is shown: an attempt with the data it made, or one item alone. */
export interface Unit {
  /** The attempt, or the item. */
  readonly main: LineageItem;
  /** The data, of an attempt. */
  readonly made: LineageItem | undefined;
  readonly next: UnitLink[];
}

/** From a unit to one further away from where the question began. */
export interface UnitLink {
  readonly unit: Unit;
  /** The arguments, or the relation where it is no use of data. */
  readonly role: string;
}

/** Puts attempts and their data together; the first unit is the one that was asked about. */
export function unitsOf(answer: LineageAnswer): readonly Unit[] {
  const items = new Map(answer.items.map((item) => [item.id, item]));
  const makerOf = makers(answer);
  const madeBy = new Map<string, LineageItem>();
  for (const [data, maker] of makerOf) {
    const item = items.get(data);
    if (item !== undefined && item.type !== "exception") madeBy.set(maker, item);
  }
  const units = new Map<string, Unit>();
  const unitOf = (id: string): Unit | undefined => {
    const main = makerOf.get(id) ?? id;
    const item = items.get(main);
    if (item === undefined) return undefined;
    const unit = units.get(main) ?? { main: item, made: madeBy.get(main), next: [] };
    units.set(main, unit);
    return unit;
  };
  for (const { id } of answer.items) unitOf(id);
  link(answer, unitOf);
  return [...units.values()];
}

/** The activity of each entity that exactly one activity made. */
function makers({ relations, items }: LineageAnswer): ReadonlyMap<string, string> {
  const makerOf = new Map<string, string>();
  const several = new Set<string>();
  const known = new Set(items.map(({ id }) => id));
  for (const { kind, effect, cause } of relations) {
    if (kind !== "wasGeneratedBy" || !known.has(cause)) continue;
    if (makerOf.has(effect)) several.add(effect);
    makerOf.set(effect, cause);
  }
  for (const id of several) makerOf.delete(id);
  return makerOf;
}

function link(answer: LineageAnswer, unitOf: (id: string) => Unit | undefined): void {
  const linked = new Map<string, UnitLink & { role: string }>();
  for (const { effect, cause, kind, role } of answer.relations) {
    const [near, far] = answer.direction === "up" ? [effect, cause] : [cause, effect];
    const from = unitOf(near);
    const to = unitOf(far);
    if (from === undefined || to === undefined || from === to) continue;
    const name = role ?? (kind === "used" ? "" : kind);
    const between = `${from.main.id}\n${to.main.id}`;
    const known = linked.get(between);
    if (known === undefined) {
      const added = { unit: to, role: name };
      linked.set(between, added);
      from.next.push(added);
    } else if (name !== "" && !known.role.split(", ").includes(name)) {
      known.role = known.role === "" ? name : `${known.role}, ${name}`;
    }
  }
  for (const { id } of answer.items) {
    unitOf(id)?.next.sort((a, b) => compareRoles(a.role, b.role));
  }
}
