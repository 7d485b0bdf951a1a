import type { ComputationGraph, ComputationState } from "./computation.js";
import { formatDuration } from "./format-duration.js";
import type { ObservedTask } from "./observed-task.js";

/** Groups shown one by one; the rest are told by their number. */
const mostGroups = 8;
const longestGroup = 20;

/** How far a computation is. */
export interface Progress {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  /** Seconds. */
  readonly elapsed: number;
}

/** Counts the tasks of a computation. */
export function progressOf({ counts }: ComputationState, elapsed: number): Progress {
  const { waiting, ready, running, finished, released, failed } = counts;
  const done = finished + released;
  return { done, failed, total: waiting + ready + running + done + failed, elapsed };
}

/** Part of the tasks that have a result, 0 to 1. */
export function fractionOf({ done, total }: Progress): number {
  return total === 0 ? 1 : done / total;
}

/** The line of Dask's progress bar, without what ends or begins it. */
export function plainLine(fraction: number, width: number, elapsed: number): string {
  const bar = "#".repeat(Math.floor(width * fraction)).padEnd(width);
  return `[${bar}] | ${Math.floor(100 * fraction)}% Completed | ${formatDuration(elapsed)}`;
}

/** The lines of the rich form: all tasks, then the groups in the order they came. */
export function richLines(progress: Progress, graph: ComputationGraph, width: number): string[] {
  const { done, failed, total, elapsed } = progress;
  const ended = done + failed;
  const rate = elapsed > 0 ? ended / elapsed : 0;
  const parts = [
    `${bar(fractionOf(progress), width)} ${String(Math.floor(100 * fractionOf(progress))).padStart(3)}%`,
    `${done}/${total}`,
    `${formatRate(rate)}/s`,
    formatDuration(elapsed),
  ];
  if (rate > 0 && ended < total) parts.push(`${formatDuration((total - ended) / rate)} left`);
  if (failed > 0) parts.push(`${red}${failed} failed${plain}`);
  const groups = [...groupsOf(graph)];
  const lines = [parts.join("  ")];
  if (groups.length < 2) return lines;
  for (const [name, group] of groups.slice(0, mostGroups))
    lines.push(groupLine(name, group, width));
  if (groups.length > mostGroups) lines.push(`  and ${groups.length - mostGroups} more groups`);
  return lines;
}

interface Group {
  done: number;
  failed: number;
  total: number;
}

function groupsOf(graph: ComputationGraph): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const task of graph.values()) {
    const group = groups.get(task.group) ?? { done: 0, failed: 0, total: 0 };
    groups.set(task.group, group);
    group.total++;
    if (hasResult(task)) group.done++;
    if (task.state === "failed") group.failed++;
  }
  return groups;
}

function hasResult({ state }: ObservedTask): boolean {
  return state === "finished" || state === "released";
}

function groupLine(name: string, { done, failed, total }: Group, width: number): string {
  const tail = failed > 0 ? `  ${red}${failed} failed${plain}` : "";
  return `  ${bar(done / total, Math.floor(width / 2))} ${shortened(name).padEnd(longestGroup)} ${done}/${total}${tail}`;
}

const red = "\u001B[31m";
const plain = "\u001B[39m";
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

function bar(fraction: number, width: number): string {
  const cells = Math.floor(fraction * width * 8);
  const text = "█".repeat(cells >> 3) + (eighths[cells & 7] ?? "");
  return `▕${text.padEnd(width)}▏`;
}

/** Control characters in a user's key must not reach the terminal. */
function shortened(name: string): string {
  const printable = name.replace(/\p{C}/gu, "?");
  return printable.length > longestGroup ? `${printable.slice(0, longestGroup - 1)}…` : printable;
}

function formatRate(rate: number): string {
  return rate >= 100 ? String(Math.round(rate)) : rate.toPrecision(2);
}
