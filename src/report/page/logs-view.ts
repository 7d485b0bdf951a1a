import { countText } from "../../lineage/text/quantities.js";
import { dataTable, upTo } from "./data-table.js";
import { h } from "./dom.js";
import type { ReportLog } from "./report-format.js";
import { secondsText } from "./texts.js";
import type { View } from "./view.js";

const grave = new Set(["warning", "error", "critical"]);
const marks: Readonly<Record<string, string>> = { warning: "⚠", error: "✕", critical: "✕" };

/** Log records of scheduler and workers, the last ones of a long run. */
export const logsView: View = ({ head }) => {
  const logs = head.telemetry?.logs ?? [];
  const more = head.telemetry?.moreLogs ?? 0;
  const place = h("div", {}, logTable(logs));
  const count = graveLogs(logs);
  const only = h("input", {
    type: "checkbox",
    change: () => {
      place.replaceChildren(logTable(only.checked ? logs.filter(isGrave) : logs));
    },
  });
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Log records"),
    more > 0 && h("p", { class: "note" }, `${countText(more)} earlier records are not shown.`),
    count > 0 && count < logs.length && h("label", {}, only, " Only warnings and errors"),
    place,
  );
};

/** Records that are warnings or worse. */
export function graveLogs(logs: readonly ReportLog[]): number {
  return logs.filter(isGrave).length;
}

/** Whether a record is a warning or worse. */
export function isGrave([, level]: ReportLog): boolean {
  return grave.has(level);
}

/** The sign of a level; empty for those that are no warning. */
export function logMark(level: string): string {
  return marks[level] ?? "";
}

/** Log records as a table. */
export function logTable(logs: readonly ReportLog[]): HTMLElement {
  const of = (row: number): ReportLog => logs[row] ?? [0, "", "", "", ""];
  return dataTable({
    caption: "Log records of scheduler and workers",
    rows: upTo(logs.length),
    pageSize: 50,
    columns: [
      {
        title: "After",
        about: "Since the first start of a task",
        isNumber: true,
        cell: (row) => (of(row)[0] < 0 ? `−${secondsText(-of(row)[0])}` : secondsText(of(row)[0])),
        sort: (row) => of(row)[0],
      },
      {
        title: "Level",
        cell: (row) => `${logMark(of(row)[1])} ${of(row)[1]}`.trim(),
        sort: (row) => of(row)[1],
      },
      { title: "From", cell: (row) => of(row)[2], sort: (row) => of(row)[2] },
      { title: "Logger", cell: (row) => of(row)[3], sort: (row) => of(row)[3] },
      { title: "Text", isHead: true, cell: (row) => h("span", { class: "value" }, of(row)[4]) },
    ],
  });
}
