import { ClientLoad } from "../../../src/engines/local/client-load.js";
import type { ClientState } from "../../../src/engines/local/client-state.js";
import { withMember } from "../../../src/engines/local/small-set.js";
import { TaskState } from "../../../src/engines/local/task-state.js";

/** A client outside any scheduler. */
export function makeClient(number: number): ClientState {
  return {
    info: { id: `Client-${number}` },
    number,
    owner: {},
    scope: { keyOf: () => undefined, taskOf: () => undefined },
    load: new ClientLoad(10_000),
  };
}

const onlyClient = makeClient(1);

/** A task outside any scheduler, linked to its dependencies. */
export function makeTask(
  name: string,
  options: {
    readonly priority?: number;
    readonly dependencies?: readonly TaskState[];
    readonly client?: ClientState;
  } = {},
): TaskState {
  const { priority = 0, dependencies = [], client = onlyClient } = options;
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
