import { formatDuration } from "./format-duration.js";
import type { DurationSummary, JournalProfile, ProfiledAttempt } from "./journal-profile.js";
import type { ResourceSummary } from "./resource-tally.js";

const mostRows = 20;
const longestName = 40;

/** The tables of `taskprov profile`. */
export function profileText(profile: JournalProfile): string {
  const { attempts, wall, compute, transfer, parallelism, peak, dropped } = profile;
  const lines = [
    `run ${profile.runId} on ${profile.engine}: ${attempts.length} attempts in ${formatDuration(wall)}`,
    `computing ${formatDuration(compute)}, transfer ${formatDuration(transfer)}; ${parallelism.toFixed(2)} attempts at once on average, ${peak} at most`,
  ];
  if (dropped > 0)
    lines.push(`${dropped} events were dropped while recording: tasks are missing here`);
  return [
    ...lines,
    ...durationTable("group", profile.groups),
    ...durationTable("function", profile.functions),
    ...durationTable("worker", profile.workers),
    ...resourceTable(profile.resources),
    "",
  ].join("\n");
}

/** The single attempts that took longest, with what went into them. */
export function slowestText(attempts: readonly ProfiledAttempt[]): string {
  const blocks = attempts.map((attempt) => {
    const { key, worker, status, start, stop, inputs } = attempt;
    const head = `${formatDuration(stop - start).padStart(10)}  ${printable(`${key}  ${attempt.function} on ${worker}`)}${status === "ok" ? "" : `  ${status}`}`;
    return [
      head,
      ...inputs.map(([name, value]) => `${" ".repeat(12)}${printable(name)} = ${printable(value)}`),
    ];
  });
  return `${blocks.flat().join("\n")}\n`;
}

/**
 * The attempts that took longest, the slowest first.
 *
 * @param count - how many at most.
 * @param name - only of this function or group.
 */
export function slowestAttempts(
  profile: JournalProfile,
  count: number,
  name?: string,
): ProfiledAttempt[] {
  return profile.attempts
    .filter((attempt) => name === undefined || attempt.function === name || attempt.group === name)
    .sort((a, b) => b.stop - b.start - (a.stop - a.start))
    .slice(0, count);
}

function durationTable(what: string, rows: readonly DurationSummary[]): string[] {
  const head = [what, "count", "failed", "total", "mean", "median", "95 %", "max"];
  return table(head, rows, (row) => [
    row.name === "" ? "(none)" : row.name,
    String(row.count),
    String(row.failed),
    ...[row.total, row.mean, row.median, row.p95, row.max].map(formatDuration),
  ]);
}

function resourceTable(rows: readonly ResourceSummary[]): string[] {
  const head = ["process", "samples", "CPU mean", "CPU max", "memory max", "memory last"];
  const percent = (value: number | undefined): string =>
    value === undefined ? "-" : `${value.toFixed(0)} %`;
  const megabytes = (value: number | undefined): string =>
    value === undefined ? "-" : `${value.toFixed(1)} MB`;
  return table(head, rows, (row) => [
    row.name,
    String(row.samples),
    percent(row.meanCpu),
    percent(row.maxCpu),
    megabytes(row.maxMemory),
    megabytes(row.lastMemory),
  ]);
}

/** The first column to the left, figures to the right; of many rows the first ones. */
function table<T>(
  head: readonly string[],
  rows: readonly T[],
  cellsOf: (row: T) => readonly string[],
): string[] {
  if (rows.length === 0) return [];
  const cells = rows
    .slice(0, mostRows)
    .map(cellsOf)
    .map(([name = "", ...figures]) => [shortened(name), ...figures]);
  const widths = head.map((title, i) =>
    Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ");
  const more = rows.length > mostRows ? [`and ${rows.length - mostRows} more`] : [];
  return ["", line(head), ...cells.map(line), ...more];
}

function shortened(name: string): string {
  const text = printable(name);
  return text.length > longestName ? `${text.slice(0, longestName - 1)}…` : text;
}

/** Control characters in a user's key must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}
