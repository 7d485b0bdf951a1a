import type { ClientState } from "./client-state.js";
import { keySplitGroup } from "./key-split-group.js";
import { Reference } from "./reference.js";
import type {
  CallSiteInfo,
  ClientInfo,
  GraphUpdate,
  GraphUpdateTask,
  Key,
} from "./scheduler-plugin.js";
import type { TaskState } from "./task-state.js";

/** Where a graph came from. */
export interface GraphOrigin {
  readonly parent?: Key | undefined;
  readonly site?: CallSiteInfo | undefined;
}

/** New tasks as plugins are told of them. */
export function describeUpdate(
  client: ClientState,
  tasks: readonly TaskState[],
  stimulus: Pick<GraphUpdate, "stimulusId">,
  origin: GraphOrigin,
): GraphUpdate {
  return new GraphNews(client, tasks, stimulus, origin);
}

/**
 * A class, because a literal with a getter costs more than a small task, and who submits one by one
 * makes one for each.
 */
class GraphNews implements GraphUpdate {
  readonly client: ClientInfo;
  declare readonly parent?: Key;
  declare readonly site?: CallSiteInfo;
  readonly tasks: readonly GraphUpdateTask[];
  readonly referenceOf: GraphUpdate["referenceOf"];
  readonly #stimulus: Pick<GraphUpdate, "stimulusId">;

  constructor(
    client: ClientState,
    tasks: readonly TaskState[],
    stimulus: Pick<GraphUpdate, "stimulusId">,
    { parent, site }: GraphOrigin,
  ) {
    const { info, scope } = client;
    this.#stimulus = stimulus;
    this.client = info;
    this.tasks = tasks.map((task) => new TaskNews(task));
    this.referenceOf = (value) => (Reference.is(value) ? scope.keyOf(value) : undefined);
    if (parent !== undefined) this.parent = parent;
    if (site !== undefined) this.site = site;
  }

  /** Printed when asked for: printing a time costs as much as a small task, and few ask. */
  get stimulusId(): string {
    return this.#stimulus.stimulusId;
  }
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

const nothing: readonly never[] = Object.freeze([]);

/** A class, because a literal put together from parts costs more. */
class TaskNews implements GraphUpdateTask {
  readonly key: Key;
  readonly number: number;
  readonly group: string;
  declare readonly fn?: NonNullable<GraphUpdateTask["fn"]>;
  readonly args: readonly unknown[];
  readonly dependencies: readonly Key[];
  readonly retries: number;
  readonly priority: number;
  declare readonly annotations?: NonNullable<GraphUpdateTask["annotations"]>;

  constructor({ key, number, spec, dependencies, retries, priority }: TaskState) {
    this.key = key;
    this.number = number;
    this.group = keySplitGroup(key);
    if (spec?.fn !== undefined) this.fn = spec.fn;
    this.args = spec?.args ?? nothing;
    this.dependencies = dependencies.length === 0 ? nothing : dependencies.map(keyOf);
    this.retries = retries;
    this.priority = priority;
    if (spec?.annotations !== undefined) this.annotations = spec.annotations;
  }
}

function keyOf({ key }: TaskState): Key {
  return key;
}
