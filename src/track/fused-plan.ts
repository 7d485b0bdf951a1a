import { createHash } from "node:crypto";
import { keyJson } from "../describe/key.js";
import type { InnerStep } from "../events/task-event.js";
import type { QualifiedName } from "../prov/names.js";
import type { RunContext } from "./run-context.js";
import { taskprovAttributes as attr, prov, provone, taskprovTypes as types } from "./vocabulary.js";

/** A step as the plan has it: the function's name and the steps it follows, counted from 0. */
type PlannedStep = readonly [name: string, after: readonly number[]];

/**
 * The plan of a fused task: its steps, each with its function, in the order in which they run.
 * Tasks with the same steps share it.
 */
export function fusedPlan(context: RunContext, inner: readonly InnerStep[]): QualifiedName {
  const steps = plannedSteps(context, inner);
  const json = JSON.stringify(steps);
  const hash = createHash("sha256").update(json).digest("hex");
  const plan = context.names.fusedPlan(steps.at(-1)?.[0] ?? "", hash);
  if (!context.catalog.claimPlan(plan.local)) return plan;
  context.emit({
    kind: "entity",
    id: plan,
    attributes: [
      [prov.label, label(steps)],
      [prov.type, prov.Plan],
      [prov.type, prov.Collection],
      [prov.type, provone.Workflow],
      [prov.type, types.FusedPlan],
      [attr.steps, json],
    ],
  });
  for (const entity of memberPlans(context, inner)) {
    context.emit({ kind: "hadMember", collection: plan, entity, attributes: [] });
  }
  return plan;
}

function plannedSteps(context: RunContext, inner: readonly InnerStep[]): PlannedStep[] {
  const places = new Map(inner.map((step, i) => [keyJson(step.key), i]));
  return inner.map((step): PlannedStep => {
    const fn = context.catalog.functionOf(step.function);
    const after = step.dependencies.flatMap((key) => places.get(keyJson(key)) ?? []);
    return [fn === undefined ? "" : fullName(fn), after.sort((a, b) => a - b)];
  });
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
