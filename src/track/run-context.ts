import type { TaskNumber } from "../events/event-parts.js";
import type { EngineName } from "../events/run-event.js";
import type { QualifiedName } from "../prov/names.js";
import type { FileVersions } from "./file-versions.js";
import type { LiveTask } from "./live-task.js";
import type { NotebookRecords } from "./notebook-records.js";
import type { ResolvedOptions } from "./options.js";
import type { RecordSink } from "./record-sink.js";
import type { RunCatalog } from "./run-catalog.js";
import type { RunNames } from "./run-names.js";

/** The run around a task: what writing its records needs to know and to tell. */
export interface RunContext {
  readonly names: RunNames;
  readonly engine: EngineName;
  readonly workflow: QualifiedName;
  readonly options: ResolvedOptions;
  /** Write what is understood otherwise too (implied.ts). */
  readonly spellsOut: boolean;
  readonly catalog: RunCatalog;
  readonly notebook: NotebookRecords;
  readonly files: FileVersions;
  readonly emit: RecordSink;
  readonly taskOf: (task: TaskNumber) => LiveTask | undefined;
  /** Adds one to the count of a status or kind. */
  readonly count: (what: string) => void;
  /** Adds to the number of tasks whose last attempt failed. */
  readonly countFailure: (change: 1 | -1) => void;
  /** Places so far where events are missing: what happened there is not known. */
  readonly gaps: () => number;
  /** Shutdown began: releases that follow are noise. */
  readonly isClosing: () => boolean;
}
