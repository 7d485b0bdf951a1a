import type { EpochSeconds } from "../base/clock.js";
import { formatEpochSeconds } from "../base/clock.js";
import type { RunEvent, WorkerAddedEvent } from "../events/task-event.js";
import type { QualifiedName } from "../prov/names.js";
import type { Attribute } from "../prov/records.js";
import { typedLiteral } from "../prov/values.js";
import { integerLiteral } from "./literal-values.js";
import type { ResolvedOptions } from "./options.js";
import type { RecordSink, RunContext } from "./run-context.js";
import type { RunNames } from "./run-names.js";
import {
  taskprovAttributes as attr,
  prov,
  provone,
  taskprovTypes as types,
  xsd,
  yprovAttributes as yprov,
} from "./vocabulary.js";

/** Writes the user and the scheduler, and who acts for whom. */
export function writeRunAgents(emit: RecordSink, names: RunNames, run: RunEvent): void {
  const user = names.run("user");
  const scheduler = names.run("scheduler");
  const userName = run.user ?? "unknown";
  emit({
    kind: "agent",
    id: user,
    attributes: [
      [prov.label, userName],
      [prov.type, prov.Person],
      [attr.user, userName],
    ],
  });
  emit({
    kind: "agent",
    id: scheduler,
    attributes: [
      [prov.label, "scheduler"],
      [prov.type, prov.SoftwareAgent],
      [prov.type, types.Scheduler],
      ...optional(attr.address, run.address),
      ...Object.entries(run.versions).map(
        ([name, version]): Attribute => [attr.version, `${name} ${version}`],
      ),
    ],
  });
  emit({ kind: "actedOnBehalfOf", delegate: scheduler, responsible: user, attributes: [] });
}

/** Writes a client as an agent that acts for the user. */
export function writeClient(
  emit: RecordSink,
  names: RunNames,
  id: QualifiedName,
  name: string,
): void {
  emit({
    kind: "agent",
    id,
    attributes: [
      [prov.label, name],
      [prov.type, prov.SoftwareAgent],
      [prov.type, types.Client],
    ],
  });
  emit({
    kind: "actedOnBehalfOf",
    delegate: id,
    responsible: names.run("user"),
    attributes: [],
  });
}

/** Writes a worker as an agent that acts for the scheduler. */
export function writeWorker(
  emit: RecordSink,
  names: RunNames,
  id: QualifiedName,
  worker: WorkerAddedEvent,
): void {
  emit({
    kind: "agent",
    id,
    attributes: [
      [prov.label, worker.name ?? worker.address],
      [prov.type, prov.SoftwareAgent],
      [prov.type, types.Worker],
      [attr.address, worker.address],
      ...optional(attr.host, worker.host),
      ...optionalInteger(attr.pid, worker.pid),
      ...optionalInteger(attr.threads, worker.threads),
      ...optionalInteger(attr.memoryLimit, worker.memoryLimit),
      ...optionalInteger(attr.cpuCount, worker.cpuCount),
      ...optional(attr.cpuModel, worker.cpuModel),
    ],
  });
  emit({
    kind: "actedOnBehalfOf",
    delegate: id,
    responsible: names.run("scheduler"),
    attributes: [],
  });
}

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
      [yprov.engine, run.engine === "dask" ? "Dask" : "taskprov"],
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
      ...optional(attr.gitRemote, run.git?.remote),
      [attr.options, JSON.stringify(contentOptions(options))],
      [attr.counts, JSON.stringify(outcome.counts)],
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

function optional(name: QualifiedName, text: string | undefined): Attribute[] {
  return text === undefined ? [] : [[name, text]];
}

function optionalInteger(name: QualifiedName, value: number | undefined): Attribute[] {
  return value === undefined ? [] : [[name, integerLiteral(value)]];
}
