/**
 * A set that is most often empty or of few members, which are no arrays: none, the member itself, a
 * list of some, or a Set. A hundred thousand `Set`s cost more than the tasks they would belong to.
 */
export type SmallSet<T extends object> = undefined | T | readonly T[] | Set<T>;

/** Lists of more are a Set: to look for a member in a longer one takes as long as to hash it. */
const longestList = 8;

/** The set with a member added. */
export function withMember<T extends object>(set: SmallSet<T>, member: T): SmallSet<T> {
  if (set === undefined || set === member) return member;
  if (set instanceof Set) return set.add(member);
  if (!isList(set)) return [set, member];
  if (set.includes(member)) return set;
  // A copy has no room to grow: an array that was pushed to has room for sixteen more.
  return set.length < longestList ? [...set, member] : new Set(set).add(member);
}

/** The set with a member removed. */
export function withoutMember<T extends object>(set: SmallSet<T>, member: T): SmallSet<T> {
  if (set === member) return undefined;
  if (set instanceof Set) {
    set.delete(member);
    return set.size === 0 ? undefined : set;
  }
  if (!isList(set)) return set;
  const left = set.filter((other) => other !== member);
  return left.length > 1 ? left : left[0];
}

/** The members, in the order in which they were added. */
export function membersOf<T extends object>(set: SmallSet<T>): Iterable<T> {
  if (set === undefined) return none;
  return set instanceof Set || isList(set) ? set : [set];
}

/** How many members there are. */
export function sizeOf<T extends object>(set: SmallSet<T>): number {
  if (set === undefined) return 0;
  if (set instanceof Set) return set.size;
  return isList(set) ? set.length : 1;
}

function isList<T extends object>(set: SmallSet<T>): set is readonly T[] {
  return Array.isArray(set);
}

const none: readonly never[] = [];
