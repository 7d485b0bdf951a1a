import { log } from "../../base/log.js";
import type { Scheduler } from "./scheduler.js";
import type {
  ClientInfo,
  GraphUpdate,
  Key,
  ScatterInfo,
  SchedulerPlugin,
  TaskStateName,
  TransitionInfo,
  WorkerInfo,
} from "./scheduler-plugin.js";

/** Told of the first exception in each hook of each plugin. */
export type PluginErrorHandler = (plugin: SchedulerPlugin, hook: string, thrown: unknown) => void;

/** Writes one line to stderr. */
export const reportPluginError: PluginErrorHandler = (plugin, hook, thrown) => {
  log(
    "warning",
    `plugin ${pluginName(plugin)} failed in ${hook}: ${textOf(thrown)} The tasks go on; later failures of this hook are not shown.`,
  );
};

function pluginName(plugin: SchedulerPlugin): string {
  return plugin.name ?? plugin.constructor?.name ?? "without a name";
}

function textOf(thrown: unknown): string {
  try {
    const text = String(thrown).split("\n", 1)[0] ?? "";
    return /[.!?]$/u.test(text) ? text : `${text}.`;
  } catch {
    // What was thrown cannot be shown; that it was thrown is the news.
    return "something that has no text.";
  }
}

/** What a plugin that comes late has missed. */
export interface KnownFacts {
  readonly clients: Iterable<ClientInfo>;
  readonly workers: Iterable<WorkerInfo>;
  readonly updates: Iterable<GraphUpdate>;
}

/** The registered plugins. No hook ever throws into the scheduler. */
export class PluginHost {
  readonly #scheduler: Scheduler;
  readonly #onError: PluginErrorHandler;
  readonly #reported = new WeakMap<SchedulerPlugin, Set<string>>();
  #plugins: readonly SchedulerPlugin[] = [];
  #watching: readonly SchedulerPlugin[] = [];
  #surrounding: readonly SchedulerPlugin[] = [];
  #callSites = false;
  #traces = false;

  constructor(scheduler: Scheduler, onError: PluginErrorHandler) {
    this.#scheduler = scheduler;
    this.#onError = onError;
  }

  /** Tells whether nobody listens, so that nothing needs to be told. */
  get idle(): boolean {
    return this.#plugins.length === 0;
  }

  /** Tells whether a plugin wants to know which code submits. */
  get callSites(): boolean {
    return this.#callSites;
  }

  /** Tells whether a plugin wants to be around tasks. */
  get surrounds(): boolean {
    return this.#surrounding.length > 0;
  }

  /** Tells whether a plugin knows the spans of attempts. */
  get traces(): boolean {
    return this.#traces;
  }

  /** @returns false when the plugin, or one of its name, is there already. */
  add(plugin: SchedulerPlugin): boolean {
    const name = plugin.name;
    for (const other of this.#plugins) {
      if (other === plugin || (name !== undefined && other.name === name)) return false;
    }
    this.#set([...this.#plugins, plugin]);
    return true;
  }

  /** @returns false when there is none of that name. */
  remove(name: string): boolean {
    const left = this.#plugins.filter((plugin) => plugin.name !== name);
    if (left.length === this.#plugins.length) return false;
    this.#set(left);
    return true;
  }

  #set(plugins: readonly SchedulerPlugin[]): void {
    this.#plugins = plugins;
    this.#watching = plugins.filter((plugin) => plugin.transition !== undefined);
    this.#surrounding = plugins.filter((plugin) => plugin.aroundTask !== undefined);
    this.#traces = plugins.some((plugin) => plugin.traceparentOf !== undefined);
    this.#callSites = plugins.some((plugin) => plugin.callSites === true);
  }

  /**
   * Starts a plugin and tells it what was there before it came. What its `start` throws goes to
   * whoever registers it: no task is involved yet, and the plugin is not kept.
   */
  introduce(plugin: SchedulerPlugin, known: KnownFacts): void {
    const scheduler = this.#scheduler;
    try {
      plugin.start?.(scheduler);
    } catch (thrown) {
      this.#set(this.#plugins.filter((other) => other !== plugin));
      throw thrown;
    }
    for (const client of known.clients) {
      this.#guard(plugin, "addClient", () => plugin.addClient?.(scheduler, client));
    }
    for (const worker of known.workers) {
      this.#guard(plugin, "addWorker", () => plugin.addWorker?.(scheduler, worker));
    }
    for (const update of known.updates) {
      this.#guard(plugin, "updateGraph", () => plugin.updateGraph?.(scheduler, update));
    }
  }

