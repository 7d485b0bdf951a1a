import { outcome } from "./attempt-facts.js";
import type { Slots } from "./slots.js";
import { withoutMember } from "./small-set.js";
import { noTasks, type TaskState } from "./task-state.js";
import type { Stimulus, Transitions } from "./transitions.js";

/** Stops, drops and forgets tasks that nobody needs any more. */
export class Reaper {
  readonly #tasks: Map<string, TaskState>;
  readonly #transitions: Transitions;
  readonly #slots: Slots;

  constructor(tasks: Map<string, TaskState>, transitions: Transitions, slots: Slots) {
    this.#tasks = tasks;
    this.#transitions = transitions;
    this.#slots = slots;
  }

  /**
   * Looks at tasks that may be needed no more, and then at what was needed only for them.
   *
   * @param candidates - taken from the end; empty afterwards.
   */
  reap(candidates: TaskState[], stimulus: Stimulus, reason: string): void {
    let dropped: Stimulus;
    for (let task = candidates.pop(); task !== undefined; task = candidates.pop()) {
      if (task.wanted || task.waiters > 0 || task.state === "forgotten") continue;
      const linked = task.dependents !== undefined;
      // A failed dependent may be retried and keeps what there is; it has nothing new computed.
      if (linked && (task.done || task.state === "released")) continue;
      if (task.state !== "released") {
        dropped ??= stimulus?.with({ reason });
        this.#drop(task, dropped, reason, candidates);
      }
      if (!linked) this.#forget(task, stimulus, candidates);
    }
  }

  #drop(task: TaskState, stimulus: Stimulus, reason: string, candidates: TaskState[]): void {
    let facts = stimulus;
    if (!task.done) {
      for (const dependency of task.dependencies) {
        dependency.waiters--;
        candidates.push(dependency);
      }
    }
    const { attempt } = task;
    if (attempt !== undefined) {
      facts = stimulus?.with({ ...outcome(attempt, stimulus), reason });
      this.#slots.abandon(attempt, reason);
    } else if (task.inQueue) {
      this.#slots.drop(task);
    }
    task.value = undefined;
    task.error = undefined;
    this.#transitions.move(task, "released", facts);
  }

  #forget(task: TaskState, stimulus: Stimulus, candidates: TaskState[]): void {
    this.#tasks.delete(task.id);
    for (const dependency of task.dependencies) {
      dependency.dependents = withoutMember(dependency.dependents, task);
      candidates.push(dependency);
    }
    task.dependencies = noTasks;
    task.spec = undefined;
    this.#transitions.move(task, "forgotten", stimulus);
  }
}
