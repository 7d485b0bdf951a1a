import { countText, plural, sizeText } from "../../lineage/text/quantities.js";
import { dataTable, upTo } from "./data-table.js";
import { type Child, h } from "./dom.js";
import { groupColor } from "./group-color.js";
import { groupSwatch, placeOf, statusChip, taskLink } from "./links.js";
import type { ReportHead, StatusName } from "./report-format.js";
import { endCut, secondsText, shareText, timeText } from "./texts.js";
import type { View } from "./view.js";

/** What ran, when, who, with which versions, and how it ended. */
export const overviewView: View = ({ head }) =>
  h("div", {}, verdict(head), tiles(head), problems(head), facts(head), topGroups(head));

function verdict({ run, failures, moreFailures }: ReportHead): HTMLElement {
  const count = failures.length + moreFailures;
  const blocked = run.statuses.blocked ?? 0;
  if (count > 0) {
    const [first] = failures;
    const last = first?.attempts.at(-1);
    const what = [last?.exception, last?.message].filter((part) => part !== undefined).join(": ");
    return h(
      "p",
      { class: "verdict bad" },
      h("strong", {}, `${plural(count, "task")} failed`),
      blocked > 0 ? `, ${countText(blocked)} never ran because of it` : "",
      ". ",
      first !== undefined && taskLink(first.task),
      what === "" ? " " : `: ${endCut(what, 160)} `,
      h("a", { href: placeOf("failures") }, "All failures"),
    );
  }
  if (run.incomplete) {
    return h(
      "p",
      { class: "verdict warn" },
      h("strong", {}, "The record is incomplete"),
      ": the run still went on, or was cut off, when this report was made.",
    );
  }
  if (run.attempts === 0) return h("p", { class: "verdict warn" }, "No task is recorded here.");
  return h("p", { class: "verdict good" }, h("strong", {}, "Every task worked."));
}

function tiles({ run, critical, workers, groups }: ReportHead): HTMLElement {
  const nbytes = groups.reduce((sum, group) => sum + group.nbytes, 0);
  const used = workers.filter(({ count }) => count > 0).length;
  const tile = (name: string, value: Child, more?: Child): HTMLElement =>
    h(
      "div",
      { class: "tile" },
      h("dt", {}, name),
      h("dd", {}, value, more !== undefined && h("small", {}, more)),
    );
  const retries = run.attempts - run.tasks;
  return h(
    "dl",
    { class: "tiles" },
    tile(
      "Tasks",
      countText(run.tasks),
      retries > 0 ? `${plural(run.attempts, "attempt")}` : undefined,
    ),
    tile("Duration", secondsText(run.seconds) || "–"),
    tile(
      "Computing",
      secondsText(critical?.totalCompute) || "–",
      critical === undefined
        ? undefined
        : `${critical.parallelism.toFixed(1)} at once of ${plural(critical.threads, "thread")}`,
    ),
    tile(
      "Workers",
      countText(used),
      used === workers.length ? undefined : `${countText(workers.length)} known`,
    ),
    tile("Data", countText(run.data), nbytes > 0 ? sizeText(nbytes) : undefined),
    tile("Groups", countText(groups.length)),
  );
}

function problems({ run, omitted }: ReportHead): Child {
  const all = [...run.problems, ...omitted];
  if (all.length === 0) return undefined;
  return h(
    "section",
    { class: "card warn" },
    h("h2", {}, "To be known"),
    h("ul", {}, ...all.map((each) => h("li", {}, each))),
  );
}

function facts({ run, version }: ReportHead): HTMLElement {
  const rows: [string, Child][] = [
    ["Run", run.name],
    ["Id", run.runId],
    ["Started", timeText(run.start)],
    ["Ended", timeText(run.end)],
    ["By", [run.user, run.host].filter((part) => part !== undefined).join(" on ")],
    [
      "Command",
      run.commandLine === undefined ? undefined : h("code", {}, commandText(run.commandLine)),
    ],
    ["Engine", run.engine],
    ["Versions", run.versions.join(", ")],
    ["Commit", run.gitCommit],
    // The page is sent on; the folders of whoever made it are nobody's business.
    ["Record", run.source.replace(/^.*[\\/]/, "")],
    ["Report by", `taskprov ${version}`],
  ];
  const counts = Object.entries(run.statuses).flatMap(([status, count]): Child[] => [
    h(
      "a",
      { class: "count", href: placeOf("tasks", { status }) },
      // The keys of this record are names of statuses.
      statusChip(status as StatusName),
      ` ${countText(count)}`,
    ),
  ]);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "What ran"),
    h("p", { class: "counts" }, ...counts),
    h(
      "dl",
      { class: "facts two" },
      ...rows.flatMap(([name, value]) =>
        value === undefined || value === "" ? [] : [h("dt", {}, name), h("dd", {}, value)],
      ),
    ),
  );
}

/** A command line is recorded as a list, so that spaces in it stay what they are. */
function commandText(recorded: string): string {
  try {
    const words: unknown = JSON.parse(recorded);
    if (!Array.isArray(words)) return recorded;
    return words
      .map((word) => (/^[\w@%+=:,./-]+$/.test(String(word)) ? String(word) : JSON.stringify(word)))
      .join(" ");
  } catch {
    return recorded; // Another program's way to write it.
  }
}

function topGroups({ groups }: ReportHead): HTMLElement {
  const total = groups.reduce((sum, group) => sum + group.total, 0);
  const of = (row: number): ReportHead["groups"][number] | undefined => groups[row];
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Where the time went"),
    dataTable({
      caption: "Groups of tasks by computing time",
      rows: upTo(groups.length),
      pageSize: 10,
      sorted: [3, true],
      empty: "No tasks.",
      columns: [
        {
          title: "Group",
          isHead: true,
          cell: (row) => groupCell(row, of(row)?.name ?? ""),
          sort: (row) => of(row)?.name ?? "",
        },
        {
          title: "Attempts",
          isNumber: true,
          cell: (row) => countText(of(row)?.count ?? 0),
          sort: (row) => of(row)?.count ?? 0,
        },
        {
          title: "Failed",
          isNumber: true,
          cell: (row) => failedText(of(row)?.statuses.error, of(row)?.statuses.lost),
          sort: (row) => (of(row)?.statuses.error ?? 0) + (of(row)?.statuses.lost ?? 0),
        },
        {
          title: "Computing",
          isNumber: true,
          cell: (row) => secondsText(of(row)?.total),
          sort: (row) => of(row)?.total ?? 0,
        },
        {
          title: "Share",
          cell: (row) => shareBar(total > 0 ? (of(row)?.total ?? 0) / total : 0, row),
        },
      ],
    }),
  );
}

/** The name of a group with its colour. */
export function groupCell(group: number, name: string): HTMLElement {
  return h(
    "a",
    { href: placeOf("tasks", { group: name }), class: "key" },
    groupSwatch(group),
    name,
  );
}

function failedText(...counts: readonly (number | undefined)[]): string {
  const sum = counts.reduce<number>((total, each) => total + (each ?? 0), 0);
  return sum === 0 ? "" : countText(sum);
}

/** A part of a whole as a bar with its number. */
function shareBar(share: number, group: number): HTMLElement {
  const bar = h("span", { class: "fill", "aria-hidden": "true" });
  bar.style.width = `${Math.max(0.5, share * 100)}%`;
  bar.style.background = groupColor(group);
  return h(
    "span",
    { class: "share" },
    h("span", { class: "track" }, bar),
    h("span", { class: "per" }, shareText(share)),
  );
}
