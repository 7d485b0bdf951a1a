import type { EpochSeconds } from "../base/clock.js";
import type { LinePanel, PlotLine } from "../plot/panel.js";

/** What something used at a time; what was not measured is absent. */
export interface ResourceMoment {
  readonly time: EpochSeconds;
  /** Percent of one processor. */
  readonly cpu?: number;
  /** MB (1e6 bytes). */
  readonly mem?: number;
}

/** A process or a thread over time. */
export interface ResourceUser {
  /** Empty for the only one, or that of which the others are parts. */
  readonly name: string;
  readonly moments: readonly ResourceMoment[];
}

/** More lines than that cannot be told apart. */
const mostUsers = 32;
/** More points than pixels say nothing. */
const mostPoints = 2_000;

/** Two lines for each: processor to the left, memory to the right. */
export function resourcePanel(users: readonly ResourceUser[]): LinePanel {
  const shown = users.length > mostUsers ? hungriest(users) : users;
  const left = users.length - shown.length;
  return {
    kind: "lines",
    title: `Processor and memory${left > 0 ? ` (of ${users.length}, those that used most)` : ""}`,
    lines: shown.flatMap((user) => linesOf(user)),
  };
}

function hungriest(users: readonly ResourceUser[]): ResourceUser[] {
  const used = ({ moments }: ResourceUser): number =>
    moments.reduce((sum, { cpu = 0 }) => sum + cpu, 0);
  const kept = new Set(
    users
      .map((user) => ({ user, used: used(user) }))
      .sort((a, b) => b.used - a.used)
      .slice(0, mostUsers)
      .map(({ user }) => user),
  );
  return users.filter((user) => kept.has(user));
}

function linesOf({ name, moments }: ResourceUser): PlotLine[] {
  const called = (what: string): string => (name === "" ? what : `${what} ${name}`);
  return [
    line({ name: called("% CPU"), unit: "%", side: "left" }, moments, ({ cpu }) => cpu),
    line({ name: called("Memory"), unit: "MB", side: "right" }, moments, ({ mem }) => mem),
  ].filter(({ x }) => x.length > 0);
}

function line(
  about: Pick<PlotLine, "name" | "unit" | "side">,
  moments: readonly ResourceMoment[],
  read: (moment: ResourceMoment) => number | undefined,
): PlotLine {
  const x: number[] = [];
  const y: number[] = [];
  for (const moment of moments) {
    const value = read(moment);
    if (value === undefined) continue;
    x.push(moment.time);
    y.push(Math.round(value * 100) / 100);
  }
  const points = highestOf(y, Math.ceil(x.length / mostPoints));
  const pick = (list: readonly number[]): number[] => points.map((i) => list[i] ?? 0);
  return { ...about, step: false, x: pick(x), y: pick(y) };
}

/** Of each few points the highest: peaks are what one looks for. */
function highestOf(values: readonly number[], every: number): number[] {
  const chosen: number[] = [];
  for (let from = 0; from < values.length; from += Math.max(1, every)) {
    let best = from;
    for (let i = from; i < Math.min(values.length, from + every); i++) {
      if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
    }
    chosen.push(best);
  }
  return chosen;
}
