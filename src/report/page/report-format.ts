import type { Status } from "../../lineage/index/kinds.js";

/** Status of an attempt; empty where the document does not say. */
export type StatusName = Status;

/** How many attempts ended in which way. */
export type StatusCounts = Readonly<Partial<Record<StatusName, number>>>;

/** The run, as the overview shows it. */
export interface ReportRun {
  readonly source: string;
  readonly name?: string;
  readonly runId?: string;
  readonly engine?: string;
  readonly start?: string;
  readonly end?: string;
  readonly seconds?: number;
  readonly user?: string;
  readonly host?: string;
  readonly commandLine?: string;
  readonly gitCommit?: string;
  readonly versions: readonly string[];
  readonly tasks: number;
  readonly attempts: number;
  readonly data: number;
  readonly statuses: StatusCounts;
  readonly incomplete: boolean;
  readonly problems: readonly string[];
}

/** One group of attempts; times in seconds. */
export interface ReportGroup {
  readonly name: string;
  readonly count: number;
  readonly statuses: StatusCounts;
  /** Sum of the computations. */
  readonly total: number;
  readonly transfer: number;
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Sum of the sizes of results, in bytes, where they are known. */
  readonly nbytes: number;
  /** Seconds after the first start. */
  readonly first: number;
  readonly onPath: number;
  /** By how much the tightest attempt could have ended later; absent without times. */
  readonly slack?: number;
}

/** Attempts of one group that came directly from another: cause, effect, how many. */
export type ReportLink = readonly [cause: number, effect: number, count: number];

/** One worker. */
export interface ReportWorker {
  readonly name: string;
  readonly host?: string;
  readonly threads: number;
  readonly count: number;
  readonly failed: number;
  readonly busy: number;
  readonly transfer: number;
}

/** One attempt of a task that failed. */
export interface ReportAttempt {
  readonly id: string;
  readonly number: number;
  readonly status: StatusName;
  readonly worker?: string;
  readonly start?: string;
  readonly seconds?: number;
  readonly exception?: string;
  readonly message?: string;
  readonly traceback?: string;
}

/** A task that failed by itself. */
export interface ReportFailure {
  readonly task: string;
  readonly function?: string;
  readonly place?: string;
  readonly cell?: string;
  readonly attempts: readonly ReportAttempt[];
  /** Arguments of the last attempt: role, and key or value. */
  readonly inputs: readonly (readonly [role: string, text: string])[];
  readonly stack: readonly string[];
  readonly blocked: number;
  readonly blockedGroups: readonly (readonly [group: string, count: number])[];
  /** The first of them, by key. */
  readonly blockedTasks: readonly string[];
}

/** A notebook cell and what it caused. */
export interface ReportCell {
  readonly cell: string;
  readonly attempts: number;
  readonly statuses: StatusCounts;
  readonly groups: readonly (readonly [group: string, count: number])[];
  readonly places: readonly string[];
  readonly seconds: number;
  readonly data: readonly string[];
}

/** Why the run took as long as it did; times in seconds. */
export interface ReportCritical {
  readonly seconds: number;
  readonly compute: number;
  readonly transfer: number;
  readonly wait: number;
  readonly least: number;
  readonly threads: number;
  readonly totalCompute: number;
  readonly parallelism: number;
  readonly lost: number;
  readonly stepCount: number;
  /** Row, computing, transfer, waiting; the last ones where there are too many. */
  readonly steps: readonly (readonly [
    row: number,
    compute: number,
    transfer: number,
    wait: number,
  ])[];
}

/** Transfers from one worker to another, from a journal. */
export interface ReportTransfer {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly seconds: number;
  readonly longest: number;
}

/** What a process used, as columns; times in seconds after the origin, null where not measured. */
export interface ReportSeries {
  readonly name: string;
  readonly time: readonly number[];
  /** Percent of one processor. */
  readonly cpu: readonly (number | null)[];
  /** Bytes of the process. */
  readonly memory: readonly (number | null)[];
  /** Bytes on disk; absent when there never were any. */
  readonly spilled?: readonly number[];
}

