import type { ClientState } from "./client-state.js";
import { type FutureEnd, FutureState, type Watcher } from "./future-state.js";
import type { Reaper } from "./reaper.js";
import { membersOf, withMember, withoutMember } from "./small-set.js";
import type { TaskState } from "./task-state.js";
import type { Stimulus, Transitions } from "./transitions.js";

/** What futures hold of tasks: from asking for a task, through its outcome, to letting go. */
export class Holds {
  readonly #tasks: ReadonlyMap<string, TaskState>;
  readonly #transitions: Transitions;
  readonly #reaper: Reaper;
  readonly #collected = new FinalizationRegistry<FutureState>((state) => {
    this.release(state, "collected");
  });

  constructor(tasks: ReadonlyMap<string, TaskState>, transitions: Transitions, reaper: Reaper) {
    this.#tasks = tasks;
    this.#transitions = transitions;
    this.#reaper = reaper;
  }

  /** Has a client hold a task. */
  want(client: ClientState, task: TaskState): FutureState {
    const state = new FutureState(task, client);
    task.wants = withMember(task.wants, state);
    return state;
  }

  /**
   * Lets a future go when its handle is collected without having been released. Never taken back:
   * to be told of a future that was released costs nothing, V8's table of who could be taken back a
   * third of a small task where many are alive.
   */
  guard(handle: object, state: FutureState): void {
    this.#collected.register(handle, state);
  }

  /** Tells all who hold a task that its outcome is known. */
  settle(task: TaskState): void {
    const states = membersOf(task.wants);
    // A copy: whoever was released while others waited leaves the set.
    for (const state of states instanceof Set ? [...states] : states) {
      state.notify();
      this.#served(state);
    }
  }

  /** A future is not needed any more. While somebody waits for it, it stays until they are served. */
  release(state: FutureState, reason: string): void {
    if (state.ended !== undefined) return;
    if (state.watched) state.releaseReason ??= reason;
    else this.#letGo(state, reason);
  }

  /** Somebody stopped waiting. */
  unwatch(state: FutureState, callback: Watcher): void {
    state.unwatch(callback);
    this.#served(state);
  }

  #served(state: FutureState): void {
    if (state.releaseReason !== undefined && !state.watched && state.ended === undefined) {
      this.#letGo(state, state.releaseReason);
    }
  }

  #letGo(state: FutureState, reason: string): void {
    const stimulus = this.#transitions.stimulus("client-releases-keys");
    this.#end([state], { kind: "released" }, stimulus, reason);
  }

  /** Keeps a task wanted until it has run, whatever becomes of its futures. */
  keep(task: TaskState): void {
    if (!task.done && task.state !== "forgotten") task.kept = true;
  }

  /**
   * Cancels tasks for a client, and what needs them: its futures of these and of their unfinished
   * dependents end. What another client wants goes on.
   */
  cancel(tasks: Iterable<TaskState>, client: ClientState, cause?: unknown): void {
    const reached = new Set(tasks);
    for (const task of reached) {
      for (const dependent of membersOf(task.dependents)) {
        if (!dependent.done) reached.add(dependent);
      }
    }
    for (const task of reached) task.kept = false;
    const end: FutureEnd = { kind: "cancelled", ...(cause === undefined ? {} : { cause }) };
    const stimulus = this.#transitions.stimulus("cancel-key");
    this.#end(heldBy(client, reached), end, stimulus, "cancelled");
    this.#reaper.reap([...reached], stimulus, "cancelled");
  }

  /** Ends all futures of a client and drops what only they held. */
  disconnect(client: ClientState): void {
    const states = heldBy(client, this.#tasks.values());
    this.#end(states, { kind: "closed" }, this.#transitions.stimulus("remove-client"), "closed");
  }

  /** Lets go of all that {@link Holds.keep} still keeps. */
  close(): void {
    const tasks = [...this.#tasks.values()].reverse();
    for (const task of tasks) task.kept = false;
    this.#reaper.reap(tasks, this.#transitions.stimulus("close"), "closed");
  }

  #end(states: readonly FutureState[], end: FutureEnd, stimulus: Stimulus, reason: string): void {
    const candidates: TaskState[] = [];
    for (const state of states) {
      const { task } = state;
      if (task === undefined) continue;
      task.wants = withoutMember(task.wants, state);
      state.end(end);
      candidates.push(task);
    }
    for (const state of states) state.notify();
    // Taken from the end.
    this.#reaper.reap(candidates.reverse(), stimulus, reason);
  }
}

function heldBy(client: ClientState, tasks: Iterable<TaskState>): FutureState[] {
  const states: FutureState[] = [];
  for (const task of tasks) {
    for (const state of membersOf(task.wants)) if (state.client === client) states.push(state);
  }
  return states;
}
