import { countText } from "../../lineage/text/quantities.js";
import { h } from "./dom.js";
import { placeOf, taskPlace } from "./links.js";
import { keyOf, type ReportData, searchKeys, statusOf } from "./report-data.js";
import type { ReportHead } from "./report-format.js";

const maxHits = 30;
const maxGroups = 8;
const pauseMs = 120;

interface Hit {
  readonly text: string;
  readonly about: string;
  readonly href: string;
}

/** The search over keys, groups and functions: a box with a list below it. */
export function searchBox(head: ReportHead, unpacking: Promise<ReportData>): HTMLElement {
  let data: ReportData | undefined;
  void unpacking.then((unpacked) => {
    data = unpacked;
  });
  const list = h("ul", { id: "hits", role: "listbox", "aria-label": "Found", hidden: true });
  const input = h("input", {
    type: "search",
    id: "search",
    role: "combobox",
    placeholder: "Search keys and groups (/)",
    "aria-label": "Search keys and groups",
    "aria-expanded": "false",
    "aria-controls": "hits",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
  });
  let hits: readonly Hit[] = [];
  let chosen = -1;
  let timer = 0;
  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (to: number): void => {
    chosen = hits.length === 0 ? -1 : (to + hits.length) % hits.length;
    [...list.children].forEach((item, i) => {
      item.setAttribute("aria-selected", String(i === chosen));
      if (i === chosen) item.scrollIntoView({ block: "nearest" });
    });
    if (chosen >= 0) input.setAttribute("aria-activedescendant", `hit-${chosen}`);
  };
  const go = (hit: Hit | undefined): void => {
    if (hit === undefined) return;
    close();
    location.hash = hit.href;
  };
  const show = (): void => {
    const text = input.value.trim();
    hits = text === "" ? [] : findHits(head, data, text);
    chosen = -1;
    list.replaceChildren(
      ...hits.map((hit, i) =>
        h(
          "li",
          { id: `hit-${i}`, role: "option", "aria-selected": "false", pointerdown: () => go(hit) },
          h("span", { class: "key" }, hit.text),
          h("small", {}, hit.about),
        ),
      ),
      ...(hits.length === 0 && text !== ""
        ? [
            h(
              "li",
              { role: "option", "aria-selected": "false", "aria-disabled": "true", class: "empty" },
              data === undefined ? "Still unpacking…" : "Nothing found.",
            ),
          ]
        : []),
    );
    list.hidden = text === "";
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(show, pauseMs);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? chosen + 1 : Math.max(chosen, 0) - 1);
    } else if (event.key === "Enter") {
      clearTimeout(timer);
      if (list.hidden || hits.length === 0) show();
      go(hits[Math.max(0, chosen)]);
    } else if (event.key === "Escape") close();
  });
  input.addEventListener("blur", close);
  return h("div", { class: "search", role: "search" }, input, list);
}

function findHits(head: ReportHead, data: ReportData | undefined, text: string): Hit[] {
  const wanted = text.toLowerCase();
  const groups = head.groups
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .slice(0, maxGroups)
    .map(
      ({ name, count }): Hit => ({
        text: name,
        about: `group, ${countText(count)}`,
        href: placeOf("tasks", { group: name }),
      }),
    );
  const rows = data === undefined ? [] : searchKeys(data, text, maxHits);
  const keys = rows.map((row): Hit => {
    const key = data === undefined ? "" : keyOf(data, row);
    return {
      text: key,
      about: data === undefined ? "" : `task, ${statusOf(data, row)}`,
      href: taskPlace(key),
    };
  });
  // A key that is exactly it comes first.
  return [
    ...keys.filter((hit) => hit.text === text),
    ...groups,
    ...keys.filter((hit) => hit.text !== text),
  ];
}
