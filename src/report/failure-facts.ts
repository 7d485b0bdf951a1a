import type { AttemptStory, Failure } from "../lineage/blame.js";
import type { LineageItem } from "../lineage/lineage-item.js";
import { itemName, shortPlace, valueText } from "../lineage/text/item-text.js";
import type { ReportAttempt, ReportFailure } from "./page/report-format.js";

const maxInputs = 50;
const maxTraceback = 40_000;

/** A failure as the page shows it. */
export function reportFailure({ task, attempts, inputs, stack, blocked }: Failure): ReportFailure {
  const last = attempts.at(-1)?.attempt;
  const place = last?.place;
  return {
    task,
    ...(last?.function !== undefined && { function: last.function }),
    ...(place !== undefined && { place: shortPlace(place) }),
    ...(last?.cell !== undefined && { cell: last.cell }),
    attempts: attempts.map(reportAttempt),
    inputs: inputs.slice(0, maxInputs).map(({ role, item }) => [role ?? "", inputText(item)]),
    stack,
    blocked: blocked.count,
    blockedGroups: blocked.groups.map(({ group, count }) => [group, count]),
    blockedTasks: blocked.tasks,
  };
}

function inputText(item: LineageItem): string {
  if (item.type === "literal") return valueText(item);
  const value = valueText(item);
  return value === "" ? itemName(item) : `${itemName(item)}: ${value}`;
}

function reportAttempt({ attempt, exception }: AttemptStory): ReportAttempt {
  const { id, status = "", worker, start, seconds } = attempt;
  const traceback = exception?.traceback?.slice(0, maxTraceback);
  return {
    id,
    number: attempt.attempt ?? 1,
    status,
    ...(worker !== undefined && { worker }),
    ...(start !== undefined && { start }),
    ...(seconds !== undefined && { seconds }),
    ...(exception?.exceptionType !== undefined && { exception: exception.exceptionType }),
    ...(exception?.message !== undefined && { message: exception.message }),
    ...(traceback !== undefined && { traceback }),
  };
}
