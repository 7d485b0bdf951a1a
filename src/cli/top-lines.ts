import { countText, durationText, plural, sizeText } from "../lineage/text/quantities.js";
import type {
  GroupOverview,
  RunOverview,
  TaskCounts,
  WorkerOverview,
} from "../traces/run-overview.js";
import type { StyledLine } from "./terminal.js";

/** Seconds without a word after which one is told so. */
const silentSeconds = 5;
/** Lines of each part when there is no end of room. */
const most = { workers: 50, groups: 50, failures: 10, longest: 10 } as const;
type Part = keyof typeof most;
const parts: readonly Part[] = ["workers", "groups", "failures", "longest"];
const engines = { local: "embedded engine", dask: "Dask", "dask-local": "Dask, local" } as const;

/**
 * How a run stands, as a table for a terminal.
 *
 * @param columns - what is longer is cut.
 * @param rows - of the terminal; each part is shortened until all of them fit.
 */
export function topLines(run: RunOverview, columns: number, rows: number): StyledLine[] {
  const shown = roomFor(run, rows);
  return [
    ...headLines(run, columns),
    ...workerLines(run, shown.workers, columns),
    ...groupLines(run, shown.groups, columns),
    ...failureLines(run, shown.failures),
    ...longestLines(run, shown.longest, columns),
  ].map(({ text, style }) => ({ text: cut(printable(text), columns).trimEnd(), style }));
}

/** How many lines each part gets: those with most give first. */
function roomFor(run: RunOverview, rows: number): Record<Part, number> {
  const room = {
    workers: Math.min(most.workers, run.workers.length),
    groups: Math.min(most.groups, run.groups.length),
    failures: Math.min(most.failures, run.failures.length),
    longest: Math.min(most.longest, run.longest.length),
  };
  const used = (): number =>
    3 + parts.reduce((sum, part) => sum + (room[part] > 0 ? room[part] + 2 : 0), 0);
  while (used() > rows) {
    const largest = parts.reduce((a, b) => (room[b] > room[a] ? b : a));
    if (room[largest] <= 1) break;
    room[largest]--;
  }
  return room;
}

function headLines(run: RunOverview, columns: number): StyledLine[] {
  const { name = "run", engine, address, start, time, heard, isOver, scheduler } = run;
  const silence = isOver ? 0 : time - heard;
  const state = [
    `${durationText(Math.max(0, time - start))}${isOver ? ", over" : " so far"}`,
    silence > silentSeconds && `nothing heard for ${durationText(silence)}`,
    run.droppedEvents > 0 && `${plural(run.droppedEvents, "event")} lost`,
  ].filter((part) => part !== false);
  const own = engine === "local" ? "Program" : "Scheduler";
  const used = scheduler === undefined ? [] : usageOf(scheduler);
  return [
    line([name, address ?? engines[engine], ...state].join(" · "), "title"),
    line(tasksText(run, Math.max(8, Math.min(30, columns - 70)))),
    ...(used.length > 0 ? [line(`${own}: ${used.join(" · ")}`)] : []),
  ];
}

function tasksText(run: RunOverview, width: number): string {
  const { tasks, rate, retries, isOver } = run;
  const left = tasks.waiting + tasks.running;
  const counts = [
    `${countText(tasks.done)}/${countText(tasks.total)} done`,
    ...countsOf(tasks),
    retries > 0 && `${countText(retries)} retried`,
    `${rateText(rate)}/s`,
    !isOver && left > 0 && rate > 0 && `${durationText(left / rate)} left`,
  ].filter((part) => part !== false);
  return `${barText(tasks, width)} ${counts.join(" · ")}`;
}

/** Counts other than zero, but for what is done. */
function countsOf(tasks: TaskCounts): string[] {
  const places = ["running", "waiting", "failed", "blocked", "cancelled"] as const;
  return places.flatMap((place) =>
    tasks[place] > 0 ? [`${countText(tasks[place])} ${place}`] : [],
  );
}

function barText({ done, total }: TaskCounts, width: number): string {
  const full = total === 0 ? 0 : Math.floor((done / total) * width);
  return `[${"#".repeat(full).padEnd(width, ".")}]`;
}

function usageOf({ cpu, memory }: NonNullable<RunOverview["scheduler"]>): string[] {
  return [
    ...(cpu === undefined ? [] : [`CPU ${Math.round(cpu)} %`]),
    ...(memory === undefined ? [] : [`memory ${sizeText(memory)}`]),
  ];
}

