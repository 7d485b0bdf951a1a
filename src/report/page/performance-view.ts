import { countText, plural, sizeText } from "../../lineage/text/quantities.js";
import { dataTable, type TableColumn, upTo } from "./data-table.js";
import { type Child, h, svg } from "./dom.js";
import { placeOf } from "./links.js";
import { groupCell } from "./overview-view.js";
import { type ReportData, rowName } from "./report-data.js";
import type { ReportCritical, ReportHead } from "./report-format.js";
import { rowPlace } from "./tasks-view.js";
import { secondsText, shareText } from "./texts.js";
import type { View } from "./view.js";

/** Times by group and worker, the critical path, parallelism, transfers. */
export const performanceView: View = ({ head, data }) =>
  h(
    "div",
    {},
    criticalPart(head, data),
    parallelismPart(head),
    part("Groups", groupTable(head)),
    part("Workers", workerTable(head)),
    part("Transfers between workers", transferTable(head)),
  );

function part(title: string, ...children: readonly Child[]): HTMLElement {
  return h("section", { class: "card" }, h("h2", {}, title), ...children);
}

function criticalPart({ critical }: ReportHead, data: Promise<ReportData>): HTMLElement {
  if (critical === undefined) {
    return part("Critical path", h("p", { class: "empty" }, "The record has no times."));
  }
  const place = h("div", {}, h("p", { class: "dim" }, "Unpacking…"));
  void data.then((unpacked) => {
    place.replaceChildren(stepTable(critical, unpacked));
  });
  return part(
    "Critical path",
    h(
      "p",
      {},
      "The chain of attempts that the end of the run waited for. ",
      h("a", { href: placeOf("timeline", { path: "1" }) }, "Show it on the timeline"),
    ),
    splitBar(critical),
    h(
      "dl",
      { class: "tiles small" },
      ...tile("From first start to last end", secondsText(critical.seconds)),
      ...tile("With any number of workers", secondsText(critical.least)),
      ...tile("At once, on average", critical.parallelism.toFixed(2)),
      ...tile("Threads' time not used", shareText(critical.lost)),
    ),
    place,
  );
}

function tile(name: string, value: string): HTMLElement[] {
  return [h("div", { class: "tile" }, h("dt", {}, name), h("dd", {}, value))];
}

function splitBar({ compute, transfer, wait }: ReportCritical): HTMLElement {
  const whole = compute + transfer + wait;
  const kinds = [
    ["computing", compute, "s-ok"],
    ["transfer", transfer, "s-transfer"],
    ["waiting", wait, "s-wait"],
  ] as const;
  const bars = kinds.map(([, seconds, className]) => {
    const bar = h("span", { class: `part ${className}` });
    bar.style.flexGrow = String(whole > 0 ? seconds / whole : 0);
    return bar;
  });
  return h(
    "div",
    {},
    h("div", { class: "split", "aria-hidden": "true" }, ...bars),
    h(
      "p",
      { class: "legend" },
      ...kinds.map(([name, seconds, className]) =>
        h(
          "span",
          {},
          h("span", { class: `swatch ${className}`, "aria-hidden": "true" }),
          `${name} ${secondsText(seconds)} (${shareText(whole > 0 ? seconds / whole : 0)})`,
        ),
      ),
    ),
  );
}

function stepTable(critical: ReportCritical, data: ReportData): HTMLElement {
  const { steps, stepCount } = critical;
  const of = (i: number): readonly number[] => steps[i] ?? [];
  const time = (title: string, at: number): TableColumn => ({
    title,
    isNumber: true,
    cell: (i) => secondsText(of(i)[at] || Number.NaN) || "–",
    sort: (i) => of(i)[at] ?? 0,
  });
  const row = (i: number): number => of(i)[0] ?? -1;
  return h(
    "div",
    {},
    stepCount > steps.length &&
      h(
        "p",
        { class: "note" },
        `The last ${countText(steps.length)} of ${plural(stepCount, "step")}.`,
      ),
    dataTable({
      caption: "Steps of the critical path",
      rows: upTo(steps.length),
      pageSize: 15,
      columns: [
        { title: "#", isNumber: true, cell: (i) => countText(i + 1), sort: (i) => i },
        {
          title: "Task",
          isHead: true,
          cell: (i) =>
            row(i) < 0
              ? ""
              : h("a", { class: "key", href: rowPlace(data, row(i)) }, rowName(data, row(i))),
        },
        time("Waiting", 3),
        time("Transfer", 2),
        time("Computing", 1),
      ],
    }),
  );
}

const width = 760;
const height = 150;

