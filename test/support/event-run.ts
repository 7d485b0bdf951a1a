import { steppingClock } from "../../src/base/clock.js";
import type { Encoded } from "../../src/describe/encoded.js";
import { encodeKey } from "../../src/describe/key.js";
import type { Span } from "../../src/events/attempt-event.js";
import type { GraphArgument, InnerStep } from "../../src/events/graph-event.js";
import type { RunEvent } from "../../src/events/run-event.js";
import type { TaskEvent } from "../../src/events/task-event.js";
import { defaultOptions, optionsAsJson, type ResolvedOptions } from "../../src/track/options.js";

type TestKey = Parameters<typeof encodeKey>[0];

interface TaskSettings {
  readonly group?: string;
  readonly fn?: string | null;
  readonly args?: readonly GraphArgument[];
  readonly parent?: TestKey;
  readonly site?: number;
  /** Steps of a fused task. */
  readonly inner?: readonly InnerStep[];
}

/**
 * Builds the events of a run for tests, one short word per fact. Times step by a millisecond from
 * 2026-11-20T10:15:00Z, so the same words give the same events.
 */
export class EventRun {
  readonly events: TaskEvent[] = [];
  readonly #clock = steppingClock(1_795_169_700);
  readonly #numbers = new Map<string, number>();
  readonly #functions = new Map<string, number>();
  #graphs = 0;
  #next = 0;
  #attempts = 0;

  constructor(options: Partial<ResolvedOptions> = {}, about: Partial<RunEvent> = {}) {
    this.events.push({
      type: "run",
      time: this.#clock.now(),
      runId: "11111111-2222-4333-8444-555555555555",
      engine: "local",
      versions: { taskprov: "0.0.0-test" },
      user: "ada",
      host: "engine",
      options: optionsAsJson({ ...defaultOptions, ...options }),
      ...about,
    });
    this.add({ type: "client+", client: 0, name: "client-1" });
    this.add({ type: "worker+", worker: 0, address: "inproc-0", name: "inproc-0", threads: 1 });
  }

  /** Adds any event; the time is filled in. */
  add(event: DistributiveOmit<TaskEvent, "time">): this {
    this.events.push({ time: this.#clock.now(), ...event } as TaskEvent);
    return this;
  }

  /** Announces a task; it uses what it depends on in order, then the given arguments. */
  task(key: TestKey, dependencies: readonly TestKey[] = [], settings: TaskSettings = {}): this {
    const numbers = dependencies.map((dependency) => this.number(dependency));
    const args =
      settings.args ?? numbers.map((n, i): GraphArgument => [i, ["r", n] as unknown as Encoded]);
    const name = settings.fn === undefined ? groupOf(key) : settings.fn;
    const fn = name === null ? null : this.#functionNumber(name);
    const number = this.#next++;
    this.#numbers.set(JSON.stringify(key), number);
    return this.add({
      type: "graph",
      graph: this.#graphs++,
      client: 0,
      ...(settings.parent !== undefined && { parent: this.number(settings.parent) }),
      ...(settings.site !== undefined && { site: settings.site }),
      tasks: [
        {
          task: number,
          key: encodeKey(key),
          group: settings.group ?? groupOf(key),
          function: fn,
          arguments: args,
          dependencies: numbers,
          ...(settings.inner !== undefined && { inner: settings.inner }),
        },
      ],
    });
  }

  scatter(key: TestKey): this {
    const number = this.#next++;
    this.#numbers.set(JSON.stringify(key), number);
    return this.add({
      type: "scatter",
      task: number,
      key: encodeKey(key),
      client: 0,
      nbytes: 8,
      typeName: "number",
    });
  }

  assign(key: TestKey): this {
    return this.add({ type: "assign", task: this.number(key), worker: 0, runId: this.#attempts++ });
  }

  done(key: TestKey): this {
    const spans = [this.#span()];
    return this.add({
      type: "done",
      task: this.number(key),
      worker: 0,
      spans,
      nbytes: 8,
      typeName: "number",
    });
  }

  /** The whole of a task that works. */
  runs(key: TestKey): this {
    return this.assign(key).done(key);
  }

  fails(key: TestKey, text = "bad 7", retriesLeft = 0): this {
    return this.add({
      type: "failed",
      task: this.number(key),
      worker: 0,
      exceptionType: "RangeError",
      text,
      spans: [this.#span()],
      retriesLeft,
    });
  }

  blocked(key: TestKey, by: TestKey): this {
    return this.add({
      type: "failed",
      task: this.number(key),
      worker: null,
      blamed: this.number(by),
    });
  }

  lost(key: TestKey, reason: string): this {
    return this.add({ type: "lost", task: this.number(key), reason });
  }

  release(key: TestKey): this {
    return this.add({ type: "release", task: this.number(key) });
  }

  forget(key: TestKey): this {
    return this.add({ type: "forget", task: this.number(key) });
  }

  /** Shutdown and clean end. */
  end(): this {
    return this.add({ type: "closing" }).add({ type: "end", counts: {} });
  }

  number(key: TestKey): number {
    const number = this.#numbers.get(JSON.stringify(key));
    if (number === undefined) throw new Error(`the test never announced ${JSON.stringify(key)}`);
    return number;
  }

  #functionNumber(name: string): number {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const number = this.#functions.size;
    this.#functions.set(name, number);
    this.add({ type: "fn", function: number, name, kind: "function", sourceHash: "ab".repeat(32) });
    return number;
  }

  #span(): Span {
    return { action: "compute", start: this.#clock.now(), stop: this.#clock.now() };
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function groupOf(key: TestKey): string {
  const name = typeof key === "string" ? key : String(key[0]);
  return name.replace(/-\d+$/, "");
}
