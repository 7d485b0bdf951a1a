import type { PathAnswer } from "../answer-path.js";
import type { ArgumentItem, AttemptStory, BlameAnswer, Failure } from "../blame.js";
import type { CriticalAnswer } from "../critical-path.js";
import type { CellAnswer, ListAnswer } from "../listings.js";
import type { RelatedItem, ShowAnswer } from "../show-item.js";
import { attemptText, itemName, shortPlace, statusText, valueText } from "./item-text.js";
import { countText, durationText, plural } from "./quantities.js";
import { printable, type Style } from "./style.js";

/** A named row of several lines: the name once, the lines below each other. */
function section(name: string, lines: readonly string[], style: Style): string[] {
  return lines.map((line, i) => `  ${style.dim((i === 0 ? name : "").padEnd(10))} ${line}`);
}

function argumentText({ role, item }: ArgumentItem): string {
  const by = role === undefined ? "" : `${printable(role)} = `;
  const value = item.type === "literal" ? "" : valueText(item);
  return `${by}${itemName(item)}${value === "" ? "" : `: ${value}`}`;
}

function exceptionText({ exception, attempt }: AttemptStory): string {
  if (exception === undefined) return attempt.status ?? "";
  const type = exception.exceptionType ?? exception.label ?? "exception";
  return printable(exception.message === undefined ? type : `${type}: ${exception.message}`);
}