function parallelismPart({ parallelism, critical, span }: ReportHead): HTMLElement {
  if (parallelism.length === 0)
    return part("Parallelism", h("p", { class: "empty" }, "The record has no times."));
  const threads = critical?.threads ?? 1;
  const most = Math.max(threads, ...parallelism);
  const x = (i: number): number => (i * width) / parallelism.length;
  const y = (value: number): number => height - (value / most) * (height - 12);
  const path = parallelism
    .map((value, i) => `L${x(i).toFixed(1)} ${y(value).toFixed(1)}H${x(i + 1).toFixed(1)}`)
    .join("");
  const label = `Computations at once over ${secondsText(span)}: at most ${Math.max(...parallelism).toFixed(1)} of ${threads} threads`;
  return part(
    "Parallelism",
    svg(
      "svg",
      {
        class: "chart",
        viewBox: `-40 -8 ${width + 50} ${height + 34}`,
        role: "img",
        "aria-label": label,
      },
      svg("path", { class: "area", d: `M0 ${height}${path}V${height}z` }),
      svg("path", { class: "limit", d: `M0 ${y(threads)}H${width}` }),
      svg("text", { x: -6, y: y(threads) + 4, class: "tick end" }, String(threads)),
      svg("text", { x: -6, y: height + 4, class: "tick end" }, "0"),
      svg("path", { class: "axis", d: `M0 ${height}H${width}` }),
      ...[0, 0.25, 0.5, 0.75, 1].map((at) =>
        svg(
          "text",
          {
            x: at * width,
            y: height + 18,
            class: `tick ${at === 0 ? "" : at === 1 ? "end" : "middle"}`,
          },
          at === 0 ? "0" : secondsText(at * span),
        ),
      ),
    ),
    h(
      "p",
      { class: "dim" },
      "The line is the number of threads; what is empty below it was not used.",
    ),
    h(
      "details",
      { class: "as-table" },
      h("summary", {}, "As a table"),
      dataTable({
        caption: "Computations at once over time",
        rows: upTo(parallelism.length),
        pageSize: 20,
        columns: [
          {
            title: "From",
            isHead: true,
            isNumber: true,
            cell: (i) => secondsText((i * span) / parallelism.length),
            sort: (i) => i,
          },
          {
            title: "At once",
            isNumber: true,
            cell: (i) => (parallelism[i] ?? 0).toFixed(2),
            sort: (i) => parallelism[i] ?? 0,
          },
        ],
      }),
    ),
  );
}

type Pick<T> = (each: T | undefined) => number | undefined;

function timeColumn<T>(list: readonly T[], title: string, pick: Pick<T>): TableColumn {
  return {
    title,
    isNumber: true,
    cell: (row) => secondsText(pick(list[row]) || Number.NaN) || "–",
    sort: (row) => pick(list[row]) ?? Number.NaN,
  };
}

function countColumn<T>(list: readonly T[], title: string, pick: Pick<T>): TableColumn {
  return {
    title,
    isNumber: true,
    cell: (row) => countText(pick(list[row]) ?? 0),
    sort: (row) => pick(list[row]) ?? 0,
  };
}

function groupTable({ groups }: ReportHead): HTMLElement {
  return dataTable({
    caption: "Times by group",
    rows: upTo(groups.length),
    pageSize: 25,
    sorted: [2, true],
    columns: [
      {
        title: "Group",
        isHead: true,
        cell: (row) => groupCell(row, groups[row]?.name ?? ""),
        sort: (row) => groups[row]?.name ?? "",
      },
      countColumn(groups, "Attempts", (group) => group?.count),
      timeColumn(groups, "Total", (group) => group?.total),
      timeColumn(groups, "Mean", (group) => group?.mean),
      timeColumn(groups, "Median", (group) => group?.median),
      timeColumn(groups, "90 %", (group) => group?.p90),
      timeColumn(groups, "99 %", (group) => group?.p99),
      timeColumn(groups, "Longest", (group) => group?.max),
      timeColumn(groups, "Transfer", (group) => group?.transfer),
      {
        title: "Results",
        isNumber: true,
        cell: (row) => ((groups[row]?.nbytes ?? 0) > 0 ? sizeText(groups[row]?.nbytes ?? 0) : ""),
        sort: (row) => groups[row]?.nbytes ?? 0,
      },
      {
        ...timeColumn(groups, "Least slack", (group) => group?.slack),
        about:
          "By how much its tightest attempt could have ended later without ending the run later",
      },
      {
        ...countColumn(groups, "On path", (group) => group?.onPath),
        about: "Attempts on the critical path",
      },
    ],
  });
}

function workerTable({ workers, span }: ReportHead): HTMLElement {
  const use = (row: number): number => {
    const { busy = 0, threads = 0 } = workers[row] ?? {};
    return span > 0 ? busy / (span * Math.max(1, threads)) : 0;
  };
  return dataTable({
    caption: "Workers",
    rows: upTo(workers.length),
    pageSize: 25,
    empty: "The record names no workers.",
    columns: [
      {
        title: "Worker",
        isHead: true,
        cell: (row) =>
          h(
            "a",
            { class: "key", href: placeOf("tasks", { worker: workers[row]?.name ?? "" }) },
            workers[row]?.name ?? "",
          ),
        sort: (row) => workers[row]?.name ?? "",
      },
      {
        title: "Host",
        cell: (row) => workers[row]?.host ?? "",
        sort: (row) => workers[row]?.host ?? "",
      },
      countColumn(workers, "Threads", (worker) => worker?.threads),
      countColumn(workers, "Attempts", (worker) => worker?.count),
      countColumn(workers, "Failed", (worker) => worker?.failed),
      timeColumn(workers, "Computing", (worker) => worker?.busy),
      timeColumn(workers, "Transfer", (worker) => worker?.transfer),
      {
        title: "Used",
        about: "Computing time as a part of its threads' time",
        isNumber: true,
        cell: (row) => shareText(use(row)),
        sort: use,
      },
    ],
  });
}

function transferTable({ transfers }: ReportHead): HTMLElement {
  return dataTable({
    caption: "Transfers by pair of workers",
    rows: upTo(transfers.length),
    pageSize: 25,
    empty:
      "No transfer between workers is recorded. Only a journal says where each came from: make the report from the .journal file to see them.",
    sorted: [3, true],
    columns: [
      {
        title: "From",
        isHead: true,
        cell: (row) => transfers[row]?.from ?? "",
        sort: (row) => transfers[row]?.from ?? "",
      },
      {
        title: "To",
        cell: (row) => transfers[row]?.to ?? "",
        sort: (row) => transfers[row]?.to ?? "",
      },
      countColumn(transfers, "Transfers", (each) => each?.count),
      timeColumn(transfers, "Total", (each) => each?.seconds),
      timeColumn(transfers, "Longest", (each) => each?.longest),
    ],
  });
}