  updateGraph(update: GraphUpdate): void {
    this.#each("updateGraph", (plugin) => plugin.updateGraph?.(this.#scheduler, update));
  }

  /** The hot one: no closure. */
  transition(
    key: Key,
    start: TaskStateName,
    finish: TaskStateName,
    info: TransitionInfo,
    number: number,
  ): void {
    for (const plugin of this.#watching) {
      try {
        plugin.transition?.(key, start, finish, info, number);
      } catch (thrown) {
        this.#report(plugin, "transition", thrown);
      }
    }
  }

  /** Calls a function inside what the plugins put around it, whatever they do. */
  within<T>(key: Key, call: () => T): T {
    const outcome = new Outcome(call);
    const run = this.#surrounding.reduceRight(
      (inner: () => void, plugin) => () =>
        this.#guard(plugin, "aroundTask", () => plugin.aroundTask?.(key, inner)),
      () => {
        outcome.settle();
      },
    );
    run();
    return outcome.take();
  }

  /** Of the first plugin that has one. */
  traceparentOf(key: Key): string | undefined {
    let found: string | undefined;
    for (const plugin of this.#plugins) {
      if (plugin.traceparentOf === undefined) continue;
      this.#guard(plugin, "traceparentOf", () => {
        found ??= plugin.traceparentOf?.(key);
      });
    }
    return found;
  }

  scatter(info: ScatterInfo): void {
    this.#each("scatter", (plugin) => plugin.scatter?.(this.#scheduler, info));
  }

  addWorker(worker: WorkerInfo): void {
    this.#each("addWorker", (plugin) => plugin.addWorker?.(this.#scheduler, worker));
  }

  removeWorker(worker: WorkerInfo, reason: string): void {
    this.#each("removeWorker", (plugin) => plugin.removeWorker?.(this.#scheduler, worker, reason));
  }

  addClient(client: ClientInfo): void {
    this.#each("addClient", (plugin) => plugin.addClient?.(this.#scheduler, client));
  }

  removeClient(client: ClientInfo): void {
    this.#each("removeClient", (plugin) => plugin.removeClient?.(this.#scheduler, client));
  }

  async beforeClose(): Promise<void> {
    await Promise.all(
      this.#plugins.map((plugin) =>
        this.#wait(plugin, "beforeClose", async () => await plugin.beforeClose?.()),
      ),
    );
  }

  async close(): Promise<void> {
    for (const plugin of this.#plugins) {
      await this.#wait(plugin, "close", async () => await plugin.close?.());
    }
  }

  #each(hook: string, call: (plugin: SchedulerPlugin) => unknown): void {
    for (const plugin of this.#plugins) this.#guard(plugin, hook, () => call(plugin));
  }

  #guard(plugin: SchedulerPlugin, hook: string, call: () => unknown): void {
    try {
      const returned = call();
      // An async hook that nobody promised to await: its rejection must not end the process.
      if (returned instanceof Promise) {
        returned.catch((thrown: unknown) => this.#report(plugin, hook, thrown));
      }
    } catch (thrown) {
      this.#report(plugin, hook, thrown);
    }
  }

  async #wait(plugin: SchedulerPlugin, hook: string, call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (thrown) {
      this.#report(plugin, hook, thrown);
    }
  }

  #report(plugin: SchedulerPlugin, hook: string, thrown: unknown): void {
    const reported = this.#reported.get(plugin) ?? new Set();
    if (reported.has(hook)) return;
    this.#reported.set(plugin, reported.add(hook));
    try {
      this.#onError(plugin, hook, thrown);
    } catch {
      // The handler given by the user fails as well: tell it ourselves.
      reportPluginError(plugin, hook, thrown);
    }
  }
}

/** What became of a function that is called once. */
class Outcome<T> {
  readonly #call: () => T;
  #result: { readonly value: T } | { readonly thrown: unknown } | undefined;

  constructor(call: () => T) {
    this.#call = call;
  }

  /** Calls the function, the first time only. Never throws. */
  settle(): { readonly value: T } | { readonly thrown: unknown } {
    if (this.#result !== undefined) return this.#result;
    try {
      this.#result = { value: this.#call() };
    } catch (thrown) {
      this.#result = { thrown };
    }
    return this.#result;
  }

  /** What it returned; throws what it threw. */
  take(): T {
    const result = this.settle();
    if ("thrown" in result) throw result.thrown;
    return result.value;
  }
}
