import type { LineageItem } from "../lineage-item.js";
import { durationText, sizeText } from "./quantities.js";
import { printable, type Style } from "./style.js";

/** What something is called: its key with the number of later attempts, its label, its id. */
export function itemName(item: LineageItem): string {
  const { key, label, id, type, attempt } = item;
  if (type === "literal") return printable(valueText(item) || id);
  if (key === undefined) return printable(label ?? id);
  const isLater = type === "attempt" && attempt !== undefined;
  return printable(isLater ? `${key} #${attempt}` : key);
}

/** The value, or type and size where that is all the document says; empty for neither. */
export function valueText(item: LineageItem): string {
  const { value, dataType, nbytes, shape } = item;
  if (value !== undefined) return shortText(isText(dataType) ? JSON.stringify(value) : value, 80);
  const parts = [shape === undefined ? dataType : `${dataType ?? ""}${shape}`];
  if (nbytes !== undefined) parts.push(sizeText(nbytes));
  return printable(parts.filter((part) => part !== undefined && part !== "").join(", "));
}

function isText(type: string | undefined): boolean {
  return type === "string" || type === "str";
}

/** Cut to a length, with an ellipsis. */
export function shortText(text: string, length: number): string {
  const clean = printable(text);
  return clean.length <= length ? clean : `${clean.slice(0, length - 1)}…`;
}

/** What an attempt did, on one line: function, status, time, worker, place, cell. */
export function attemptText(item: LineageItem, style: Style): string {
  const parts = [
    item.function ?? item.group,
    item.status === undefined ? undefined : statusText(item.status, style),
    item.seconds === undefined ? undefined : durationText(item.seconds),
    item.worker,
    item.place === undefined ? undefined : shortPlace(item.place),
    item.cell === undefined ? undefined : `cell ${item.cell}`,
  ];
  return parts
    .filter((part) => part !== undefined && part !== "")
    .map((part, i) => (i === 1 ? part : printable(part ?? "")))
    .join(" · ");
}

/** A status in its colour. */
export function statusText(status: string, style: Style): string {
  if (status === "ok") return style.good(status);
  if (status === "error" || status === "lost") return style.bad(status);
  return style.warn(status);
}

/** The last two parts of a path: `pipeline/steps.mjs:12:24`. */
export function shortPlace(place: string): string {
  return place
    .replace(/^file:\/\//, "")
    .split(/[\\/]/)
    .slice(-2)
    .join("/");
}
