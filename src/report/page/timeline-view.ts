import { plural } from "../../lineage/text/quantities.js";
import { dataTable, upTo } from "./data-table.js";
import { announce, type Child, h } from "./dom.js";
import { firstAtLeast, type Lane, lanesOf } from "./lanes.js";
import { groupSwatch } from "./links.js";
import { isGrave, logTable } from "./logs-view.js";
import { groupOf, type ReportData, rowName, statusOf, textOf, workerOf } from "./report-data.js";
import { attemptColumns, rowPlace } from "./tasks-view.js";
import { secondsText } from "./texts.js";
import { axisHeight, drawTimeline, gutter, type TimelineState } from "./timeline-canvas.js";
import { type WarningStrip, warningStrip } from "./timeline-warnings.js";
import type { View, ViewContext } from "./view.js";

/** Attempts by worker and thread over time. */
export const timelineView: View = async (context) => {
  const data = await context.data;
  const lanes = lanesOf(data);
  if (lanes.length === 0) {
    return h("p", { class: "empty" }, "The record has no times, so there is no timeline.");
  }
  return new Timeline(data, lanes, context).element;
};

class Timeline {
  readonly element: HTMLElement;
  readonly #data: ReportData;
  readonly #lanes: readonly Lane[];
  readonly #state: TimelineState;
  readonly #canvas: HTMLCanvasElement;
  readonly #tip: HTMLElement = h("div", { class: "tip", hidden: true });
  readonly #whole: number;
  readonly #warnings: WarningStrip | undefined;
  #isDue = false;

