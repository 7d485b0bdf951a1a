import type { Change, ChangeKind, TaskPair } from "./diff-answer.js";

/** A change of one task. */
export interface SingleChange {
  readonly kind: ChangeKind;
  readonly subject: string;
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
  readonly pair?: TaskPair;
}

interface Gathered extends Omit<SingleChange, "pair"> {
  count: number;
  readonly tasks: TaskPair[];
}

const shownTasks = 10;

/** Gathers changes of single tasks: the same one in many tasks is told once. */
export class ChangeList {
  /** How often something was added. */
  total = 0;
  readonly #changes = new Map<string, Gathered>();

  add({ pair, ...change }: SingleChange): void {
    this.total++;
    const { kind, subject, what } = change;
    // Which inputs moved differs from task to task; the first is the example.
    const details = kind === "structure" ? "" : `${change.before ?? ""}\n${change.after ?? ""}`;
    const key = [kind, subject, what, details].join("\n");
    const known = this.#changes.get(key) ?? { ...change, count: 0, tasks: [] };
    this.#changes.set(key, known);
    if (pair === undefined) return;
    known.count++;
    if (known.tasks.length < shownTasks) known.tasks.push(pair);
  }

  /** Every change, most telling first. */
  list(): Change[] {
    const order: readonly ChangeKind[] = ["code", "parameter", "input", "structure", "environment"];
    return [...this.#changes.values()].sort(
      (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.count - a.count,
    );
  }
}
