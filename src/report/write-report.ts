import { existsSync } from "node:fs";
import { writeFileAtomically } from "../base/files.js";
import { readJournal } from "../events/read-journal.js";
import { sourceForm } from "../lineage/index/read-source.js";
import { type LineageSource, type OpenLineageOptions, openWithIndex } from "../lineage/lineage.js";
import { countText } from "../lineage/text/quantities.js";
import { packageVersion } from "../track/run-facts.js";
import { journalExtras, noExtras } from "./journal-extras.js";
import { linkScripts, pageEntry, readScript } from "./page-scripts.js";
import { type ReportContent, reportContent } from "./report-content.js";
import { shownReport } from "./report-display.js";
import { reportPage } from "./report-page.js";

/** How {@link writeReport} works. */
export interface WriteReportOptions extends Pick<OpenLineageOptions, "index"> {
  /** Called now and then with what is being done, in a few words. */
  readonly onStep?: (what: string) => void;
}

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
 * @param source - document or journal, also of a run that goes on. What only a journal says
 *   (threads, transfers, processor and memory, log records) is taken from the one beside a document.
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
  options: WriteReportOptions = {},
): Promise<ReportSummary> {
  const content = await collectReport(source, options);
  options.onStep?.("writing the page");
  writeFileAtomically(path, reportPage(content, linkScripts(pageEntry, readScript)));
  return shownReport({ path, attempts: content.head.rows, omitted: content.head.omitted });
}

/** Collects what a report shows. */
export async function collectReport(
  source: LineageSource,
  options: WriteReportOptions = {},
): Promise<ReportContent> {
  const { onStep } = options;
  using lineage = await openWithIndex(source, {
    ...options,
    ...(onStep !== undefined && {
      onProgress: (records) => onStep(`reading: ${countText(records)} records`),
    }),
  });
  const journal =
    typeof source === "string" ? await journalOf(source, lineage.run.runId) : undefined;
  const extras = journal === undefined ? noExtras : await journalExtras(journal, onStep);
  onStep?.(`collecting ${countText(lineage.run.attempts)} attempts`);
  return reportContent(lineage, extras, packageVersion);
}

/** The path itself, or the journal beside a document, if it is of the same run. */
async function journalOf(path: string, runId: string | undefined): Promise<string | undefined> {
  if (sourceForm(path) === "journal") return path;
  const beside = path.replace(/\.[^.\\/]+$/, ".journal");
  if (beside === path || runId === undefined || !existsSync(beside)) return undefined;
  try {
    for await (const event of readJournal(beside)) {
      return event.type === "run" && event.runId === runId ? beside : undefined;
    }
  } catch {
    // What lies there is no journal; the document alone is shown.
  }
  return undefined;
}