function workerLines(run: RunOverview, count: number, columns: number): StyledLine[] {
  const lost = run.workersLost > 0 ? `, ${run.workersLost} lost` : "";
  if (run.workers.length === 0) return [];
  const rows = run.workers.slice(0, count).map((worker) => workerRow(worker));
  return table(
    [`WORKERS ${amount(count, run.workers.length)}${lost}`, "threads", "running", "ended", "CPU"],
    rows,
    columns,
    "memory",
  );
}

function workerRow(worker: WorkerOverview): string[] {
  const { name, address, threads, running, ended, cpu } = worker;
  return [
    name === address ? name : `${name} ${address}`,
    threads === undefined ? "" : countText(threads),
    countText(running),
    countText(ended),
    cpu === undefined ? "" : `${Math.round(cpu)} %`,
    memoryText(worker),
  ];
}

function memoryText({ memory, memoryLimit, spilled }: WorkerOverview): string {
  if (memory === undefined) return "";
  const onDisk = spilled === undefined || spilled === 0 ? "" : ` +${sizeText(spilled)} on disk`;
  if (memoryLimit === undefined || memoryLimit === 0) return `${sizeText(memory)}${onDisk}`;
  const part = Math.round((100 * memory) / memoryLimit);
  return `${sizeText(memory)} (${part} %)${onDisk}`;
}

function groupLines(run: RunOverview, count: number, columns: number): StyledLine[] {
  const { groups } = run;
  if (groups.length === 0) return [];
  const name = `GROUPS ${amount(count, groups.length)}`;
  const titles = [name, "done", "running", "waiting", "failed", "blocked", "rate"];
  return table(titles, groups.slice(0, count).map(groupRow), columns, "mean");
}

function groupRow(group: GroupOverview): string[] {
  const { done, total, running, waiting, failed, blocked, rate, meanSeconds } = group;
  return [
    group.group,
    `${countText(done)}/${countText(total)}`,
    countText(running),
    countText(waiting),
    countText(failed),
    countText(blocked),
    `${rateText(rate)}/s`,
    meanSeconds === undefined ? "" : durationText(meanSeconds),
  ];
}

function failureLines({ failures }: RunOverview, count: number): StyledLine[] {
  if (failures.length === 0) return [];
  const rows = failures
    .slice(0, count)
    .map(({ type, count: times, key, text = "" }) =>
      line(`${countText(times)} × ${type}: ${text} (last: ${key})`, "bad"),
    );
  return [line(""), line(`FAILURES ${amount(count, failures.length)}`, "dim"), ...rows];
}

function longestLines(run: RunOverview, count: number, columns: number): StyledLine[] {
  const rows = run.longest
    .slice(0, count)
    .map(({ key, worker, seconds }) => [key, worker, durationText(seconds)]);
  if (rows.length === 0) return [];
  const title = run.isOver ? "NEVER ENDED" : "RUNNING LONGEST";
  return table([title, "worker"], rows, columns, run.isOver ? "" : "since sent there");
}

/** A table whose first column takes the room that the others leave. */
function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
  lastTitle: string,
): StyledLine[] {
  const all = [[...titles, lastTitle], ...rows];
  const widths = all.reduce<number[]>(
    (known, row) => row.map((cell, i) => Math.max(known[i] ?? 0, printable(cell).length)),
    [],
  );
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0);
  const first = Math.min(widths[0] ?? 0, Math.max(16, columns - others));
  const text = ([name = "", ...cells]: readonly string[]): string =>
    cut(printable(name), first).padEnd(first) +
    cells.map((cell, i) => `  ${printable(cell).padStart(widths[i + 1] ?? 0)}`).join("");
  const [head = [], ...body] = all;
  return [line(""), line(text(head), "dim"), ...body.map((row) => line(text(row)))];
}

function amount(shown: number, all: number): string {
  return shown < all ? `${shown} of ${countText(all)}` : countText(all);
}

function line(text: string, style: StyledLine["style"] = "plain"): StyledLine {
  return { text, style };
}

/** `0.52`, `7.3`, `120`. */
export function rateText(rate: number): string {
  if (rate === 0) return "0";
  return rate >= 100 ? countText(Math.round(rate)) : rate.toPrecision(2);
}

/** Control characters in a user's key must not reach the terminal, nor break a line. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, " ");
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
}
