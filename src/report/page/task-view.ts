import { countText, plural, sizeText } from "../../lineage/text/quantities.js";
import { dataTable } from "./data-table.js";
import { type Child, h } from "./dom.js";
import { type DrawnNode, graphDrawing } from "./graph-drawing.js";
import { statusParts } from "./graph-view.js";
import { groupColor } from "./group-color.js";
import {
  type LineageBox,
  type LineageBoxes,
  type LineageDepth,
  lineageBoxes,
} from "./lineage-boxes.js";
import { placeOf, statusChip, taskPlace } from "./links.js";
import {
  attemptsOf,
  groupOf,
  isFailed,
  keyOf,
  type ReportData,
  rowName,
  rowOfKey,
  searchKeys,
  statusOf,
  textOf,
  workerOf,
} from "./report-data.js";
import type { StatusName } from "./report-format.js";
import { attemptColumns, rowPlace } from "./tasks-view.js";
import { countsText, middleCut, secondsText, timeText } from "./texts.js";
import type { View, ViewContext } from "./view.js";

/** One task: what it is, what it came from, what came from it. */
export const taskView: View = async (context) => {
  const data = await context.data;
  const last = rowOfKey(data, context.item);
  if (last < 0) return unknownTask(data, context.item);
  const attempts = attemptsOf(data, last);
  const wanted = Number(context.query.get("attempt"));
  const row = attempts.find((each) => data.attempt[each] === wanted) ?? last;
  return h(
    "div",
    {},
    factsCard(data, row, attempts),
    inputsCard(data, row),
    lineageCard(data, row, context),
    outputsCard(data, attempts),
  );
};

function unknownTask(data: ReportData, key: string): HTMLElement {
  const near = searchKeys(data, key.slice(0, Math.max(3, Math.floor(key.length / 2))), 10);
  return h(
    "div",
    {},
    h("p", { class: "verdict warn" }, `No task here has the key ${JSON.stringify(key)}.`),
    near.length > 0 &&
      h(
        "p",
        {},
        "Keys that begin like it: ",
        ...near.map((row) =>
          h("span", {}, h("a", { class: "key", href: rowPlace(data, row) }, keyOf(data, row)), " "),
        ),
      ),
    h("p", {}, h("a", { href: placeOf("tasks") }, "All tasks")),
  );
}

function factsCard(data: ReportData, row: number, attempts: readonly number[]): HTMLElement {
  const { head } = data;
  const start = data.start[row] ?? Number.NaN;
  const began = Number.isNaN(start)
    ? undefined
    : new Date((head.origin + start / 1e6) * 1000).toISOString();
  const wait = waitOf(data, row);
  const group = groupOf(data, row);
  const failure =
    isFailed(data, row) && head.failures.some(({ task }) => task === keyOf(data, row));
  const facts: [string, Child][] = [
    ["Group", h("a", { href: placeOf("tasks", { group }) }, group)],
    ["Function", code(textOf(data, data.function[row]))],
    [
      statusOf(data, row) === "error" ? "Exception" : "Result",
      value(textOf(data, data.result[row])),
    ],
    ["Size", (data.nbytes[row] ?? 0) > 0 ? sizeText(data.nbytes[row] ?? 0) : ""],
    [
      "Started",
      began === undefined ? "" : `${timeText(began)} (${secondsText(start / 1e6)} after the first)`,
    ],
    ["Took", secondsText((data.duration[row] ?? Number.NaN) / 1e6)],
    ["Transfer", (data.transfer[row] ?? 0) > 0 ? secondsText((data.transfer[row] ?? 0) / 1e6) : ""],
    ["Waited", secondsText(wait)],
    ["Worker", workerOf(data, row)],
    ["Place", code(textOf(data, data.place[row]))],
    ["Cell", textOf(data, data.cell[row])],
  ];
  return h(
    "section",
    { class: "card" },
    h(
      "p",
      { class: "counts" },
      statusChip(statusOf(data, row)),
      ...attemptLinks(data, row, attempts),
      failure && h("a", { href: placeOf("failures") }, "Traceback"),
    ),
    h(
      "dl",
      { class: "facts two" },
      ...facts.flatMap(([name, text]) =>
        text === "" || text === undefined ? [] : [h("dt", {}, name), h("dd", {}, text)],
      ),
    ),
  );
}

function code(text: string): Child {
  return text === "" ? "" : h("code", {}, text);
}

function value(text: string): Child {
  return text === "" ? "" : h("span", { class: "value" }, text);
}