/** The answer to `blame`. */
export function blameText(answer: BlameAnswer, style: Style): string {
  const { failures, recovered, more, statuses } = answer;
  const lines: string[] = [];
  if (failures.length === 0) lines.push("Nothing failed.");
  else {
    const blocked = statuses.blocked ?? 0;
    const rest = blocked === 0 ? "" : `; because of that ${plural(blocked, "attempt")} never ran`;
    lines.push(`${plural(failures.length + more, "task")} failed${rest}.`);
  }
  for (const failure of failures) lines.push("", ...failureLines(failure, style));
  if (more > 0) lines.push("", `… and ${plural(more, "more failure")}: --limit shows them.`);
  if (recovered.length > 0) {
    lines.push("", `${plural(recovered.length, "task")} failed at first and worked in the end:`);
    for (const { task, attempts } of recovered) {
      const [first] = attempts;
      const why = first === undefined ? "" : exceptionText(first);
      lines.push(
        `  ${printable(task)}  ${style.dim(`${plural(attempts.length, "attempt")}; first:`)} ${why}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function failureLines(failure: Failure, style: Style): string[] {
  const { attempts, inputs, stack, blocked } = failure;
  const last = attempts.at(-1);
  const lines = [
    `${style.strong(printable(failure.task))}  ${style.bad(last === undefined ? "" : exceptionText(last))}`,
  ];
  if (last === undefined) return lines;
  const { attempt, exception } = last;
  const hash =
    attempt.functionHash === undefined ? "" : `, source ${attempt.functionHash.slice(0, 12)}`;
  lines.push(...section("function", [`${printable(attempt.function ?? "?")}${hash}`], style));
  const places = [...(attempt.place === undefined ? [] : [attempt.place]), ...stack];
  lines.push(...section("place", places.map(printable), style));
  if (attempt.cell !== undefined) lines.push(...section("cell", [printable(attempt.cell)], style));
  lines.push(...section("inputs", inputs.map(argumentText), style));
  lines.push(
    ...section(
      "attempts",
      attempts.map((story, i) => historyText(story, i, style)),
      style,
    ),
  );
  lines.push(...section("blocked", blockedLines(failure), style));
  if (exception?.traceback !== undefined) {
    lines.push(...section("traceback", exception.traceback.split("\n").map(printable), style));
  }
  if (blocked.count === 0 && inputs.length === 0 && lines.length === 1)
    lines.push("  (no more is recorded)");
  return lines;
}

function historyText(story: AttemptStory, i: number, style: Style): string {
  const { attempt } = story;
  const parts = [
    `${attempt.attempt ?? i + 1}  ${statusText(attempt.status ?? "?", style)}`,
    attempt.seconds === undefined ? "" : `after ${durationText(attempt.seconds)}`,
    attempt.worker === undefined ? "" : `on ${printable(attempt.worker)}`,
    attempt.start === undefined ? "" : `at ${attempt.start}`,
    story.exception === undefined ? "" : exceptionText(story),
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function blockedLines({ blocked }: Failure): string[] {
  const { count, groups, tasks } = blocked;
  if (count === 0) return [];
  const byGroup = groups.map(({ group, count: number }) => `${printable(group)} ${number}`);
  const names = tasks.map(printable).join(", ");
  return [
    `${plural(count, "task")} (${byGroup.join(", ")})`,
    count > tasks.length ? `${names}, …` : names,
  ];
}

/** The answer to `show`. */
export function showText(answer: ShowAnswer, style: Style): string {
  const lines = [style.strong(printable(answer.about))];
  for (const story of answer.attempts) {
    const { attempt } = story;
    lines.push(...section("attempt", [`${attempt.id}  ${attemptText(attempt, style)}`], style));
    if (attempt.start !== undefined) {
      lines.push(...section("", [style.dim(`${attempt.start} to ${attempt.end ?? "…"}`)], style));
    }
    if (story.exception !== undefined)
      lines.push(...section("", [style.bad(exceptionText(story))], style));
  }
  for (const item of answer.items) {
    const value = valueText(item) || printable(item.message ?? "");
    lines.push(...section(item.type, [`${item.id}${value === "" ? "" : `  ${value}`}`], style));
  }
  lines.push(...section("arguments", answer.arguments.map(argumentText), style));
  lines.push(
    ...section(
      "from",
      answer.causes.map((each) => relatedText(each, style)),
      style,
    ),
  );
  lines.push(
    ...section(
      "led to",
      answer.effects.map((each) => relatedText(each, style)),
      style,
    ),
  );
  if (answer.effectCount > answer.effects.length) {
    lines.push(...section("", [`… ${countText(answer.effectCount)} in all`], style));
  }
  for (const [id, attributes] of Object.entries(answer.attributes)) {
    lines.push("", style.dim(printable(id)));
    for (const [name, values] of Object.entries(attributes)) {
      for (const value of values)
        lines.push(`  ${printable(name)}  ${printable(value).slice(0, 2000)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function relatedText({ kind, role, item }: RelatedItem, style: Style): string {
  const as = role === undefined ? "" : ` as ${printable(role)}`;
  const status = item.status === undefined ? "" : `  ${statusText(item.status, style)}`;
  return `${itemName(item)}${status}  ${style.dim(`${kind}${as}`)}`;
}

/** The answer to `list`: a table. */
export function listText({ attempts, total }: ListAnswer, style: Style): string {
  const rows = attempts.map((item) => [
    itemName(item),
    item.status ?? "",
    item.seconds === undefined ? "" : durationText(item.seconds),
    printable(item.function ?? item.group ?? ""),
    printable(item.worker ?? ""),
    printable(shortPlace(item.place ?? "")),
    printable(item.cell ?? ""),
  ]);
  const lines = table(
    ["task", "status", "time", "function", "worker", "place", "cell"],
    rows,
    style,
  );
  lines.push(
    style.dim(
      total > attempts.length
        ? `${countText(attempts.length)} of ${plural(total, "attempt")}; --limit shows more.`
        : plural(total, "attempt"),
    ),
  );
  return `${lines.join("\n")}\n`;
}

/** Columns as wide as their content (at most 60 characters); empty columns are left out. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const shown = heads.map((_, i) => i).filter((i) => rows.some((row) => (row[i] ?? "") !== ""));
  const widths = shown.map((i) =>
    Math.min(60, Math.max(heads[i]?.length ?? 0, ...rows.map((row) => row[i]?.length ?? 0))),
  );
  const line = (row: readonly string[]): string =>
    shown
      .map((i, k) => (row[i] ?? "").padEnd(k === shown.length - 1 ? 0 : (widths[k] ?? 0)))
      .join("  ")
      .trimEnd();
  return [style.dim(line(heads)), ...rows.map(line)];
}

/** The answer to `path`. */
export function pathText(answer: PathAnswer, style: Style): string {
  const arrow = answer.direction === "down" ? "→" : "←";
  const lines = answer.items.map((item, i) => {
    const value = item.type === "literal" ? "" : valueText(item);
    const about =
      item.function === undefined && item.status === undefined ? value : attemptText(item, style);
    const name = style.strong(itemName(item));
    return `${i === 0 ? "  " : `${style.dim(arrow)} `}${name}${about === "" ? "" : `: ${about}`}`;
  });
  const verdict =
    answer.direction === "down"
      ? `${answer.to} came from ${answer.from}.`
      : `${answer.from} came from ${answer.to}.`;
  return `${printable(verdict)}\n${lines.join("\n")}\n`;
}

/** The answer to `critical`. */
export function criticalText(answer: CriticalAnswer, style: Style): string {
  const { steps, threads } = answer;
  const percent = (seconds: number): string =>
    answer.seconds > 0 ? ` (${Math.round((100 * seconds) / answer.seconds)} %)` : "";
  const split = (name: string, seconds: number): string =>
    `  ${name.padEnd(10)} ${durationText(seconds)}${percent(seconds)}`;
  const lines = [
    `The run took ${durationText(answer.seconds)}; its end waited for ${plural(steps.length, "attempt")}:`,
    split("computing", answer.computeSeconds),
    split("transfer", answer.transferSeconds),
    split("waiting", answer.waitSeconds),
    "",
    `With any number of workers it would have taken at least ${durationText(answer.leastSeconds)}.`,
    `On average ${answer.parallelism} of ${plural(threads, "thread")} computed; ${Math.round(answer.lost * 100)} % of their time was lost.`,
    "",
    ...table(
      ["task", "computing", "transfer", "waiting", "function", "worker"],
      shortened(steps).map((step) =>
        step === undefined
          ? ["…"]
          : [
              itemName(step.attempt),
              durationText(step.computeSeconds),
              durationText(step.transferSeconds),
              durationText(step.waitSeconds),
              printable(step.attempt.function ?? ""),
              printable(step.attempt.worker ?? ""),
            ],
      ),
      style,
    ),
    "",
    ...table(
      ["group", "count", "computing", "on path", "least slack"],
      answer.groups
        .slice(0, 30)
        .map((group) => [
          printable(group.group),
          countText(group.count),
          durationText(group.computeSeconds),
          String(group.onPath),
          durationText(group.leastSlackSeconds),
        ]),
      style,
    ),
  ];
  if (answer.inCircles > 0) {
    lines.push(
      style.warn(
        `${plural(answer.inCircles, "activity").replace("activitys", "activities")} left out: their causes go in a circle.`,
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** A long path by its first and last steps. */
function shortened<T>(steps: readonly T[]): readonly (T | undefined)[] {
  return steps.length <= 60 ? steps : [...steps.slice(0, 30), undefined, ...steps.slice(-30)];
}

/** The answer to `cells`. */
export function cellsText(cells: readonly CellAnswer[], style: Style): string {
  if (cells.length === 0) {
    return "No task here is tied to a notebook cell: see docs/notebooks.md for recording them.\n";
  }
  const lines: string[] = [];
  for (const cell of cells) {
    const bad = Object.entries(cell.statuses)
      .filter(([status]) => status !== "ok")
      .map(([status, count]) => `, ${count} ${status}`);
    lines.push(
      `${style.strong(`cell ${printable(cell.cell)}`)}  ${plural(cell.attempts, "attempt")}${bad.join("")}, ${durationText(cell.computeSeconds)} of computing`,
    );
    const groups = cell.groups.map(({ group, count }) => `${printable(group)} ×${count}`);
    lines.push(...section("groups", [groups.join(", ")], style));
    lines.push(...section("places", cell.places.map(printable), style));
    const data = cell.data.slice(0, 10).map(printable).join(", ");
    lines.push(
      ...section(
        "data",
        data === "" ? [] : [`${data}${cell.data.length > 10 ? ", …" : ""}`],
        style,
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}
