import type { EpochSeconds } from "../base/clock.js";
import type { LanePanel } from "../plot/panel.js";

/** What a lane plot shows of a task. */
export interface LaneTask {
  readonly label: string;
  /** What has a colour of its own. */
  readonly group: string;
  /** Where it ran. */
  readonly lane: string;
  readonly start: EpochSeconds;
  readonly stop: EpochSeconds;
}

/** Tasks as rectangles, a lane for each worker. */
export function lanePlot(tasks: readonly LaneTask[]): LanePanel {
  const lanes = numbered(tasks.map(({ lane }) => lane).sort(inNumberOrder));
  const groups = numbered(tasks.map(({ group }) => group));
  return {
    kind: "lanes",
    title: "Tasks by worker",
    lanes: [...lanes.keys()],
    groups: [...groups.keys()],
    lane: tasks.map(({ lane }) => lanes.get(lane) ?? 0),
    group: tasks.map(({ group }) => groups.get(group) ?? 0),
    start: tasks.map(({ start }) => start),
    length: tasks.map(({ start, stop }) => stop - start),
    labels: tasks.map(({ label }) => label),
  };
}

const collator = new Intl.Collator("en", { numeric: true });

function inNumberOrder(a: string, b: string): number {
  return collator.compare(a, b);
}

function numbered(names: readonly string[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const name of names) if (!numbers.has(name)) numbers.set(name, numbers.size);
  return numbers;
}
