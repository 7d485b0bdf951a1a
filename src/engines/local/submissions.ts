import { TaskprovError } from "../../base/errors.js";
import { assertOpen } from "./assert-open.js";
import type { ClientState } from "./client-state.js";
import type { Demands } from "./demands.js";
import type { Dispatcher } from "./dispatcher.js";
import type { FutureState } from "./future-state.js";
import { describeUpdate } from "./graph-update.js";
import type { Holds } from "./holds.js";
import { formatKey } from "./key.js";
import type { PluginHost } from "./plugin-host.js";
import type { Scheduler } from "./scheduler.js";
import type { CallSiteInfo } from "./scheduler-plugin.js";
import { withMember } from "./small-set.js";
import { joinCurrentAction } from "./task-action.js";
import { attemptIn } from "./task-context.js";
import { type TaskSpec, TaskState } from "./task-state.js";
import type { Transitions } from "./transitions.js";

/** What is needed to take in work. */
export interface SubmissionContext {
  readonly scheduler: Scheduler;
  readonly tasks: Map<string, TaskState>;
  readonly plugins: PluginHost;
  readonly dispatcher: Dispatcher;
  readonly transitions: Transitions;
  readonly holds: Holds;
  readonly demands: Demands;
}

/** Takes in graphs and data. */
export class Submissions {
  readonly #scheduler: Scheduler;
  readonly #tasks: Map<string, TaskState>;
  readonly #plugins: PluginHost;
  readonly #dispatcher: Dispatcher;
  readonly #transitions: Transitions;
  readonly #holds: Holds;
  readonly #demands: Demands;
  #received = 0;
  #nextNumber = 0;

  constructor(context: SubmissionContext) {
    this.#scheduler = context.scheduler;
    this.#tasks = context.tasks;
    this.#plugins = context.plugins;
    this.#dispatcher = context.dispatcher;
    this.#transitions = context.transitions;
    this.#holds = context.holds;
    this.#demands = context.demands;
  }

  /** How many tasks were ever submitted; scattered data is not counted. */
  get received(): number {
    return this.#received;
  }

  /**
   * Makes tasks known and has the wanted ones computed. A key that is known already is that task,
   * whatever the new description says.
   *
   * @param specs - dependencies before dependents; every reference in them means a known task or
   * one of these.
   * @param wanted - the ids for which futures are asked.
   * @param site - the place in the code that submits, for plugins that ask.
   * @returns a future's state for each wanted id.
   * @throws {@link TaskprovError} `ERR_CLOSED`, `ERR_GRAPH_MISSING_KEY`
   */
  submit(
    client: ClientState,
    specs: readonly TaskSpec[],
    wanted: readonly string[],
    site: CallSiteInfo | undefined,
  ): readonly FutureState[] {
    assertOpen(this.#scheduler, "submit");
    const created: TaskState[] = [];
    for (const spec of specs) {
      if (this.#tasks.has(spec.id)) continue;
      const task = new TaskState(spec, client);
      task.number = this.#nextNumber++;
      this.#tasks.set(spec.id, task);
      client.load.submitted();
      created.push(task);
    }
    for (const task of created) link(task);
    joinCurrentAction(created);
    this.#received += created.length;
    const stimulus = this.#transitions.stimulus("update-graph");
    const states = wanted.map((id, index) => {
      // Most often they are the new tasks in their order: then there is nothing to look up.
      const task = created[index];
      return this.#holds.want(client, task?.id === id ? task : this.#known(id));
    });
    if (stimulus !== undefined && created.length > 0) {
      const parent = attemptIn(this.#scheduler)?.key;
      this.#plugins.updateGraph(describeUpdate(client, created, stimulus, { parent, site }));
    }
    for (const task of created) this.#dispatcher.add(task);
    for (const task of created) if (task.state === "released") this.#demands.demand(task, stimulus);
    for (const { task } of states) {
      if (task?.state === "released") this.#demands.demand(task, stimulus);
    }
    this.#dispatcher.wake();
    return states;
  }

  /**
   * Makes data known under a key that is free.
   *
   * @throws {@link TaskprovError} `ERR_CLOSED`
   */
  scatter(client: ClientState, spec: TaskSpec, value: unknown): FutureState {
    assertOpen(this.#scheduler, "scatter");
    const task = new TaskState(spec, client);
    task.number = this.#nextNumber++;
    task.state = "memory";
    task.value = value;
    this.#tasks.set(spec.id, task);
    const state = this.#holds.want(client, task);
    if (!this.#plugins.idle) {
      const workers = this.#scheduler.workers.slice(0, 1);
      this.#plugins.scatter({ client: client.info, key: task.key, value, workers });
    }
    return state;
  }

  #known(id: string): TaskState {
    const task = this.#tasks.get(id);
    if (task !== undefined) return task;
    throw new TaskprovError("ERR_GRAPH_MISSING_KEY", `There is no task ${formatKey(id)}.`);
  }
}

/** Ties a new task to those whose results it needs. */
function link(task: TaskState): void {
  const references = task.spec?.scan?.references;
  if (references === undefined) return;
  const { scope } = task.client;
  const dependencies = new Set<TaskState>();
  for (const reference of references) {
    const dependency = scope.taskOf(reference);
    if (dependency !== undefined) dependencies.add(dependency);
  }
  for (const dependency of dependencies) {
    dependency.dependents = withMember(dependency.dependents, task);
  }
  task.dependencies = [...dependencies];
}
