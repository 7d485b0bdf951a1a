import { createHash } from "node:crypto";
import type { Encoded } from "../describe/encoded.js";
import { keyJson } from "../describe/key.js";
import { keyText } from "../describe/key-text.js";
import type { InnerStep } from "../events/graph-event.js";
import type { QualifiedName } from "../prov/names.js";
import { type ArgumentPath, argumentUses } from "./arguments.js";
import type { RunContext } from "./run-context.js";
import { taskprovAttributes as attr, prov, provone, taskprovTypes as types } from "./vocabulary.js";

/** What fused tasks of the same steps share. */
export interface FusedPlan {
  readonly id: QualifiedName;
  /** The literals of the first such task, as JSON by their path. */
  readonly literals: ReadonlyMap<string, string>;
}

/** A literal of a step, by its path within the task. */
type StepLiteral = readonly [path: ArgumentPath, value: Encoded];

/** A step as the plan names it: its function, the steps it uses, its literals' paths. */
type PlannedStep = readonly [name: string, after: readonly number[], paths: readonly string[]];

const longestLiteral = 200;

/**
 * The plan of a fused task: its steps, each with its function, in the order in which they run, and
 * with the literals of the first task that has it. Tasks of the same steps share it.
 */
export function fusedPlan(context: RunContext, inner: readonly InnerStep[]): FusedPlan {
  const steps = plannedSteps(context, inner);
  const signature = JSON.stringify(steps);
  const known = context.catalog.fusedPlans.get(signature);
  if (known !== undefined) return known;
  const hash = createHash("sha256").update(signature).digest("hex");
  const literals = stepLiterals(inner).map(([path, value]) => [path.id, asJson(value)] as const);
  const plan = {
    id: context.names.fusedPlan(steps.at(-1)?.[0] ?? "", hash),
    literals: new Map(literals),
  };
  context.catalog.fusedPlans.set(signature, plan);
  writePlan(context, plan.id, inner, steps);
  return plan;
}

/** The literals of a fused task's steps that are not those of its plan. */
export function ownLiterals(plan: FusedPlan, inner: readonly InnerStep[]): StepLiteral[] {
  return stepLiterals(inner).filter(
    ([path, value]) => plan.literals.get(path.id) !== asJson(value),
  );
}

function writePlan(
  context: RunContext,
  id: QualifiedName,
  inner: readonly InnerStep[],
  steps: readonly PlannedStep[],
): void {
  const shown = steps.map(([name, after], i) => [name, after, parametersOf(inner[i])]);
  context.emit({
    kind: "entity",
    id,
    attributes: [
      [prov.label, label(steps)],
      [prov.type, prov.Plan],
      [prov.type, prov.Collection],
      [prov.type, provone.Workflow],
      [prov.type, types.FusedPlan],
      [attr.steps, JSON.stringify(shown)],
    ],
  });
  for (const entity of memberPlans(context, inner)) {
    context.emit({ kind: "hadMember", collection: id, entity, attributes: [] });
  }
}

function stepLiterals(inner: readonly InnerStep[]): StepLiteral[] {
  return inner.flatMap((step, i) =>
    argumentUses(step.arguments).literals.map(([path, value]): StepLiteral => {
      const start = `step${i + 1}.`;
      return [{ role: start + path.role, id: start + path.id }, value];
    }),
  );
}

function plannedSteps(context: RunContext, inner: readonly InnerStep[]): PlannedStep[] {
  const places = new Map(inner.map((step, i) => [keyJson(step.key), i]));
  return inner.map((step): PlannedStep => {
    const fn = context.catalog.functionOf(step.function);
    const after = step.dependencies.flatMap((key) => places.get(keyJson(key)) ?? []);
    const paths = argumentUses(step.arguments).literals.map(([path]) => path.id);
    return [fn === undefined ? "" : fullName(fn), after.sort((a, b) => a - b), paths];
  });
}

/** A step's literals as people write them. */
function parametersOf(step: InnerStep | undefined): Readonly<Record<string, string>> {
  const literals = argumentUses(step?.arguments ?? []).literals;
  return Object.fromEntries(
    literals.map(([path, value]) => [path.role, keyText(value).slice(0, longestLiteral)]),
  );
}

function asJson(value: Encoded): string {
  return JSON.stringify(value);
}

function fullName(fn: { readonly module: string | undefined; readonly name: string }): string {
  return fn.module === undefined ? fn.name : `${fn.module}.${fn.name}`;
}

/** `numpy.ones > operator.add`, shortened in the middle. */
function label(steps: readonly PlannedStep[]): string {
  const names = steps.map(([name]) => name);
  const shown = names.length <= 6 ? names : [...names.slice(0, 3), "…", ...names.slice(-2)];
  return shown.join(" > ");
}

function memberPlans(context: RunContext, inner: readonly InnerStep[]): Set<QualifiedName> {
  const plans = inner.map((step) => context.catalog.functionOf(step.function)?.plan);
  return new Set(plans.filter((plan) => plan !== undefined));
}
