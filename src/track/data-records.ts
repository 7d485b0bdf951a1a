import type { EpochSeconds } from "../base/clock.js";
import { formatEpochSeconds } from "../base/clock.js";
import type { FailedEvent, OutputEvent } from "../events/attempt-event.js";
import type { QualifiedName } from "../prov/names.js";
import type { Attribute } from "../prov/records.js";
import { addKey, addLabel, declareExcluded } from "./attempt-records.js";
import { failureSeverity } from "./failure-severity.js";
import { integerLiteral } from "./literal-values.js";
import type { Generation, LiveTask, RunningAttempt } from "./live-task.js";
import type { RunContext } from "./run-context.js";
import {
  taskprovAttributes as attr,
  prov,
  taskprovTypes as types,
  yprovAttributes as yprov,
} from "./vocabulary.js";

/** What is known of a key's data. */
export interface DataFacts {
  /** The attempt that made it; absent for scattered and plain data. */
  readonly running?: RunningAttempt;
  /** What it was made from, when the attempt that made it is not known. */
  readonly inputs?: Iterable<Generation>;
  /** The attempt that made what an alias names. */
  readonly producer?: QualifiedName;
  /** When it came to be; the end of the compute span. */
  readonly generated: EpochSeconds;
  readonly type: string | undefined;
  /** Bytes. */
  readonly nbytes: number | undefined;
  /** Files that it was made from. */
  readonly sources?: readonly QualifiedName[] | undefined;
  readonly more?: readonly Attribute[] | undefined;
}

/** Declares the data of a key, how it came to be, and what it was made from. */
export function writeData(context: RunContext, task: LiveTask, facts: DataFacts): void {
  const { running } = facts;
  const { included } = task;
  const entity = context.names.data(task.name, task.generation);
  task.recorded = true;
  task.data = {
    entity,
    producer: included ? (running?.name ?? facts.producer) : undefined,
    generated: running === undefined ? undefined : facts.generated,
    declared: included,
    invalidated: false,
  };
  if (!included) return;
  context.count("data");
  context.emit({ kind: "entity", id: entity, attributes: dataAttributes(context, task, facts) });
  writeAlternate(context, task, entity);
  if (running !== undefined) {
    context.emit({
      kind: "wasGeneratedBy",
      entity,
      activity: running.name,
      ...(context.spellsOut && { time: formatEpochSeconds(facts.generated) }),
      attributes: [],
    });
  }
  if (!context.options.derivations) return;
  for (const source of facts.sources ?? []) writeDerivation(context, entity, source);
  for (const input of running?.inputs.values() ?? facts.inputs ?? []) {
    declareExcluded(context, input);
    writeDerivation(context, entity, input.entity);
  }
}

function writeDerivation(
  { emit }: RunContext,
  generatedEntity: QualifiedName,
  usedEntity: QualifiedName,
): void {
  emit({ kind: "wasDerivedFrom", generatedEntity, usedEntity, attributes: [] });
}

const dataType: Attribute = [prov.type, types.Data];

function dataAttributes(context: RunContext, task: LiveTask, facts: DataFacts): Attribute[] {
  const attributes: Attribute[] = [];
  addLabel(attributes, context, task);
  attributes.push(dataType);
  addKey(attributes, task);
  if (facts.more !== undefined) attributes.push(...facts.more);
  if (facts.type !== undefined) attributes.push([yprov.dtype, facts.type]);
  if (facts.nbytes !== undefined) attributes.push([yprov.nbytes, String(facts.nbytes)]);
  return attributes;
}

/** A later generation is another form of the first one, where the document has that. */
function writeAlternate(context: RunContext, task: LiveTask, entity: QualifiedName): void {
  if (task.generation === 1) task.counts.hasFirst = true;
  else if (task.counts.hasFirst) {
    const first = context.names.data(task.name, 1);
    context.emit({ kind: "alternateOf", alternate1: entity, alternate2: first, attributes: [] });
  }
}

/** Declares what a failed attempt threw; undefined when the task is left out of the document. */
export function writeException(
  context: RunContext,
  task: LiveTask,
  running: RunningAttempt,
  event: FailedEvent,
  end: EpochSeconds | undefined,
): QualifiedName | undefined {
  if (!task.included) return undefined;
  const id = context.names.exception(task.name, running.number);
  const text = event.text ?? "";
  const type = event.exceptionType ?? "Error";
  const attributes: Attribute[] = [
    [prov.label, `${type}: ${text}`.slice(0, 200)],
    [prov.type, types.Exception],
    [attr.exceptionType, type],
    [attr.message, text],
    [yprov.is_error, "True"],
    [yprov.exception_text, text],
    [yprov.error_severity, failureSeverity(type, text)],
  ];
  if (event.traceback !== undefined) {
    attributes.push([attr.traceback, event.traceback], [yprov.traceback, event.traceback]);
  }
  context.emit({ kind: "entity", id, attributes });
  context.emit({
    kind: "wasGeneratedBy",
    entity: id,
    activity: running.name,
    ...(context.spellsOut && end !== undefined && { time: formatEpochSeconds(end) }),
    attributes: [],
  });
  return id;
}

/** Declares something that a running attempt printed. */
export function writeOutput(
  context: RunContext,
  task: LiveTask,
  running: RunningAttempt,
  event: OutputEvent,
): void {
  const id = context.names.output(task.name, running.number, running.printed);
  const omitted = event.omitted ?? 0;
  context.emit({
    kind: "entity",
    id,
    attributes: [
      [prov.label, `${event.stream} of ${task.keyText}`.slice(0, 200)],
      [prov.type, types.Output],
      [attr.stream, event.stream],
      [prov.value, event.text],
      ...(omitted > 0 ? [[attr.omittedChars, integerLiteral(omitted)] as const] : []),
    ],
  });
  const generated = { entity: id, activity: running.name, attributes: [] };
  context.emit({ kind: "wasGeneratedBy", ...generated });
}