  constructor(data: ReportData, lanes: readonly Lane[], context: ViewContext) {
    this.#data = data;
    this.#lanes = lanes;
    this.#whole = Math.max(1, data.head.span * 1e6);
    const wantsPath = context.query.get("path") === "1";
    this.#state = {
      from: 0,
      to: this.#whole,
      top: 0,
      laneHeight: lanes.length <= 8 ? 34 : lanes.length <= 20 ? 24 : 18,
      marked: undefined,
      path: this.#pathPlaces(wantsPath),
    };
    this.#warnings = warningStrip(data.head.telemetry?.logs ?? [], this.#whole, (from, to) =>
      this.#window(from, to),
    );
    this.#canvas = h("canvas", {
      tabindex: "0",
      role: "application",
      "aria-label": this.#label(),
      "aria-describedby": "timeline-keys",
    });
    const wanted = axisHeight + lanes.length * this.#state.laneHeight + 4;
    this.#canvas.style.height = `${Math.min(wanted, Math.max(240, Math.round(window.innerHeight * 0.62)))}px`;
    this.element = h(
      "div",
      {},
      this.#tools(wantsPath),
      this.#warnings?.element,
      h("div", { class: "canvas timeline" }, this.#canvas, this.#tip),
      h(
        "p",
        { id: "timeline-keys", class: "hint" },
        "Drag to move, Ctrl and wheel or + and − to zoom, wheel to see other workers, 0 for everything. Arrow keys go from attempt to attempt, Enter opens one. ✕ and a frame mark failures, a thin bar before an attempt is the fetching of its inputs.",
      ),
      legend(data),
      this.#table(),
    );
    this.#listen();
    const resized = new ResizeObserver(() => this.#draw());
    resized.observe(this.#canvas);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const repaint = (): void => this.#draw();
    scheme.addEventListener("change", repaint);
    document.addEventListener("themechange", repaint);
    context.onLeave(() => {
      resized.disconnect();
      scheme.removeEventListener("change", repaint);
      document.removeEventListener("themechange", repaint);
    });
  }

  #label(): string {
    const workers = new Set(this.#lanes.map(({ worker }) => worker)).size;
    return `Timeline of ${plural(this.#data.rows, "attempt")} on ${plural(workers, "worker")} over ${secondsText(this.#whole / 1e6)}`;
  }

  #pathPlaces(isWanted: boolean): TimelineState["path"] {
    const steps = isWanted ? (this.#data.head.critical?.steps ?? []) : [];
    return steps.flatMap(([row]) => placesOf(this.#lanes, row));
  }

  #tools(wantsPath: boolean): HTMLElement {
    const button = (text: string, label: string, click: () => void): HTMLElement =>
      h("button", { type: "button", "aria-label": label, title: label, click }, text);
    const path = h("input", {
      type: "checkbox",
      checked: wantsPath,
      change: (event) => {
        const box = event.currentTarget;
        this.#state.path = this.#pathPlaces(box instanceof HTMLInputElement && box.checked);
        this.#draw();
      },
    });
    return h(
      "div",
      { class: "tools" },
      button("−", "Zoom out", () => this.#zoom(1.6)),
      button("+", "Zoom in", () => this.#zoom(1 / 1.6)),
      button("Fit", "Fit everything into the width", () => this.#window(0, this.#whole)),
      button("◂", "Earlier", () => this.#pan(-0.3)),
      button("▸", "Later", () => this.#pan(0.3)),
      this.#data.head.critical !== undefined && h("label", {}, path, " critical path"),
    );
  }

  #table(): HTMLElement {
    const place = h("div");
    return h(
      "details",
      {
        class: "as-table",
        toggle: (event) => {
          const isOpen =
            event.currentTarget instanceof HTMLDetailsElement && event.currentTarget.open;
          if (!isOpen || place.childElementCount > 0) return;
          place.append(
            dataTable({
              caption: "Attempts by start",
              rows: upTo(this.#data.rows),
              columns: attemptColumns(this.#data),
            }),
          );
          const warnings = (this.#data.head.telemetry?.logs ?? []).filter(isGrave);
          if (warnings.length > 0) place.append(logTable(warnings));
        },
      },
      h("summary", {}, "The timeline as a table"),
      place,
    );
  }

  #listen(): void {
    const canvas = this.#canvas;
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    let grabbed: { x: number; y: number; moved: boolean } | undefined;
    canvas.addEventListener("pointerdown", (event) => {
      grabbed = { x: event.clientX, y: event.clientY, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (grabbed === undefined) {
        this.#hover(event);
        return;
      }
      const dx = event.clientX - grabbed.x;
      const dy = event.clientY - grabbed.y;
      if (Math.abs(dx) + Math.abs(dy) > 3) grabbed.moved = true;
      if (!grabbed.moved) return;
      grabbed.x = event.clientX;
      grabbed.y = event.clientY;
      this.#pan(-dx / (canvas.clientWidth - gutter));
      this.#scroll(-dy);
    });
    canvas.addEventListener("pointerup", (event) => {
      const isClick = grabbed !== undefined && !grabbed.moved;
      grabbed = undefined;
      const found = isClick ? this.#at(event) : undefined;
      if (found !== undefined) this.#open(...found);
    });
    canvas.addEventListener("pointerleave", () => {
      this.#tip.hidden = true;
    });
    canvas.addEventListener("dblclick", (event) => this.#zoom(1 / 2.5, this.#timeAt(event)));
  }

  #wheel(event: WheelEvent): void {
    const isZoom = event.ctrlKey || event.metaKey;
    const room =
      this.#lanes.length * this.#state.laneHeight - (this.#canvas.clientHeight - axisHeight);
    if (isZoom) this.#zoom(event.deltaY > 0 ? 1.25 : 0.8, this.#timeAt(event));
    else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.#pan(event.deltaX / 800);
    else if (room > 0 && !this.#isAtEnd(event.deltaY, room)) this.#scroll(event.deltaY);
    else return;
    event.preventDefault();
  }

  /** At its end the wheel scrolls the page again. */
  #isAtEnd(by: number, room: number): boolean {
    return by < 0 ? this.#state.top <= 0 : this.#state.top >= room;
  }

  #key(event: KeyboardEvent): void {
    const actions: Readonly<Record<string, () => void>> = {
      ArrowRight: () => (event.shiftKey ? this.#pan(0.2) : this.#step(1)),
      ArrowLeft: () => (event.shiftKey ? this.#pan(-0.2) : this.#step(-1)),
      ArrowDown: () => this.#changeLane(1),
      ArrowUp: () => this.#changeLane(-1),
      "+": () => this.#zoom(1 / 1.6),
      "=": () => this.#zoom(1 / 1.6),
      "-": () => this.#zoom(1.6),
      "0": () => this.#window(0, this.#whole),
      Home: () => this.#mark(this.#state.marked?.[0] ?? 0, 0),
      End: () => {
        const lane = this.#state.marked?.[0] ?? 0;
        this.#mark(lane, (this.#lanes[lane]?.rows.length ?? 1) - 1);
      },
      Enter: () => {
        if (this.#state.marked !== undefined) this.#open(...this.#state.marked);
      },
    };
    const action = actions[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  #step(by: number): void {
    if (this.#state.marked === undefined) {
      const lane = Math.min(
        this.#lanes.length - 1,
        Math.floor(this.#state.top / this.#state.laneHeight),
      );
      this.#mark(lane, firstAtLeast(this.#lanes[lane]?.end ?? [], this.#state.from));
      return;
    }
    const [lane, position] = this.#state.marked;
    this.#mark(lane, position + by);
  }

  #changeLane(by: number): void {
    const [lane, position] = this.#state.marked ?? [by > 0 ? -1 : 1, 0];
    const to = Math.max(0, Math.min(this.#lanes.length - 1, lane + by));
    const time = this.#lanes[lane]?.start[position] ?? this.#state.from;
    this.#mark(to, firstAtLeast(this.#lanes[to]?.end ?? [], time));
  }

  #mark(laneNumber: number, wanted: number): void {
    const lane = this.#lanes[laneNumber];
    if (lane === undefined) return;
    const position = Math.max(0, Math.min(lane.rows.length - 1, wanted));
    this.#state.marked = [laneNumber, position];
    this.#bringIntoView(lane, laneNumber, position);
    announce(this.#about(lane.rows[position] ?? 0));
    this.#draw();
  }

  #bringIntoView(lane: Lane, laneNumber: number, position: number): void {
    const state = this.#state;
    const start = lane.start[position] ?? 0;
    const length = state.to - state.from;
    if (start < state.from || start > state.to)
      this.#window(start - length / 3, start + (length * 2) / 3);
    const y = laneNumber * this.#state.laneHeight;
    const room = this.#canvas.clientHeight - axisHeight - this.#state.laneHeight;
    if (y < state.top) state.top = y;
    if (y > state.top + room) state.top = y - room;
  }

  #about(row: number): string {
    const data = this.#data;
    const parts = [
      rowName(data, row),
      statusOf(data, row),
      `took ${secondsText((data.duration[row] ?? 0) / 1e6)}`,
      `at ${secondsText((data.start[row] ?? 0) / 1e6)}`,
      workerOf(data, row),
      groupOf(data, row),
    ];
    return parts.filter((part) => part !== "").join(", ");
  }

  #open(laneNumber: number, position: number): void {
    const row = this.#lanes[laneNumber]?.rows[position];
    if (row !== undefined) location.hash = rowPlace(this.#data, row);
  }

  #timeAt(event: MouseEvent): number {
    const x = event.clientX - this.#canvas.getBoundingClientRect().left - gutter;
    const { from, to } = this.#state;
    return from + (x / (this.#canvas.clientWidth - gutter)) * (to - from);
  }

  /** Lane and position of the attempt at a point. */
  #at(event: MouseEvent): readonly [number, number] | undefined {
    const box = this.#canvas.getBoundingClientRect();
    const y = event.clientY - box.top - axisHeight;
    if (y < 0 || event.clientX - box.left < gutter) return undefined;
    const number = Math.floor((y + this.#state.top) / this.#state.laneHeight);
    const lane = this.#lanes[number];
    if (lane === undefined) return undefined;
    const time = this.#timeAt(event);
    const slack = ((this.#state.to - this.#state.from) / this.#canvas.clientWidth) * 2;
    const position = firstAtLeast(lane.end, time - slack);
    const isHit = (lane.start[position] ?? Number.POSITIVE_INFINITY) <= time + slack;
    return isHit ? [number, position] : undefined;
  }

  #hover(event: PointerEvent): void {
    const found = this.#at(event);
    this.#tip.hidden = found === undefined;
    this.#canvas.style.cursor = found === undefined ? "grab" : "pointer";
    if (found === undefined) return;
    const row = this.#lanes[found[0]]?.rows[found[1]] ?? 0;
    const result = textOf(this.#data, this.#data.result[row]);
    this.#tip.replaceChildren(
      h("strong", {}, rowName(this.#data, row)),
      h(
        "div",
        {},
        `${groupOf(this.#data, row)} · ${statusOf(this.#data, row)} · ${secondsText((this.#data.duration[row] ?? 0) / 1e6)}`,
      ),
      h(
        "div",
        {},
        `${workerOf(this.#data, row)}, at ${secondsText((this.#data.start[row] ?? 0) / 1e6)}`,
      ),
      result === "" ? "" : h("div", { class: "value" }, result),
    );
    const box = this.#canvas.getBoundingClientRect();
    const left = event.clientX - box.left + 14;
    this.#tip.style.left = `${Math.min(left, box.width - 280)}px`;
    this.#tip.style.top = `${event.clientY - box.top + 14}px`;
  }

  #zoom(factor: number, around: number = (this.#state.from + this.#state.to) / 2): void {
    const { from, to } = this.#state;
    this.#window(around - (around - from) * factor, around + (to - around) * factor);
  }

  #pan(part: number): void {
    const by = (this.#state.to - this.#state.from) * part;
    this.#window(this.#state.from + by, this.#state.to + by);
  }

  #window(from: number, to: number): void {
    const length = Math.min(this.#whole, Math.max(10, to - from));
    const left = Math.max(0, Math.min(this.#whole - length, from));
    this.#state.from = left;
    this.#state.to = left + length;
    this.#draw();
  }

  #scroll(by: number): void {
    const room =
      this.#lanes.length * this.#state.laneHeight - (this.#canvas.clientHeight - axisHeight);
    this.#state.top = Math.max(0, Math.min(Math.max(0, room), this.#state.top + by));
    this.#draw();
  }

  #draw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      drawTimeline(this.#canvas, this.#data, this.#lanes, this.#state);
      const { from, to } = this.#state;
      this.#warnings?.show(from, to, gutter, this.#canvas.clientWidth - gutter);
    });
  }
}

/** Where a row lies; rows grow along a lane. */
function placesOf(lanes: readonly Lane[], row: number): TimelineState["path"] {
  return lanes.flatMap(({ rows }, lane) => {
    const position = firstAtLeast(rows, row);
    return rows[position] === row ? [[lane, position] as const] : [];
  });
}

const maxLegend = 14;

function legend({ head }: ReportData): HTMLElement {
  const order = upTo(head.groups.length).sort(
    (a, b) => (head.groups[b]?.total ?? 0) - (head.groups[a]?.total ?? 0),
  );
  const entries = order.slice(0, maxLegend).map((group): Child => {
    return h("li", {}, groupSwatch(group), head.groups[group]?.name ?? "");
  });
  const rest = order.length - entries.length;
  return h(
    "ul",
    { class: "legend" },
    ...entries,
    rest > 0 && h("li", { class: "dim" }, `and ${plural(rest, "more group")}`),
  );
}