function attemptLinks(data: ReportData, row: number, attempts: readonly number[]): Child[] {
  if (attempts.length < 2) return [];
  return attempts.map((each) => {
    const number = data.attempt[each] ?? 1;
    return h(
      "a",
      {
        href: taskPlace(keyOf(data, each), { attempt: String(number) }),
        "aria-current": each === row ? "true" : undefined,
        class: "chip",
      },
      `attempt ${number}: ${statusOf(data, each)}`,
    );
  });
}

/** From the end of the last input to the start, without the fetching; undefined without inputs. */
function waitOf(data: ReportData, row: number): number | undefined {
  let ready = Number.NEGATIVE_INFINITY;
  for (let i = data.inputFirst[row] ?? 0; i < (data.inputFirst[row + 1] ?? 0); i++) {
    const cause = data.input[i] ?? 0;
    const end = (data.start[cause] ?? Number.NaN) + (data.duration[cause] ?? Number.NaN);
    if (end > ready) ready = end;
  }
  const wait = (data.start[row] ?? Number.NaN) - ready - (data.transfer[row] ?? 0);
  return Number.isFinite(wait) ? Math.max(0, wait) / 1e6 : undefined;
}

interface Input {
  readonly role: string;
  readonly row: number;
  readonly text: string;
}

function inputsOf(data: ReportData, row: number): Input[] {
  const inputs: Input[] = [];
  for (let i = data.inputFirst[row] ?? 0; i < (data.inputFirst[row + 1] ?? 0); i++) {
    const cause = data.input[i] ?? 0;
    inputs.push({
      role: textOf(data, data.inputRole[i]),
      row: cause,
      text: textOf(data, data.result[cause]),
    });
  }
  for (let i = data.valueFirst[row] ?? 0; i < (data.valueFirst[row + 1] ?? 0); i++) {
    inputs.push({
      role: textOf(data, data.valueRole[i]),
      row: -1,
      text: textOf(data, data.value[i]),
    });
  }
  return inputs.sort((a, b) => a.role.localeCompare(b.role, "en", { numeric: true }));
}

function inputsCard(data: ReportData, row: number): HTMLElement {
  const inputs = inputsOf(data, row);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Inputs"),
    dataTable({
      caption: `Inputs of ${rowName(data, row)}`,
      rows: inputs.map((_, i) => i),
      pageSize: 15,
      empty: "None is recorded.",
      columns: [
        {
          title: "Argument",
          isHead: true,
          cell: (i) => inputs[i]?.role || "–",
          sort: (i) => inputs[i]?.role ?? "",
        },
        { title: "From", cell: (i) => inputFrom(data, inputs[i]) },
        { title: "Value", cell: (i) => value(inputs[i]?.text || "–") },
      ],
    }),
  );
}

function inputFrom(data: ReportData, input: Input | undefined): Child {
  if (input === undefined || input.row < 0) return "given";
  return h("a", { class: "key", href: rowPlace(data, input.row) }, rowName(data, input.row));
}

function lineageCard(data: ReportData, row: number, { query }: ViewContext): HTMLElement {
  const open = new Set<string>();
  const depth = { up: depthOf(query.get("up"), 3), down: depthOf(query.get("down"), 2) };
  const place = h("div");
  const show = (focus?: string): void => {
    const lineage = lineageBoxes(data, row, depth, open);
    place.replaceChildren(...lineageParts(data, row, lineage, open, show, focus));
  };
  const choose = (name: keyof LineageDepth, title: string): HTMLElement =>
    h(
      "label",
      {},
      `${title} `,
      h(
        "select",
        {
          change: (event) => {
            if (!(event.currentTarget instanceof HTMLSelectElement)) return;
            depth[name] = Number(event.currentTarget.value);
            open.clear();
            // The address can be sent on; no new view for it.
            history.replaceState(
              null,
              "",
              taskPlace(keyOf(data, row), {
                up: String(depth.up),
                down: String(depth.down),
                ...(query.has("attempt") && { attempt: query.get("attempt") ?? "" }),
              }),
            );
            show();
          },
        },
        ...[0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, Number.POSITIVE_INFINITY].map((steps) =>
          h(
            "option",
            { value: steps, selected: steps === depth[name] },
            steps === Number.POSITIVE_INFINITY ? "all" : String(steps),
          ),
        ),
      ),
    );
  show();
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Lineage"),
    h("div", { class: "tools" }, choose("up", "Steps back"), choose("down", "Steps on")),
    place,
  );
}

function depthOf(text: string | null, otherwise: number): number {
  const number = Number(text ?? otherwise);
  return number >= 0 ? number : otherwise;
}

