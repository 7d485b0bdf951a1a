/**
 * The program of a page of plots. It runs in a browser and therefore stands here as text; it puts
 * names into the page as text only, never as HTML.
 */
export const pageScript: string = String.raw`
"use strict";
(() => {
const panels = JSON.parse(document.getElementById("data").textContent);
const plots = document.getElementById("plots"), tip = document.getElementById("tip"), said = document.getElementById("said");
const palette = ["#3b78c4","#e08a2c","#3fa169","#c8544f","#8a67b8","#8f6a4d","#d272ab","#7d8794","#a9a72f","#35a7b5"];
const colours = new Map();
const colour = (name) => { if (!colours.has(name)) colours.set(name, palette[colours.size % palette.length]); return colours.get(name); };
for (const p of panels) if (p.kind === "lanes") p.groups.forEach(colour);
let end = 1;
for (const p of panels) {
  if (p.kind === "lanes") for (let i = 0; i < p.start.length; i++) end = Math.max(end, p.start[i] + p.length[i]);
  else for (const l of p.lines) if (l.x.length) end = Math.max(end, l.x[l.x.length - 1]);
}
let x0 = 0, x1 = end, chosen = -1, frame = 0;
const left = 110, right = 62, top = 8, bottom = 26;
const views = panels.map((p) => {
  const h = document.createElement("h2"); h.textContent = p.title;
  const c = document.createElement("canvas"); c.setAttribute("role", "img"); c.setAttribute("aria-label", p.title);
  plots.append(h, c);
  return { p, c, g: c.getContext("2d"), w: 0, h: 0 };
});
const duration = (us) => us < 1000 ? us + " µs" : us < 1e6 ? (us / 1e3).toPrecision(3) + " ms" : us < 6e7 ? (us / 1e6).toFixed(2) + " s" : Math.floor(us / 6e7) + " min " + Math.round(us % 6e7 / 1e6) + " s";
const number = (v) => Math.abs(v) >= 1e5 ? v.toExponential(1) : String(+v.toPrecision(4));
function steps(a, b, n) {
  const raw = (b - a) / Math.max(1, n), mag = 10 ** Math.floor(Math.log10(raw || 1));
  const step = [1, 2, 5, 10].map((m) => m * mag).find((s) => s >= raw) || mag * 10, out = [];
  for (let v = Math.ceil(a / step) * step; v <= b + step * 1e-9; v += step) out.push(Math.abs(v) < step * 1e-9 ? 0 : v);
  return out;
}
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const draw = () => { if (!frame) frame = requestAnimationFrame(() => { frame = 0; paint(); }); };
function paint() {
  const ink = { ink: css("--ink"), soft: css("--soft"), line: css("--line") };
  views.forEach((v, i) => {
    const r = v.c.getBoundingClientRect(), d = devicePixelRatio || 1;
    v.w = r.width; v.h = r.height;
    v.c.width = Math.round(v.w * d); v.c.height = Math.round(v.h * d);
    const g = v.g; g.setTransform(d, 0, 0, d, 0, 0); g.clearRect(0, 0, v.w, v.h);
    g.font = "12px system-ui,sans-serif"; g.textBaseline = "middle";
    axis(v, ink, i === views.length - 1);
    g.save();
    if (v.p.kind === "lines") scales(v, ink);
    else laneNames(v, ink);
    g.beginPath(); g.rect(left, 0, v.w - left - right, v.h - bottom + 1); g.clip();
    if (v.p.kind === "lanes") lanes(v, ink); else lines(v);
    g.restore();
  });
}
const X = (v, t) => left + (t - x0) / (x1 - x0) * (v.w - left - right);
function axis(v, ink, label) {
  const g = v.g; g.strokeStyle = ink.line; g.fillStyle = ink.soft; g.textAlign = "center"; g.lineWidth = 1;
  for (const t of steps(x0 / 1e6, x1 / 1e6, Math.max(2, (v.w - left - right) / 110))) {
    const x = Math.round(X(v, t * 1e6)) + .5;
    if (x < left || x > v.w - right + 1) continue;
    g.beginPath(); g.moveTo(x, top); g.lineTo(x, v.h - bottom); g.stroke();
    g.fillText(+t.toPrecision(9) + (label ? " s" : ""), x, v.h - bottom + 13);
  }
}
const laneHeight = (v) => (v.h - top - bottom) / Math.max(1, v.p.lanes.length);
function laneNames(v, ink) {
  const g = v.g, lh = laneHeight(v), every = Math.max(1, Math.ceil(14 / lh));
  g.textAlign = "right"; g.fillStyle = ink.soft;
  v.p.lanes.forEach((name, i) => { if (i % every) return; g.fillText(name.length > 16 ? "…" + name.slice(-15) : name, left - 8, top + (i + .5) * lh); });
}
function lanes(v, ink) {
  const { p, g } = v, lh = laneHeight(v), gap = lh > 6 ? Math.min(4, lh * .15) : 0, shown = p.groups.map(colour);
  const last = new Float64Array(p.lanes.length).fill(-1);
  const k = (v.w - left - right) / (x1 - x0);
  for (let i = 0; i < p.start.length; i++) {
    const s = p.start[i], e = s + p.length[i];
    if (e < x0) continue;
    if (s > x1) break;
    const a = left + (s - x0) * k, b = left + (e - x0) * k, lane = p.lane[i];
    // What lies within half a pixel that is painted already cannot be seen.
    if (b < last[lane]) continue;
    const w = Math.max(b - a - (b - a > 4 ? 1 : 0), .7);
    last[lane] = a + w - .2;
    g.fillStyle = shown[p.group[i]];
    g.fillRect(a, top + lane * lh + gap, w, lh - 2 * gap);
  }
  if (chosen >= 0 && v === views.find((o) => o.p.kind === "lanes")) {
    const a = X(v, p.start[chosen]), w = Math.max(3, p.length[chosen] * k);
    g.strokeStyle = ink.ink; g.lineWidth = 2; g.strokeRect(a - 1, top + p.lane[chosen] * lh + gap, w + 1, lh - 2 * gap);
  }
}
function ranges(v) {
  const out = {};
  for (const side of ["left", "right"]) {
    const list = v.p.lines.filter((l) => l.side === side);
    if (!list.length) continue;
    let hi = list.some((l) => l.unit === "%") ? 100 : 0;
    for (const l of list) for (const y of l.y) hi = Math.max(hi, y);
    out[side] = { hi: (hi || 1) * 1.05, unit: list[0].unit };
  }
  return out;
}
const Y = (v, y, hi) => v.h - bottom - y / hi * (v.h - top - bottom);
function scales(v, ink) {
  v.r = v.r || ranges(v);
  for (const side of ["left", "right"]) {
    const r = v.r[side]; if (!r) continue;
    v.g.textAlign = side === "left" ? "right" : "left"; v.g.fillStyle = ink.soft;
    for (const y of steps(0, r.hi, v.h / 60)) v.g.fillText(number(y) + " " + r.unit, side === "left" ? left - 8 : v.w - right + 6, Y(v, y, r.hi));
  }
}
function lines(v) {
  for (const l of v.p.lines) {
    const g = v.g, hi = v.r[l.side].hi; g.strokeStyle = colour(l.name); g.lineWidth = 1.6; g.beginPath();
    let was = 0, from = 0, to = l.x.length;
    while (from + 1 < to && l.x[from + 1] < x0) from++;
    while (to > from && l.x[to - 1] > x1) to--;
    if (l.step && to - from > 2 * v.w) { means(v, l, from, hi); g.stroke(); continue; }
    l.x.forEach((t, i) => {
      const x = X(v, t), y = Y(v, l.y[i], hi);
      if (i === 0) g.moveTo(x, y); else { if (l.step) g.lineTo(x, was); g.lineTo(x, y); }
      was = y;
    });
    if (l.step && l.x.length) g.lineTo(X(v, end), was);
    g.stroke();
  }
}
// More changes than pixels would paint a block: of each pixel the mean over its time.
function means(v, l, from, hi) {
  const k = (x1 - x0) / (v.w - left - right);
  let i = from;
  for (let px = left; px < v.w - right; px++) {
    const a = x0 + (px - left) * k, b = a + k;
    let sum = 0, t = a;
    while (i + 1 < l.x.length && l.x[i + 1] <= b) { const n = Math.max(t, l.x[i + 1]); sum += l.y[i] * (n - t); t = n; i++; }
    sum += l.y[i] * (b - t);
    const y = Y(v, sum / k, hi);
    if (px === left) v.g.moveTo(px, y); else v.g.lineTo(px, y);
  }
}
const about = (p, i) => "Key: " + p.labels[i] + "\nTask: " + p.groups[p.group[i]] + "\n" + duration(p.length[i]) + " from " + (p.start[i] / 1e6).toFixed(6) + " s, " + p.lanes[p.lane[i]];
function under(v, mx, my) {
  const t = x0 + (mx - left) / (v.w - left - right) * (x1 - x0), p = v.p;
  if (mx < left || mx > v.w - right) return "";
  if (p.kind === "lanes") {
    const lane = Math.floor((my - top) / laneHeight(v)), near = (x1 - x0) / v.w;
    for (let i = 0; i < p.start.length && p.start[i] <= t + near; i++)
      if (p.lane[i] === lane && p.start[i] - near <= t && t <= p.start[i] + p.length[i] + near) return about(p, i);
    return "";
  }
  return p.lines.map((l) => { let i = -1; while (i + 1 < l.x.length && l.x[i + 1] <= t) i++; return l.name + ": " + (i < 0 ? "–" : number(l.y[i]) + " " + l.unit); }).join("\n");
}
function show(a, b) {
  const least = Math.min(end, 2), w = Math.min(end, Math.max(least, b - a));
  x0 = Math.min(Math.max(0, a), end - w); x1 = x0 + w; draw();
}
const zoom = (f, at) => { const t = x0 + at * (x1 - x0); show(t - (t - x0) * f, t + (x1 - t) * f); };
for (const v of views) {
  let held = null;
  const at = (e) => { const r = v.c.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; };
  v.c.addEventListener("wheel", (e) => { e.preventDefault(); zoom(e.deltaY > 0 ? 1.25 : .8, Math.min(1, Math.max(0, (at(e)[0] - left) / (v.w - left - right)))); }, { passive: false });
  v.c.addEventListener("pointerdown", (e) => { held = [e.clientX, x0, x1]; v.c.setPointerCapture(e.pointerId); v.c.style.cursor = "grabbing"; });
  v.c.addEventListener("pointerup", () => { held = null; v.c.style.cursor = ""; });
  v.c.addEventListener("pointermove", (e) => {
    if (held) { const d = (held[0] - e.clientX) / (v.w - left - right) * (held[2] - held[1]); tip.hidden = true; show(held[1] + d, held[2] + d); return; }
    const text = under(v, ...at(e)); tip.hidden = text === ""; tip.textContent = text;
    tip.style.left = Math.min(e.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px"; tip.style.top = Math.min(e.clientY + 14, innerHeight - tip.offsetHeight - 8) + "px";
  });
  v.c.addEventListener("pointerleave", () => { tip.hidden = true; });
  v.c.addEventListener("dblclick", () => show(0, end));
}
function choose(by) {
  const v = views.find((o) => o.p.kind === "lanes"); if (!v || !v.p.start.length) return;
  chosen = Math.min(v.p.start.length - 1, Math.max(0, chosen + by));
  const s = v.p.start[chosen], e = s + v.p.length[chosen], w = x1 - x0;
  if (s < x0 || e > x1) show(s - w / 2, s + w / 2); else draw();
  said.textContent = about(v.p, chosen).replace(/\n/g, ", ");
}
plots.addEventListener("keydown", (e) => {
  const w = x1 - x0;
  const act = { ArrowLeft: () => show(x0 - w * .2, x1 - w * .2), ArrowRight: () => show(x0 + w * .2, x1 + w * .2), "+": () => zoom(.7, .5), "=": () => zoom(.7, .5), "-": () => zoom(1.43, .5), 0: () => show(0, end), n: () => choose(1), p: () => choose(-1) }[e.key];
  if (!act || e.ctrlKey || e.metaKey || e.altKey) return;
  e.preventDefault(); act();
});
const rows = new Map();
for (const p of panels) if (p.kind === "lanes") for (let i = 0; i < p.start.length; i++) {
  const name = p.groups[p.group[i]], row = rows.get(name) || [0, 0, 0];
  row[0]++; row[1] += p.length[i]; row[2] = Math.max(row[2], p.length[i]); rows.set(name, row);
}
for (const p of panels) if (p.kind === "lines") for (const l of p.lines) if (!rows.has(l.name)) rows.set(l.name, null);
const table = document.createElement("table"), head = table.createTHead().insertRow();
for (const t of ["", "tasks", "total", "mean", "longest"]) { const th = document.createElement("th"); th.textContent = t || "name"; th.scope = "col"; head.append(th); }
const body = table.createTBody();
for (const [name, row] of [...rows].sort((a, b) => (b[1] ? b[1][1] : -1) - (a[1] ? a[1][1] : -1)).slice(0, 200)) {
  const tr = body.insertRow(), td = tr.insertCell(), dot = document.createElement("span");
  dot.className = "dot"; dot.style.background = colour(name); td.append(dot, name);
  for (const t of row ? [row[0], duration(row[1]), duration(Math.round(row[1] / row[0])), duration(row[2])] : ["", "", "", ""]) tr.insertCell().textContent = t;
}
document.getElementById("legend").append(table);
addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
paint();
document.documentElement.dataset.ready = "1";
})();
`;
