import { joinAll, type Scope, type Value } from "./value.js";

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
  write(target, name, value);
}

/** Forgets a name. */
export function unbind(scope: Scope, name: string): void {
  write(scope, name, undefined);
}

function write(scope: Scope, name: string, value: Value | undefined): void {
  const { log, names } = scope;
  if (log !== undefined && !log.has(name)) log.set(name, names.get(name));
  if (value === undefined) names.delete(name);
  else names.set(name, value);
}

/**
 * Runs code and takes back what it bound; returns that. Only what changes is kept, since copying
 * all names for every `if` of a long notebook would cost their product.
 */
export function tryOut(scope: Scope, run: () => void): ReadonlyMap<string, Value | undefined> {
  const outer = scope.log;
  const log = new Map<string, Value | undefined>();
  scope.log = log;
  run();
  scope.log = outer;
  const changes = new Map<string, Value | undefined>();
  for (const [name, before] of log) {
    changes.set(name, scope.names.get(name));
    if (before === undefined) scope.names.delete(name);
    else scope.names.set(name, before);
  }
  return changes;
}

/** Runs ways of which one is taken, and keeps what they have in common. */
export function branch(scope: Scope, ways: readonly (() => void)[]): void {
  const results = ways.map((way) => tryOut(scope, way));
  const changed = new Set(results.flatMap((changes) => [...changes.keys()]));
  for (const name of changed) {
    // Bound on one way only: code behind that uses it means that way.
    const values = results.flatMap(
      (changes) => (changes.has(name) ? changes.get(name) : scope.names.get(name)) ?? [],
    );
    if (values.length > 0) write(scope, name, joinAll(values));
  }
}
