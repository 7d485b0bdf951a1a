import { h } from "./dom.js";
import { groupColor } from "./group-color.js";
import type { StatusName } from "./report-format.js";
import { statusMarks } from "./texts.js";

/** A place in the page: `#/tasks?group=load`. */
export function placeOf(view: string, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `#/${view}${search === "" ? "" : `?${search}`}`;
}

/** The place of a task. */
export function taskPlace(key: string, query: Readonly<Record<string, string>> = {}): string {
  return placeOf(`task/${encodeURIComponent(key)}`, query);
}

/** A link to a task. */
export function taskLink(key: string, text: string = key): HTMLElement {
  return h("a", { href: taskPlace(key), class: "key" }, text);
}

/** A status as mark and word. */
export function statusChip(status: StatusName): HTMLElement {
  const [mark, word] = statusMarks[status];
  return h(
    "span",
    { class: `status s-${status === "" ? "none" : status}` },
    h("span", { "aria-hidden": "true" }, mark),
    ` ${word}`,
  );
}

/** The colour of a group as a small square. */
export function groupSwatch(group: number): HTMLElement {
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  swatch.style.background = groupColor(group);
  return swatch;
}
