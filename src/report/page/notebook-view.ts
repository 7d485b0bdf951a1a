import { countText } from "../../lineage/text/quantities.js";
import { dataTable, upTo } from "./data-table.js";
import { h, joined } from "./dom.js";
import { placeOf, taskLink } from "./links.js";
import { countsText, secondsText } from "./texts.js";
import type { View } from "./view.js";

/** Notebook cells and what they caused. */
export const notebookView: View = ({ head: { cells } }) => {
  if (cells.length === 0) {
    return h(
      "p",
      { class: "empty" },
      "No task of this run was submitted from a notebook cell that is recorded.",
    );
  }
  return h(
    "div",
    {},
    h("p", { class: "lead" }, "Each cell with the tasks it caused and the data they made."),
    dataTable({
      caption: "Cells",
      rows: upTo(cells.length),
      columns: [
        {
          title: "Cell",
          isHead: true,
          cell: (row) =>
            h(
              "a",
              { href: placeOf("tasks", { cell: cells[row]?.cell ?? "" }) },
              cells[row]?.cell ?? "",
            ),
          sort: (row) => cells[row]?.cell ?? "",
        },
        {
          title: "Attempts",
          isNumber: true,
          cell: (row) => countText(cells[row]?.attempts ?? 0),
          sort: (row) => cells[row]?.attempts ?? 0,
        },
        { title: "Status", cell: (row) => countsText(cells[row]?.statuses ?? {}) },
        {
          title: "Computing",
          isNumber: true,
          cell: (row) => secondsText(cells[row]?.seconds),
          sort: (row) => cells[row]?.seconds ?? 0,
        },
        {
          title: "Groups",
          cell: (row) =>
            (cells[row]?.groups ?? [])
              .slice(0, 12)
              .map(([group, count]) => `${group} × ${countText(count)}`)
              .join(", "),
        },
        { title: "Places", cell: (row) => (cells[row]?.places ?? []).slice(0, 5).join(", ") },
        {
          title: "Data",
          cell: (row) =>
            h(
              "span",
              {},
              ...joined(
                (cells[row]?.data ?? []).slice(0, 6).map((key) => taskLink(key)),
                ", ",
              ),
            ),
        },
      ],
    }),
  );
};
