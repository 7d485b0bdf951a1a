import type { ClientState } from "../../../src/engines/local/client-state.js";
import { withMember } from "../../../src/engines/local/small-set.js";
import { TaskState } from "../../../src/engines/local/task-state.js";

const client: ClientState = {
  info: { id: "Client-1" },
  number: 1,
  owner: {},
  scope: { keyOf: () => undefined, taskOf: () => undefined },
};

/** A task outside any scheduler, linked to its dependencies. */
export function makeTask(
  name: string,
  options: { readonly priority?: number; readonly dependencies?: readonly TaskState[] } = {},
): TaskState {
  const { priority = 0, dependencies = [] } = options;
  const spec = { key: name, id: name, fn: undefined, args: [], scan: undefined, retries: 0 };
  const task = new TaskState(
    { ...spec, priority, timeout: undefined, annotations: undefined },
    client,
  );
  task.dependencies = dependencies;
  for (const dependency of dependencies) {
    dependency.dependents = withMember(dependency.dependents, task);
  }
  return task;
}
