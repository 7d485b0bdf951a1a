/**
 * A set that is most often empty or of one member: no member, the member itself, or a Set.
 * A hundred thousand `Set`s cost more than the tasks they would belong to.
 */
export type SmallSet<T extends object> = undefined | T | Set<T>;

/** The set with a member added. */
export function withMember<T extends object>(set: SmallSet<T>, member: T): SmallSet<T> {
  if (set === undefined || set === member) return member;
  if (set instanceof Set) return set.add(member);
  return new Set([set, member]);
}

/** The set with a member removed. */
export function withoutMember<T extends object>(set: SmallSet<T>, member: T): SmallSet<T> {
  if (set === member) return undefined;
  if (set instanceof Set) {
    set.delete(member);
    if (set.size === 0) return undefined;
  }
  return set;
}

/** The members, in the order in which they were added. */
export function membersOf<T extends object>(set: SmallSet<T>): Iterable<T> {
  if (set === undefined) return none;
  return set instanceof Set ? set : [set];
}

/** How many members there are. */
export function sizeOf<T extends object>(set: SmallSet<T>): number {
  if (set === undefined) return 0;
  return set instanceof Set ? set.size : 1;
}

const none: readonly never[] = [];
