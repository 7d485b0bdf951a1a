import type { ClientState } from "./client-state.js";
import { keySplitGroup } from "./key-split-group.js";
import { Reference } from "./reference.js";
import type { CallSiteInfo, GraphUpdate, GraphUpdateTask, Key } from "./scheduler-plugin.js";
import type { TaskState } from "./task-state.js";

/** Where a graph came from. */
export interface GraphOrigin {
  readonly parent?: Key;
  readonly site?: CallSiteInfo;
}

/** New tasks as plugins are told of them. */
export function describeUpdate(
  client: ClientState,
  tasks: readonly TaskState[],
  stimulus: Pick<GraphUpdate, "stimulusId">,
  origin: GraphOrigin,
): GraphUpdate {
  const { scope } = client;
  return {
    client: client.info,
    // Printing a time costs as much as a small task, and few ask for it.
    get stimulusId(): string {
      return stimulus.stimulusId;
    },
    ...origin,
    tasks: tasks.map(describeTask),
    referenceOf: (value) => (Reference.is(value) ? scope.keyOf(value) : undefined),
  };
}

/** The unfinished ones among tasks, for who comes late: a graph for each client. */
export function* describeUnfinished(
  tasks: Iterable<TaskState>,
  stimulusId: string,
): Generator<GraphUpdate> {
  const byClient = new Map<ClientState, TaskState[]>();
  for (const task of tasks) {
    if (task.done) continue;
    const known = byClient.get(task.client);
    if (known === undefined) byClient.set(task.client, [task]);
    else known.push(task);
  }
  for (const [client, known] of byClient) yield describeUpdate(client, known, { stimulusId }, {});
}

function describeTask(task: TaskState): GraphUpdateTask {
  const fn = task.spec?.fn;
  const annotations = task.spec?.annotations;
  return {
    key: task.key,
    group: keySplitGroup(task.key),
    args: task.spec?.args ?? [],
    dependencies: task.dependencies.map((dependency) => dependency.key),
    retries: task.retries,
    priority: task.priority,
    ...(fn === undefined ? {} : { fn }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
