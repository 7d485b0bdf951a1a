import type { GroupSummary } from "../group-summary.js";
import type { LineageAnswer } from "../slice-answer.js";
import { attemptText, itemName, valueText } from "./item-text.js";
import { durationText, plural } from "./quantities.js";
import { printable, type Style } from "./style.js";
import { type Unit, type UnitLink, unitsOf } from "./units.js";

/** A tree of more tasks than this is told by group, unless one asks otherwise. */
export const mostTasksInTree = 60;

/** How {@link sliceText} writes. */
export interface TreeOptions {
  readonly style: Style;
  /** With more activities than this, groups are shown instead of tasks. */
  readonly most: number;
}

/** The answer to `why` or `impact` as a tree. */
export function sliceText(answer: LineageAnswer, options: TreeOptions): string {
  const isLarge = answer.total.activities > options.most || isListedInPart(answer);
  const lines = isLarge ? groupLines(answer, options.style) : unitLines(answer, options.style);
  if (answer.cut) {
    const what = answer.direction === "up" ? "came from" : "led to";
    lines.push(options.style.dim(`What these ${what} further away was left out.`));
  }
  return `${lines.join("\n")}\n`;
}

function isListedInPart({ items, total }: LineageAnswer): boolean {
  return items.length < total.activities + total.entities;
}

interface Row {
  readonly unit: Unit;
  readonly role: string;
  /** What stands before the branch, and before what follows it. */
  readonly before: string;
  readonly isLast: boolean;
  readonly isRoot: boolean;
}

function unitLines(answer: LineageAnswer, style: Style): string[] {
  const units = unitsOf(answer);
  const lines: string[] = [];
  const seen = new Set<Unit>();
  const starts = new Set(answer.starts);
  const roots = units.filter(
    ({ main, made }) => starts.has(main.id) || (made !== undefined && starts.has(made.id)),
  );
  const open: Row[] = roots
    .map((unit) => ({ unit, role: "", before: "", isLast: true, isRoot: true }))
    .reverse();
  // A list instead of recursion: a chain may be longer than the stack is deep.
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    const { unit, before, isRoot, isLast } = row;
    const isKnown = seen.has(unit);
    const branch = isRoot ? "" : isLast ? "└─ " : "├─ ";
    lines.push(style.dim(before + branch) + unitTitle(row, isKnown, answer, style));
    if (isKnown) continue;
    seen.add(unit);
    const below = isRoot ? before : before + (isLast ? "   " : "│  ");
    const about = isActivity(unit) ? attemptText(unit.main, style) : "";
    if (about !== "") lines.push(style.dim(`${below}${unit.next.length > 0 ? "│" : " "} `) + about);
    const next = unit.next.map(
      (link: UnitLink, i): Row => ({
        unit: link.unit,
        role: link.role,
        before: below,
        isLast: i === unit.next.length - 1,
        isRoot: false,
      }),
    );
    open.push(...next.reverse());
  }
  return lines;
}

function isActivity({ main }: Unit): boolean {
  return main.type === "attempt" || main.type === "activity" || main.type === "cell";
}

function unitTitle(row: Row, isKnown: boolean, answer: LineageAnswer, style: Style): string {
  const { unit, role } = row;
  const isLiteral = unit.main.type === "literal";
  const name = itemName(unit.made ?? unit.main);
  const named = isLiteral ? name : style.strong(name);
  const by = role === "" ? "" : `${style.dim(printable(role))} ${roleSign(answer)} `;
  if (isKnown) return `${by}${named}${isLiteral ? "" : style.dim(" (above)")}`;
  const value = isLiteral ? "" : valueText(unit.made ?? unit.main);
  return `${by}${named}${value === "" ? "" : `: ${value}`}`;
}

function roleSign({ direction }: LineageAnswer): string {
  return direction === "up" ? "=" : "→";
}

function groupLines(answer: LineageAnswer, style: Style): string[] {
  const { total, groups, direction } = answer;
  const verb = direction === "up" ? "came from" : "led to";
  const lines = [
    `${style.strong(printable(answer.about))} ${verb} ${plural(total.activities, "activity").replace("activitys", "activities")} in ${plural(groups.length, "group")}:`,
  ];
  const width = Math.min(50, Math.max(...groups.map(({ group }) => group.length), 0));
  for (const group of groups.slice(0, 200)) {
    const causes = answer.links
      .filter((link) => (direction === "up" ? link.effect : link.cause) === group.group)
      .map((link) => printable(direction === "up" ? link.cause : link.effect))
      .filter((name) => name !== group.group);
    const arrow =
      causes.length === 0
        ? ""
        : `  ${direction === "up" ? "←" : "→"} ${causes.slice(0, 6).join(", ")}${causes.length > 6 ? ", …" : ""}`;
    lines.push(`  ${printable(group.group).padEnd(width)}  ${groupText(group)}${style.dim(arrow)}`);
  }
  if (groups.length > 200) lines.push(style.dim(`  … and ${groups.length - 200} more groups`));
  lines.push(style.dim("--all shows every task, --depth N the nearest ones."));
  return lines;
}

/** Count, statuses other than ok, and time. */
function groupText({ count, statuses, seconds }: GroupSummary): string {
  const bad = Object.entries(statuses)
    .filter(([status]) => status !== "ok")
    .map(([status, number]) => `, ${number} ${status}`);
  return `×${count.toLocaleString("en")}${bad.join("")}, ${durationText(seconds)} of computing`;
}
