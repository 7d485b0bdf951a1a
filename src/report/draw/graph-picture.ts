import { TaskprovError } from "../../base/errors.js";
import { closure, type Direction } from "../../lineage/closure.js";
import { findTarget, idOfNode, keyOfNode } from "../../lineage/find-items.js";
import { type Status, statuses } from "../../lineage/index/kinds.js";
import { none } from "../../lineage/index/lineage-index.js";
import { type ItemReader, lastAttempt, rounded } from "../../lineage/item-facts.js";
import { countText, durationText, plural } from "../../lineage/text/quantities.js";
import type { LayoutEdge } from "../page/layered-layout.js";
import { inputFinder, type ReportRows, reportRows } from "../report-rows.js";

/** What of a run is drawn. */
export interface PictureOptions {
  /** Only what has to do with this item; found as `taskprov why` finds it. Default: the whole run. */
  readonly key?: string;
  /** What KEY came from, what came from it, or both. @defaultValue "up" */
  readonly direction?: Direction | "both";
  /** At most this many steps from KEY. */
  readonly depth?: number;
  /**
   * A box for each attempt, for each group, or for attempts as long as there are at most 40.
   *
   * @defaultValue "auto"
   */
  readonly by?: "auto" | "task" | "group";
  /** At most so many boxes; more are refused. @defaultValue 200 */
  readonly limit?: number;
}

/** A box of a picture. */
export interface PictureBox {
  readonly title: string;
  readonly line: string;
  /** Number of the group, for its colour. */
  readonly group: number;
  /** Whether something in it failed, or never ran because of that. */
  readonly look: "fine" | "failed" | "blocked";
  readonly count: number;
}

/** Boxes and arrows. */
export interface Picture {
  readonly boxes: readonly PictureBox[];
  /** From cause to effect, by number of the box. */
  readonly arrows: readonly LayoutEdge[];
  /** How many dependencies each arrow stands for. */
  readonly counts: readonly number[];
}

const fewAttempts = 40;
const defaultLimit = 200;

/**
 * Chooses boxes and arrows.
 *
 * @throws {@link TaskprovError} `ERR_ITEM` when KEY is not found, `ERR_BUDGET` when there would be
 *   more boxes than `limit`.
 */
export function graphPicture(reader: ItemReader, options: PictureOptions): Picture {
  const rows = reportRows(reader.index);
  const shown = shownRows(reader, rows, options);
  const { by = "auto", limit = defaultLimit } = options;
  const groups = new Map<string, number>();
  const groupOf = (row: number): number => {
    const name = reader.groupOf(rows.activity[row] ?? 0);
    const number = groups.get(name) ?? groups.size;
    groups.set(name, number);
    return number;
  };
  const isByTask = by === "task" || (by === "auto" && shown.length <= fewAttempts);
  const members = membersOf(shown, isByTask ? (row) => row : groupOf);
  if (members.length > limit) throw tooLarge(members.length, limit, isByTask, options);
  const boxes = members.map((list) =>
    isByTask
      ? taskBox(reader, rows, list[0] ?? 0, groupOf(list[0] ?? 0))
      : groupBox(reader, rows, list, groupOf(list[0] ?? 0)),
  );
  return { boxes, ...arrowsOf(reader, rows, members) };
}

function tooLarge(
  boxes: number,
  limit: number,
  isByTask: boolean,
  { key }: PictureOptions,
): TaskprovError {
  const smaller =
    key === undefined ? "Draw what one result came from (KEY)" : "Go less far (`depth`)";
  const grouped = isByTask ? ", draw groups (`by: group`)" : "";
  return new TaskprovError(
    "ERR_BUDGET",
    `A picture of ${countText(boxes)} boxes cannot be read (the limit is ${countText(limit)}). ${smaller}${grouped}, open \`taskprov report\`, where groups open one by one, or raise the limit (\`limit\`).`,
  );
}

