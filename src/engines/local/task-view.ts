import { checkKey, keyId } from "./key.js";
import { keySplitGroup } from "./key-split-group.js";
import type { TaskInfo, TaskView } from "./scheduler.js";
import type { Key } from "./scheduler-plugin.js";
import { membersOf } from "./small-set.js";
import type { TaskState } from "./task-state.js";

/** A read-only view over the scheduler's tasks. */
export function createTaskView(tasks: ReadonlyMap<string, TaskState>): TaskView {
  return {
    get size(): number {
      return tasks.size;
    },
    has: (key: Key) => tasks.has(keyId(checkKey(key))),
    get: (key: Key) => {
      const task = tasks.get(keyId(checkKey(key)));
      return task === undefined ? undefined : describeTask(task);
    },
    *[Symbol.iterator]() {
      for (const task of tasks.values()) yield describeTask(task);
    },
  };
}

function describeTask(task: TaskState): TaskInfo {
  const annotations = task.spec?.annotations;
  return {
    key: task.key,
    group: keySplitGroup(task.key),
    state: task.state,
    dependencies: task.dependencies.map((dependency) => dependency.key),
    dependents: Array.from(membersOf(task.dependents), (dependent) => dependent.key),
    priority: task.priority,
    retries: task.retries,
    attempts: task.attempts,
    wantedBy: [...new Set(Array.from(membersOf(task.wants), (want) => want.client.info.id))],
    ...(task.runId === undefined ? {} : { runId: task.runId }),
    ...(task.attempt === undefined ? {} : { worker: task.attempt.worker }),
    ...(task.blamed === undefined ? {} : { blamed: task.blamed }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
