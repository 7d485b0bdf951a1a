import type { EpochSeconds } from "../base/clock.js";
import { formatEpochSeconds } from "../base/clock.js";
import type { Encoded } from "../describe/encoded.js";
import { keyText } from "../describe/key-text.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { InnerStep } from "../events/graph-event.js";
import type { QualifiedName } from "../prov/names.js";
import type { Attribute } from "../prov/records.js";
import { type ArgumentPath, argumentUses } from "./arguments.js";
import { declareExcluded } from "./attempt-records.js";
import { literalAttributes } from "./literal-values.js";
import type { LiveTask, RunningAttempt } from "./live-task.js";
import type { RunContext } from "./run-context.js";
import {
  taskprovAttributes as attr,
  prov,
  taskprovTypes as types,
  yprovAttributes as yprov,
} from "./vocabulary.js";

/** What a step of a fused task works on. */
interface StepInputs {
  readonly roles: ReadonlyMap<QualifiedName, readonly string[]>;
  readonly literals: readonly (readonly [path: ArgumentPath, value: Encoded])[];
}

/** A finished attempt of a fused task, as its steps need it. */
interface FusedAttempt {
  readonly running: RunningAttempt;
  readonly worker: number;
  /** When the task's data came to be. */
  readonly generated: EpochSeconds;
}

/**
 * The steps of a fused task as activities within its attempt (`expandFused`). Each makes an entity
 * of its own, the last one the task's data; nobody knows when each of them ran.
 */
export function writeSteps(context: RunContext, task: LiveTask, attempt: FusedAttempt): void {
  const inner = task.inner ?? [];
  const { data } = task;
  if (data === undefined) return;
  const made = inner.map((_, i) =>
    i === inner.length - 1
      ? data.entity
      : context.names.stepData(task.name, task.generation, i + 1),
  );
  inner.forEach((step, i) => {
    const entity = made[i];
    if (entity === undefined) return;
    const activity = context.names.step(task.name, attempt.running.number, i + 1);
    const inputs = inputsOf(context, step, made, attempt.running);
    writeStep(context, task, step, activity, attempt);
    writeUses(context, task, activity, i + 1, inputs);
    if (entity !== data.entity) writeStepData(context, step, entity);
    context.emit({
      kind: "wasGeneratedBy",
      entity,
      activity,
      // Two activities that make the same thing make it at the same time.
      ...(entity === data.entity && { time: formatEpochSeconds(attempt.generated) }),
      attributes: [],
    });
    if (!context.options.derivations) return;
    for (const used of inputs.roles.keys()) {
      if (entity === data.entity && isInput(attempt.running, used)) continue;
      context.emit({
        kind: "wasDerivedFrom",
        generatedEntity: entity,
        usedEntity: used,
        attributes: [],
      });
    }
  });
}

/** The task's own data is derived from what the task used already. */
function isInput(running: RunningAttempt, entity: QualifiedName): boolean {
  for (const input of running.inputs.values()) if (input.entity === entity) return true;
  return false;
}

function writeStep(
  context: RunContext,
  task: LiveTask,
  step: InnerStep,
  activity: QualifiedName,
  attempt: FusedAttempt,
): void {
  const fn = context.catalog.functionOf(step.function);
  const worker = context.catalog.workerOf(attempt.worker);
  const attributes: Attribute[] = [
    [prov.label, keyText(step.key)],
    [prov.type, types.Step],
    [attr.stepKey, keyText(step.key)],
    [attr.status, "ok"],
    [attr.partOf, attempt.running.name],
    [yprov.status, "success"],
    [yprov.level, "2"],
    [yprov.group, task.group],
  ];
  if (fn !== undefined) {
    attributes.push([yprov.name, fn.name]);
    if (fn.module !== undefined) attributes.push([yprov.module, fn.module]);
  }
  if (worker !== undefined) attributes.push([yprov.processed_on, worker.address]);
  context.emit({ kind: "activity", id: activity, attributes });
  if (worker === undefined && fn === undefined) return;
  context.emit({
    kind: "wasAssociatedWith",
    activity,
    ...(worker !== undefined && { agent: worker.id }),
    ...(fn !== undefined && { plan: fn.plan }),
    attributes: [],
  });
}

function writeStepData(context: RunContext, step: InnerStep, id: QualifiedName): void {
  context.emit({
    kind: "entity",
    id,
    attributes: [
      [prov.label, keyText(step.key)],
      [prov.type, types.Data],
      [attr.stepKey, keyText(step.key)],
    ],
  });
}

function writeUses(
  context: RunContext,
  task: LiveTask,
  activity: QualifiedName,
  number: number,
  inputs: StepInputs,
): void {
  for (const [entity, roles] of inputs.roles) {
    context.emit({
      kind: "used",
      activity,
      entity,
      attributes: roles.map((role) => [prov.role, role]),
    });
  }
  for (const [path, value] of inputs.literals) {
    const id = context.names.literal(task.name, task.generation, `step${number}.${path.id}`);
    context.emit({
      kind: "entity",
      id,
      attributes: [[prov.type, types.Literal], ...literalAttributes(value, context.engine)],
    });
    context.emit({ kind: "used", activity, entity: id, attributes: [[prov.role, path.role]] });
  }
}

function inputsOf(
  context: RunContext,
  step: InnerStep,
  made: readonly QualifiedName[],
  running: RunningAttempt,
): StepInputs {
  const roles = new Map<QualifiedName, string[]>();
  const add = (entity: QualifiedName | undefined, named: readonly string[]): void => {
    if (entity !== undefined) roles.set(entity, [...(roles.get(entity) ?? []), ...named]);
  };
  const { references, steps, literals } = argumentUses(step.arguments);
  for (const [number, named] of references) add(inputEntity(context, running, number), named);
  for (const [number, named] of steps) add(made[number], named);
  return { roles, literals };
}

function inputEntity(
  context: RunContext,
  running: RunningAttempt,
  number: TaskNumber,
): QualifiedName | undefined {
  const input = running.inputs.get(number);
  if (input !== undefined) declareExcluded(context, input);
  return input?.entity;
}
