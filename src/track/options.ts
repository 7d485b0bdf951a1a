import type { Clock } from "../base/clock.js";
import { systemClock } from "../base/clock.js";
import { TaskprovError } from "../base/errors.js";
import { hasWildcard } from "../base/fnmatch.js";
import type { Expectation } from "../base/options.js";
import { aBoolean, anInteger, aText, checkOptions, oneOf, someOf, texts } from "../base/options.js";
import { redactedText } from "../describe/redact.js";
import { logLevels } from "../events/decode-telemetry.js";
import type { Json } from "../events/event-parts.js";
import type { LogLevel } from "../events/telemetry-event.js";
import { resolveNames } from "../notebook/generating-names.js";
import { BaseCallback } from "../observe/base-callback.js";
import type { MetricsPlace } from "./live-metrics.js";

/** How PROV-JSON is spelt for readers that disagree (docs/documents.md). */
export type DialectName = "shared" | "portable" | "yprov";

/** What is recorded of the values of arguments. */
export type ValuePolicyName = "summary" | "none" | "full";

/** The options of a {@link ProvTracker}; all are optional. */
export interface ProvTrackerOptions {
  /** Folder for document and journal, created when missing. @defaultValue `"./output"` */
  readonly destination?: string;
  /** Name of the document in `destination`; the stem names the journal. @defaultValue `"yprov4wfs.json"` */
  readonly fileName?: string;
  /** Label of the workflow activity. @defaultValue `"workflow"` */
  readonly name?: string;
  /** Record stack traces of failures, in journal and document. @defaultValue `false` */
  readonly keepTraceback?: boolean;
  /** Record element types, shapes, data types and columns of results. @defaultValue `false` */
  readonly richTypes?: boolean;
  /** Add attempt history, counts and the last three successful runs of the function to failures. @defaultValue `false` */
  readonly errorTracking?: boolean;
  /** Only tasks whose group matches one of these fnmatch patterns; empty: all. @defaultValue `[]` */
  readonly includeGroups?: readonly string[];
  /** No tasks whose group matches one of these fnmatch patterns; wins over `includeGroups`. @defaultValue `[]` */
  readonly excludeGroups?: readonly string[];
  /** A file, or a folder whose content, is copied into `destination` and recorded with its hash. @defaultValue none */
  readonly executionSource?: string;
  /** Name the notebook cell and line behind each activity; in Python it loads the kernel's hook. @defaultValue `false` */
  readonly jupyterTracking?: boolean;
  /** Seconds to wait, when closing, for what the notebook still has to tell; 0 or null: never wait. @defaultValue `1` */
  readonly jupyterTimeout?: number | null;
  /** Spelling of the PROV-JSON. @defaultValue `"shared"` */
  readonly dialect?: DialectName;
  /** Formats to write the document in; PROV-JSON, which the others are made of, always is. @defaultValue `["prov-json"]` */
  readonly formats?: readonly string[];
  /** Values of arguments: small ones (`summary`), none, or all (`full`). @defaultValue `"summary"` */
  readonly values?: ValuePolicyName;
  /** Longest text recorded as it is under `summary`, in bytes of UTF-8. @defaultValue `1024` */
  readonly maxValueBytes?: number;
  /** Patterns of names whose values are hidden, and texts hidden inside values. @defaultValue `["*password*", "*secret*", "*token*", "*api_key*"]` */
  readonly redact?: readonly string[];
  /** Write `wasDerivedFrom` between results and inputs. @defaultValue `true` */
  readonly derivations?: boolean;
  /** Show the steps inside fused tasks. Not yet effective. @defaultValue `false` */
  readonly expandFused?: boolean;
  /**
   * Watch the files that tasks open. Without it, on Dask, only those are recorded that arguments
   * name; the embedded engine then looks for them too. @defaultValue `false`
   */
  readonly fileTracking?: boolean;
  /** Digests of results and SHA-256 of files (docs/digests.md). @defaultValue `false` */
  readonly digest?: boolean;
  /** Record what tasks print; on Dask only. @defaultValue `false` */
  readonly captureOutput?: boolean;
  /**
   * Seconds between two samples of memory, processor, event loop and traffic of each worker; 0:
   * none. @defaultValue null: 1 on Dask, none on the embedded engine
   */
  readonly sampleSeconds?: number | null;
  /**
   * The least level of the log records of Dask's scheduler and workers that are recorded; `"none"`:
   * no records. @defaultValue null: `"info"`, and on a cluster that is attached to the scheduler's
   * records only
   */
  readonly recordLogs?: LogLevel | "none" | null;
  /**
   * Seconds between two collections of the profile that Dask's workers keep of their threads; 0:
   * none. @defaultValue null: 60, and none on a cluster that is attached to
   */
  readonly profileSeconds?: number | null;
  /** How calls in notebooks are judged: by what objects are, or by names alone. @defaultValue `"semantic"` */
  readonly notebookMode?: "semantic" | "strict";
  /** Changes to the names of generating functions: `"foo"` or `"+foo"` adds one, `"-get"` removes one. @defaultValue `[]` */
  readonly generatingNames?: readonly string[];
  /** Keep the journal beside the document. @defaultValue `true` */
  readonly journal?: boolean;
  /** Replace an older document instead of renaming it. @defaultValue `false` */
  readonly overwrite?: boolean;
  /** Callbacks such as `new ProgressBar()`, on the embedded engine. @defaultValue `[]` */
  readonly observers?: readonly BaseCallback[];
  /**
   * Port of an HTTP endpoint `/metrics` for Prometheus while the run goes on; 0: any that is free.
   * @defaultValue none
   */
  readonly metricsPort?: number;
  /** Address that the endpoint listens on. @defaultValue `"127.0.0.1"` */
  readonly metricsHost?: string;
  /** File for Prometheus's textfile collector, written anew every 10 s. @defaultValue none */
  readonly metricsFile?: string;
  /** The source of time. @defaultValue the system's clock, kept monotonic */
  readonly clock?: Clock;
  /** UUID of the run. @defaultValue a random one */
  readonly runId?: string;
}

