import { countText, durationText, plural } from "../lineage/text/quantities.js";
import type { RunProgress } from "../traces/run-overview.js";
import { rateText } from "./top-lines.js";

/** How the runs of a program stand, in one line; undefined while there is no task. */
export function progressLine(runs: readonly RunProgress[]): string | undefined {
  const sum = (read: (run: RunProgress) => number): number =>
    runs.reduce((total, run) => total + read(run), 0);
  const total = sum(({ tasks }) => tasks.total);
  if (total === 0) return undefined;
  const rate = sum((run) => (run.isOver ? 0 : run.rate));
  const left = sum(({ tasks }) => tasks.waiting + tasks.running);
  const places = ["running", "failed", "blocked", "cancelled"] as const;
  const lost = sum(({ droppedEvents }) => droppedEvents);
  return [
    `taskprov: ${countText(sum(({ tasks }) => tasks.done))}/${plural(total, "task")}`,
    `${rateText(rate)}/s`,
    ...places
      .map((place) => [place, sum(({ tasks }) => tasks[place])] as const)
      .flatMap(([place, count]) => (count > 0 ? [`${countText(count)} ${place}`] : [])),
    plural(
      sum(({ workers }) => workers),
      "worker",
    ),
    ...(rate > 0 && left > 0 ? [`${durationText(left / rate)} left`] : []),
    ...(lost > 0 ? [`${plural(lost, "event")} lost`] : []),
  ].join(" · ");
}
