import { type Child, h, svg } from "./dom.js";
import { type Layout, layeredLayout } from "./layered-layout.js";
import { endCut } from "./texts.js";

/** A box of a drawing. */
export interface DrawnNode {
  /** Stays the same from one drawing to the next. */
  readonly id: string;
  readonly title: string;
  /** Smaller lines below the title. */
  readonly lines: readonly string[];
  readonly color: string;
  /** Parts of the bar at the bottom: class and share. */
  readonly parts?: readonly (readonly [className: string, share: number])[];
  readonly className?: string;
  /** A box that stands for several things. */
  readonly isMany?: boolean;
  /** What a screen reader says after what can be read in the box, and a pointer shows. */
  readonly about: string;
  readonly activate: () => void;
}

/** An arrow of a drawing, by the numbers of its boxes. */
export interface DrawnEdge {
  readonly from: number;
  readonly to: number;
  /** How many dependencies it stands for. */
  readonly count: number;
  readonly className?: string;
}

/** What {@link graphDrawing} shows. */
export interface Drawing {
  readonly label: string;
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  /** Id of the box that has the focus after drawing again. */
  readonly focus?: string;
  /** Id of the box to bring into view. */
  readonly center?: string;
}

/** More arrows than this hide what they show. */
const maxEdges = 1200;

const titleChars = 30;
const lineChars = 36;
const charWidth = 8;
const smallCharWidth = 6.4;
const margin = 16;

interface NodeBox {
  readonly width: number;
  readonly height: number;
}

/** Draws boxes and arrows from left to right, with zoom buttons and arrow keys. */
export function graphDrawing(drawing: Drawing): HTMLElement {
  const all = drawing.edges.filter(({ from, to }) => from !== to);
  const edges = all.toSorted((a, b) => b.count - a.count).slice(0, maxEdges);
  const boxes = drawing.nodes.map(boxOf);
  const layout = layeredLayout(
    boxes,
    edges.map(({ from, to }) => [from, to]),
  );
  const arrows = edges.map((edge, i) => arrowOf(edge, layout.lines[i] ?? []));
  const groups = drawing.nodes.map((node, i) =>
    nodeElement(node, boxes[i] ?? { width: 0, height: 0 }, layout.x[i] ?? 0, layout.y[i] ?? 0),
  );
  const width = layout.width + 2 * margin;
  const height = layout.height + 2 * margin;
  const image = svg(
    "svg",
    {
      viewBox: `${-margin} ${-margin} ${width} ${height}`,
      width,
      height,
      role: "group",
      "aria-label": drawing.label,
    },
    svg("g", { class: "edges", "aria-hidden": "true" }, ...arrows),
    ...groups,
  );
  const scroller = h("div", { class: "canvas graph" }, image);
  const zoom = zoomer(image, scroller, width, height);
  addKeys(groups, boxes, layout, zoom.by);
  addHighlights(groups, arrows, edges);
  const many = all.length - edges.length;
  const hidden =
    many > 0 ? h("p", { class: "note" }, `Not drawn: the ${many} thinnest arrows.`) : undefined;
  const element = h("div", { class: "drawing" }, zoom.buttons, scroller, hidden);
  settle(drawing, groups, scroller, zoom.adapt);
  return element;
}

function settle(
  { nodes, focus, center }: Drawing,
  groups: readonly SVGGElement[],
  scroller: HTMLElement,
  adapt: () => void,
): void {
  groups[0]?.setAttribute("tabindex", "0");
  requestAnimationFrame(() => {
    adapt();
    const at = nodes.findIndex(({ id }) => id === (focus ?? center));
    const group = groups[at];
    if (group === undefined) return;
    const box = group.getBoundingClientRect();
    const around = scroller.getBoundingClientRect();
    scroller.scrollLeft += box.left - around.left - (around.width - box.width) / 2;
    scroller.scrollTop += box.top - around.top - (around.height - box.height) / 2;
    if (focus === undefined) return;
    for (const each of groups) each.setAttribute("tabindex", each === group ? "0" : "-1");
    group.focus({ preventScroll: true });
  });
}

function boxOf({ title, lines }: DrawnNode): NodeBox {
  const widest = Math.max(
    endCut(title, titleChars).length * charWidth,
    ...lines.map((line) => endCut(line, lineChars).length * smallCharWidth),
    70,
  );
  return { width: Math.ceil(widest) + 26, height: 26 + lines.length * 15 + 6 };
}

function nodeElement(node: DrawnNode, box: NodeBox, x: number, y: number): SVGGElement {
  const { width, height } = box;
  const title = endCut(node.title, titleChars);
  const lines = node.lines.map((line) => endCut(line, lineChars));
  // Begins with what is seen, so that it can be asked for by speech.
  const label = `${title}: ${[...lines, node.about].join(". ")}`;
  const backs: Child[] = node.isMany
    ? [6, 3].map((by) => svg("rect", { class: "back", x: by, y: by, width, height, rx: 6 }))
    : [];
  return svg(
    "g",
    {
      class: `node ${node.className ?? ""}`,
      transform: `translate(${x} ${y})`,
      role: "button",
      tabindex: "-1",
      "aria-label": label,
      "data-id": node.id,
      click: () => {
        node.activate();
      },
      keydown: (event) => {
        if (!(event instanceof KeyboardEvent)) return;
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        node.activate();
      },
    },
    ...backs,
    svg("rect", { class: "box", width, height, rx: 6 }),
    svg("rect", { class: "stripe", width: 5, height, rx: 2.5, fill: node.color }),
    svg("text", { class: "name", x: 14, y: 19 }, title),
    ...lines.flatMap((line, i) => [
      " ",
      svg("text", { class: "small", x: 14, y: 35 + i * 15 }, line),
    ]),
    " ",
    svg("title", {}, node.about),
    ...barOf(node, width, height),
  );
}

