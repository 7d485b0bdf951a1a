import type { Dispatcher } from "./dispatcher.js";
import type { Holds } from "./holds.js";
import type { Reaper } from "./reaper.js";
import { membersOf } from "./small-set.js";
import { joinCurrentAction } from "./task-action.js";
import type { TaskState } from "./task-state.js";
import type { Stimulus, Transitions } from "./transitions.js";

/**
 * Follows the edges of the graph: a task that is asked for asks for its inputs, one that failed
 * fails what needs it, and one that is tried again takes those along.
 */
export class Demands {
  readonly #transitions: Transitions;
  readonly #dispatcher: Dispatcher;
  readonly #reaper: Reaper;
  readonly #holds: Holds;

  constructor(transitions: Transitions, dispatcher: Dispatcher, reaper: Reaper, holds: Holds) {
    this.#transitions = transitions;
    this.#dispatcher = dispatcher;
    this.#reaper = reaper;
    this.#holds = holds;
  }

  /** released → waiting, inputs included; or → erred when an input has failed. */
  demand(first: TaskState, stimulus: Stimulus): void {
    const stack = [first];
    for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
      if (task.state !== "released") continue;
      const culprit = task.dependencies.find((dependency) => dependency.state === "erred");
      if (culprit !== undefined) {
        this.#failBecauseOf(task, culprit, stimulus);
        this.blame(task, stimulus);
        continue;
      }
      task.waitingOn = 0;
      for (const dependency of task.dependencies) {
        dependency.waiters++;
        if (dependency.state !== "memory") task.waitingOn++;
        if (dependency.state === "released") stack.push(dependency);
      }
      this.#transitions.move(task, "waiting", stimulus);
      if (task.waitingOn === 0) this.#dispatcher.ready(task);
    }
  }

  /** waiting → released → erred for all that cannot run because a task failed. */
  blame(root: TaskState, stimulus: Stimulus): void {
    const failed = [root];
    const inputs: TaskState[] = [];
    for (const task of failed) {
      for (const dependent of membersOf(task.dependents)) {
        if (dependent.state !== "waiting") continue;
        for (const dependency of dependent.dependencies) {
          dependency.waiters--;
          inputs.push(dependency);
        }
        this.#transitions.move(dependent, "released", stimulus);
        this.#failBecauseOf(dependent, task, stimulus);
        failed.push(dependent);
      }
    }
    for (const task of failed) this.#holds.settle(task);
    this.#reaper.reap(inputs.concat(failed), stimulus, "input-failed");
  }

  #failBecauseOf(task: TaskState, culprit: TaskState, stimulus: Stimulus): void {
    task.error = culprit.error;
    task.blamed = culprit.blamed ?? culprit.key;
    task.kept = false;
    this.#transitions.move(task, "erred", stimulus?.with({ blamed: task.blamed }));
  }

  /** Runs failed tasks again, and those that failed because of them. */
  retry(tasks: Iterable<TaskState>): void {
    const stimulus = this.#transitions.stimulus("stimulus-retry");
    const revived = failedWith(tasks);
    for (const task of revived) {
      task.error = undefined;
      task.blamed = undefined;
      for (const state of membersOf(task.wants)) state.promise = undefined;
      this.#transitions.move(task, "released", stimulus?.with({ reason: "retry" }));
    }
    joinCurrentAction(revived);
    for (const task of revived) this.demand(task, stimulus);
    this.#dispatcher.wake();
  }
}

/** The failed ones among tasks, the failed inputs to blame, and all that failed because of these. */
function failedWith(tasks: Iterable<TaskState>): ReadonlySet<TaskState> {
  const culprits = new Set<TaskState>();
  for (const task of tasks) if (task.state === "erred") culprits.add(task);
  for (const task of culprits) {
    for (const dependency of task.dependencies) {
      if (dependency.state === "erred") culprits.add(dependency);
    }
  }
  // Inputs first.
  const all = new Set([...culprits].reverse());
  for (const task of all) {
    for (const dependent of membersOf(task.dependents)) {
      if (dependent.state === "erred") all.add(dependent);
    }
  }
  return all;
}
