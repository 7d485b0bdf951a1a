import { TaskprovError } from "../../base/errors.js";
import { assertOpen } from "./assert-open.js";
import { captureCallSite, type Entry } from "./call-site.js";
import type { ClientState } from "./client-state.js";
import { Delayed } from "./delayed.js";
import { functionName } from "./function-name.js";
import { Future, insideFuture } from "./future.js";
import { FutureState } from "./future-state.js";
import type { GraphBuilder, GraphNode } from "./graph-builder.js";
import { checkKey, formatKey, keyId } from "./key.js";
import { Ref } from "./ref.js";
import type { Reference } from "./reference.js";
import type { ReferenceScope } from "./reference-scope.js";
import type { SchedulerCore } from "./scheduler-core.js";
import type { CallSiteInfo, Key } from "./scheduler-plugin.js";
import { SignalWatch } from "./signal-watch.js";
import { TaskState } from "./task-state.js";

/** One client's side of the scheduler: names for its tasks, meaning of its references, futures. */
export class ClientSession implements ReferenceScope {
  readonly core: SchedulerCore;
  readonly state: ClientState;
  readonly #names = new WeakMap<Delayed<unknown>, { readonly key: Key; readonly id: string }>();
  readonly #signals = new WeakMap<AbortSignal, SignalWatch>();
  #named = 0;
  #closed = false;

  constructor(core: SchedulerCore, owner: object, maxPending: number) {
    this.core = core;
    this.state = core.addClient(owner, this, maxPending);
  }

  /** @throws {@link TaskprovError} `ERR_CLOSED` */
  assertOpen(wish: string): void {
    if (!this.#closed) {
      assertOpen(this.core, wish);
      return;
    }
    throw new TaskprovError(
      "ERR_CLOSED",
      `Cannot ${wish}: the client ${this.state.info.id} is closed. Make a new Client.`,
    );
  }

  /** Takes no more work from now on. */
  refuse(): void {
    this.#closed = true;
  }

  /** Ends the client's futures and leaves the scheduler. */
  disconnect(): void {
    this.core.removeClient(this.state);
  }

  /** A free key `NAME-C-N`: tasks are not pure, runs are repeatable. */
  newKey(name: string): Key {
    for (;;) {
      const key = `${name}-${this.state.number}-${++this.#named}`;
      if (this.core.find(keyId(key)) === undefined) return key;
    }
  }

  knows(id: string): boolean {
    return this.core.find(id) !== undefined;
  }

  keyOf(reference: Reference): Key | undefined {
    if (reference instanceof Future) return reference.key;
    if (reference instanceof Ref) return reference.key;
    return reference instanceof Delayed ? this.#names.get(reference)?.key : undefined;
  }

  taskOf(reference: Reference): TaskState | undefined {
    const task = reference instanceof Future ? insideFuture(reference).state.task : undefined;
    if (task !== undefined) return task;
    // A future that was let go of: what takes its result keeps the task known.
    const key = this.keyOf(reference);
    return key === undefined ? undefined : this.core.find(keyId(key));
  }

  /**
   * What a reference means outside a `get` graph: a delayed value's node, or undefined for a task
   * that is there.
   *
   * @throws {@link TaskprovError} `ERR_CANCELLED`, `ERR_CLOSED` for a future that ended,
   * `ERR_OPTION` for one of another cluster, `ERR_GRAPH_MISSING_KEY` for an unknown key.
   */
  nodeOf(reference: Reference, wantedBy: Key): GraphNode | undefined {
    if (reference instanceof Future) {
      this.checkFuture(reference, () => `an argument of task ${formatKey(wantedBy)}`);
      return undefined;
    }
    if (reference instanceof Delayed) return this.nodeOfDelayed(reference);
    const key = this.keyOf(reference);
    if (key !== undefined && this.core.find(keyId(key)) !== undefined) return undefined;
    throw missingKey(key ?? "?", wantedBy);
  }

  /** The node of a delayed value, which keeps its key for as long as this client lives. */
  nodeOfDelayed(delayed: Delayed<unknown>): GraphNode {
    let name = this.#names.get(delayed);
    if (name === undefined) {
      const key = delayed.options.key ?? this.newKey(functionName(delayed.fn));
      name = { key: checkKey(key), id: keyId(key) };
      this.#names.set(delayed, name);
    }
    return { ...name, fn: delayed.fn, args: delayed.args, options: delayed.options };
  }

  /**
   * Checks that a future can be used here.
   *
   * @param use - completes "… cannot be used as".
   */
  checkFuture(future: Future<unknown>, use: () => string): void {
    const state = this.stateOf(future, use);
    if (state.ended !== undefined) throw state.failure;
  }

  /** What a future holds. */
  stateOf(future: Future<unknown>, use: () => string): FutureState {
    const { core, state } = insideFuture(future);
    if (core !== this.core) {
      throw new TaskprovError(
        "ERR_OPTION",
        `The future of task ${formatKey(future.key)} cannot be used as ${use()}: it belongs to another cluster. Pass its result instead.`,
      );
    }
    return state;
  }

  /**
   * The place in the user's code that submits, when a plugin asks for it.
   *
   * Asked for first of all by what the user calls: V8 takes the longer to walk over a function, the
   * more is alive in it and in what was inlined into it.
   *
   * @param entry - what the user calls.
   */
  callSite(entry: Entry): CallSiteInfo | undefined {
    return this.core.wantsCallSites ? captureCallSite(entry) : undefined;
  }

  /**
   * Submits what a builder has collected; the wanted ones are held by the states returned.
   *
   * @param site - as {@link ClientSession.callSite} found it.
   */
  submit(
    builder: GraphBuilder,
    wanted: readonly string[],
    signal: AbortSignal | undefined,
    site: CallSiteInfo | undefined,
  ): readonly FutureState[] {
    if (signal?.aborted === true) return this.#cancelledStates(builder, wanted, signal.reason);
    const states = this.core.submissions.submit(this.state, builder.specs, wanted, site);
    if (signal !== undefined) this.#watch(signal, states);
    return states;
  }

  /** A handle for the user. */
  futureOf<T>(state: FutureState): Future<T> {
    return new Future<T>(this.core, state);
  }

  #watch(signal: AbortSignal, states: readonly FutureState[]): void {
    let watch = this.#signals.get(signal);
    if (watch === undefined) {
      watch = new SignalWatch(signal, this.core, this.state);
      this.#signals.set(signal, watch);
    }
    for (const state of states) watch.add(state);
  }

  /** With a signal that is aborted already nothing is submitted. */
  #cancelledStates(
    builder: GraphBuilder,
    wanted: readonly string[],
    cause: unknown,
  ): readonly FutureState[] {
    const specs = new Map(builder.specs.map((spec) => [spec.id, spec]));
    return wanted.map((id) => {
      const spec = specs.get(id);
      const task = this.core.find(id) ?? (spec && new TaskState(spec, this.state));
      if (task === undefined) throw missingKey(id, id);
      const state = new FutureState(task, this.state);
      state.end({ kind: "cancelled", cause });
      return state;
    });
  }
}

/** The error for a reference that means nothing. */
export function missingKey(key: Key, wantedBy: Key): TaskprovError {
  return new TaskprovError(
    "ERR_GRAPH_MISSING_KEY",
    `Task ${formatKey(wantedBy)} needs the key ${formatKey(key)}, which is neither in the graph nor known to the scheduler. Add it to the graph, or correct the name.`,
  );
}
