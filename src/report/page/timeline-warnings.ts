import { plural } from "../../lineage/text/quantities.js";
import { h } from "./dom.js";
import { isGrave, logMark } from "./logs-view.js";
import type { ReportLog } from "./report-format.js";
import { secondsText } from "./texts.js";

/** Marks of warnings and errors over a timeline; each can be pointed at, focused, and opened. */
export interface WarningStrip {
  readonly element: HTMLElement;
  /** Puts the marks where they belong, in a window of time in microseconds, on so many pixels. */
  readonly show: (from: number, to: number, left: number, width: number) => void;
}

/** Marks that would overlap are one. */
const markWidth = 22;
const maxShown = 6;

interface Mark {
  readonly x: number;
  readonly logs: readonly ReportLog[];
}

/**
 * A strip with the warnings among log records; undefined when there are none.
 *
 * @param whole - microseconds that the timeline has; what was said outside stands at its ends.
 * @param zoom - shows a window of time.
 */
export function warningStrip(
  logs: readonly ReportLog[],
  whole: number,
  zoom: (from: number, to: number) => void,
): WarningStrip | undefined {
  const grave = logs.filter(isGrave).sort((a, b) => a[0] - b[0]);
  if (grave.length === 0) return undefined;
  const placed = (log: ReportLog): number => Math.max(0, Math.min(whole, log[0] * 1e6));
  const tip = h("div", { class: "tip", hidden: true });
  const place = h("div", { class: "marks" });
  const element = h(
    "div",
    { class: "warnings", role: "group", "aria-label": "Warnings and errors in the log" },
    h("span", { class: "name" }, plural(grave.length, "warning")),
    place,
    tip,
  );
  let shown = "";
  const button = ({ x, logs: said }: Mark): HTMLElement => {
    const open = (): void => {
      tip.replaceChildren(...tipLines(said));
      tip.style.left = `${Math.max(0, Math.min(x, element.clientWidth - 300))}px`;
      tip.hidden = false;
    };
    const close = (): void => {
      tip.hidden = true;
    };
    const [first, last] = [said[0], said.at(-1)];
    const click = (): void => {
      const from = first === undefined ? 0 : placed(first);
      const to = last === undefined ? whole : placed(last);
      if (to - from < 1) location.hash = "#/logs";
      else zoom(from - (to - from) / 4, to + (to - from) / 4);
    };
    const made = h(
      "button",
      {
        type: "button",
        "aria-label": labelOf(said),
        click,
        focus: open,
        pointerenter: open,
        blur: close,
        pointerleave: close,
        keydown: (event) => {
          if (event instanceof KeyboardEvent && event.key === "Escape") close();
        },
      },
      gravest(said),
    );
    made.style.left = `${x - markWidth / 2}px`;
    return made;
  };
  return {
    element,
    show: (from, to, left, width) => {
      const state = [from, to, left, width].join(" ");
      // Made anew, a mark would lose the focus.
      if (state === shown) return;
      shown = state;
      tip.hidden = true;
      const visible = grave.filter((log) => placed(log) >= from && placed(log) <= to);
      const xOf = (log: ReportLog): number =>
        left + ((placed(log) - from) / Math.max(1, to - from)) * width;
      place.replaceChildren(...marksOf(visible, xOf, left + width - markWidth / 2).map(button));
    },
  };
}

/** One mark for records that are nearer to each other than a mark is wide. */
function marksOf(
  logs: readonly ReportLog[],
  xOf: (log: ReportLog) => number,
  rightmost: number,
): Mark[] {
  const marks: { x: number; logs: ReportLog[] }[] = [];
  for (const log of logs) {
    const x = Math.min(rightmost, xOf(log));
    const last = marks.at(-1);
    if (last !== undefined && x - last.x < markWidth) last.logs.push(log);
    else marks.push({ x, logs: [log] });
  }
  return marks;
}

function gravest(logs: readonly ReportLog[]): string {
  const worst = logs.find(([, level]) => level !== "warning") ?? logs[0];
  return logMark(worst?.[1] ?? "warning");
}

function labelOf(logs: readonly ReportLog[]): string {
  const [first] = logs;
  if (first === undefined) return "";
  const [time, level, worker, , text] = first;
  const rest = logs.length > 1 ? `, and ${logs.length - 1} more` : "";
  return `${level} at ${timeText(time)}, ${worker}: ${text.slice(0, 300)}${rest}`;
}

function tipLines(logs: readonly ReportLog[]): HTMLElement[] {
  const lines = logs
    .slice(0, maxShown)
    .map(([time, level, worker, , text]) =>
      h(
        "div",
        {},
        h("strong", {}, `${logMark(level)} ${timeText(time)} `),
        `${worker}: ${text.slice(0, 300)}`,
      ),
    );
  const rest = logs.length - lines.length;
  return rest > 0 ? [...lines, h("div", {}, `and ${rest} more`)] : lines;
}

function timeText(seconds: number): string {
  return seconds < 0 ? `−${secondsText(-seconds)}` : secondsText(seconds);
}
