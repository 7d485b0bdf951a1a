import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { log } from "../base/log.js";
import { onSchedulerOpened, openSchedulers } from "../engines/local/open-schedulers.js";
import type { Scheduler } from "../engines/local/scheduler.js";
import { ProvTracker } from "../track/prov-tracker.js";
import { writeReport } from "./write-report.js";

/** Options of {@link performanceReport}. */
export interface PerformanceReportOptions {
  /**
   * The HTML file; an older one is replaced. Where several clusters ran, the further ones get `-2`
   * and so on before the extension.
   *
   * @defaultValue `"taskprov-report.html"`
   */
  readonly filename?: string;
}

/**
 * Runs a function and writes a report of what every cluster of this process did meanwhile, and of
 * nothing else. The report is written as well when the function throws.
 *
 * @param options - where the report goes.
 * @param fn - what to run; await the results inside.
 * @returns what `fn` returns.
 * @throws what `fn` throws; {@link TaskprovError} `ERR_DESTINATION` when `fn` went well and the
 *   report cannot be written.
 * @example
 * ```ts
 * const total = await performanceReport({ filename: "report.html" }, () => future.result());
 * ```
 */
export async function performanceReport<T>(
  options: PerformanceReportOptions,
  fn: () => T,
): Promise<Awaited<T>> {
  const { filename = "taskprov-report.html" } = options;
  const folder = mkdtempSync(join(tmpdir(), "taskprov-report-"));
  try {
    const trackers: ProvTracker[] = [];
    const watch = (scheduler: Scheduler): void => {
      const destination = join(folder, String(trackers.length));
      const tracker = new ProvTracker({ destination });
      trackers.push(tracker);
      scheduler.registerPlugin(tracker);
    };
    const unwatch = onSchedulerOpened(watch);
    for (const scheduler of openSchedulers()) watch(scheduler);
    let result: Awaited<T>;
    try {
      result = await fn();
    } catch (error) {
      unwatch();
      // What went wrong in the block is the news, not that its report has failed too.
      await writeReports(trackers, filename).catch(() => {});
      throw error;
    }
    unwatch();
    await writeReports(trackers, filename);
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A report for each cluster that ran a task; for the first one in any case. */
async function writeReports(trackers: readonly ProvTracker[], filename: string): Promise<void> {
  if (trackers.length === 0) {
    log("warning", `no cluster ran in the block, so ${filename} was not written.`);
  }
  const runs = [];
  for (const tracker of trackers) {
    await tracker.close();
    runs.push(await tracker.done);
  }
  const busy = runs.filter(({ counts }) => (counts["tasks"] ?? 0) > 0);
  const shown = busy.length > 0 ? busy : runs.slice(0, 1);
  for (const [i, { journal }] of shown.entries()) {
    if (journal === undefined) continue;
    await writeReport(journal, i === 0 ? filename : numbered(filename, i + 1), { index: "none" });
  }
}

function numbered(filename: string, number: number): string {
  const extension = extname(filename);
  return `${filename.slice(0, filename.length - extension.length)}-${number}${extension}`;
}
