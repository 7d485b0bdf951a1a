import { countText, durationText } from "../../lineage/text/quantities.js";
import type { StatusCounts, StatusName } from "./report-format.js";

/** Words and marks of a status: never colour alone. */
export const statusMarks: Readonly<Record<StatusName, readonly [mark: string, word: string]>> = {
  "": ["·", "not said"],
  ok: ["✓", "ok"],
  error: ["✕", "error"],
  lost: ["⚠", "lost"],
  cancelled: ["⊘", "cancelled"],
  blocked: ["▢", "blocked"],
  running: ["▶", "running"],
  pending: ["…", "pending"],
  unknown: ["?", "unknown"],
};

/** `3 ok, 1 error`. */
export function countsText(statuses: StatusCounts): string {
  return Object.entries(statuses)
    .map(([status, count]) => `${countText(count)} ${status === "" ? "not said" : status}`)
    .join(", ");
}

/** A date and time in UTC: `2026-11-20 10:15:00`. */
export function timeText(time: string | undefined): string {
  return time === undefined ? "" : `${time.slice(0, 19).replace("T", " ")} UTC`;
}

/** A duration; nothing for none. */
export function secondsText(seconds: number | undefined): string {
  return seconds === undefined || Number.isNaN(seconds) ? "" : durationText(seconds);
}

/** A point of a time axis, without zeros that say nothing: `2 s`, `3 min 20 s`, `1 h`. */
export function tickText(seconds: number): string {
  if (seconds === 0) return "0";
  if (seconds < 0.001) return `${plain(seconds * 1e6)} µs`;
  if (seconds < 1) return `${plain(seconds * 1000)} ms`;
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "min"],
    [seconds % 60, "s"],
  ];
  return parts
    .flatMap(([value, unit]) => (plain(value) === 0 ? [] : `${plain(value)} ${unit}`))
    .join(" ");
}

/** To the microsecond, without the noise of binary fractions. */
function plain(value: number): number {
  return Number(value.toFixed(6));
}

/** A part as per cent: `12 %`. */
export function shareText(part: number): string {
  return `${part > 0 && part < 0.01 ? "< 1" : Math.round(part * 100)} %`;
}

/** Cut in the middle, so that both ends of a key can be read. */
export function middleCut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor((length - 1) / 3);
  return `${text.slice(0, length - 1 - end)}…${text.slice(text.length - end)}`;
}

/** Cut at the end. */
export function endCut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
