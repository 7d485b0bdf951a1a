import { countText, plural } from "../../lineage/text/quantities.js";
import { dataTable, upTo } from "./data-table.js";
import { announce, h } from "./dom.js";
import { type DrawnEdge, type DrawnNode, graphDrawing } from "./graph-drawing.js";
import {
  type GraphUnit,
  maxUnits,
  partsOf,
  rowsByGroup,
  shownUnits,
  unitLinks,
  wholeGroup,
} from "./graph-units.js";
import { groupColor } from "./group-color.js";
import { statusChip, taskPlace } from "./links.js";
import { groupCell } from "./overview-view.js";
import { keyOf, type ReportData, rowName, statusOf, textOf } from "./report-data.js";
import type { ReportHead, StatusCounts, StatusName } from "./report-format.js";
import { countsText, middleCut, secondsText } from "./texts.js";
import type { View } from "./view.js";

/** What is shown before anything is opened: the largest groups. */
const maxGroups = 120;

interface GraphState {
  readonly head: ReportHead;
  readonly groups: readonly GraphUnit[];
  readonly open: Set<string>;
  data: ReportData | undefined;
  lists: readonly Uint32Array[];
  focus: string | undefined;
  /** By what a row is shown: group, then its parts. */
  readonly redraw: () => void;
}

/** The graph of groups; groups open into their parts, and those into attempts. */
export const graphView: View = ({ head, data }) => {
  if (head.groups.length === 0) return h("p", { class: "empty" }, "No tasks are recorded.");
  const shown = upTo(head.groups.length)
    .sort((a, b) => (head.groups[b]?.count ?? 0) - (head.groups[a]?.count ?? 0))
    .slice(0, maxGroups)
    .sort((a, b) => (head.groups[a]?.first ?? 0) - (head.groups[b]?.first ?? 0));
  const place = h("div");
  const state: GraphState = {
    head,
    groups: shown.map((group) => wholeGroup(group, head.groups[group]?.count ?? 0)),
    open: new Set(),
    data: undefined,
    lists: [],
    focus: undefined,
    redraw: () => {
      place.replaceChildren(...contentOf(state));
    },
  };
  state.redraw();
  void data.then((unpacked) => {
    state.data = unpacked;
    state.lists = rowsByGroup(unpacked);
  });
  const rest = head.groups.length - shown.length;
  return h(
    "div",
    {},
    h(
      "p",
      { class: "lead" },
      "Each box is a group of tasks; arrows point from what was made to what used it. Click a box to open it, a single attempt to see its lineage.",
    ),
    rest > 0 &&
      h(
        "p",
        { class: "note" },
        `The ${countText(maxGroups)} largest of ${countText(head.groups.length)} groups are drawn; the table has all.`,
      ),
    place,
    linkTables(head),
  );
};

function contentOf(state: GraphState): HTMLElement[] {
  const units = shownUnits(state.groups, state.open);
  const links =
    state.data === undefined
      ? groupLinksOf(state, units)
      : unitLinks(state.data, state.lists, units);
  const drawing = graphDrawing({
    label: `Graph of ${plural(units.length, "box")}`.replace(/boxs$/, "boxes"),
    nodes: units.map((unit) => unitNode(state, unit)),
    edges: links.map(([from, to, count]): DrawnEdge => ({ from, to, count })),
    ...(state.focus !== undefined && { focus: state.focus }),
  });
  return [openChips(state), drawing];
}

function groupLinksOf(
  { head, groups }: GraphState,
  units: readonly GraphUnit[],
): (readonly [number, number, number])[] {
  const at = new Map(groups.map(({ group }, i) => [group, i]));
  if (units.length !== groups.length) return [];
  return head.links.flatMap(([cause, effect, count]) => {
    const [from, to] = [at.get(cause), at.get(effect)];
    return from === undefined || to === undefined ? [] : [[from, to, count] as const];
  });
}

/** What is open, each with a button that closes it. */
function openChips(state: GraphState): HTMLElement {
  const chips = [...state.open].map((id) => {
    const { group, from, to } = unitOfId(id);
    const whole = state.head.groups[group];
    const isWhole = to - from === whole?.count;
    const name = `${whole?.name ?? ""}${isWhole ? "" : ` ${countText(from + 1)}–${countText(to)}`}`;
    return h(
      "button",
      {
        type: "button",
        class: "chip",
        click: () => {
          for (const each of state.open)
            if (isInside(unitOfId(each), unitOfId(id))) state.open.delete(each);
          state.focus = id;
          state.redraw();
        },
      },
      h("span", { class: "away" }, "Close "),
      `${middleCut(name, 40)} ×`,
    );
  });
  return h(
    "div",
    { class: "chips" },
    ...(chips.length > 0 ? [h("span", {}, "Open:"), ...chips] : []),
  );
}

function unitOfId(id: string): GraphUnit {
  const [group = 0, from = 0, to = 0] = id.split(/[:-]/).map(Number);
  return { id, group, from, to };
}

function isInside(inner: GraphUnit, outer: GraphUnit): boolean {
  return inner.group === outer.group && inner.from >= outer.from && inner.to <= outer.to;
}

