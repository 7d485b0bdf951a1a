import { announce, h } from "./dom.js";
import { failuresView } from "./failures-view.js";
import { graphView } from "./graph-view.js";
import { notebookView } from "./notebook-view.js";
import { overviewView } from "./overview-view.js";
import { performanceView } from "./performance-view.js";
import { type ReportData, unpackColumns } from "./report-data.js";
import type { ReportHead } from "./report-format.js";
import { searchBox } from "./search-box.js";
import { taskView } from "./task-view.js";
import { tasksView } from "./tasks-view.js";
import { timelineView } from "./timeline-view.js";
import type { View } from "./view.js";

interface Page {
  readonly title: string;
  readonly view: View;
  /** Whether it stands in the navigation. */
  readonly isListed: boolean;
}

const pages: Readonly<Record<string, Page>> = {
  overview: { title: "Overview", view: overviewView, isListed: true },
  graph: { title: "Graph", view: graphView, isListed: true },
  timeline: { title: "Timeline", view: timelineView, isListed: true },
  tasks: { title: "Tasks", view: tasksView, isListed: true },
  task: { title: "Task", view: taskView, isListed: false },
  failures: { title: "Failures", view: failuresView, isListed: true },
  notebook: { title: "Notebook", view: notebookView, isListed: true },
  performance: { title: "Performance", view: performanceView, isListed: true },
};

function start(): void {
  const app = document.getElementById("app");
  const text = document.getElementById("head")?.textContent;
  if (app === null || text === undefined || text === null) return;
  if (typeof DecompressionStream === "undefined") return; // The page says what it needs.
  // Written by taskprov into the same file.
  const head = JSON.parse(text) as ReportHead;
  const data = unpacked(head);
  const main = h("main", { id: "main", tabindex: "-1" });
  app.replaceChildren(
    h(
      "a",
      {
        class: "skip",
        href: "#main",
        click: (event) => {
          event.preventDefault();
          main.focus();
        },
      },
      "Skip to content",
    ),
    header(head, data),
    main,
    h("div", { id: "live", class: "away", "aria-live": "polite" }),
  );
  addShortcuts();
  const route = router(main, head, data);
  window.addEventListener("hashchange", () => {
    void route(true);
  });
  void route(false);
}

/** The columns stand behind this script and are there when the document is. */
function unpacked(head: ReportHead): Promise<ReportData> {
  const data = new Promise<ReportData>((resolve, reject) => {
    const unpack = (): void => {
      const columns = document.getElementById("columns");
      unpackColumns(head, columns?.textContent ?? "").then(resolve, reject);
      columns?.remove();
    };
    // A turn later, so that the overview is painted first.
    const later = (): void => void setTimeout(unpack, 0);
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", later);
    else later();
  });
  data.then(
    () => document.documentElement.setAttribute("data-ready", ""),
    (error: unknown) => {
      showProblem(error);
    },
  );
  return data;
}

function showProblem(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  const main = document.getElementById("main");
  main?.prepend(
    h(
      "p",
      { class: "verdict bad", role: "alert" },
      `The tasks of this report cannot be read: ${reason}. Make it again with taskprov report.`,
    ),
  );
}

function header(head: ReportHead, data: Promise<ReportData>): HTMLElement {
  const failed = head.failures.length + head.moreFailures;
  const links = Object.entries(pages)
    .filter(([, page]) => page.isListed)
    .filter(([name]) => name !== "notebook" || head.cells.length > 0)
    .map(([name, { title }]) =>
      h(
        "a",
        { href: `#/${name}`, "data-page": name },
        title,
        name === "failures" && failed > 0 && h("span", { class: "badge" }, failed),
      ),
    );
  return h(
    "header",
    {},
    h(
      "div",
      { class: "brand" },
      h("strong", {}, head.run.name ?? "run"),
      h("span", { class: "dim" }, "taskprov report"),
    ),
    h("nav", { "aria-label": "Pages" }, ...links),
    searchBox(head, data),
    themeButton(),
  );
}

function themeButton(): HTMLElement {
  const root = document.documentElement;
  const isDark = (): boolean =>
    root.dataset["theme"] === undefined
      ? matchMedia("(prefers-color-scheme: dark)").matches
      : root.dataset["theme"] === "dark";
  return h(
    "button",
    {
      type: "button",
      class: "theme",
      "aria-label": "Switch between light and dark",
      title: "Light or dark",
      click: () => {
        root.dataset["theme"] = isDark() ? "light" : "dark";
        document.dispatchEvent(new Event("themechange"));
      },
    },
    "◐",
  );
}

function addShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const isTyping = at instanceof HTMLInputElement || at instanceof HTMLSelectElement;
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    document.getElementById("search")?.focus();
  });
}

interface Address {
  readonly name: string;
  readonly item: string;
  readonly query: URLSearchParams;
}

function addressOf(hash: string): Address {
  const [path = "", search = ""] = splitOnce(hash.replace(/^#\/?/, ""), "?");
  const [name = "", item = ""] = splitOnce(path, "/");
  return {
    name: name in pages ? name : "overview",
    item: decoded(item),
    query: new URLSearchParams(search),
  };
}

function splitOnce(text: string, at: string): string[] {
  const i = text.indexOf(at);
  return i < 0 ? [text] : [text.slice(0, i), text.slice(i + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Typed by hand, with a % of its own.
  }
}

function router(
  main: HTMLElement,
  head: ReportHead,
  data: Promise<ReportData>,
): (isMove: boolean) => Promise<void> {
  let leave: (() => void)[] = [];
  let turn = 0;
  return async (isMove) => {
    const own = ++turn;
    for (const action of leave) action();
    leave = [];
    const { name, item, query } = addressOf(location.hash);
    const page = pages[name];
    if (page === undefined) return;
    const title = name === "task" ? item : page.title;
    document.title = `${title} – ${head.run.name ?? "run"} – taskprov report`;
    markCurrent(name);
    const heading = h("h1", { tabindex: "-1" }, title);
    main.replaceChildren(heading, h("p", { class: "dim wait" }, "Unpacking…"));
    if (isMove) {
      window.scrollTo(0, 0);
      heading.focus({ preventScroll: true });
      announce(title);
    }
    try {
      const content = await page.view({
        head,
        data,
        item,
        query,
        onLeave: (action) => leave.push(action),
      });
      if (own === turn) main.replaceChildren(heading, content);
    } catch (error) {
      if (own === turn) main.replaceChildren(heading);
      showProblem(error);
    }
  };
}

function markCurrent(name: string): void {
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("data-page") === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

start();
