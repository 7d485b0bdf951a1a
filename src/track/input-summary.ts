import { argumentUses } from "./arguments.js";
import { valueText } from "./literal-values.js";
import type { LiveTask } from "./live-task.js";
import type { RunContext } from "./run-context.js";

const maxInputs = 50;
const maxChars = 200;

/**
 * What a task was given, in short: by argument the key of the task it came from, or the value. At
 * most 50 arguments, and 200 characters of each.
 */
export function inputSummary(
  context: RunContext,
  task: LiveTask,
): Readonly<Record<string, string>> {
  const { references, literals } = argumentUses(task.arguments);
  const summary: [string, string][] = [];
  const add = (role: string, text: string): void => {
    if (summary.length < maxInputs) summary.push([role, text.slice(0, maxChars)]);
  };
  for (const [number, roles] of references) {
    const key = context.taskOf(number)?.keyText;
    for (const role of roles) if (key !== undefined) add(role, key);
  }
  for (const [path, value] of literals) {
    add(path.role, typeof value === "string" ? value : valueText(value));
  }
  return Object.fromEntries(summary);
}
