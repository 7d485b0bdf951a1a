import type { PlotPanel } from "../plot/panel.js";
import type { JournalProfile } from "./journal-profile.js";
import { lanePlot } from "./lane-plot.js";
import { resourcePanel } from "./resource-panel.js";
import type { Plottable } from "./visualize.js";

/**
 * The plots of a recorded run: attempts by worker and thread, how many ran at once, and what each
 * worker used, where it was sampled.
 */
export function profilePlots(profile: JournalProfile): Plottable[] {
  const plots = [{ plot: () => attemptsPanel(profile) }, { plot: () => runningPanel(profile) }];
  if (profile.usage.length === 0) return plots;
  return [...plots, { plot: () => resourcePanel(profile.usage) }];
}

function attemptsPanel({ attempts }: JournalProfile): PlotPanel {
  const threads = new Map<string, number>();
  return lanePlot(
    attempts.map(({ key, group, worker, thread, start, stop, status }) => {
      const place = `${worker} ${thread ?? ""}`;
      const number = threads.get(place) ?? threads.size;
      threads.set(place, number);
      const lane = thread === undefined ? worker : `${worker} #${number}`;
      return { label: status === "ok" ? key : `${key} (${status})`, group, lane, start, stop };
    }),
  );
}

function runningPanel({ attempts }: JournalProfile): PlotPanel {
  const changes = attempts
    .flatMap(({ start, stop }): [number, number][] => [
      [start, 1],
      [stop, -1],
    ])
    .sort(([a, x], [b, y]) => a - b || x - y);
  const x: number[] = [];
  const y: number[] = [];
  let running = 0;
  // More points than pixels say nothing: of each slot of time its end.
  const slot = ((changes.at(-1)?.[0] ?? 0) - (changes[0]?.[0] ?? 0) || 1) / 20_000;
  for (const [time, by] of changes) {
    running += by;
    const last = x.at(-1);
    if (last !== undefined && time - last < slot && x.length > 1) y[y.length - 1] = running;
    else {
      x.push(time);
      y.push(running);
    }
  }
  const line = { name: "attempts running", unit: "", side: "left", step: true, x, y } as const;
  return { kind: "lines", title: "Attempts at once", lines: [line] };
}
