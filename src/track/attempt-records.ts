import type { EpochSeconds } from "../base/clock.js";
import { formatEpochSeconds } from "../base/clock.js";
import { keyJson } from "../describe/key.js";
import { keyText } from "../describe/key-text.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { QualifiedName } from "../prov/names.js";
import type { Activity, Attribute } from "../prov/records.js";
import { type ArgumentUses, argumentUses } from "./arguments.js";
import { failureSeverity } from "./failure-severity.js";
import { fusedPlan, ownLiterals } from "./fused-plan.js";
import { impliedLevel } from "./implied.js";
import { inputSummary } from "./input-summary.js";
import { isInItsIds } from "./key-in-id.js";
import { integerLiteral, literalAttributes } from "./literal-values.js";
import type { EndedAttempt, Generation, LiveTask, RunningAttempt } from "./live-task.js";
import { siteAttributes } from "./notebook-records.js";
import type { RunContext } from "./run-context.js";
import {
  taskprovAttributes as attr,
  prov,
  taskprovTypes as types,
  yprovAttributes as yprov,
} from "./vocabulary.js";

/** `taskprov:status`, exact. */
export type AttemptStatus =
  | "ok"
  | "error"
  | "lost"
  | "cancelled"
  | "blocked"
  | "running"
  | "pending"
  | "unknown";

/** yProv's two words; absent where nothing can be said yet. */
const yprovStatus: Readonly<Record<AttemptStatus, string | undefined>> = {
  ok: "success",
  error: "failure",
  lost: "failure",
  cancelled: "failure",
  blocked: "failure",
  running: undefined,
  pending: undefined,
  unknown: undefined,
};

/** yProv's word for where a failure comes from: the task, what it depends on, or the machine. */
function severityOf({ status, failure }: AttemptOutcome): string | undefined {
  switch (status) {
    case "error":
      return failureSeverity(failure?.type, failure?.text);
    case "blocked":
      return "upstream";
    case "lost":
      return "resource";
    default:
      return undefined;
  }
}

/** How an attempt ended, or stands at the end of the record. */
export interface AttemptOutcome {
  readonly name: QualifiedName;
  readonly number: number;
  readonly status: AttemptStatus;
  readonly start?: EpochSeconds | undefined;
  readonly end?: EpochSeconds | undefined;
  readonly worker?: number | undefined;
  /** Only attempts that ran have inputs. */
  readonly inputs?: ReadonlyMap<TaskNumber, Generation>;
  readonly unknownInputs?: number;
  /** The task blamed for one that never ran. */
  readonly blamed?: { readonly keyText: string; readonly activity: QualifiedName | undefined };
  /** Of one that raised: the exception's type and text. */
  readonly failure?: { readonly type: string | undefined; readonly text: string | undefined };
  /** What it logged. */
  readonly logged?: Pick<RunningAttempt, "messages" | "omittedMessages">;
  readonly more?: readonly Attribute[];
}

/** Writes the activity of an attempt and the relations that hang on it. */
export function writeAttempt(context: RunContext, task: LiveTask, outcome: AttemptOutcome): void {
  context.emit(attemptActivity(context, task, outcome));
  const ran = outcome.inputs !== undefined;
  if (ran) {
    writeAssociation(context, task, outcome);
    writeUses(context, task, outcome.name, outcome.inputs);
  }
  writeStart(context, outcome.name, task.last);
  writeInformants(context, task, outcome);
}

function attemptActivity(context: RunContext, task: LiveTask, outcome: AttemptOutcome): Activity {
  const { number, start, end, more } = outcome;
  // One list that grows: a large run writes a million of these.
  const attributes: Attribute[] = [];
  if (number > 1) attributes.push([prov.label, `${task.keyText} #${number}`]);
  else addLabel(attributes, context, task);
  attributes.push(attemptType);
  addKey(attributes, task);
  addStatus(attributes, context, outcome);
  addWhatRan(attributes, context, task, outcome);
  if (more !== undefined) for (const attribute of more) attributes.push(attribute);
  addLogged(attributes, outcome);
  if (context.options.errorTracking) {
    attributes.push(...historyAttributes(context, task, outcome));
  }
  const { name: id } = outcome;
  if (start !== undefined && end !== undefined) {
    const [startTime, endTime] = [formatEpochSeconds(start), formatEpochSeconds(end)];
    return { kind: "activity", id, startTime, endTime, attributes };
  }
  return {
    kind: "activity",
    id,
    ...(start !== undefined && { startTime: formatEpochSeconds(start) }),
    ...(end !== undefined && { endTime: formatEpochSeconds(end) }),
    attributes,
  };
}

