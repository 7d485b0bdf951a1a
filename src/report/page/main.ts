import { countText } from "../../lineage/text/quantities.js";
import { announce, h } from "./dom.js";
import { pageNamed, pages } from "./pages.js";
import { type ReportData, unpackColumns } from "./report-data.js";
import type { ReportHead } from "./report-format.js";
import { searchBox } from "./search-box.js";

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
  reloadLater();
}

/** A page of a run that goes on; a `Refresh` header would not reload an address with a `#`. */
function reloadLater(): void {
  const seconds = Number(
    document.querySelector('meta[name="taskprov-refresh"]')?.getAttribute("content"),
  );
  if (seconds > 0) setTimeout(() => location.reload(), seconds * 1000);
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
  const links = pages
    .filter(({ isListed = () => true }) => isListed(head))
    .map(({ name, title, badge }) => {
      const count = badge?.(head) ?? 0;
      return h(
        "a",
        { href: `#/${name}`, "data-page": name },
        title,
        count > 0 && h("span", { class: "badge" }, countText(count)),
      );
    });
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
    name,
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
    const page = pageNamed(name);
    const title = page.isOfItem === true ? item : page.title;
    document.title = `${title} – ${head.run.name ?? "run"} – taskprov report`;
    markCurrent(page.name);
    const heading = h("h1", { tabindex: "-1" }, title);
    const wait = h("p", { class: "dim wait" }, "Unpacking…");
    main.replaceChildren(heading, wait);
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
      // The heading stays where it is: taken out and put back it would lose the focus.
      if (own === turn) wait.replaceWith(content);
    } catch (error) {
      if (own === turn) wait.remove();
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
