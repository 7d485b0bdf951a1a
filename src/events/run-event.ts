import type { Json, Timed } from "./event-parts.js";

/** What ran the tasks: this package, Dask distributed, or one of Dask's local schedulers. */
export type EngineName = "local" | "dask" | "dask-local";

/** Who runs, where and how; always the first event of a journal. */
export interface RunEvent extends Timed {
  readonly type: "run";
  /** A UUID. */
  readonly runId: string;
  readonly engine: EngineName;
  readonly versions: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly host?: string;
  readonly pid?: number;
  readonly user?: string;
  readonly argv?: readonly string[];
  readonly cwd?: string;
  readonly git?: { readonly commit: string; readonly dirty?: boolean; readonly remote?: string };
  /** The W3C trace context of the caller. */
  readonly traceContext?: { readonly traceparent: string; readonly tracestate?: string };
  /** Settings of the scheduler and the workers that decide how tasks run. */
  readonly config?: Readonly<Record<string, Json>>;
  /** The source copied beside the document: files with their path below `destination`. */
  readonly executionSource?: {
    readonly path: string;
    readonly files: readonly {
      readonly path: string;
      readonly size: number;
      readonly sha256: string;
    }[];
  };
  /** The tracker's resolved options, so that `build` can replay them. */
  readonly options: Readonly<Record<string, Json>>;
}

/** The run ended cleanly. */
export interface EndEvent extends Timed {
  readonly type: "end";
  readonly counts: Readonly<Record<string, number>>;
}

export interface ClientAddedEvent extends Timed {
  readonly type: "client+";
  readonly client: number;
  readonly name: string;
  readonly address?: string;
}

export interface ClientRemovedEvent extends Timed {
  readonly type: "client-";
  readonly client: number;
}

export interface WorkerAddedEvent extends Timed {
  readonly type: "worker+";
  readonly worker: number;
  readonly address: string;
  readonly name?: string;
  readonly host?: string;
  readonly pid?: number;
  readonly threads?: number;
  /** Bytes. */
  readonly memoryLimit?: number;
  readonly cpuCount?: number;
  readonly cpuModel?: string;
  readonly versions?: Readonly<Record<string, string>>;
}

export interface WorkerRemovedEvent extends Timed {
  readonly type: "worker-";
  readonly worker: number;
  readonly reason?: string;
}

/** Tracking lost events. */
export interface DroppedEvent extends Timed {
  readonly type: "dropped";
  readonly count: number;
  readonly reason?: string;
}

/** Tracking could not do something. */
export interface ErrorEvent extends Timed {
  readonly type: "error";
  readonly text: string;
  readonly code?: string;
}

/** Shutdown began: releases that follow are noise. */
export interface ClosingEvent extends Timed {
  readonly type: "closing";
}

/**
 * An event of a kind this version gives no meaning to: `action`, or one from a newer version. Kept
 * and ignored.
 */
export interface OtherEvent extends Timed {
  readonly type: "other";
  readonly kind: string;
  readonly fields: readonly Json[];
}
