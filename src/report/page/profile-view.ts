import { countText, plural } from "../../lineage/text/quantities.js";
import { h } from "./dom.js";
import type { ReportCall, ReportProfile } from "./report-format.js";
import { secondsText, shareText } from "./texts.js";
import type { View } from "./view.js";

const titles = { tasks: "Threads that run tasks", "event-loop": "Event loops" } as const;
/** What is opened at first: the way down while one call is most of its caller. */
const openShare = 0.5;

/** Where workers spent their time, as a profiler that looks now and then saw it. */
export const profileView: View = ({ head }) => {
  const profiles = head.telemetry?.profiles ?? [];
  return h("div", {}, ...profiles.map(profilePart));
};

function profilePart({ of, seconds, count, calls }: ReportProfile): HTMLElement {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, titles[of]),
    h(
      "p",
      { class: "dim" },
      `Seen ${plural(count, "time")} in ${secondsText(seconds)}, all processes together. `,
      "A call counts with everything that it called. Calls of less than 0.2 % are left out.",
    ),
    calls.length === 0 ? h("p", { class: "empty" }, "Nothing ran.") : callList(calls, count, true),
  );
}

function callList(calls: readonly ReportCall[], whole: number, isOpen: boolean): HTMLElement {
  return h(
    "ul",
    { class: "calls" },
    ...calls.map((call) => h("li", {}, callItem(call, whole, isOpen))),
  );
}

function callItem([name, count, calls]: ReportCall, whole: number, isOpen: boolean): HTMLElement {
  const share = whole > 0 ? count / whole : 0;
  const bar = h("span", { class: "share", "aria-hidden": "true" });
  bar.style.width = `${(share * 100).toFixed(1)}%`;
  const line = [
    bar,
    h("span", { class: "call" }, name),
    h("span", { class: "dim" }, ` ${shareText(share)} · ${countText(count)}`),
  ];
  if (calls.length === 0) return h("div", { class: "leaf" }, ...line);
  const opens = isOpen && share >= openShare;
  // What is below is made when it is first looked at: a tree may have thousands of calls.
  const item = h("details", { open: opens }, h("summary", {}, ...line));
  const fill = (): void => {
    if (item.childElementCount === 1) item.append(callList(calls, whole, opens));
  };
  if (opens) fill();
  else item.addEventListener("toggle", fill, { once: true });
  return item;
}
