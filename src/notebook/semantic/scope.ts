import { join, type Scope, type Value } from "./value.js";

/** A new scope. */
export function createScope(outer?: Scope): Scope {
  return {
    names: new Map(),
    ...(outer === undefined ? {} : { outer }),
    global: new Set(),
    everything: [],
  };
}

/** The value of a name, or undefined where it was never bound. */
export function lookUp(scope: Scope, name: string): Value | undefined {
  for (let each: Scope | undefined = scope; each !== undefined; each = each.outer) {
    const value = each.names.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Binds a name. */
export function bind(scope: Scope, name: string, value: Value): void {
  let target = scope;
  if (scope.global.has(name)) {
    while (target.outer !== undefined) {
      target = target.outer;
      if (target.names.has(name)) break;
    }
  }
  target.names.set(name, value);
}

/** Runs ways of which one is taken, and keeps what they have in common. */
export function branch(scope: Scope, ways: readonly (() => void)[]): void {
  const before = scope.names;
  const results = ways.map((way) => {
    scope.names = new Map(before);
    way();
    return scope.names;
  });
  const [first, ...rest] = results;
  if (first === undefined) return;
  const joined = new Map(first);
  for (const names of rest) {
    for (const [name, value] of names) {
      const other = joined.get(name);
      // Bound on one way only: code behind that uses it means that way.
      joined.set(name, other === undefined ? value : join(other, value));
    }
  }
  scope.names = joined;
}
