import type { EpochSeconds } from "../base/clock.js";
import { RecentRate } from "./recent-rate.js";
import type { GroupOverview, TaskCounts } from "./run-overview.js";

/** Where a task is, as {@link TaskCounts} has it. */
export type TallyPlace = Exclude<keyof TaskCounts, "total">;

/** Groups that are counted by themselves. */
const maxGroups = 1000;
/** The name of all others together. */
const others = "(other)";

interface Group {
  readonly counts: Record<TallyPlace, number>;
  readonly rate: RecentRate;
  /** When something last happened to it, in events. */
  touched: number;
  worked: number;
  seconds: number;
}

/** Counts tasks by group and place. What it keeps is bounded by the groups. */
export class GroupTally {
  readonly #groups = new Map<string, Group>();
  readonly #all: Group = emptyGroup();
  #events = 0;

  /** The name under which a group is counted. */
  nameOf(group: string): string {
    return this.#groups.has(group) || this.#groups.size < maxGroups ? group : others;
  }

  /** A task is there, or moved from one place to another. */
  move(group: string, from: TallyPlace | undefined, to: TallyPlace): void {
    const own = this.#group(group);
    own.touched = ++this.#events;
    for (const { counts } of [own, this.#all]) {
      if (from !== undefined) counts[from]--;
      counts[to]++;
    }
  }

  /** A task of the group is on its way. */
  began(group: string, time: EpochSeconds): void {
    this.#group(group).rate.begin(time);
    this.#all.rate.begin(time);
  }

  /** A task of the group has ended; with the seconds it computed if it worked. */
  ended(group: string, time: EpochSeconds, seconds?: number): void {
    const own = this.#group(group);
    own.rate.add(time);
    this.#all.rate.add(time);
    if (seconds === undefined) return;
    own.worked++;
    own.seconds += seconds;
  }

  /** All tasks. */
  counts(): TaskCounts {
    return countsOf(this.#all);
  }

  /** Of all tasks. @param time - absent: over the whole run. */
  rate(time?: EpochSeconds): number {
    return rateOf(this.#all, time);
  }

  /** The groups: those with work left first, in each half the one that moved last. */
  overview(time?: EpochSeconds): GroupOverview[] {
    return [...this.#groups]
      .sort(([, a], [, b]) => Number(isOpen(b)) - Number(isOpen(a)) || b.touched - a.touched)
      .map(([name, group]) => ({
        group: name,
        ...countsOf(group),
        rate: rateOf(group, time),
        ...(group.worked > 0 && { meanSeconds: group.seconds / group.worked }),
      }));
  }

  #group(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = emptyGroup();
    this.#groups.set(name, group);
    return group;
  }
}

function emptyGroup(): Group {
  const counts = { waiting: 0, running: 0, done: 0, failed: 0, blocked: 0, cancelled: 0 };
  return { counts, rate: new RecentRate(), touched: 0, worked: 0, seconds: 0 };
}

function countsOf({ counts }: Group): TaskCounts {
  return { total: Object.values(counts).reduce((sum, count) => sum + count, 0), ...counts };
}

function rateOf({ rate }: Group, time: EpochSeconds | undefined): number {
  return time === undefined ? rate.overall() : rate.recent(time);
}

function isOpen({ counts }: Group): boolean {
  return counts.waiting > 0 || counts.running > 0;
}
