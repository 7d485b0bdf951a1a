import { statuses } from "../../lineage/index/kinds.js";
import { countText, plural, sizeText } from "../../lineage/text/quantities.js";
import { dataTable, type TableColumn } from "./data-table.js";
import { h } from "./dom.js";
import { groupSwatch, placeOf, statusChip, taskPlace } from "./links.js";
import {
  groupOf,
  keyOf,
  type ReportData,
  rowName,
  statusOf,
  textOf,
  workerOf,
} from "./report-data.js";
import { secondsText } from "./texts.js";
import type { View } from "./view.js";

/** Every attempt as a table, with filters that stand in the address. */
export const tasksView: View = async ({ head, data: unpacking, query }) => {
  const data = await unpacking;
  const rows = filteredRows(data, query);
  const value = (name: string): string => query.get(name) ?? "";
  const choice = (name: string, title: string, options: readonly string[]): HTMLElement => {
    const select = h(
      "select",
      { name },
      h("option", { value: "" }, "all"),
      ...options.map((option) =>
        h("option", { value: option, selected: option === value(name) }, option),
      ),
    );
    return h("label", {}, title, select);
  };
  const form = h(
    "form",
    {
      class: "filters",
      submit: (event) => {
        event.preventDefault();
        go(form);
      },
      change: () => {
        go(form);
      },
    },
    h("label", {}, "Key holds", h("input", { name: "key", type: "search", value: value("key") })),
    choice("status", "Status", Object.keys(head.run.statuses)),
    choice(
      "group",
      "Group",
      head.groups.slice(0, 500).map(({ name }) => name),
    ),
    choice(
      "worker",
      "Worker",
      head.workers.slice(0, 500).map(({ name }) => name),
    ),
    h("button", { type: "submit" }, "Filter"),
    h("a", { href: placeOf("tasks") }, "Reset"),
  );
  return h(
    "div",
    {},
    form,
    h(
      "p",
      { class: "lead", role: "status" },
      `${plural(rows.length, "attempt")}${rows.length === data.rows ? "" : ` of ${countText(data.rows)}`}`,
    ),
    h(
      "section",
      { class: "card" },
      dataTable({
        caption: "Attempts of tasks",
        rows,
        columns: attemptColumns(data),
        empty: "No attempt fits these filters.",
      }),
    ),
  );
};

function go(form: HTMLFormElement): void {
  const query: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "") query[name] = value;
  }
  location.hash = placeOf("tasks", query);
}

function filteredRows(data: ReportData, query: URLSearchParams): Uint32Array {
  const { head } = data;
  const status = statuses.map(String).indexOf(query.get("status") ?? "");
  const group = head.groups.findIndex(({ name }) => name === query.get("group"));
  const worker = head.workers.findIndex(({ name }) => name === query.get("worker"));
  const key = (query.get("key") ?? "").toLowerCase();
  const cell = query.get("cell");
  const rows = new Uint32Array(data.rows);
  let count = 0;
  for (let row = 0; row < data.rows; row++) {
    if (query.has("status") && data.status[row] !== status) continue;
    if (query.has("group") && data.group[row] !== group) continue;
    if (query.has("worker") && data.worker[row] !== worker + 1) continue;
    if (cell !== null && textOf(data, data.cell[row]) !== cell) continue;
    if (key !== "" && !keyOf(data, row).toLowerCase().includes(key)) continue;
    rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** The columns of a table of attempts. */
export function attemptColumns(data: ReportData): TableColumn[] {
  const seconds = (row: number): number => (data.duration[row] ?? Number.NaN) / 1e6;
  const start = (row: number): number => (data.start[row] ?? Number.NaN) / 1e6;
  return [
    {
      title: "Task",
      isHead: true,
      cell: (row) => h("a", { class: "key", href: rowPlace(data, row) }, rowName(data, row)),
    },
    {
      title: "Status",
      cell: (row) => statusChip(statusOf(data, row)),
      sort: (row) => data.status[row] ?? 0,
    },
    {
      title: "Group",
      cell: (row) =>
        h("span", { class: "grouped" }, groupSwatch(data.group[row] ?? 0), groupOf(data, row)),
      sort: (row) => data.group[row] ?? 0,
    },
    { title: "Worker", cell: (row) => workerOf(data, row), sort: (row) => data.worker[row] ?? 0 },
    {
      title: "Start",
      about: "After the first start",
      isNumber: true,
      cell: (row) => secondsText(start(row)),
      sort: start,
    },
    { title: "Took", isNumber: true, cell: (row) => secondsText(seconds(row)), sort: seconds },
    {
      title: "Transfer",
      isNumber: true,
      cell: (row) =>
        (data.transfer[row] ?? 0) > 0 ? secondsText((data.transfer[row] ?? 0) / 1e6) : "",
      sort: (row) => data.transfer[row] ?? 0,
    },
    {
      title: "Size",
      isNumber: true,
      cell: (row) => ((data.nbytes[row] ?? 0) > 0 ? sizeText(data.nbytes[row] ?? 0) : ""),
      sort: (row) => data.nbytes[row] ?? 0,
    },
    {
      title: "Result",
      cell: (row) => h("span", { class: "value" }, textOf(data, data.result[row])),
    },
  ];
}

/** The place of an attempt. */
export function rowPlace(data: ReportData, row: number): string {
  const isLast = (data.later[row] ?? -1) < 0;
  return taskPlace(keyOf(data, row), isLast ? {} : { attempt: String(data.attempt[row] ?? 1) });
}