function unitNode(state: GraphState, unit: GraphUnit): DrawnNode {
  const { head, data, lists } = state;
  const group = head.groups[unit.group];
  const count = unit.to - unit.from;
  if (data !== undefined && count === 1) {
    const row = lists[unit.group]?.[unit.from] ?? 0;
    return attemptNode(data, row, unit.id);
  }
  const isWhole = count === group?.count;
  const name = group?.name ?? "";
  const counts =
    isWhole || data === undefined ? (group?.statuses ?? {}) : countsOf(data, lists, unit);
  const total = isWhole || data === undefined ? (group?.total ?? 0) : totalOf(data, lists, unit);
  const title = isWhole ? name : `${name} ${countText(unit.from + 1)}–${countText(unit.to)}`;
  return {
    id: unit.id,
    title: middleCut(title, 30),
    lines: [`${plural(count, "attempt")}, ${total > 0 ? secondsText(total) : "did not run"}`],
    color: groupColor(unit.group),
    parts: statusParts(counts, count),
    isMany: count > 1,
    about: `${title.length > 30 ? `${title}. ` : ""}${countsText(counts)}. ${count > 1 ? "Opens." : "Shows its lineage."}`,
    activate: () => {
      openUnit(state, unit);
    },
  };
}

function openUnit(state: GraphState, unit: GraphUnit): void {
  if (state.data === undefined) {
    announce("The tasks are still being unpacked.");
    return;
  }
  const parts = partsOf(unit);
  const [row] = state.lists[unit.group]?.subarray(unit.from, unit.to) ?? [];
  if (parts.length === 0) {
    if (row !== undefined) location.hash = taskPlace(keyOf(state.data, row));
    return;
  }
  if (shownUnits(state.groups, state.open).length - 1 + parts.length > maxUnits) {
    announce(`More than ${maxUnits} boxes would be shown. Close some first.`);
    return;
  }
  state.open.add(unit.id);
  state.focus = parts[0]?.id;
  announce(`Opened into ${parts.length} boxes.`);
  state.redraw();
}

function attemptNode(data: ReportData, row: number, id: string): DrawnNode {
  const status = statusOf(data, row);
  const seconds = (data.duration[row] ?? Number.NaN) / 1e6;
  const result = textOf(data, data.result[row]);
  return {
    id,
    title: middleCut(rowName(data, row), 30),
    lines: [
      [secondsText(seconds), status].filter((part) => part !== "").join(" · ") || "no times",
      ...(result === "" ? [] : [result]),
    ],
    color: groupColor(data.group[row] ?? 0),
    parts: statusParts({ [status]: 1 }, 1),
    className: status === "error" || status === "lost" ? "bad" : "",
    about: `${rowName(data, row)}. Shows its lineage.`,
    activate: () => {
      location.hash = taskPlace(keyOf(data, row));
    },
  };
}

/** Statuses as parts of a bar. */
export function statusParts(counts: StatusCounts, count: number): [string, number][] {
  return Object.entries(counts).map(([status, each]) => [
    `s-${status === "" ? "none" : status}`,
    each / Math.max(1, count),
  ]);
}

function rowsOf(lists: readonly Uint32Array[], { group, from, to }: GraphUnit): Uint32Array {
  return (lists[group] ?? new Uint32Array()).subarray(from, to);
}

/** Attempts of a box by status. */
function countsOf(data: ReportData, lists: readonly Uint32Array[], unit: GraphUnit): StatusCounts {
  const counts: Partial<Record<StatusName, number>> = {};
  for (const row of rowsOf(lists, unit)) {
    const status = statusOf(data, row);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function totalOf(data: ReportData, lists: readonly Uint32Array[], unit: GraphUnit): number {
  let total = 0;
  for (const row of rowsOf(lists, unit)) {
    const each = data.duration[row] ?? Number.NaN;
    if (each >= 0) total += each;
  }
  return total / 1e6;
}

function linkTables({ groups, links }: ReportHead): HTMLElement {
  const nameOf = (group: number | undefined): string => groups[group ?? 0]?.name ?? "";
  return h(
    "details",
    { class: "as-table" },
    h("summary", {}, "The graph as tables"),
    dataTable({
      caption: "Groups",
      rows: upTo(groups.length),
      columns: [
        { title: "Group", isHead: true, cell: (row) => groupCell(row, nameOf(row)), sort: nameOf },
        {
          title: "Attempts",
          isNumber: true,
          cell: (row) => countText(groups[row]?.count ?? 0),
          sort: (row) => groups[row]?.count ?? 0,
        },
        {
          title: "Status",
          cell: (row) =>
            h(
              "span",
              { class: "counts" },
              ...Object.entries(groups[row]?.statuses ?? {}).map(([status, count]) =>
                // The keys of this record are names of statuses.
                h("span", {}, statusChip(status as StatusName), ` ${countText(count)} `),
              ),
            ),
        },
        {
          title: "Computing",
          isNumber: true,
          cell: (row) => secondsText(groups[row]?.total),
          sort: (row) => groups[row]?.total ?? 0,
        },
      ],
    }),
    dataTable({
      caption: "Dependencies between groups",
      rows: upTo(links.length),
      empty: "No group depends on another.",
      columns: [
        {
          title: "From",
          isHead: true,
          cell: (row) => nameOf(links[row]?.[0]),
          sort: (row) => nameOf(links[row]?.[0]),
        },
        {
          title: "To",
          cell: (row) => nameOf(links[row]?.[1]),
          sort: (row) => nameOf(links[row]?.[1]),
        },
        {
          title: "Attempts",
          isNumber: true,
          cell: (row) => countText(links[row]?.[2] ?? 0),
          sort: (row) => links[row]?.[2] ?? 0,
        },
      ],
    }),
  );
}