function barOf({ parts = [] }: DrawnNode, width: number, height: number): Child[] {
  let at = 12;
  const whole = width - 22;
  return parts.map(([className, share]) => {
    const part = svg("rect", {
      class: `part ${className}`,
      x: at,
      y: height - 5,
      width: Math.max(1, share * whole),
      height: 3,
    });
    at += share * whole;
    return part;
  });
}

function arrowOf(edge: DrawnEdge, line: readonly (readonly [number, number])[]): SVGGElement {
  const [first, ...rest] = line;
  if (first === undefined) return svg("g");
  let path = `M${first[0]} ${first[1]}`;
  let [x, y] = first;
  rest.forEach(([toX, toY], i) => {
    // A dummy is crossed straight, columns are joined by curves.
    const isStraight = i % 2 === 1;
    const half = (toX - x) / 2;
    path += isStraight ? `L${toX} ${toY}` : `C${x + half} ${y} ${toX - half} ${toY} ${toX} ${toY}`;
    x = toX;
    y = toY;
  });
  const weight = Math.min(5, 1 + Math.log10(Math.max(1, edge.count)) * 1.1);
  return svg(
    "g",
    { class: `edge ${edge.className ?? ""}` },
    svg("path", { class: "line", d: path, "stroke-width": weight.toFixed(1) }),
    svg("path", { class: "head", d: `M${x} ${y}l-7 -4v8z` }),
  );
}

interface Zoomer {
  readonly buttons: HTMLElement;
  readonly by: (factor: number) => void;
  /** Chooses a scale that suits the window. */
  readonly adapt: () => void;
}

function zoomer(
  image: SVGSVGElement,
  scroller: HTMLElement,
  width: number,
  height: number,
): Zoomer {
  let scale = 1;
  const set = (wanted: number): void => {
    scale = Math.min(3, Math.max(0.15, wanted));
    image.setAttribute("width", String(Math.round(width * scale)));
    image.setAttribute("height", String(Math.round(height * scale)));
  };
  const by = (factor: number): void => {
    const x = (scroller.scrollLeft + scroller.clientWidth / 2) / scale;
    const y = (scroller.scrollTop + scroller.clientHeight / 2) / scale;
    set(scale * factor);
    scroller.scrollLeft = x * scale - scroller.clientWidth / 2;
    scroller.scrollTop = y * scale - scroller.clientHeight / 2;
  };
  const adapt = (): void => {
    const most = Math.min(scroller.clientWidth / width, (window.innerHeight * 0.62) / height);
    // Small graphs are hardly blown up, large ones stay readable and are scrolled.
    set(Math.min(1.4, Math.max(0.7, most)));
  };
  const button = (text: string, label: string, click: () => void): HTMLElement =>
    h("button", { type: "button", "aria-label": label, title: label, click }, text);
  const buttons = h(
    "div",
    { class: "tools" },
    button("−", "Zoom out", () => by(1 / 1.25)),
    button("+", "Zoom in", () => by(1.25)),
    button("Fit", "Fit the drawing", () => {
      set(Math.min(1.4, scroller.clientWidth / width));
    }),
    h("span", { class: "hint" }, "Arrow keys move between boxes, Enter opens."),
  );
  return { buttons, by, adapt };
}

const directions: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function addKeys(
  groups: readonly SVGGElement[],
  boxes: readonly NodeBox[],
  layout: Layout,
  zoom: (factor: number) => void,
): void {
  const center = (i: number): readonly [number, number] => [
    (layout.x[i] ?? 0) + (boxes[i]?.width ?? 0) / 2,
    (layout.y[i] ?? 0) + (boxes[i]?.height ?? 0) / 2,
  ];
  groups.forEach((group, i) => {
    group.addEventListener("keydown", (event) => {
      if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 1.25 : 0.8);
      const way = directions[event.key];
      if (way === undefined) return;
      event.preventDefault();
      const to = nearest(groups.length, i, way, center);
      if (to < 0) return;
      group.setAttribute("tabindex", "-1");
      groups[to]?.setAttribute("tabindex", "0");
      groups[to]?.focus();
    });
  });
}

/** The nearest box in a direction; what lies aside counts double. */
function nearest(
  count: number,
  from: number,
  [dx, dy]: readonly [number, number],
  center: (i: number) => readonly [number, number],
): number {
  const [x, y] = center(from);
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const [toX, toY] = center(i);
    const along = (toX - x) * dx + (toY - y) * dy;
    const aside = Math.abs((toX - x) * dy) + Math.abs((toY - y) * dx);
    const distance = along + 2 * aside;
    if (i === from || along <= 1 || distance >= least) continue;
    least = distance;
    best = i;
  }
  return best;
}

function addHighlights(
  groups: readonly SVGGElement[],
  arrows: readonly SVGGElement[],
  edges: readonly DrawnEdge[],
): void {
  const touching = groups.map((): SVGGElement[] => []);
  edges.forEach(({ from, to }, i) => {
    const arrow = arrows[i];
    if (arrow === undefined) return;
    touching[from]?.push(arrow);
    touching[to]?.push(arrow);
  });
  groups.forEach((group, i) => {
    const mark = (isOn: boolean) => () => {
      for (const arrow of touching[i] ?? []) arrow.classList.toggle("near", isOn);
    };
    for (const name of ["pointerenter", "focus"]) group.addEventListener(name, mark(true));
    for (const name of ["pointerleave", "blur"]) group.addEventListener(name, mark(false));
  });
}