const noAttributes: readonly Attribute[] = [];
const attemptType: Attribute = [prov.type, types.TaskAttempt];
const literalType: Attribute = [prov.type, types.Literal];

/** Adds the key as label, where the ids do not say it. */
export function addLabel(
  attributes: Attribute[],
  { spellsOut }: RunContext,
  task: Pick<LiveTask, "key" | "keyText" | "name">,
): void {
  if (spellsOut || !isInItsIds(task.key, task.name)) attributes.push([prov.label, task.keyText]);
}

/** Adds the key as given where the ids do not say it, and as JSON where it is no plain string. */
export function addKey(
  attributes: Attribute[],
  task: Pick<LiveTask, "key" | "keyText" | "name">,
): void {
  if (isInItsIds(task.key, task.name)) return;
  attributes.push([attr.key, task.keyText]);
  if (typeof task.key !== "string") attributes.push([attr.keyJson, keyJson(task.key)]);
}

function addStatus(
  attributes: Attribute[],
  { spellsOut }: RunContext,
  outcome: AttemptOutcome,
): void {
  const status = yprovStatus[outcome.status];
  if (spellsOut || outcome.status !== "ok") attributes.push([attr.status, outcome.status]);
  if (outcome.number > 1) attributes.push([attr.attempt, integerLiteral(outcome.number)]);
  if (status !== undefined) attributes.push([yprov.status, status]);
  const cause = severityOf(outcome);
  if (cause !== undefined) attributes.push([yprov.error_severity, cause]);
  if (outcome.blamed !== undefined) {
    attributes.push([yprov.blamed_task, outcome.blamed.keyText]);
    if (outcome.blamed.activity !== undefined) {
      attributes.push([attr.blamed, outcome.blamed.activity]);
    }
  }
  if ((outcome.unknownInputs ?? 0) > 0) {
    attributes.push([attr.unknownInputs, integerLiteral(outcome.unknownInputs ?? 0)]);
  }
}

function addLogged(attributes: Attribute[], { logged }: AttemptOutcome): void {
  for (const text of logged?.messages ?? []) attributes.push([attr.logMessage, text]);
  const omitted = logged?.omittedMessages ?? 0;
  if (omitted > 0) attributes.push([attr.omittedMessages, integerLiteral(omitted)]);
}

function addWhatRan(
  attributes: Attribute[],
  context: RunContext,
  task: LiveTask,
  outcome: AttemptOutcome,
): void {
  const { spellsOut } = context;
  const { group, fn } = task;
  if (spellsOut) attributes.push([yprov.level, impliedLevel]);
  attributes.push([yprov.group, group]);
  if (fn !== undefined) {
    attributes.push([yprov.name, fn.name], [yprov.nice_name, niceName(fn.name)]);
    if (fn.module !== undefined) attributes.push([yprov.module, fn.module]);
  }
  const worker =
    outcome.worker === undefined ? undefined : context.catalog.workerOf(outcome.worker);
  if (worker !== undefined) attributes.push([yprov.processed_on, worker.address]);
  if (task.place !== undefined) {
    attributes.push(
      ...siteAttributes(task.place),
      [attr.site, context.notebook.site(task.place)],
      [attr.match, task.place.match],
    );
  } else if (task.site !== undefined) {
    attributes.push([attr.site, context.catalog.siteOf(task.site)]);
  }
  if (task.annotations !== undefined) {
    for (const [name, value] of Object.entries(task.annotations)) {
      attributes.push([attr.annotation, `${name}=${JSON.stringify(value)}`]);
    }
  }
  for (const step of task.inner ?? []) {
    const key = keyText(step.key);
    if (key !== task.keyText) attributes.push([attr.stepKey, key]);
  }
}

/** `Class.method` is shown as `method`, as Python's `__name__` does. */
function niceName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function historyAttributes(
  context: RunContext,
  task: LiveTask,
  outcome: AttemptOutcome,
): Attribute[] {
  if (yprovStatus[outcome.status] === undefined) return [];
  const earlier = task.history;
  if (earlier.length === 0 && outcome.status === "ok") return [];
  const now = { ...outcome, exceptionText: outcome.failure?.text };
  const history = [...earlier, now].map((attempt) => ({
    attempt: attempt.number,
    status: attempt.status,
    ...(attempt.exceptionText !== undefined && { exception: attempt.exceptionText }),
  }));
  const attributes: Attribute[] = [
    [yprov.attempt_history, JSON.stringify(history)],
    [yprov.attempt_count, String(outcome.number)],
    [yprov.retry_count, String(outcome.number - 1)],
  ];
  if (outcome.status === "ok") return attributes;
  attributes.push([yprov.failure_input_summary, JSON.stringify(inputSummary(context, task))]);
  const similar = task.fn?.successes ?? [];
  if (similar.length > 0) {
    attributes.push([yprov.similar_successful_runs, JSON.stringify(similar)]);
  }
  return attributes;
}

