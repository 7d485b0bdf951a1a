/** What semantic mode says about a call, before hints. */
export interface Verdict {
  readonly status: "generating" | "lazy" | "not-a-task" | "unknown";
  readonly reason: string;
  readonly confidence: number;
}

/** A place without a call of its own where work starts: `for x in bag`, `ds.t.values`. */
export interface Trigger {
  readonly name: string;
  readonly receiver?: { readonly start: number; readonly end: number };
  readonly start: number;
  readonly end: number;
  readonly verdict: Verdict;
}

/** What semantic mode says about a cell. */
export interface CellJudgement {
  /** By the end of the callee, which no two calls share. */
  readonly calls: Map<number, Verdict>;
  /** By place and name. */
  readonly triggers: Map<string, Trigger>;
}

const weight: Readonly<Record<Verdict["status"], number>> = {
  generating: 3,
  unknown: 2,
  lazy: 1,
  "not-a-task": 0,
};

/** Which of two verdicts on the same call stands: a call that works once is one that works. */
export function stronger(a: Verdict | undefined, b: Verdict): Verdict {
  if (a === undefined) return b;
  const difference = weight[a.status] - weight[b.status];
  if (difference !== 0) return difference > 0 ? a : b;
  return a.confidence >= b.confidence ? a : b;
}
