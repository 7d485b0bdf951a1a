import type { GraphEvent } from "./graph-event.js";

/**
 * Splits a graph too large for one event into two events of the same number, each with half of the
 * tasks. Undefined when there is only one task left to split.
 */
export function splitGraph(event: GraphEvent): readonly [GraphEvent, GraphEvent] | undefined {
  const { tasks } = event;
  if (tasks.length < 2) return undefined;
  const half = Math.ceil(tasks.length / 2);
  return [
    { ...event, tasks: tasks.slice(0, half) },
    { ...event, tasks: tasks.slice(half) },
  ];
}
