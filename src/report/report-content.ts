import type { CriticalAnswer } from "../lineage/critical-path.js";
import { idOfNode } from "../lineage/find-items.js";
import type { OpenedLineage } from "../lineage/lineage.js";
import type { CellAnswer } from "../lineage/listings.js";
import { shortPlace } from "../lineage/text/item-text.js";
import { countText } from "../lineage/text/quantities.js";
import { reportFailure } from "./failure-facts.js";
import { groupFigures, groupLinks, parallelismOverTime, workerFigures } from "./group-figures.js";
import type { JournalExtras } from "./journal-extras.js";
import { packColumns } from "./pack-columns.js";
import type { ReportCell, ReportCritical, ReportHead } from "./page/report-format.js";
import { type RowExtras, reportColumns } from "./report-columns.js";
import { type ReportGroups, reportGroups } from "./report-groups.js";
import { type ReportRows, reportRows } from "./report-rows.js";

/** Everything a page shows. */
export interface ReportContent {
  readonly head: ReportHead;
  /** Raw deflate of the columns. */
  readonly packed: Uint8Array;
}

const parts = 400;
const maxFailures = 200;
const maxSteps = 1000;
// So a report of a million tasks stays below 60 MB, and one of 100,000 has every value.
const valueLimits = { values: 400_000, chars: 16_000_000 };

/** Collects what a page shows of a document or journal. */
export function reportContent(
  lineage: OpenedLineage,
  extras: JournalExtras,
  version: string,
): ReportContent {
  const { reader } = lineage;
  const rows = reportRows(reader.index);
  const groups = reportGroups(reader, rows);
  const { columns, nbytes, leftOut } = reportColumns(
    reader,
    rows,
    groups,
    rowExtras(lineage, rows, groups, extras),
    valueLimits,
  );
  const packed = packColumns(columns);
  const critical = lineage.critical();
  const slack = new Map(critical?.groups.map((group) => [group.group, group]));
  const blame = lineage.blame(maxFailures);
  const telemetry = extras.telemetry(groups.origin);
  const head: ReportHead = {
    version,
    run: lineage.run,
    rows: rows.count,
    origin: groups.origin,
    span: groups.span,
    groups: groupFigures(reader, rows, groups, nbytes, slack),
    links: groupLinks(reader, rows, groups),
    workers: workerFigures(reader, rows, groups),
    failures: blame.failures.map(reportFailure),
    recovered: blame.recovered.map(reportFailure),
    moreFailures: blame.more,
    cells: lineage.cells().map(reportCell),
    ...(critical !== undefined && { critical: reportCritical(lineage, rows, critical) }),
    transfers: extras.transfers,
    ...(telemetry !== undefined && { telemetry }),
    parallelism: parallelismOverTime(reader, rows, groups, parts),
    omitted: omissions(groups, leftOut),
    columns: packed.places,
    unpacked: packed.unpacked,
  };
  return { head, packed: packed.packed };
}

function rowExtras(
  { reader }: OpenedLineage,
  rows: ReportRows,
  groups: ReportGroups,
  extras: JournalExtras,
): RowExtras {
  const names = groups.workers.map((node) => reader.nameOf(node) ?? "");
  const { start, end } = reader.index.activities;
  return {
    threadOf: (row) => {
      const worker = names[(groups.workerOf[row] ?? 0) - 1];
      const at = rows.activity[row] ?? 0;
      const [from, to] = [start[at] ?? Number.NaN, end[at] ?? Number.NaN];
      if (worker === undefined || !(to >= from)) return undefined;
      return extras.threadOf(worker, from, to);
    },
  };
}

function omissions(groups: ReportGroups, leftOut: number): string[] {
  const omitted: string[] = [];
  if (leftOut > 0) {
    omitted.push(
      `The values of ${countText(leftOut)} arguments and results are left out to keep this page small; the document has them (taskprov show KEY).`,
    );
  }
  if (groups.joined > 0) {
    omitted.push(
      `The run has ${countText(groups.names.length - 1 + groups.joined)} groups; the ${countText(groups.joined)} smallest are shown as one.`,
    );
  }
  return omitted;
}

function reportCell(cell: CellAnswer): ReportCell {
  const { attempts, statuses, groups, places, computeSeconds, data } = cell;
  return {
    cell: cell.cell,
    attempts,
    statuses,
    groups: groups.map(({ group, count }) => [group, count]),
    places: places.slice(0, 50).map(shortPlace),
    seconds: computeSeconds,
    data: data.slice(0, 50),
  };
}

function reportCritical(
  { reader: { index } }: OpenedLineage,
  rows: ReportRows,
  answer: CriticalAnswer,
): ReportCritical {
  const steps = answer.steps.slice(-maxSteps);
  const wanted = new Map(steps.map(({ attempt }) => [attempt.id, -1]));
  for (let row = 0; row < rows.count; row++) {
    const id = idOfNode(index, rows.node[row] ?? 0);
    if (wanted.has(id)) wanted.set(id, row);
  }
  return {
    seconds: answer.seconds,
    compute: answer.computeSeconds,
    transfer: answer.transferSeconds,
    wait: answer.waitSeconds,
    least: answer.leastSeconds,
    threads: answer.threads,
    totalCompute: answer.totalComputeSeconds,
    parallelism: answer.parallelism,
    lost: answer.lost,
    stepCount: answer.steps.length,
    steps: steps.map(({ attempt, computeSeconds, transferSeconds, waitSeconds }) => [
      wanted.get(attempt.id) ?? -1,
      computeSeconds,
      transferSeconds,
      waitSeconds,
    ]),
  };
}
