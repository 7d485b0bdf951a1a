import { TaskprovError } from "../../base/errors.js";
import { textBundle, withDisplay } from "../../base/notebook-display.js";
import { indexSecond } from "../index/index-ahead.js";
import { none } from "../index/lineage-index.js";
import { rounded } from "../item-facts.js";
import { type LineageSource, type OpenedLineage, openWithIndex } from "../lineage.js";
import { sliceNodes } from "../slice-answer.js";
import { diffParts } from "../text/diff-html.js";
import { diffText } from "../text/diff-text.js";
import { valueText } from "../text/item-text.js";
import { createStyle } from "../text/style.js";
import { type Alignment, align } from "./align.js";
import { compareUnits, nameOf } from "./compare-units.js";
import type {
  Change,
  DataDifference,
  DiffAnswer,
  DifferenceKind,
  FailureDifference,
  GroupComparison,
  GroupFigures,
  RunFigures,
} from "./diff-answer.js";
import { compareEnvironment, workerFigures } from "./environment.js";
import { type RunGraph, type RunUnit, runGraph, SharedNumbers, waitSeconds } from "./run-graph.js";

/** How {@link diff} compares. */
export interface DiffOptions {
  /** Kinds of differences that do not count and are not told. */
  readonly ignore?: readonly DifferenceKind[];
  /**
   * From when on a longer time is a regression: 0.2 for 20 % a task. Without it times are shown,
   * but make no difference.
   */
  readonly threshold?: number;
  /** Price of a worker for an hour, for the cost of both runs. */
  readonly price?: number;
  /** Compare only what this item came from; a key that both runs know, or that is found in both. */
  readonly key?: string;
}

/** Every kind of difference. */
export const differenceKinds: readonly DifferenceKind[] = [
  "code",
  "parameter",
  "input",
  "environment",
  "structure",
  "data",
  "failure",
  "timing",
];

/** Regressions below this many seconds a task are noise. */
const leastSeconds = 0.001;

/**
 * Compares two runs. Their tasks are paired by function, arguments and position in the graph,
 * because keys are random in part.
 *
 * @param a - the earlier run: a path, a document in memory, or bytes.
 * @param b - the later run.
 * @throws {@link TaskprovError} `ERR_OPTION` for options, `ERR_FILE` and `ERR_DOCUMENT` as
 *   {@link openLineage} does, `ERR_ITEM` when `key` is not found.
 * @example
 * ```ts
 * const answer = await diff("yesterday.json", "today.json");
 * for (const { kind, subject, before, after } of answer.changes) {
 *   console.log(kind, subject, before, after);
 * }
 * ```
 */
export async function diff(
  a: LineageSource,
  b: LineageSource,
  options: DiffOptions = {},
): Promise<DiffAnswer> {
  checkOptions(options);
  const [opened] = await Promise.all([openWithIndex(a), indexSecond(a, b)]);
  using first = opened;
  using second = await openWithIndex(b);
  const answer = diffOpened(first, second, options);
  return withDisplay(answer, () => ({
    ...textBundle(diffText(answer, createStyle(false))),
    "text/html": diffParts(answer),
  }));
}

function checkOptions({ threshold, price, ignore = [] }: DiffOptions): void {
  for (const [name, value] of Object.entries({ threshold, price })) {
    if (value !== undefined && !(value >= 0)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Expected \`${name}\` to be a number from 0 up, got ${String(value)}.`,
      );
    }
  }
  const unknown = ignore.find((kind) => !differenceKinds.includes(kind));
  if (unknown === undefined) return;
  throw new TaskprovError(
    "ERR_OPTION",
    `Expected \`ignore\` to name some of ${differenceKinds.join(", ")}, got ${JSON.stringify(unknown)}.`,
  );
}