/** Transfers with something in common, largest first. */
export type ReportBandwidth = readonly [
  name: string,
  bytes: number,
  seconds: number,
  count: number,
];

/** A call, how often it was seen, and what it called. */
export type ReportCall = readonly [name: string, count: number, calls: readonly ReportCall[]];

/** What sampling profilers saw, of all processes together. */
export interface ReportProfile {
  readonly of: "tasks" | "event-loop";
  /** Seconds that were watched, of all processes. */
  readonly seconds: number;
  /** How often somebody looked. */
  readonly count: number;
  readonly calls: readonly ReportCall[];
}

/** A log record; its time in seconds after the origin. */
export type ReportLog = readonly [
  time: number,
  level: string,
  worker: string,
  logger: string,
  text: string,
];

/** What a journal says of processes: how much they used, where they spent time, what they logged. */
export interface ReportTelemetry {
  readonly series: readonly ReportSeries[];
  /** Processes that are not shown. */
  readonly moreSeries: number;
  readonly pairs: readonly ReportBandwidth[];
  readonly types: readonly ReportBandwidth[];
  readonly profiles: readonly ReportProfile[];
  /** The last ones. */
  readonly logs: readonly ReportLog[];
  readonly moreLogs: number;
}

/** Where a column lies in the unpacked data, and how many values it has. */
export type ColumnPlace = readonly [name: ColumnName, offset: number, bytes: number];

/**
 * Columns with one value for each attempt, ordered by start. All but `keyBytes` and `textBytes` are
 * variable-length integers; texts are numbers into the list of texts plus 1, 0 for none.
 */
export type ColumnName =
  /** Bytes of the key; 0 where the key is that of `earlier`. */
  | "keyLength"
  | "keyBytes"
  /** How many rows before lies an attempt of the same task; 0 for none. */
  | "earlier"
  | "attempt"
  | "status"
  | "group"
  | "function"
  /** Number of the worker plus 1. */
  | "worker"
  /** Thread of the worker plus 1, where a journal says. */
  | "thread"
  | "place"
  | "cell"
  /** Microseconds after the start of the row before; the first after the origin; plus 1, 0 for none. */
  | "start"
  /** Microseconds plus 1, 0 for an attempt without an end. */
  | "duration"
  | "transfer"
  | "nbytes"
  /** What came out, or what went wrong. */
  | "result"
  | "inputCount"
  /** Row minus the row of the cause, zigzag. */
  | "input"
  | "inputRole"
  | "valueCount"
  | "valueRole"
  | "value"
  | "textLength"
  | "textBytes";

/** What a report holds beside the columns; everything but the tables of tasks needs only this. */
export interface ReportHead {
  readonly version: string;
  readonly run: ReportRun;
  /** Attempts in the columns. */
  readonly rows: number;
  /** Seconds since the epoch of the first start; 0 without times. */
  readonly origin: number;
  /** Seconds from the first start to the last end. */
  readonly span: number;
  readonly groups: readonly ReportGroup[];
  readonly links: readonly ReportLink[];
  readonly workers: readonly ReportWorker[];
  readonly failures: readonly ReportFailure[];
  readonly recovered: readonly ReportFailure[];
  readonly moreFailures: number;
  readonly cells: readonly ReportCell[];
  readonly critical?: ReportCritical;
  readonly transfers: readonly ReportTransfer[];
  /** From a journal that has it. */
  readonly telemetry?: ReportTelemetry;
  /** Computations at once, on average, in equal parts of the span. */
  readonly parallelism: readonly number[];
  /** What the page leaves out, in words. */
  readonly omitted: readonly string[];
  readonly columns: readonly ColumnPlace[];
  /** Bytes of the columns before packing. */
  readonly unpacked: number;
}
