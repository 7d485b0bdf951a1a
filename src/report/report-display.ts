import { readFileSync, statSync } from "node:fs";
import { escapeHtml } from "../base/html.js";
import { withDisplay } from "../base/notebook-display.js";
import { countText, sizeText } from "../lineage/text/quantities.js";
import type { ReportSummary } from "./write-report.js";

/** A larger page would make the notebook file itself hard to open. */
const maxEmbeddedBytes = 8_000_000;

/** Lets notebooks show the report in the cell, as a page of its own that reaches nothing else. */
export function shownReport(summary: ReportSummary): ReportSummary {
  const { path, attempts } = summary;
  return withDisplay(summary, () => ({
    "text/plain": `${path}: ${countText(attempts)} attempts`,
    "text/html": embedded(path),
  }));
}

function embedded(path: string): string {
  const link = `<a href="${escapeHtml(path)}">${escapeHtml(path)}</a>`;
  const { size } = statSync(path);
  if (size > maxEmbeddedBytes) {
    return `<p>The report has ${sizeText(size)}: open ${link} in a browser.</p>`;
  }
  const data = readFileSync(path).toString("base64");
  const style = "border:1px solid #8888;width:100%;height:640px";
  return `<iframe title="taskprov report" sandbox="allow-scripts" style="${style}" src="data:text/html;base64,${data}"></iframe><p>${link}</p>`;
}