/** Options with nothing left open; what cannot be written down (clock, observers) left out. */
export interface ResolvedOptions {
  readonly destination: string;
  readonly fileName: string;
  readonly name: string;
  readonly keepTraceback: boolean;
  readonly richTypes: boolean;
  readonly errorTracking: boolean;
  readonly includeGroups: readonly string[];
  readonly excludeGroups: readonly string[];
  readonly executionSource: string | null;
  readonly jupyterTracking: boolean;
  readonly jupyterTimeout: number | null;
  readonly dialect: DialectName;
  readonly formats: readonly string[];
  readonly values: ValuePolicyName;
  readonly maxValueBytes: number;
  readonly redact: readonly string[];
  readonly derivations: boolean;
  readonly expandFused: boolean;
  readonly fileTracking: boolean;
  readonly digest: boolean;
  readonly captureOutput: boolean;
  readonly sampleSeconds: number | null;
  readonly recordLogs: LogLevel | "none" | null;
  readonly profileSeconds: number | null;
  readonly notebookMode: "semantic" | "strict";
  readonly generatingNames: readonly string[];
  readonly journal: boolean;
  readonly overwrite: boolean;
}

/** Names of every option, with its default; the order is that of `--help`. */
export const defaultOptions: ResolvedOptions = {
  destination: "./output",
  fileName: "yprov4wfs.json",
  name: "workflow",
  keepTraceback: false,
  richTypes: false,
  errorTracking: false,
  includeGroups: [],
  excludeGroups: [],
  executionSource: null,
  jupyterTracking: false,
  jupyterTimeout: 1,
  dialect: "shared",
  formats: ["prov-json"],
  values: "summary",
  maxValueBytes: 1024,
  redact: ["*password*", "*secret*", "*token*", "*api_key*"],
  derivations: true,
  expandFused: false,
  fileTracking: false,
  digest: false,
  captureOutput: false,
  sampleSeconds: null,
  recordLogs: null,
  profileSeconds: null,
  notebookMode: "semantic",
  generatingNames: [],
  journal: true,
  overwrite: false,
};

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const fileNameExpectation: Expectation = {
  words:
    'the name of a file without "/" or "\\" (at most 200 bytes; the folder goes into `destination`)',
  accepts: (value) =>
    typeof value === "string" &&
    value !== "" &&
    value !== "." &&
    value !== ".." &&
    !/[/\\]/.test(value) &&
    !value.includes("\0") &&
    Buffer.byteLength(value) <= 200,
};

const pathExpectation: Expectation = {
  words: "a path (a non-empty string without NUL)",
  accepts: (value) => typeof value === "string" && value !== "" && !value.includes("\0"),
};

/** Seconds of which fewer than `least` would cost more than they tell; 0 turns it off. */
function secondsOrNull(least: number): Expectation {
  return orNull({
    words: `0 or a number of seconds from ${least} to 86400`,
    accepts: (value) =>
      typeof value === "number" && (value === 0 || (value >= least && value <= 86_400)),
  });
}

function orNull({ words, accepts }: Expectation): Expectation {
  return { words: `${words}, or null`, accepts: (value) => value === null || accepts(value) };
}

