import type { Encoded } from "../describe/encoded.js";
import { isTagged } from "../describe/encoded.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { GraphArgument } from "../events/graph-event.js";
import { escapeName } from "./ids.js";

/** Where an argument stands: `0`, `name`, or further down `0.2`. */
export interface ArgumentPath {
  /** For `prov:role`: segments as given, joined by `.`. */
  readonly role: string;
  /** For ids: names escaped, positions bare, joined by `.`. */
  readonly id: string;
}

/** What the arguments of a task say. */
export interface ArgumentUses {
  /** Roles by task or data number, in order of appearance. */
  readonly references: ReadonlyMap<TaskNumber, readonly string[]>;
  /** Inside a fused task: roles by number of the step whose result is meant. */
  readonly steps: ReadonlyMap<number, readonly string[]>;
  readonly literals: readonly (readonly [path: ArgumentPath, value: Encoded])[];
}

/**
 * Separates references from literals. A container without references is one literal; one with
 * references is opened, so that every reference and every literal in it has a path of its own.
 */
export function argumentUses(args: readonly GraphArgument[]): ArgumentUses {
  const uses = new Uses();
  for (const [role, value] of args) uses.visit(top(role), value);
  return uses;
}

const noRoles: ReadonlyMap<number, readonly string[]> = new Map();

/** Most tasks have no references or no literals: what they do not have costs nothing. */
class Uses implements ArgumentUses {
  references: ReadonlyMap<TaskNumber, readonly string[]> = noRoles;
  steps: ReadonlyMap<number, readonly string[]> = noRoles;
  readonly literals: [ArgumentPath, Encoded][] = [];
  #references: Map<number, string[]> | undefined;
  #steps: Map<number, string[]> | undefined;

  visit(path: ArgumentPath, value: Encoded): void {
    if (!isTagged(value) || !holdsReference(value)) {
      this.literals.push([path, value]);
    } else if (value[0] === "r") {
      this.#references ??= new Map();
      this.references = this.#references;
      addRole(this.#references, value[1], path.role);
    } else if (value[0] === "q") {
      this.#steps ??= new Map();
      this.steps = this.#steps;
      addRole(this.#steps, value[1], path.role);
    } else if (value[0] === "l" || value[0] === "t") {
      value[1].forEach((item, i) => {
        this.visit(below(path, i), item);
      });
    } else if (value[0] === "d") {
      value[1].forEach(([key, item], i) => {
        // A key that is itself a reference, or no text, has no name to go by.
        this.visit(below(path, typeof key === "string" ? key : i), item);
        if (holdsReference(key)) this.visit(below(path, i), key);
      });
    }
  }
}

function addRole(roles: Map<number, string[]>, number: number, role: string): void {
  const known = roles.get(number);
  if (known === undefined) roles.set(number, [role]);
  else known.push(role);
}

function top(segment: string | number): ArgumentPath {
  return { role: String(segment), id: idOf(segment) };
}

function below(path: ArgumentPath, segment: string | number): ArgumentPath {
  return { role: `${path.role}.${segment}`, id: `${path.id}.${idOf(segment)}` };
}

function idOf(segment: string | number): string {
  return typeof segment === "number" ? String(segment) : escapeName(segment);
}

/** Iterative: a captured container can be nested as deeply as the capture allowed. */
function holdsReference(value: Encoded): boolean {
  const open: Encoded[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isTagged(next)) continue;
    if (next[0] === "r" || next[0] === "q") return true;
    // Pushed one by one: a list can be longer than an argument list may be.
    if (next[0] === "l" || next[0] === "t") for (const item of next[1]) open.push(item);
    else if (next[0] === "d") for (const pair of next[1]) open.push(pair[0], pair[1]);
  }
  return false;
}
