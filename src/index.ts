export { type Clock, type EpochSeconds, steppingClock, systemClock } from "./base/clock.js";
export { type ErrorCode, isTaskprovError, TaskprovError } from "./base/errors.js";
export { type CheckOptions, type CheckResult, checkDocument } from "./check/index.js";
export { type AnnotateOptions, annotate } from "./engines/local/annotate.js";
export { CancelledError } from "./engines/local/cancelled-error.js";
export {
  Client,
  type ClientOptions,
  type ClientWaitOptions,
  getClient,
  type ReturnWhen,
  type Waited,
} from "./engines/local/client.js";
export { type Delayed, delayed } from "./engines/local/delayed.js";
export type { Futurable, FuturableArgs } from "./engines/local/futurable.js";
export type { Future } from "./engines/local/future.js";
export { type Ref, ref, type TaskNode, task } from "./engines/local/graph-node.js";
export { LocalCluster, type LocalClusterOptions } from "./engines/local/local-cluster.js";
export type {
  Scheduler,
  TaskInfo,
  TaskView,
} from "./engines/local/scheduler.js";
export type {
  CallSiteInfo,
  ClientInfo,
  GraphUpdate,
  GraphUpdateTask,
  Key,
  ScatterInfo,
  SchedulerPlugin,
  TaskStateName,
  TransitionInfo,
  WorkerInfo,
} from "./engines/local/scheduler-plugin.js";
export type { TaskOptions } from "./engines/local/task-options.js";
export type {
  JournalProblem,
  JournalReport,
} from "./events/journal-report.js";
export {
  catJournal,
  type JournalReading,
  type JournalSource,
  readJournal,
  verifyJournal,
} from "./events/read-journal.js";
export type { TaskEvent } from "./events/task-event.js";
export type {
  AnalyseCellOptions,
  AnalyseOptions,
} from "./notebook/analyse-cell.js";
export { analyseCell } from "./notebook/analyse-cell.js";
export { analyseNotebook } from "./notebook/analyse-notebook.js";
export type { CallSite, CallStatus } from "./notebook/call-site.js";
export type { CellAnalysis, CellLanguage } from "./notebook/cell-analysis.js";
export {
  type FormatNotebookOptions,
  formatNotebookAnalysis,
} from "./notebook/format-notebook-analysis.js";
export type { NotebookAnalysis } from "./notebook/notebook-analysis.js";
export type { ProvDocument, ProvRecord } from "./prov/records.js";
export { type BuildOptions, buildDocument, type RunSummary } from "./track/build-document.js";
export { readDocument, writeDocument } from "./track/document-files.js";
export type { ProvTrackerOptions } from "./track/options.js";
export { ProvTracker } from "./track/prov-tracker.js";
