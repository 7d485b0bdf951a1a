import type { Clock, EpochSeconds } from "../../base/clock.js";
import type { PluginHost } from "./plugin-host.js";
import type { TaskStateName } from "./scheduler-plugin.js";
import { tellAction } from "./task-action.js";
import type { TaskState } from "./task-state.js";
import { TransitionFacts } from "./transition-facts.js";

/** Facts that every transition of one stimulus shares; undefined when no plugin listens. */
export type Stimulus = TransitionFacts | undefined;

/** The only place where a task changes its state, so that plugins hear of every change. */
export class Transitions {
  readonly #plugins: PluginHost;
  readonly #clock: Clock;

  constructor(plugins: PluginHost, clock: Clock) {
    this.#plugins = plugins;
    this.#clock = clock;
  }

  /** Something happened, just now or a little before, that will move tasks. */
  stimulus(name: string, at?: EpochSeconds): Stimulus {
    if (this.#plugins.idle) return undefined;
    return new TransitionFacts(name, at ?? this.#clock.now());
  }

  /** Puts a task into another state. A plugin may call back into the scheduler from inside. */
  move(task: TaskState, finish: TaskStateName, facts: Stimulus): void {
    const start = task.state;
    task.state = finish;
    task.client.load.moved(start, finish);
    if (task.action !== undefined) tellAction(task.action, task, start, finish);
    if (facts !== undefined) {
      this.#plugins.transition(task.key, start, finish, facts, task.number);
    }
  }
}
