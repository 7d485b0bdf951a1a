import { escapeHtml as escaped } from "../../base/html.js";
import type { Change, DiffAnswer, GroupComparison, RunFigures } from "../diff/diff-answer.js";
import { type RunFacts, runTitle } from "../run-facts.js";
import { alignedText, dataText, pairText, unrelatedText } from "./diff-text.js";
import { countText, durationText } from "./quantities.js";

/** The answer to `diff` as one page that needs nothing else. */
export function diffHtml(answer: DiffAnswer): string {
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    "<title>What differs between two runs</title>",
    `<style>${style}</style></head><body><main>`,
    "<h1>What differs between two runs</h1>",
    diffParts(answer),
    "</main></body></html>",
    "",
  ].join("\n");
}

/** The answer to `diff` as a part of a page. */
export function diffParts(answer: DiffAnswer): string {
  const { a, b, aligned, changes, firstData, dataCount, failures, groups, figures } = answer;
  const unrelated = unrelatedText(answer);
  return [
    unrelated === undefined ? "" : `<p class="note">${escaped(unrelated)}</p>`,
    runTable(a, b, figures),
    `<p>${escaped(alignedText(aligned))}. ${answer.different ? "" : "No difference."}</p>`,
    part("Changed", changes.length, changeTable(changes)),
    part(
      `First data that differs (of ${countText(dataCount)})`,
      firstData.length,
      list(
        firstData.map(
          (each) => `${dataText(each)}${each.explained ? "" : " (no change explains it)"}`,
        ),
      ),
    ),
    part(
      "Failures",
      failures.length,
      list(failures.map((each) => `${each.what}: ${pairText(each)} (${each.status})`)),
    ),
    part("Time by group", groups.length, groupTable(groups)),
  ].join("\n");
}

function part(title: string, count: number, content: string): string {
  return count === 0 ? "" : `<h2>${escaped(title)}</h2>\n${content}`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join("\n")}</ul>`;
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th scope="col">${escaped(text)}</th>`).join("");
  const body = rows.map(([first = "", ...rest]) => {
    const cells = rest.map((text) => `<td>${escaped(text)}</td>`).join("");
    return `<tr><th scope="row">${escaped(first)}</th>${cells}</tr>`;
  });
  return `<div class="wide" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

function runTable(a: RunFacts, b: RunFacts, figures: DiffAnswer["figures"]): string {
  const row = (name: string, pick: (run: RunFacts, figure: RunFigures) => string): string[] => [
    name,
    pick(a, figures.a),
    pick(b, figures.b),
  ];
  const rows = [
    row("document", runTitle),
    row("name", (run) => run.name ?? ""),
    row("start", (run) => run.start ?? ""),
    row("duration", (_, { seconds }) => durationText(seconds)),
    row("tasks", (run) => countText(run.tasks)),
    row("workers", (_, { workers, threads }) => `${workers} (${threads} threads)`),
  ];
  if (figures.a.cost !== undefined) rows.push(row("cost", (_, { cost }) => String(cost ?? "")));
  return tableOf(["", "A", "B"], rows);
}

function changeTable(changes: readonly Change[]): string {
  return tableOf(
    ["kind", "what", "A", "B", "tasks"],
    changes
      .slice(0, 1000)
      .map(({ kind, subject, what, before, after, count, tasks }) => [
        kind,
        `${subject}: ${what}`,
        before ?? "",
        after ?? "",
        count === 0 ? "" : `${countText(count)}: ${tasks.slice(0, 3).map(pairText).join(", ")}`,
      ]),
  );
}

function groupTable(groups: readonly GroupComparison[]): string {
  const both = (a: string, b: string): string => `${a} → ${b}`;
  return tableOf(
    ["group", "tasks", "computing", "transfer", "waiting", ""],
    groups.map(({ group, a, b, regression }) => [
      group,
      both(countText(a.count), countText(b.count)),
      both(durationText(a.computeSeconds), durationText(b.computeSeconds)),
      both(durationText(a.transferSeconds), durationText(b.transferSeconds)),
      both(durationText(a.waitSeconds), durationText(b.waitSeconds)),
      regression ? "slower" : "",
    ]),
  );
}

const style = [
  ":root{color-scheme:light dark}",
  "body{font:16px/1.5 system-ui,sans-serif;margin:0}",
  "main{max-width:72rem;margin:0 auto;padding:1rem}",
  ".wide{overflow-x:auto}",
  "table{border-collapse:collapse;font-size:.9rem}",
  "th,td{text-align:left;vertical-align:top;padding:.25rem .75rem;border-bottom:1px solid #8888}",
  "td,li{overflow-wrap:anywhere}",
  ".note{border-left:4px solid #c77700;padding-left:.75rem}",
].join("");
