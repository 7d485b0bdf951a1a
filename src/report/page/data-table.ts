import { countText } from "../../lineage/text/quantities.js";
import { announce, type Child, h } from "./dom.js";

/** A column of a table over numbered rows. */
export interface TableColumn {
  readonly title: string;
  /** Said to screen readers and shown on hover. */
  readonly about?: string;
  readonly cell: (row: number) => Child;
  /** What the column is sorted by; without it, it cannot be sorted. */
  readonly sort?: (row: number) => number | string;
  readonly isNumber?: boolean;
  /** The cell names its row. */
  readonly isHead?: boolean;
}

/** What {@link dataTable} shows. */
export interface TableOptions {
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  /** Numbers of the rows. */
  readonly rows: ArrayLike<number>;
  /** Rows at once. @defaultValue 50 */
  readonly pageSize?: number;
  /** Column and direction at first. */
  readonly sorted?: readonly [column: number, descending: boolean];
  /** What is said instead of an empty table. */
  readonly empty?: string;
}

/** A table that sorts by its heads and shows a page of rows at a time. */
export function dataTable(options: TableOptions): HTMLElement {
  const { caption, columns, pageSize = 50, empty = "Nothing." } = options;
  if (options.rows.length === 0) return h("p", { class: "empty" }, empty);
  const rows = Float64Array.from(options.rows);
  const body = h("tbody");
  const heads: HTMLElement[] = [];
  const pager = h("div", { class: "pager" });
  const state = { page: 0, column: -1, descending: false };

  const show = (): void => {
    const from = state.page * pageSize;
    const shown = rows.subarray(from, from + pageSize);
    body.replaceChildren(...Array.from(shown, (row, i) => rowOf(columns, row, from + i + 2)));
    heads.forEach((head, i) => {
      if (i !== state.column) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    });
    fillPager(pager, caption, state.page, pageSize, rows.length, (page) => {
      state.page = page;
      show();
    });
  };
  const sortBy = (column: number, descending: boolean): void => {
    const value = columns[column]?.sort;
    if (value === undefined) return;
    state.column = column;
    state.descending = descending;
    state.page = 0;
    sortRows(rows, value, descending);
    show();
  };
  columns.forEach((column, i) => {
    const classes = column.isNumber === true ? "number" : undefined;
    const title = column.about;
    if (column.sort === undefined) {
      heads.push(h("th", { scope: "col", class: classes, title }, column.title));
      return;
    }
    const click = (): void => {
      const isNew = state.column !== i;
      sortBy(i, isNew ? column.isNumber === true : !state.descending);
      announce(`Sorted by ${column.title}, ${state.descending ? "descending" : "ascending"}`);
    };
    heads.push(
      h(
        "th",
        { scope: "col", class: classes, title },
        h("button", { type: "button", click }, column.title),
      ),
    );
  });
  if (options.sorted === undefined) show();
  else sortBy(...options.sorted);
  return h(
    "div",
    { class: "table" },
    h(
      "div",
      { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
      h(
        "table",
        { "aria-rowcount": rows.length + 1 },
        h("caption", {}, caption),
        h("thead", {}, h("tr", {}, ...heads)),
        body,
      ),
    ),
    pager,
  );
}

function rowOf(columns: readonly TableColumn[], row: number, number: number): HTMLElement {
  const cells = columns.map((column) => {
    const classes = column.isNumber === true ? "number" : undefined;
    return column.isHead === true
      ? h("th", { scope: "row", class: classes }, column.cell(row))
      : h("td", { class: classes }, column.cell(row));
  });
  return h("tr", { "aria-rowindex": number }, ...cells);
}

function sortRows(
  rows: Float64Array,
  value: (row: number) => number | string,
  descending: boolean,
): void {
  const sign = descending ? -1 : 1;
  // Not a number sorts last either way.
  const compare = (a: number | string, b: number | string): number => {
    if (typeof a === "string" || typeof b === "string") {
      return sign * String(a).localeCompare(String(b), "en", { numeric: true });
    }
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return sign * (a - b);
  };
  const values = new Map<number, number | string>();
  const known = (row: number): number | string => {
    const found = values.get(row) ?? value(row);
    values.set(row, found);
    return found;
  };
  // Remembering costs more than asking where there are many rows, which are sorted by numbers.
  const of = rows.length > 20_000 ? value : known;
  rows.sort((a, b) => compare(of(a), of(b)) || a - b);
}

function fillPager(
  pager: HTMLElement,
  caption: string,
  page: number,
  pageSize: number,
  count: number,
  go: (page: number) => void,
): void {
  const last = Math.max(0, Math.ceil(count / pageSize) - 1);
  if (last === 0) {
    pager.replaceChildren();
    return;
  }
  const button = (text: string, label: string, to: number): HTMLElement =>
    h(
      "button",
      {
        type: "button",
        "aria-label": `${label}: ${caption}`,
        disabled: to < 0 || to > last || to === page,
        click: () => {
          go(to);
          const again = pager.querySelector<HTMLElement>(`[aria-label^="${label}"]`);
          again?.focus();
          announce(`Page ${to + 1} of ${last + 1}`);
        },
      },
      text,
    );
  const from = page * pageSize;
  pager.replaceChildren(
    button("«", "First page", 0),
    button("‹ Previous", "Previous page", page - 1),
    h(
      "span",
      {},
      `${countText(from + 1)}–${countText(Math.min(count, from + pageSize))} of ${countText(count)}`,
    ),
    button("Next ›", "Next page", page + 1),
    button("»", "Last page", last),
  );
}

/** The numbers from 0. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
