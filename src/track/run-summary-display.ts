import { escapeHtml } from "../base/html.js";
import { withDisplay } from "../base/notebook-display.js";
import type { RunSummary } from "./build-document.js";

/** Lets notebooks show what a run came to as a small table. */
export function shownSummary(summary: RunSummary): RunSummary {
  return withDisplay(summary, () => {
    const rows = rowsOf(summary);
    return {
      "text/plain": rows.map(([name, text]) => `${name.padEnd(10)} ${text}`).join("\n"),
      "text/html": tableOf(rows),
    };
  });
}

type Row = readonly [name: string, text: string];

function rowsOf({ document, journal, others, counts, dropped, problems }: RunSummary): Row[] {
  const { tasks = 0, data = 0 } = counts;
  const statuses = Object.entries(counts)
    .filter(([name, count]) => !notStatuses.has(name) && count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const rows: Row[] = [
    ["document", document ?? "none"],
    ["tasks", `${tasks}${statuses.length === 0 ? "" : ` (attempts: ${statuses.join(", ")})`}`],
    ["data", String(data)],
  ];
  if (journal !== undefined) rows.push(["journal", journal]);
  for (const { path } of others ?? []) if (path !== undefined) rows.push(["also", path]);
  if (dropped > 0) rows.push(["dropped", `${dropped} events`]);
  for (const problem of problems.slice(0, 20)) rows.push(["problem", problem]);
  return rows;
}

const notStatuses: ReadonlySet<string> = new Set(["tasks", "data", "scattered", "excluded"]);

function tableOf(rows: readonly Row[]): string {
  const body = rows
    .map(
      ([name, text]) =>
        `<tr><th scope="row" style="text-align:left">${escapeHtml(name)}</th><td style="text-align:left">${escapeHtml(text)}</td></tr>`,
    )
    .join("");
  return `<table><caption>taskprov: what was recorded</caption><tbody>${body}</tbody></table>`;
}