function lineageParts(
  data: ReportData,
  row: number,
  lineage: LineageBoxes,
  open: Set<string>,
  show: (focus?: string) => void,
  focus: string | undefined,
): HTMLElement[] {
  const { boxes, links, total, cut, distances } = lineage;
  const nodes = boxes.map(
    (box): DrawnNode =>
      box.rows.length === 1
        ? attemptBox(data, box, row)
        : bundleBox(data, box, () => {
            open.add(box.id.replace(/\+$/, ""));
            show(`r${box.rows[0] ?? 0}`);
          }),
  );
  const ways = [cut.up ? "back" : "", cut.down ? "on" : ""].filter((way) => way !== "");
  return [
    h(
      "p",
      { class: "dim" },
      `${plural(total, "attempt")} ${total > boxes.length ? `in ${countText(boxes.length)} boxes` : "shown"}${ways.length > 0 ? `; it goes further ${ways.join(" and ")}` : ""}.`,
    ),
    graphDrawing({
      label: `Lineage of ${rowName(data, row)}: causes at the left, effects at the right`,
      nodes,
      edges: links.map(([from, to, count]) => ({ from, to, count })),
      center: `r${row}`,
      ...(focus !== undefined && { focus }),
    }),
    lineageTable(data, distances),
  ];
}

function lineageTable(data: ReportData, distances: ReadonlyMap<number, number>): HTMLElement {
  const rows = [...distances.keys()];
  const steps = (row: number): number => distances.get(row) ?? 0;
  const [name, ...rest] = attemptColumns(data);
  return h(
    "details",
    { class: "as-table" },
    h("summary", {}, "The lineage as a table"),
    dataTable({
      caption: "Attempts of the lineage",
      rows,
      pageSize: 25,
      sorted: [1, false],
      columns: [
        ...(name === undefined ? [] : [name]),
        {
          title: "Steps",
          about: "Negative: what it came from; positive: what came from it",
          isNumber: true,
          cell: (row) => steps(row),
          sort: steps,
        },
        ...rest,
      ],
    }),
  );
}

function attemptBox(data: ReportData, { id, rows, group }: LineageBox, focus: number): DrawnNode {
  const [row = 0] = rows;
  const status = statusOf(data, row);
  const seconds = secondsText((data.duration[row] ?? Number.NaN) / 1e6);
  const result = textOf(data, data.result[row]);
  const values = inputsOf(data, row).filter((input) => input.row < 0 && input.text !== "");
  const given = values
    .slice(0, 3)
    .map(({ role, text }) => (role === "" ? text : `${role} = ${text}`))
    .join(", ");
  const name = rowName(data, row);
  return {
    id,
    title: middleCut(name, 30),
    lines: [
      [status, seconds, workerOf(data, row)].filter((part) => part !== "").join(" · "),
      ...(given === "" ? [] : [given]),
      ...(result === "" ? [] : [`→ ${result}`]),
    ],
    color: groupColor(group),
    className: `${row === focus ? "here" : ""} ${isFailed(data, row) ? "bad" : ""} ${status === "blocked" ? "blocked" : ""}`,
    about: [
      row === focus ? "This task" : name,
      groupOf(data, row),
      ...(values.length > 0 ? [given] : []),
      ...(result === "" ? [] : [`gave ${result}`]),
    ].join(". "),
    activate: () => {
      location.hash = rowPlace(data, row);
    },
  };
}

function bundleBox(
  data: ReportData,
  { id, rows, group }: LineageBox,
  activate: () => void,
): DrawnNode {
  const name = data.head.groups[group]?.name ?? "";
  const counts: Partial<Record<StatusName, number>> = {};
  let total = 0;
  for (const row of rows) {
    const status = statusOf(data, row);
    counts[status] = (counts[status] ?? 0) + 1;
    const each = data.duration[row] ?? Number.NaN;
    if (each >= 0) total += each;
  }
  return {
    id,
    title: middleCut(name, 30),
    lines: [[plural(rows.length, "attempt"), secondsText(total / 1e6)].join(", ")],
    color: groupColor(group),
    parts: statusParts(counts, rows.length),
    isMany: true,
    about: `${name}. ${countsText(counts)}. Opens.`,
    activate,
  };
}

function outputsCard(data: ReportData, attempts: readonly number[]): HTMLElement {
  const outputs = attempts.flatMap((row) => [
    ...data.output.subarray(data.outputFirst[row] ?? 0, data.outputFirst[row + 1] ?? 0),
  ]);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Used by"),
    dataTable({
      caption: "What used it",
      rows: outputs,
      pageSize: 15,
      columns: attemptColumns(data),
      empty: "Nothing that is recorded used it.",
    }),
  );
}
