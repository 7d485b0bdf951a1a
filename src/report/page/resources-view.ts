import { countText, sizeText } from "../../lineage/text/quantities.js";
import { dataTable, upTo } from "./data-table.js";
import { h, svg } from "./dom.js";
import type { ReportBandwidth, ReportSeries, ReportTelemetry } from "./report-format.js";
import { secondsText } from "./texts.js";
import type { View } from "./view.js";

/** Tells whether there is something to show of it. */
export function hasResources({ series, pairs, types }: ReportTelemetry): boolean {
  return series.length + pairs.length + types.length > 0;
}

/** Processor and memory of each process over time, and what moved between workers. */
export const resourcesView: View = ({ head }) => {
  const { telemetry } = head;
  if (telemetry === undefined) {
    return h("p", { class: "empty" }, "The record has no samples.");
  }
  const { series, moreSeries, pairs, types } = telemetry;
  return h(
    "div",
    {},
    moreSeries > 0 && h("p", { class: "note" }, `${processes(moreSeries)} more are not shown.`),
    series.length > 0 && chartCard("Processor", series, cpuKind),
    series.length > 0 && chartCard("Memory", series, memoryKind),
    bandwidthCard("Transfers by type of data", types),
    bandwidthCard("Transfers by pair of workers", pairs),
  );
};

interface Kind {
  readonly values: (series: ReportSeries) => readonly (number | null)[];
  readonly text: (value: number) => string;
  /** The top of the axis is at least this. */
  readonly least: number;
  readonly about: string;
}

const cpuKind: Kind = {
  values: ({ cpu }) => cpu,
  text: (value) => `${Math.round(value)} %`,
  least: 100,
  about: "Percent of one processor; more than 100 where several threads work.",
};
const memoryKind: Kind = {
  values: ({ memory }) => memory,
  text: (value) => sizeText(value),
  least: 1,
  about: "Resident memory of each process.",
};

const width = 760;
const height = 170;

function chartCard(title: string, series: readonly ReportSeries[], kind: Kind): HTMLElement {
  const most = Math.max(kind.least, ...series.map((one) => mostOf(kind.values(one))));
  const from = Math.min(...series.map(({ time }) => time[0] ?? 0));
  const until = Math.max(from + 1e-3, ...series.map(({ time }) => time.at(-1) ?? 0));
  const x = (time: number): number => ((time - from) / (until - from)) * width;
  const y = (value: number): number => height - (value / most) * (height - 10);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, title),
    h("p", { class: "dim" }, kind.about),
    svg(
      "svg",
      {
        class: "chart",
        viewBox: `-70 -8 ${width + 80} ${height + 34}`,
        role: "img",
        "aria-label": `${title} of ${processes(series.length)} over ${secondsText(until - from)}, at most ${kind.text(most)}; the table below says it in numbers`,
      },
      svg("path", { class: "axis", d: `M0 ${height}H${width}M0 0V${height}` }),
      svg("text", { x: -6, y: 10, class: "tick end" }, kind.text(most)),
      svg("text", { x: -6, y: height + 4, class: "tick end" }, "0"),
      ...[0, 0.5, 1].map((at) =>
        svg(
          "text",
          { x: at * width, y: height + 18, class: `tick ${["", "middle", "end"][at * 2] ?? ""}` },
          timeText(from + at * (until - from)),
        ),
      ),
      ...series.map((one) => {
        const path = svg("path", { class: "line", d: lineOf(one.time, kind.values(one), x, y) });
        path.append(svg("title", {}, one.name));
        return path;
      }),
    ),
    seriesTable(title, series, kind),
  );
}

function processes(count: number): string {
  return `${countText(count)} ${count === 1 ? "process" : "processes"}`;
}

function timeText(seconds: number): string {
  return seconds < 0 ? `−${secondsText(-seconds)}` : secondsText(seconds);
}

function mostOf(values: readonly (number | null)[]): number {
  let most = 0;
  for (const value of values) if (value !== null && value > most) most = value;
  return most;
}

/** A gap where nothing was measured. */
function lineOf(
  times: readonly number[],
  values: readonly (number | null)[],
  x: (time: number) => number,
  y: (value: number) => number,
): string {
  let path = "";
  let isOpen = false;
  for (const [i, value] of values.entries()) {
    if (value !== null) {
      path += `${isOpen ? "L" : "M"}${x(times[i] ?? 0).toFixed(1)} ${y(value).toFixed(1)}`;
    }
    isOpen = value !== null;
  }
  return path;
}

function seriesTable(title: string, series: readonly ReportSeries[], kind: Kind): HTMLElement {
  const known = (row: number): number[] => {
    const one = series[row];
    return one === undefined ? [] : kind.values(one).filter((value) => value !== null);
  };
  const mean = (row: number): number => {
    const values = known(row);
    return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  };
  const most = (row: number): number => mostOf(known(row));
  return dataTable({
    caption: `${title} by process`,
    rows: upTo(series.length),
    pageSize: 15,
    sorted: [2, true],
    columns: [
      {
        title: "Process",
        isHead: true,
        cell: (row) => series[row]?.name ?? "",
        sort: (row) => series[row]?.name ?? "",
      },
      { title: "Mean", isNumber: true, cell: (row) => kind.text(mean(row)), sort: mean },
      { title: "Most", isNumber: true, cell: (row) => kind.text(most(row)), sort: most },
    ],
  });
}

function bandwidthCard(title: string, rows: readonly ReportBandwidth[]): HTMLElement | undefined {
  if (rows.length === 0) return undefined;
  const of = (row: number): ReportBandwidth => rows[row] ?? ["", 0, 0, 0];
  const rate = (row: number): number => (of(row)[2] > 0 ? of(row)[1] / of(row)[2] : 0);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, title),
    dataTable({
      caption: title,
      rows: upTo(rows.length),
      pageSize: 15,
      sorted: [1, true],
      columns: [
        { title: "What", isHead: true, cell: (row) => of(row)[0], sort: (row) => of(row)[0] },
        {
          title: "Size",
          isNumber: true,
          cell: (row) => sizeText(of(row)[1]),
          sort: (row) => of(row)[1],
        },
        {
          title: "Transfers",
          isNumber: true,
          cell: (row) => countText(of(row)[3]),
          sort: (row) => of(row)[3],
        },
        {
          title: "Time",
          isNumber: true,
          cell: (row) => secondsText(of(row)[2]),
          sort: (row) => of(row)[2],
        },
        {
          title: "A second",
          isNumber: true,
          cell: (row) => (rate(row) > 0 ? sizeText(rate(row)) : "–"),
          sort: rate,
        },
      ],
    }),
  );
}
