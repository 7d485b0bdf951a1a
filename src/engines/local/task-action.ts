import { Action, currentAction } from "../../actions/action.js";
import { attemptType, graphTaskType, remoteTaskType } from "../../actions/message.js";
import type { Key, TaskStateName } from "./scheduler-plugin.js";
import type { TaskState } from "./task-state.js";

/**
 * A task as a part of the action that submitted it. The log shows one action for the task; its tries
 * are actions in that one as soon as there may be several.
 */
export class TaskAction {
  readonly #action: Action;
  readonly #dependencies: readonly string[];
  /** Whether a first try may be followed by others. */
  readonly #nested: boolean;
  #begun = false;
  /** What the code of the task runs in; undefined between tries. */
  running: Action | undefined;

  constructor(around: Action, task: TaskState) {
    const { taskUuid, sink } = around;
    this.#action = new Action(remoteTaskType, {
      taskUuid,
      sink,
      parent: around,
      level: around.nextLevel(),
    });
    this.#dependencies = task.dependencies.map((dependency) => keyText(dependency.key));
    this.#nested = task.retries > 0;
  }

  /** A try begins. */
  start(task: TaskState): void {
    const attempt = task.attempts;
    this.#begin(task.key);
    this.running =
      this.#nested || attempt > 1 ? this.#child(attemptType).begin({ attempt }) : this.#action;
  }

  /** The try ended, the task with it where there were no others. */
  succeeded(): void {
    this.running?.finish();
    this.running = undefined;
    this.#action.finish();
  }

  /** The try failed; perhaps there will be another. */
  attemptFailed(thrown: unknown): void {
    if (this.running === this.#action) {
      // A first try outside `retries` that another follows, because its worker was lost.
      this.#action.log(attemptType, { attempt: 1, reason: String(thrown) });
    } else this.running?.fail(thrown);
    this.running = undefined;
  }

  /** The task failed for good, or will never run. */
  failed(key: Key, thrown: unknown): void {
    this.#begin(key);
    this.running?.fail(thrown);
    this.running = undefined;
    this.#action.fail(thrown);
  }

  #begin(key: Key): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#action.begin({});
    this.#action.log(graphTaskType, { key: keyText(key), dependencies: this.#dependencies });
  }

  #child(type: string): Action {
    const { taskUuid, sink } = this.#action;
    const level = this.#action.nextLevel();
    return new Action(type, { taskUuid, sink, level, parent: this.#action });
  }
}

/** Makes new tasks parts of the action that submits them, dependencies before dependents. */
export function joinCurrentAction(tasks: Iterable<TaskState>): void {
  const around = currentAction()?.open;
  if (around === undefined) return;
  for (const task of tasks) {
    if (task.spec?.fn !== undefined) task.action = new TaskAction(around, task);
  }
}

/** Tells a task's action of a change of its state. */
export function tellAction(
  action: TaskAction,
  task: TaskState,
  from: TaskStateName,
  to: TaskStateName,
): void {
  if (to === "processing") action.start(task);
  else if (to === "memory") action.succeeded();
  else if (to === "erred")
    action.failed(task.key, from === "processing" ? thrownBy(task) : blocked(task));
  else if (to === "forgotten") action.failed(task.key, ended("Cancelled", "nobody waits for it"));
  else if (from === "processing" && action.running !== undefined) {
    action.attemptFailed(ended("Lost", "its worker went away, or it was cancelled"));
    return;
  } else return;
  if (to !== "processing") task.action = undefined;
}

function thrownBy(task: TaskState): unknown {
  return task.error?.thrown;
}

function blocked(task: TaskState): Error {
  const culprit = task.blamed === undefined ? "its input" : keyText(task.blamed);
  return ended("Blocked", `${culprit} failed`);
}

/** How a task ended that did not end by itself. */
function ended(name: string, message: string): Error {
  const error = new Error(message);
  error.name = `taskprov.${name}`;
  return error;
}

function keyText(key: Key): string {
  return typeof key === "string" ? key : JSON.stringify(key);
}
