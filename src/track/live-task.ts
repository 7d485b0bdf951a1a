import type { EpochSeconds } from "../base/clock.js";
import type { Encoded } from "../describe/encoded.js";
import type { Json, TaskNumber } from "../events/event-parts.js";
import type { GraphArgument, InnerStep } from "../events/graph-event.js";
import type { LiveSite } from "../notebook/live/live-site.js";
import type { QualifiedName } from "../prov/names.js";

/** One generation of a key's data. */
export interface Generation {
  readonly entity: QualifiedName;
  /** The attempt that made it; absent for scattered and plain data, and for excluded tasks. */
  readonly producer: QualifiedName | undefined;
  readonly generated: EpochSeconds | undefined;
  /** Set once an `Excluded` entity stands for it in the document. */
  declared: boolean;
  invalidated: boolean;
}

/** A function that tasks run. */
export interface RecordedFunction {
  readonly plan: QualifiedName;
  readonly name: string;
  readonly module: string | undefined;
  /** Keys of the last three successful tasks, oldest first. */
  readonly successes: string[];
}

/** An attempt that is under way. */
export interface RunningAttempt {
  readonly name: QualifiedName;
  readonly number: number;
  readonly worker: number | undefined;
  readonly assigned: EpochSeconds;
  /** The end of the attempt that this one repeats. */
  readonly after: EpochSeconds | undefined;
  /** What the inputs were when the attempt began; a recomputation later changes the task's own. */
  readonly inputs: ReadonlyMap<TaskNumber, Generation>;
  /** Inputs that could not be named, because events are missing. */
  readonly unknownInputs: number;
  /** Gaps in the record that came before it. */
  readonly gaps: number;
  /** Pieces of output that were written down. */
  printed: number;
  /** What it logged, in order, and how much of that is left out. */
  messages?: readonly string[];
  omittedMessages?: number;
}

/** How an earlier attempt ended, for the next one and for `errorTracking`. */
export interface EndedAttempt {
  readonly name: QualifiedName;
  readonly number: number;
  readonly status: string;
  readonly exception: QualifiedName | undefined;
  readonly exceptionText: string | undefined;
  /** When; undefined for what never ran. */
  readonly end: EpochSeconds | undefined;
}

/**
 * Counters of a key that is alive. Two computations of one program can have the same key at the
 * same time; their attempts and data are told apart by number.
 */
export interface LiveKey {
  /** Tasks alive under the key. */
  holders: number;
  attempts: number;
  /** The highest generation number given out. */
  generations: number;
  /** Whether `data:KEY`, the first generation, is in the document. */
  hasFirst: boolean;
}

/** What the recorder knows of a task that the scheduler still holds. */
export interface LiveTask {
  readonly number: TaskNumber;
  readonly key: Encoded;
  readonly keyText: string;
  /** The key escaped for ids. */
  readonly name: string;
  readonly group: string;
  readonly fn: RecordedFunction | undefined;
  readonly arguments: readonly GraphArgument[];
  readonly dependencies: readonly TaskNumber[];
  /** The steps of a fused task. */
  readonly inner: readonly InnerStep[] | undefined;
  readonly annotations: Readonly<Record<string, Json>> | undefined;
  /** When the scheduler got to know of it. */
  readonly submitted: EpochSeconds;
  /** Gaps in the record that came before it. */
  readonly gaps: number;
  /** The attempt that submitted it from inside itself. */
  readonly parent: QualifiedName | undefined;
  readonly site: number | undefined;
  /** The place in a notebook that submitted it. */
  readonly place: LiveSite | undefined;
  readonly included: boolean;
  /** Plain data or an alias: nothing is computed for it. */
  readonly isGiven: boolean;
  /** What it shares with other live tasks of the same key. */
  readonly counts: LiveKey;
  /** Number of the data there is, or that the next successful attempt makes; from 1. */
  generation: number;
  /** The generation whose literal arguments the document already has; 0 for none. */
  literalGeneration: number;
  running: RunningAttempt | undefined;
  last: EndedAttempt | undefined;
  /** The data now, or the last there was. */
  data: Generation | undefined;
  /** Whether the document has anything about it yet. */
  recorded: boolean;
  /** Whether its last attempt counts as a failure of the run. */
  failed: boolean;
  history: readonly EndedAttempt[];
}