/** Compares two runs that are open. */
export function diffOpened(
  first: OpenedLineage,
  second: OpenedLineage,
  options: DiffOptions = {},
): DiffAnswer {
  const numbers = new SharedNumbers();
  const a = runGraph(first.reader, numbers, nodesOf(first, options.key));
  const b = runGraph(second.reader, numbers, nodesOf(second, options.key));
  const alignment = align(a, b);
  const { changes, changed } = compareUnits(a, b, alignment, numbers);
  compareEnvironment(first.reader, second.reader, changes);
  const ignored = new Set(options.ignore ?? []);
  const told: Change[] = changes.list().filter(({ kind }) => !ignored.has(kind));
  const data = dataDifferences(a, b, alignment, changed);
  const failures = ignored.has("failure") ? [] : failureDifferences(a, b, alignment);
  const groups = groupComparisons(a, b, options.threshold);
  const hasRegression = !ignored.has("timing") && groups.some(({ regression }) => regression);
  const isDataTold = !ignored.has("data");
  return {
    a: first.run,
    b: second.run,
    figures: {
      a: figuresOf(first, options.price),
      b: figuresOf(second, options.price),
    },
    aligned: alignedCounts(a, b, alignment),
    changes: told,
    firstData: isDataTold ? data.first : [],
    dataCount: isDataTold ? data.count : 0,
    failures,
    groups,
    different:
      told.length > 0 || failures.length > 0 || hasRegression || (isDataTold && data.count > 0),
  };
}

function nodesOf(
  { reader }: OpenedLineage,
  key: string | undefined,
): ReadonlySet<number> | undefined {
  return key === undefined ? undefined : new Set(sliceNodes(reader.index, key, "up", {}).nodes);
}

function figuresOf({ reader, run }: OpenedLineage, price: number | undefined): RunFigures {
  const { workers, threads } = workerFigures(reader);
  const seconds = run.seconds ?? 0;
  return {
    seconds,
    workers,
    threads,
    ...(price !== undefined && { cost: rounded((workers * price * seconds) / 3600) }),
  };
}

function alignedCounts(a: RunGraph, b: RunGraph, alignment: Alignment): DiffAnswer["aligned"] {
  const count = (run: RunGraph, partner: Int32Array, paired: boolean): number =>
    run.units.filter(({ isTask }, unit) => isTask && (partner[unit] !== -1) === paired).length;
  return {
    pairs: count(a, alignment.toB, true),
    onlyA: count(a, alignment.toB, false),
    onlyB: count(b, alignment.toA, false),
  };
}

const shownData = 20;

/** Data that differs; the first ones are those whose inputs do not differ. */
function dataDifferences(
  a: RunGraph,
  b: RunGraph,
  alignment: Alignment,
  changed: ReadonlySet<number>,
): { readonly first: readonly DataDifference[]; readonly count: number } {
  const differs = new Uint8Array(a.units.length);
  const explained = new Uint8Array(a.units.length);
  const first: DataDifference[] = [];
  const isMixed = a.hasDigests !== b.hasDigests;
  let count = 0;
  for (const at of a.order) {
    const unit = a.units[at];
    const other = b.units[alignment.toB[at] ?? -1];
    if (unit === undefined) continue;
    const isChanged = changed.has(at) || other === undefined;
    if (isChanged || unit.inputs.some((input) => explained[input.unit] === 1)) explained[at] = 1;
    if (other === undefined || !unit.isTask) {
      // Data that was put in is told as a changed input.
      if (isChanged) differs[at] = 1;
      continue;
    }
    if (unit.data === none || other.data === none || unit.print === other.print) continue;
    if (isMixed && isSameWithoutDigest(a, b, unit, other)) continue;
    count++;
    differs[at] = 1;
    const isFirst = unit.inputs.every((input) => differs[input.unit] !== 1);
    if (isFirst && first.length < shownData) {
      first.push(dataDifference(a, b, unit, other, explained[at] === 1));
    }
  }
  return { first, count };
}

/** Of runs of which one has digests: whether type and size are the same. */
function isSameWithoutDigest(a: RunGraph, b: RunGraph, unit: RunUnit, other: RunUnit): boolean {
  const [one] = a.reader.items([unit.data]);
  const [another] = b.reader.items([other.data]);
  return (
    one?.dataType === another?.dataType &&
    one?.nbytes === another?.nbytes &&
    one?.shape === another?.shape &&
    one?.value === another?.value
  );
}

