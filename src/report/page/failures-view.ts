import { countText, plural } from "../../lineage/text/quantities.js";
import { dataTable, upTo } from "./data-table.js";
import { type Child, h, joined } from "./dom.js";
import { placeOf, statusChip, taskLink } from "./links.js";
import type { ReportAttempt, ReportFailure, ReportHead } from "./report-format.js";
import { endCut, secondsText, timeText } from "./texts.js";
import type { View } from "./view.js";

/** Each failure that was no other's fault, with what it blocked. */
export const failuresView: View = ({ head }) => {
  const { failures, recovered, moreFailures } = head;
  if (failures.length + recovered.length === 0) {
    return h("p", { class: "verdict good" }, h("strong", {}, "Nothing failed."));
  }
  return h(
    "div",
    {},
    failures.length === 0
      ? h("p", { class: "verdict good" }, "Every task worked in the end.")
      : h("p", { class: "lead" }, leadText(head)),
    failures.length > 3 && failureTable(failures),
    ...failures.map((failure, i) => failureCard(failure, i < 3)),
    moreFailures > 0 &&
      h(
        "p",
        { class: "note" },
        `${plural(moreFailures, "more failure")} are not told in full here; `,
        h("a", { href: placeOf("tasks", { status: "error" }) }, "the table of tasks has all"),
        ".",
      ),
    recovered.length > 0 && h("h2", {}, "Failed at first, worked in the end"),
    ...recovered.map((failure) => failureCard(failure, false)),
  );
};

function leadText({ failures, moreFailures, run }: ReportHead): string {
  const blocked = run.statuses.blocked ?? 0;
  const count = failures.length + moreFailures;
  return `${plural(count, "task")} failed by ${count === 1 ? "itself" : "themselves"}${blocked === 0 ? "" : `; ${plural(blocked, "task")} never ran because of that`}.`;
}

function failureTable(failures: readonly ReportFailure[]): HTMLElement {
  const last = (row: number): ReportAttempt | undefined => failures[row]?.attempts.at(-1);
  return dataTable({
    caption: "Failures",
    rows: upTo(failures.length),
    pageSize: 10,
    columns: [
      {
        title: "Task",
        isHead: true,
        cell: (row) => taskLink(failures[row]?.task ?? ""),
        sort: (row) => failures[row]?.task ?? "",
      },
      {
        title: "Exception",
        cell: (row) => last(row)?.exception ?? "",
        sort: (row) => last(row)?.exception ?? "",
      },
      { title: "Message", cell: (row) => endCut(last(row)?.message ?? "", 90) },
      {
        title: "Attempts",
        isNumber: true,
        cell: (row) => failures[row]?.attempts.length ?? 0,
        sort: (row) => failures[row]?.attempts.length ?? 0,
      },
      {
        title: "Blocked",
        isNumber: true,
        cell: (row) => failures[row]?.blocked ?? 0,
        sort: (row) => failures[row]?.blocked ?? 0,
      },
    ],
  });
}

function failureCard(failure: ReportFailure, isOpen: boolean): HTMLElement {
  const last = failure.attempts.at(-1);
  const told =
    failure.attempts.findLast(({ message, exception }) => (message ?? exception) !== undefined) ??
    last;
  return h(
    "section",
    { class: "card failure" },
    h("h2", {}, taskLink(failure.task), " ", last !== undefined && statusChip(last.status)),
    told !== undefined &&
      h(
        "p",
        { class: "message" },
        h("strong", {}, told.exception ?? told.status),
        told.message === undefined ? "" : `: ${told.message}`,
      ),
    h("p", { class: "dim" }, ...joined(whereabouts(failure), " · ")),
    failure.inputs.length > 0 && inputList(failure.inputs),
    failure.blocked > 0 && blockedLine(failure),
    h(
      "details",
      isOpen ? { open: true } : {},
      h("summary", {}, plural(failure.attempts.length, "attempt")),
      ...failure.attempts.map(attemptPart),
    ),
    failure.stack.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, "Submitted from"),
        h("pre", { tabindex: "0" }, failure.stack.join("\n")),
      ),
  );
}

function whereabouts({ function: name, place, cell }: ReportFailure): Child[] {
  return [
    name === undefined ? undefined : h("code", {}, name),
    place === undefined ? undefined : `submitted at ${place}`,
    cell === undefined ? undefined : `cell ${cell}`,
  ].filter((part) => part !== undefined);
}

function inputList(inputs: ReportFailure["inputs"]): HTMLElement {
  return h(
    "dl",
    { class: "facts inputs" },
    ...inputs.flatMap(([role, text]) => [
      h("dt", {}, role === "" ? "input" : role),
      h("dd", { class: "value" }, text),
    ]),
  );
}

function blockedLine({ blocked, blockedGroups, blockedTasks }: ReportFailure): HTMLElement {
  const shown = blockedTasks.slice(0, 8);
  return h(
    "p",
    {},
    h("strong", {}, `Blocked ${plural(blocked, "task")}`),
    ` (${blockedGroups
      .slice(0, 6)
      .map(([group, count]) => `${group} × ${countText(count)}`)
      .join(", ")}): `,
    ...joined(
      shown.map((key) => taskLink(key)),
      ", ",
    ),
    blocked > shown.length ? " …" : "",
  );
}

function attemptPart(attempt: ReportAttempt): HTMLElement {
  const about = [attempt.worker, timeText(attempt.start), secondsText(attempt.seconds)].filter(
    (part) => part !== undefined && part !== "",
  );
  return h(
    "div",
    { class: "attempt" },
    h("p", {}, `#${attempt.number} `, statusChip(attempt.status), ` ${about.join(" · ")}`),
    attempt.message !== undefined &&
      h("p", { class: "message" }, `${attempt.exception ?? ""}: ${attempt.message}`),
    attempt.traceback !== undefined &&
      h("pre", { class: "traceback", tabindex: "0" }, attempt.traceback),
  );
}
