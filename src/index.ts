export { type Action, currentAction } from "./actions/action.js";
export type { LoggedMessages } from "./actions/attempt-messages.js";
export {
  addDestination,
  addGlobalFields,
  type Destination,
  removeDestination,
} from "./actions/destinations.js";
export { encodeMessage, type JsonDefault } from "./actions/encode-message.js";
export { type ExceptionExtractor, registerExceptionExtractor } from "./actions/exception-fields.js";
export { type LogCallOptions, logCall } from "./actions/log-call.js";
export type { LogEntry, LogStatus } from "./actions/log-entry.js";
export { type LogFile, type LogFileOptions, toFile } from "./actions/log-file.js";
export {
  assertContainsFields,
  assertHasAction,
  assertHasMessage,
  descendants,
  type LoggedAction,
  loggedActions,
  loggedMessages,
} from "./actions/logged-action.js";
export { captureLogging, MemoryLogger } from "./actions/memory-logger.js";
export type { ActionFields, ActionMessage, ActionStatus } from "./actions/message.js";
export {
  type ActionBody,
  continueTask,
  logMessage,
  preserveContext,
  serializeTaskId,
  startAction,
  startTask,
  writeTraceback,
} from "./actions/start-action.js";
export {
  type DefinedAction,
  type DefinedMessage,
  defineAction,
  defineMessage,
  type FieldDefinition,
  type FieldKind,
  type FieldKinds,
  type FieldValues,
  type FieldWords,
} from "./actions/typed-fields.js";
export { type Clock, type EpochSeconds, steppingClock, systemClock } from "./base/clock.js";
export { type ErrorCode, errorCodes, isTaskprovError, TaskprovError } from "./base/errors.js";
export {
  type LogFormat,
  type LogOptions,
  type LogThreshold,
  type MessageLevel,
  setLog,
} from "./base/log.js";
export {
  type CheckFinding,
  type CheckOptions,
  type CheckResult,
  checkDocument,
  type FindingRecord,
  type LintName,
  type ReaderName,
} from "./check/index.js";
export type { Encoded, ObjectDescription } from "./describe/encoded.js";
export type { ClusterStatus } from "./engines/dask/attach-reader.js";
export type { DaskTls } from "./engines/dask/comm/tls-files.js";
export {
  DaskClient,
  type DaskConnectOptions,
  type DaskPlugin,
  type DaskScheduler,
} from "./engines/dask/dask-client.js";
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
export { computeWithTrace, persistWithTrace } from "./engines/local/compute-with-trace.js";
export { type Delayed, delayed } from "./engines/local/delayed.js";
export type {
  AheadExecutor,
  Executor,
  ExecutorFactory,
  ExecutorListener,
} from "./engines/local/executor.js";
export type {
  Futurable,
  FuturableArgs,
  FuturableIterables,
  Gathered,
  Leaf,
  Persisted,
  Surplus,
} from "./engines/local/futurable.js";
export type { Future } from "./engines/local/future.js";
export type { FutureStatus } from "./engines/local/future-state.js";
export { type TaskNode, task } from "./engines/local/graph-node.js";
export type { Graph } from "./engines/local/graph-nodes.js";
export { LocalCluster, type LocalClusterOptions } from "./engines/local/local-cluster.js";
export type { PluginErrorHandler } from "./engines/local/plugin-host.js";
export { type Ref, ref } from "./engines/local/ref.js";
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
export type { Submitter } from "./engines/local/submitter.js";
export { type TaskContext, taskContext } from "./engines/local/task-context.js";
export type { TaskOptions } from "./engines/local/task-options.js";
export type { TaskFunction } from "./engines/local/task-state.js";
export { type Movable, moveResult } from "./engines/local/threads/move-result.js";
export type { ThreadLimits } from "./engines/local/threads/thread.js";
export { type WorkerModule, workerModule } from "./engines/local/threads/worker-module.js";
export type { WaitOptions } from "./engines/local/waiting.js";
export type { ReadyOptions } from "./engines/local/when-ready.js";
export type {
  AssignEvent,
  DoneEvent,
  FailedEvent,
  FileUse,
  LostEvent,
  LostReason,
  MessagesEvent,
  OutputEvent,
  Span,
} from "./events/attempt-event.js";
export type {
  ClusterLogRecord,
  SchedulerLogOptions,
  WorkerLogOptions,
} from "./events/cluster-log.js";
export type { Json, TaskNumber } from "./events/event-parts.js";
export type {
  ForgetEvent,
  FunctionEvent,
  GraphArgument,
  GraphEvent,
  GraphTask,
  InnerStep,
  KnownEvent,
  ReleaseEvent,
  ScatterEvent,
} from "./events/graph-event.js";
export type {
  JournalProblem,
  JournalReport,
} from "./events/journal-report.js";
export type {
  CellEndEvent,
  CellEvent,
  CodeSpan,
  FrameText,
  KernelFrame,
  SiteEvent,
  SiteFrame,
  SiteMatch,
  SourceEvent,
} from "./events/place-event.js";
export {
  catJournal,
  type JournalReading,
  type JournalSource,
  readJournal,
  verifyJournal,
} from "./events/read-journal.js";
export type {
  ClientAddedEvent,
  ClientRemovedEvent,
  ClosingEvent,
  DroppedEvent,
  EndEvent,
  EngineName,
  ErrorEvent,
  OtherEvent,
  RunEvent,
  WorkerAddedEvent,
  WorkerRemovedEvent,
} from "./events/run-event.js";
export type { TaskEvent } from "./events/task-event.js";
export type {
  BandwidthEvent,
  LogEvent,
  LogLevel,
  MemoryFigures,
  ProfileEvent,
  ProfileFrame,
  ProfileNode,
  SampleEvent,
  TransferFigures,
} from "./events/telemetry-event.js";
export type { JournalHeader } from "./events/wire.js";
export {
  type PushOptions,
  type PushResult,
  pushDocument,
  type StoreMetadata,
  type StoreName,
} from "./exchange/index.js";
export {
  type ByteChunks,
  type Dialect,
  DocumentError,
  type DrawOptions,
  drawSvg,
  type Finding,
  type FormatName,
  type Place,
  type ReadDocumentOptions,
  type WriteDocumentOptions,
} from "./formats/index.js";
export {
  type AnnotatedCell,
  annotateNotebook,
  type CellOutcome,
  type NotebookAnnotation,
  withAnnotation,
} from "./lineage/annotate-notebook.js";
export type { PathAnswer } from "./lineage/answer-path.js";
export type {
  ArgumentItem,
  AttemptStory,
  BlameAnswer,
  Failure,
} from "./lineage/blame.js";
export type { Direction } from "./lineage/closure.js";
export type { CriticalAnswer, CriticalStep, GroupSlack } from "./lineage/critical-path.js";
export { type DiffOptions, diff } from "./lineage/diff/diff.js";
export type {
  Change,
  ChangeKind,
  DataDifference,
  DiffAnswer,
  DifferenceKind,
  FailureDifference,
  GroupComparison,
  GroupFigures,
  RunFigures,
  TaskPair,
} from "./lineage/diff/diff-answer.js";
export type { GroupLink, GroupSummary } from "./lineage/group-summary.js";
export type { NodeType, Status } from "./lineage/index/kinds.js";
export {
  type Lineage,
  type LineageSource,
  type OpenLineageOptions,
  openLineage,
  type SliceDocumentOptions,
} from "./lineage/lineage.js";
export type { LineageItem, LineageRelation } from "./lineage/lineage-item.js";
export type { CellAnswer, ListAnswer, ListFilter } from "./lineage/listings.js";
export {
  type Nondeterminism,
  type NondeterminismAnswer,
  nondeterminism,
  type ResultVariant,
} from "./lineage/nondeterminism.js";
export {
  type ActionLog,
  type ActionLogSource,
  readActionLog,
} from "./lineage/read-action-log.js";
export {
  type RerunAnswer,
  type RerunOptions,
  type RerunTask,
  rerun,
} from "./lineage/rerun.js";
export type { RunFacts } from "./lineage/run-facts.js";
export {
  type ListedRun,
  listRuns,
  type OutputVersion,
  outputHistory,
} from "./lineage/run-list.js";
export type { RelatedItem, ShowAnswer } from "./lineage/show-item.js";
export type { LineageAnswer, SliceOptions } from "./lineage/slice-answer.js";
export type {
  AnalyseCellOptions,
  AnalyseOptions,
} from "./notebook/analyse-cell.js";
export { analyseCell } from "./notebook/analyse-cell.js";
export { analyseNotebook } from "./notebook/analyse-notebook.js";
export {
  type CallForm,
  type CallSite,
  type CallStatus,
  isGenerating,
} from "./notebook/call-site.js";
export type {
  CellAnalysis,
  CellErrorReport,
  CellLanguage,
  CellWarning,
  CellWarningCode,
  Hint,
  HintEffect,
  HintKind,
  ParseOutcome,
} from "./notebook/cell-analysis.js";
export { type CellContext, createCellContext } from "./notebook/cell-context.js";
export type { NotebookCodeCell, NotebookJson } from "./notebook/decode-notebook.js";
export {
  type FormatNotebookOptions,
  formatNotebookAnalysis,
} from "./notebook/format-notebook-analysis.js";
export type {
  NotebookAnalysis,
  NotebookMode,
  NotebookSummary,
  NotebookWarning,
  NotebookWarningCode,
} from "./notebook/notebook-analysis.js";
export type { CellOutput, CellResult } from "./notebook/script/run-cells.js";
export type { SourcePosition, SourceSpan } from "./notebook/source-span.js";
export { BaseCallback, type CallbackHooks, type TaskSpan } from "./observe/base-callback.js";
export {
  type CacheData,
  CacheProfiler,
  type CacheProfilerOptions,
} from "./observe/cache-profiler.js";
export { Callback } from "./observe/callback.js";
export { callbackPlugin } from "./observe/callback-plugin.js";
export type { ComputationGraph, ComputationState, StateCounts } from "./observe/computation.js";
export { journalLogs, type LogFilter, type LogRecord } from "./observe/journal-logs.js";
export {
  type DurationSummary,
  type JournalProfile,
  type ProfiledAttempt,
  profileJournal,
} from "./observe/journal-profile.js";
export type { ObservedState, ObservedTask } from "./observe/observed-task.js";
export { openTelemetryPlugin } from "./observe/open-telemetry.js";
export { Profiler, type TaskData } from "./observe/profiler.js";
export {
  ProgressBar,
  type ProgressBarOptions,
  type ProgressOutput,
} from "./observe/progress-bar.js";
export type { ResourceMoment, ResourceUser } from "./observe/resource-panel.js";
export {
  type ResourceData,
  ResourceProfiler,
  type ResourceProfilerOptions,
  type ThreadData,
} from "./observe/resource-profiler.js";
export type { ResourceSummary } from "./observe/resource-tally.js";
export { type Plottable, type VisualizeOptions, visualize } from "./observe/visualize.js";
export { withCallbacks } from "./observe/with-callbacks.js";
export type { LanePanel, LinePanel, PlotLine, PlotPanel } from "./plot/panel.js";
export type { PlotPageOptions } from "./plot/plot-page.js";
export { type EqualOptions, equal } from "./prov/equal.js";
export type { EqualityOptions } from "./prov/equality.js";
export { type MergeOptions, type MergeResult, merge, type RenamedPrefix } from "./prov/merge.js";
export { type NormalFormOptions, normalForm } from "./prov/normal-form.js";
export type { ProvDocument, ProvRecord } from "./prov/records.js";
export { type DocumentStats, stats } from "./prov/stats.js";
export {
  type UnifyConflict,
  type UnifyResult,
  type UniquenessConstraint,
  unify,
} from "./prov/unify.js";
export {
  type DrawGraphOptions,
  drawGraph,
  type GraphFormat,
} from "./report/draw/draw-graph.js";
export type { PictureOptions } from "./report/draw/graph-picture.js";
export type { PictureFlow } from "./report/draw/picture-svg.js";
export { type LiveReport, type ServeReportOptions, serveReport } from "./report/live-report.js";
export { type PerformanceReportOptions, performanceReport } from "./report/performance-report.js";
export { type ReportSummary, type WriteReportOptions, writeReport } from "./report/write-report.js";
export {
  exportTrace,
  type TextTraceFormat,
  type TraceFormat,
  traceFormats,
} from "./traces/export-trace.js";
export type {
  FailureOverview,
  GroupOverview,
  RunningTask,
  RunOverview,
  RunProgress,
  TaskCounts,
  WorkerOverview,
} from "./traces/run-overview.js";
export { type SendTraceOptions, type SentTrace, sendTrace } from "./traces/send-trace.js";
export {
  type AttachClusterOptions,
  type AttachedRun,
  attachCluster,
} from "./track/attach-cluster.js";
export { type AttachNotebookOptions, attachNotebook } from "./track/attach-notebook.js";
export { type BuildOptions, buildDocument, type RunSummary } from "./track/build-document.js";
export { readDocument, writeDocument } from "./track/document-files.js";
export type { DialectName, ProvTrackerOptions, ValuePolicyName } from "./track/options.js";
export type { OtherDocument } from "./track/other-documents.js";
export { type DrawPngOptions, drawPng } from "./track/png/draw-png.js";
export { ProvTracker } from "./track/prov-tracker.js";
export type { RunCounts } from "./track/recorder.js";
export { type NotebookRun, type RunNotebookOptions, runNotebook } from "./track/run-notebook.js";
export { runOverview, type WatchRunOptions, watchRun } from "./track/watch-run.js";
