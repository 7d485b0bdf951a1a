import type { RunFacts } from "../run-facts.js";

/** What kind of change explains a difference. */
export type ChangeKind = "code" | "parameter" | "input" | "environment" | "structure";

/** What kind of difference can be ignored: a change, or what came of it. */
export type DifferenceKind = ChangeKind | "data" | "failure" | "timing";

/** The same change in one or more tasks. */
export interface Change {
  readonly kind: ChangeKind;
  /** What changed: a function, an argument of one, data, a fact about the run. */
  readonly subject: string;
  /** What happened to it, in words. */
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
  /** How many tasks it concerns; 0 where it concerns the run. */
  readonly count: number;
  /** The first tasks, by their keys in either run. */
  readonly tasks: readonly TaskPair[];
}

/** A task in both runs; one side is absent where the task is in one run only. */
export interface TaskPair {
  readonly a?: string;
  readonly b?: string;
}

/** Data that is not the same in both runs. */
export interface DataDifference extends TaskPair {
  readonly before: string;
  readonly after: string;
  /** Whether a change of its own task, or of what it came from, explains it. */
  readonly explained: boolean;
}

/** A task that failed in one run only. */
export interface FailureDifference extends TaskPair {
  readonly what: "new" | "gone";
  readonly status: string;
}

/** What a group came to in one run. */
export interface GroupFigures {
  readonly count: number;
  readonly computeSeconds: number;
  readonly transferSeconds: number;
  readonly waitSeconds: number;
}

/** A group in both runs, side by side. */
export interface GroupComparison {
  readonly group: string;
  readonly a: GroupFigures;
  readonly b: GroupFigures;
  /** Whether a task takes longer in B by more than the threshold. */
  readonly regression: boolean;
}

/** Machines and money. */
export interface RunFigures {
  readonly seconds: number;
  readonly workers: number;
  readonly threads: number;
  /** With `price`: workers times hours times price. */
  readonly cost?: number;
}

/** How two runs differ. */
export interface DiffAnswer {
  readonly a: RunFacts;
  readonly b: RunFacts;
  readonly figures: { readonly a: RunFigures; readonly b: RunFigures };
  /** How the tasks correspond. */
  readonly aligned: { readonly pairs: number; readonly onlyA: number; readonly onlyB: number };
  /** What explains the differences. */
  readonly changes: readonly Change[];
  /** The first data that differs on each way from the sources; at most 20. */
  readonly firstData: readonly DataDifference[];
  /** How much data differs in all. */
  readonly dataCount: number;
  readonly failures: readonly FailureDifference[];
  readonly groups: readonly GroupComparison[];
  /** Whether anything differs that was not ignored; times count only with a threshold. */
  readonly different: boolean;
}