/** The attempts to draw, by start. */
function shownRows(reader: ItemReader, rows: ReportRows, options: PictureOptions): number[] {
  const all = Array.from({ length: rows.count }, (_, row) => row);
  if (options.key === undefined) return all;
  const { index } = reader;
  const target = findTarget(index, options.key);
  const { direction = "up", depth } = options;
  const last = lastAttempt(index, target.nodes);
  const kept = new Set<number>();
  for (const way of direction === "both" ? (["up", "down"] as const) : [direction]) {
    const starts = way === "up" && last !== none ? [last] : target.nodes;
    const { nodes } = closure(index, starts, {
      direction: way,
      ...(depth !== undefined && { depth }),
    });
    for (const node of nodes) {
      const row = rows.rowOfNode[node] ?? -1;
      if (row >= 0) kept.add(row);
    }
  }
  return all.filter((row) => kept.has(row));
}

/** Rows by box, boxes in the order of their first attempt. */
function membersOf(shown: readonly number[], boxOf: (row: number) => number): number[][] {
  const lists = new Map<number, number[]>();
  for (const row of shown) {
    const box = boxOf(row);
    const list = lists.get(box);
    if (list === undefined) lists.set(box, [row]);
    else list.push(row);
  }
  return [...lists.values()];
}

const failed: ReadonlySet<Status> = new Set<Status>(["error", "lost"]);

function statusOfRow({ index }: ItemReader, rows: ReportRows, row: number): Status {
  return statuses[index.activities.status[rows.activity[row] ?? 0] ?? 0] ?? "";
}

function secondsOfRow({ index }: ItemReader, rows: ReportRows, row: number): number {
  const at = rows.activity[row] ?? 0;
  const seconds =
    (index.activities.end[at] ?? Number.NaN) - (index.activities.start[at] ?? Number.NaN);
  return Number.isNaN(seconds) ? 0 : rounded(Math.max(0, seconds));
}

function taskBox(reader: ItemReader, rows: ReportRows, row: number, group: number): PictureBox {
  const node = rows.node[row] ?? 0;
  const status = statusOfRow(reader, rows, row);
  const attempt = reader.index.activities.attempt[rows.activity[row] ?? 0] ?? 1;
  const key = keyOfNode(reader.index, node) ?? idOfNode(reader.index, node);
  const seconds = secondsOfRow(reader, rows, row);
  return {
    title: attempt > 1 ? `${key} #${attempt}` : key,
    line: [status === "ok" ? "" : status, seconds > 0 ? durationText(seconds) : ""]
      .filter((part) => part !== "")
      .join(" · "),
    group,
    look: failed.has(status) ? "failed" : status === "blocked" ? "blocked" : "fine",
    count: 1,
  };
}

function groupBox(
  reader: ItemReader,
  rows: ReportRows,
  list: readonly number[],
  group: number,
): PictureBox {
  let bad = 0;
  let blocked = 0;
  let seconds = 0;
  for (const row of list) {
    const status = statusOfRow(reader, rows, row);
    if (failed.has(status)) bad++;
    if (status === "blocked") blocked++;
    seconds += secondsOfRow(reader, rows, row);
  }
  const parts = [
    list.length === 1 ? "" : `× ${countText(list.length)}`,
    seconds > 0 ? durationText(seconds) : "",
    bad > 0 ? `${countText(bad)} failed` : "",
    blocked > 0 ? `${plural(blocked, "blocked task")}` : "",
  ];
  return {
    title: reader.groupOf(rows.activity[list[0] ?? 0] ?? 0),
    line: parts.filter((part) => part !== "").join(" · "),
    group,
    look: bad > 0 ? "failed" : blocked === list.length ? "blocked" : "fine",
    count: list.length,
  };
}

function arrowsOf(
  reader: ItemReader,
  rows: ReportRows,
  members: readonly (readonly number[])[],
): Pick<Picture, "arrows" | "counts"> {
  const boxOf = new Map<number, number>();
  members.forEach((list, box) => {
    for (const row of list) boxOf.set(row, box);
  });
  const find = inputFinder(reader.index, rows);
  const counts = new Map<number, number>();
  boxOf.forEach((effect, row) => {
    const from = new Set<number>();
    find(row, {
      cause: (other) => {
        const cause = boxOf.get(other);
        if (cause !== undefined && cause !== effect) from.add(cause);
      },
      source: () => {},
    });
    for (const cause of from) {
      const arrow = cause * members.length + effect;
      counts.set(arrow, (counts.get(arrow) ?? 0) + 1);
    }
  });
  return {
    arrows: [...counts.keys()].map((arrow) => [
      Math.floor(arrow / members.length),
      arrow % members.length,
    ]),
    counts: [...counts.values()],
  };
}