function writeAssociation(context: RunContext, task: LiveTask, outcome: AttemptOutcome): void {
  const agent = outcome.worker === undefined ? undefined : context.catalog.workerOf(outcome.worker);
  const plan = task.inner === undefined ? task.fn?.plan : fusedPlan(context, task.inner).id;
  if (agent === undefined && plan === undefined) return;
  const activity = outcome.name;
  if (agent !== undefined && plan !== undefined) {
    context.emit({
      kind: "wasAssociatedWith",
      activity,
      agent: agent.id,
      plan,
      attributes: noAttributes,
    });
    return;
  }
  context.emit({
    kind: "wasAssociatedWith",
    activity,
    ...(agent !== undefined && { agent: agent.id }),
    ...(plan !== undefined && { plan }),
    attributes: [],
  });
}

function writeUses(
  context: RunContext,
  task: LiveTask,
  activity: QualifiedName,
  inputs: ReadonlyMap<TaskNumber, Generation>,
): void {
  const { references, literals } = taskUses(context, task);
  for (const [number, input] of inputs) {
    declareExcluded(context, input);
    const roles = references.get(number) ?? [];
    context.emit({
      kind: "used",
      activity,
      entity: input.entity,
      attributes: roles.map((role) => [prov.role, role]),
    });
  }
  // Literals belong to the generation, not to the attempt: a retry uses the same ones again.
  const isFirstUse = task.literalGeneration !== task.generation;
  if (literals.length > 0) task.literalGeneration = task.generation;
  for (const [path, value] of literals) {
    const id = context.names.literal(task.name, task.generation, path.id);
    if (isFirstUse) {
      context.emit({
        kind: "entity",
        id,
        attributes: [literalType, ...literalAttributes(value, context.engine)],
      });
    }
    context.emit({ kind: "used", activity, entity: id, attributes: [[prov.role, path.role]] });
  }
}

/**
 * What a task works on; with those literals of its steps that its plan does not have, unless the
 * steps are written themselves.
 */
function taskUses(context: RunContext, task: LiveTask): ArgumentUses {
  const uses = argumentUses(task.arguments);
  if (task.inner === undefined || context.options.expandFused) return uses;
  const literals = ownLiterals(fusedPlan(context, task.inner), task.inner);
  return { ...uses, literals: [...uses.literals, ...literals] };
}

/** Data of an excluded task that an included one uses stays in the document as a bare entity. */
export function declareExcluded(context: RunContext, input: Generation): void {
  if (input.declared) return;
  input.declared = true;
  context.emit({ kind: "entity", id: input.entity, attributes: [[prov.type, types.Excluded]] });
}

/** What started this attempt: the exception, or the end, of the one before. */
function writeStart(
  context: RunContext,
  activity: QualifiedName,
  last: EndedAttempt | undefined,
): void {
  if (last === undefined || !isRepeated(last)) return;
  context.emit({
    kind: "wasStartedBy",
    activity,
    ...(last.exception !== undefined && { trigger: last.exception }),
    starter: last.name,
    attributes: [],
  });
}

/** Whether an attempt that follows this one repeats it. */
export function isRepeated(last: EndedAttempt | undefined): boolean {
  return last?.status === "error" || last?.status === "lost";
}

function writeInformants(context: RunContext, task: LiveTask, outcome: AttemptOutcome): void {
  for (const informant of informantsOf(context, outcome)) {
    context.emit({ kind: "wasInformedBy", informed: outcome.name, informant, attributes: [] });
  }
  if (task.place !== undefined) {
    context.emit({
      kind: "wasInformedBy",
      informed: outcome.name,
      informant: context.notebook.execution(task.place.run),
      attributes: [[prov.type, types.Submission]],
    });
  }
  if (task.parent !== undefined) {
    context.emit({
      kind: "wasInformedBy",
      informed: outcome.name,
      informant: task.parent,
      attributes: [[prov.type, types.Submission]],
    });
  }
}

/** Who made the inputs, or who is to blame that there are none; else the workflow. */
function informantsOf(context: RunContext, outcome: AttemptOutcome): Iterable<QualifiedName> {
  const culprit = outcome.blamed?.activity;
  if (culprit === undefined && (outcome.inputs?.size ?? 0) === 0) return [context.workflow];
  const informants = new Set<QualifiedName>();
  for (const input of outcome.inputs?.values() ?? []) {
    if (input.producer !== undefined) informants.add(input.producer);
  }
  if (culprit !== undefined) informants.add(culprit);
  if (informants.size === 0) informants.add(context.workflow);
  return informants;
}