const expectations: Readonly<Record<keyof ProvTrackerOptions, Expectation>> = {
  destination: pathExpectation,
  fileName: fileNameExpectation,
  name: aText,
  keepTraceback: aBoolean,
  richTypes: aBoolean,
  errorTracking: aBoolean,
  includeGroups: texts,
  excludeGroups: texts,
  executionSource: pathExpectation,
  jupyterTracking: aBoolean,
  jupyterTimeout: {
    words: "a number of seconds from 0 up, or null",
    accepts: (value) =>
      value === null || (typeof value === "number" && value >= 0 && Number.isFinite(value)),
  },
  dialect: oneOf(["shared", "portable", "yprov"]),
  formats: someOf([
    "prov-json",
    "prov-n",
    "prov-xml",
    "turtle",
    "trig",
    "prov-jsonld",
    "nquads",
    "dot",
    "svg",
    "png",
  ]),
  values: oneOf(["summary", "none", "full"]),
  maxValueBytes: anInteger(0, 2 ** 30),
  redact: texts,
  derivations: aBoolean,
  expandFused: aBoolean,
  fileTracking: aBoolean,
  digest: aBoolean,
  captureOutput: aBoolean,
  sampleSeconds: secondsOrNull(0.05),
  recordLogs: orNull(oneOf(["none", ...logLevels])),
  profileSeconds: secondsOrNull(1),
  notebookMode: oneOf(["semantic", "strict"]),
  generatingNames: texts,
  journal: aBoolean,
  overwrite: aBoolean,
  observers: {
    words: "an array of callbacks such as new ProgressBar()",
    accepts: (value) => Array.isArray(value) && value.every((item) => item instanceof BaseCallback),
  },
  metricsPort: anInteger(0, 65_535),
  metricsHost: aText,
  metricsFile: pathExpectation,
  clock: {
    words: "an object with a method `now()` that returns seconds",
    accepts: (value) =>
      typeof value === "object" &&
      value !== null &&
      "now" in value &&
      typeof value.now === "function",
  },
  runId: {
    words: "a UUID in lower case, like 123e4567-e89b-42d3-a456-426614174000",
    accepts: (value) => typeof value === "string" && uuidPattern.test(value),
  },
};

/** The tracker's options settled: nothing behind this checks again. */
export interface SettledOptions {
  readonly resolved: ResolvedOptions;
  readonly clock: Clock;
  /** Undefined: a random one. */
  readonly runId: string | undefined;
  /** One line for each given option that is accepted but has no effect yet. */
  readonly notices: readonly string[];
  readonly observers: readonly BaseCallback[];
  /** Where metrics are offered; undefined: nowhere. */
  readonly metrics: MetricsPlace | undefined;
}

/**
 * Turns what the user gave into options with nothing left open.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` for an unknown name or a value that does not fit.
 */
export function settleOptions(given: ProvTrackerOptions = {}): SettledOptions {
  checkOptions(given, expectations, "ProvTracker");
  const { clock, runId, observers, metricsPort, metricsHost, metricsFile, ...plain } = given;
  const resolved: ResolvedOptions = { ...defaultOptions, ...withoutUndefined(plain) };
  if (stemOf(resolved.fileName) === "") {
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected \`fileName\` to have a name before its ending, got "${resolved.fileName}".`,
    );
  }
  // Throws for what is no change to the list.
  resolveNames(resolved.generatingNames);
  return {
    resolved,
    clock: clock ?? systemClock,
    runId,
    notices: [],
    observers: observers ?? [],
    metrics: metricsPlace(metricsPort, metricsHost, metricsFile),
  };
}

function metricsPlace(
  port: number | undefined,
  host: string | undefined,
  file: string | undefined,
): MetricsPlace | undefined {
  if (port === undefined && file === undefined) return undefined;
  return {
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    ...(file !== undefined && { file }),
  };
}

/** A line for each given option that only Dask can fulfil. */
export function embeddedNotices({
  captureOutput,
  recordLogs,
  profileSeconds,
}: ResolvedOptions): readonly string[] {
  const notices: string[] = [];
  if (captureOutput) {
    notices.push(
      "option `captureOutput` has no effect here: only on Dask is it known which task prints.",
    );
  }
  if (recordLogs !== null && recordLogs !== "none") {
    notices.push("option `recordLogs` has no effect here: it is about Dask's log records.");
  }
  if (profileSeconds !== null && profileSeconds !== 0) {
    notices.push("option `profileSeconds` has no effect here: it is about the profile of Dask.");
  }
  return notices;
}

/** The file's name without its last ending. */
export function stemOf(fileName: string): string {
  const dot = fileName.lastIndexOf(".");
  return dot < 0 ? fileName : fileName.slice(0, dot);
}

/**
 * The options as the `run` event carries them. A `redact` entry without wildcards is itself a
 * secret: it is not recorded, and building does not need it, because secrets go at capture.
 */
export function optionsAsJson(options: ResolvedOptions): Readonly<Record<string, Json>> {
  const redact = options.redact.map((entry) => (hasWildcard(entry) ? entry : redactedText));
  return { ...options, redact };
}

/**
 * Reads options back from a `run` event; unknown names (a newer version's) are left out.
 *
 * @param recorded - the `options` of the `run` event.
 * @param given - options that win over the recorded ones.
 * @throws {@link TaskprovError} `ERR_OPTION` when a value does not fit.
 */
export function replayOptions(
  recorded: Readonly<Record<string, Json>>,
  given: ProvTrackerOptions = {},
): ResolvedOptions {
  const known = Object.entries(recorded).filter(
    ([name, value]) =>
      Object.hasOwn(defaultOptions, name) && !(name === "executionSource" && value === null),
  );
  return settleOptions({ ...Object.fromEntries(known), ...withoutUndefined(given) }).resolved;
}

function withoutUndefined<T extends object>(given: T): T {
  const copy = { ...given };
  for (const name of Object.keys(copy)) {
    if (Reflect.get(copy, name) === undefined) Reflect.deleteProperty(copy, name);
  }
  return copy;
}