function dataDifference(
  a: RunGraph,
  b: RunGraph,
  unit: RunUnit,
  other: RunUnit,
  explained: boolean,
): DataDifference {
  const text = (run: RunGraph, node: number): string => {
    const [item] = run.reader.items([node]);
    if (item === undefined) return "";
    return [valueText(item), item.digest?.slice(0, 16)].filter(Boolean).join(" ");
  };
  return {
    a: nameOf(a, unit),
    b: nameOf(b, other),
    before: text(a, unit.data),
    after: text(b, other.data),
    explained,
  };
}

function isFailed({ status }: RunUnit): boolean {
  return status === "error" || status === "lost";
}

function failureDifferences(a: RunGraph, b: RunGraph, alignment: Alignment): FailureDifference[] {
  const failures: FailureDifference[] = [];
  a.units.forEach((unit, at) => {
    const other = b.units[alignment.toB[at] ?? -1];
    if (!isFailed(unit) || (other !== undefined && isFailed(other))) return;
    const key = other === undefined ? {} : { b: nameOf(b, other) };
    failures.push({ what: "gone", a: nameOf(a, unit), ...key, status: unit.status });
  });
  b.units.forEach((unit, at) => {
    const other = a.units[alignment.toA[at] ?? -1];
    if (!isFailed(unit) || (other !== undefined && isFailed(other))) return;
    const key = other === undefined ? {} : { a: nameOf(a, other) };
    failures.push({ what: "new", b: nameOf(b, unit), ...key, status: unit.status });
  });
  return failures;
}

function groupComparisons(
  a: RunGraph,
  b: RunGraph,
  threshold: number | undefined,
): GroupComparison[] {
  const [ofA, ofB] = [groupFigures(a), groupFigures(b)];
  const names = [...new Set([...ofA.keys(), ...ofB.keys()])];
  return names
    .map((group): GroupComparison => {
      const [one, other] = [ofA.get(group) ?? nothing, ofB.get(group) ?? nothing];
      return {
        group,
        a: roundedFigures(one),
        b: roundedFigures(other),
        regression: threshold !== undefined && isSlower(one, other, threshold),
      };
    })
    .sort(
      (x, y) => y.a.computeSeconds + y.b.computeSeconds - x.a.computeSeconds - x.b.computeSeconds,
    );
}

type Figures = { -readonly [Name in keyof GroupFigures]: GroupFigures[Name] };

const nothing: GroupFigures = { count: 0, computeSeconds: 0, transferSeconds: 0, waitSeconds: 0 };

function roundedFigures(figures: GroupFigures): GroupFigures {
  return {
    count: figures.count,
    computeSeconds: rounded(figures.computeSeconds),
    transferSeconds: rounded(figures.transferSeconds),
    waitSeconds: rounded(figures.waitSeconds),
  };
}

function isSlower(a: GroupFigures, b: GroupFigures, threshold: number): boolean {
  if (a.count === 0 || b.count === 0) return false;
  const before = a.computeSeconds / a.count;
  const after = b.computeSeconds / b.count;
  return after > before * (1 + threshold) && after - before > leastSeconds;
}

function groupFigures(run: RunGraph): ReadonlyMap<string, Figures> {
  const groups = new Map<string, Figures>();
  const { activities } = run.reader.index;
  for (const unit of run.units) {
    const { isTask, row } = unit;
    if (!isTask || row === none) continue;
    const name = run.reader.groupOf(row);
    const figures = groups.get(name) ?? { ...nothing };
    groups.set(name, figures);
    const seconds = (activities.end[row] ?? Number.NaN) - (activities.start[row] ?? Number.NaN);
    figures.count++;
    if (!Number.isNaN(seconds)) figures.computeSeconds += seconds;
    figures.transferSeconds += activities.transferSeconds[row] ?? 0;
    figures.waitSeconds += waitSeconds(run, unit);
  }
  return groups;
}
