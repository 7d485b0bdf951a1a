import type { EpochSeconds } from "../base/clock.js";
import { formatEpochSeconds } from "../base/clock.js";
import type { RunEvent } from "../events/run-event.js";
import type { Attribute } from "../prov/records.js";
import { typedLiteral } from "../prov/values.js";
import { integerLiteral } from "./literal-values.js";
import { workflowSiteAttributes } from "./notebook-records.js";
import { optional, optionalInteger } from "./optional-attributes.js";
import type { ResolvedOptions } from "./options.js";
import type { RecordSink } from "./record-sink.js";
import type { RunContext } from "./run-context.js";
import type { RunNames } from "./run-names.js";
import {
  taskprovAttributes as attr,
  prov,
  provone,
  taskprovTypes as types,
  xsd,
  yprovAttributes as yprov,
} from "./vocabulary.js";

/** Writes the source that was copied beside the document, a file an entity. */
export function writeExecutionSource(emit: RecordSink, names: RunNames, run: RunEvent): void {
  run.executionSource?.files.forEach((file, i) => {
    const id = names.run(`source.${i + 1}`);
    emit({
      kind: "entity",
      id,
      attributes: [
        [prov.label, file.path],
        [prov.type, prov.Plan],
        [prov.type, types.ExecutionSource],
        [attr.path, file.path],
        [attr.sha256, file.sha256],
        [attr.size, integerLiteral(file.size)],
      ],
    });
    emit({ kind: "used", activity: names.run("workflow"), entity: id, attributes: [] });
  });
}

/** How the run ended. */
export interface RunOutcome {
  /** Absent when the record stops before the end. */
  readonly end: EpochSeconds | undefined;
  /** True when at least one task ended in failure. */
  readonly failed: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly dropped: number;
  readonly problems: readonly string[];
  readonly incomplete: boolean;
  /** True when the tasks come from cells of a notebook. */
  readonly hasCells: boolean;
}

/** Writes the one activity that stands for the whole run. */
export function writeWorkflow(context: RunContext, run: RunEvent, outcome: RunOutcome): void {
  const { emit, names, options, workflow } = context;
  const status = outcome.failed ? "failure" : "success";
  emit({
    kind: "activity",
    id: workflow,
    startTime: formatEpochSeconds(run.time),
    ...(outcome.end !== undefined && { endTime: formatEpochSeconds(outcome.end) }),
    attributes: [
      [prov.label, options.name],
      [prov.type, types.Run],
      [prov.type, provone.Execution],
      [attr.runId, run.runId],
      [attr.engine, run.engine],
      [yprov.level, "0"],
      [yprov.engine, run.engine === "local" ? "taskprov" : "Dask"],
      ...(outcome.incomplete ? [] : [[yprov.status, status] as const]),
      ...(outcome.incomplete
        ? [[attr.incomplete, typedLiteral("true", xsd.boolean)] as const]
        : []),
      ...optional(attr.host, run.host),
      ...optionalInteger(attr.pid, run.pid),
      ...((run.argv ?? []).length > 0
        ? [[attr.commandLine, JSON.stringify(run.argv)] as const]
        : []),
      ...optional(attr.cwd, run.cwd),
      ...optional(attr.gitCommit, run.git?.commit),
      ...(run.git?.dirty === undefined
        ? []
        : [[attr.gitDirty, typedLiteral(String(run.git.dirty), xsd.boolean)] as const]),
      ...optional(attr.gitRemote, run.git?.remote),
      ...(run.config === undefined
        ? []
        : [[attr.configuration, JSON.stringify(run.config)] as const]),
      [attr.options, JSON.stringify(contentOptions(options))],
      [attr.counts, JSON.stringify(outcome.counts)],
      ...(outcome.hasCells ? workflowSiteAttributes : []),
      ...(outcome.dropped > 0 ? [[attr.dropped, integerLiteral(outcome.dropped)] as const] : []),
      ...outcome.problems.map((problem): Attribute => [attr.problem, problem]),
    ],
  });
  emit({
    kind: "wasAssociatedWith",
    activity: workflow,
    agent: names.run("scheduler"),
    attributes: [],
  });
}

/** The options that decide what the document says, not where it lies. */
function contentOptions(options: ResolvedOptions): object {
  const { destination, fileName, formats, journal, overwrite, ...content } = options;
  return content;
}
