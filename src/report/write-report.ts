import { writeFileAtomically } from "../base/files.js";
import { sourceForm } from "../lineage/index/read-source.js";
import { type LineageSource, type OpenLineageOptions, openWithIndex } from "../lineage/lineage.js";
import { packageVersion } from "../track/run-facts.js";
import { journalExtras, noExtras } from "./journal-extras.js";
import { linkScripts, pageEntry, readScript } from "./page-scripts.js";
import { type ReportContent, reportContent } from "./report-content.js";
import { reportPage } from "./report-page.js";

/** What {@link writeReport} did. */
export interface ReportSummary {
  /** The file. */
  readonly path: string;
  /** Attempts of tasks in it. */
  readonly attempts: number;
  /** What it leaves out, in words. */
  readonly omitted: readonly string[];
}

/**
 * Writes a report: one HTML file that shows a run, with its graph, timeline, lineage, failures and
 * performance. It loads nothing and can be sent to anybody.
 *
 * @param source - document or journal, also of a run that goes on.
 * @param path - of the file; an older one is replaced.
 * @throws {@link TaskprovError} `ERR_FILE` or `ERR_DOCUMENT` when the source cannot be read,
 *   `ERR_DESTINATION` when the file cannot be written.
 * @example
 * ```ts
 * await writeReport("output/yprov4wfs.json", "report.html");
 * ```
 */
export async function writeReport(
  source: LineageSource,
  path: string,
  options: OpenLineageOptions = {},
): Promise<ReportSummary> {
  const content = await collectReport(source, options);
  writeFileAtomically(path, reportPage(content, linkScripts(pageEntry, readScript)));
  return { path, attempts: content.head.rows, omitted: content.head.omitted };
}

/** Collects what a report shows. */
export async function collectReport(
  source: LineageSource,
  options: OpenLineageOptions = {},
): Promise<ReportContent> {
  using lineage = await openWithIndex(source, options);
  const isJournal = typeof source === "string" && sourceForm(source) === "journal";
  const extras = isJournal ? await journalExtras(source) : noExtras;
  return reportContent(lineage, extras, packageVersion);
}
