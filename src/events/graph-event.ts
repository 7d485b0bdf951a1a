import type { Encoded } from "../describe/encoded.js";
import type { DoneEvent } from "./attempt-event.js";
import type { Json, TaskNumber, Timed } from "./event-parts.js";

/** A function that tasks run, announced once. */
export interface FunctionEvent extends Timed {
  readonly type: "fn";
  readonly function: number;
  readonly module?: string;
  readonly name: string;
  /** `function`, `async`, `class`, `method`, `builtin`, `partial`, `lambda`, `alias`, `data` … */
  readonly kind?: string;
  /** SHA-256 of the source text, hex. */
  readonly sourceHash?: string;
}

/** A step of a fused task. */
export interface InnerStep {
  readonly key: Encoded;
  readonly function: number | null;
  readonly dependencies: readonly Encoded[];
  /** `["q", i]` in them is the result of the task's step `i`, counted from 0. */
  readonly arguments: readonly GraphArgument[];
}

/** An argument: its name where known, else its position; and what was passed. */
export type GraphArgument = readonly [role: string | number, value: Encoded];

/** A new task of a graph. */
export interface GraphTask {
  readonly task: TaskNumber;
  readonly key: Encoded;
  readonly group: string;
  /** Null for aliases and plain data in the graph. */
  readonly function: number | null;
  readonly arguments: readonly GraphArgument[];
  readonly dependencies: readonly TaskNumber[];
  readonly inner?: readonly InnerStep[];
}

/** New tasks. A large graph is several events with the same number. */
export interface GraphEvent extends Timed {
  readonly type: "graph";
  readonly graph: number;
  readonly client: number | null;
  readonly stimulus?: string;
  /** The task that submitted this graph. */
  readonly parent?: TaskNumber;
  readonly annotations?: Readonly<Record<string, Json>>;
  readonly site?: number;
  readonly tasks: readonly GraphTask[];
}

/**
 * Re-announces a live task after a drop. After the `graph` of its task: its data was there before
 * it could be seen made.
 */
export interface KnownEvent extends Timed {
  readonly type: "known";
  readonly task: TaskNumber;
  readonly key: Encoded;
  /** Of the data. */
  readonly nbytes?: number;
  readonly typeName?: string;
  readonly richType?: string;
}

/** Data put in by a client; gives a number to a key like `graph` does. */
export interface ScatterEvent extends Timed {
  readonly type: "scatter";
  readonly task: TaskNumber;
  readonly key: Encoded;
  readonly client: number | null;
  readonly nbytes?: number;
  readonly workers?: readonly number[];
  readonly typeName?: string;
  readonly richType?: string;
  /** See {@link DoneEvent.digest}. */
  readonly digest?: string;
}

/** The result was dropped. */
export interface ReleaseEvent extends Timed {
  readonly type: "release";
  readonly task: TaskNumber;
  readonly reason?: string;
}

/** The number means nothing from now on. */
export interface ForgetEvent extends Timed {
  readonly type: "forget";
  readonly task: TaskNumber;
}
