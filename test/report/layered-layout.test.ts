import fc from "fast-check";
import { expect, test } from "vitest";
import { layeredLayout } from "../../src/report/page/layered-layout.js";

const graphs = fc.integer({ min: 2, max: 25 }).chain((count) =>
  fc.record({
    boxes: fc.array(
      fc.record({
        width: fc.integer({ min: 20, max: 200 }),
        height: fc.integer({ min: 20, max: 80 }),
      }),
      { minLength: count, maxLength: count },
    ),
    edges: fc.array(
      fc.tuple(fc.nat(count - 1), fc.nat(count - 1)).filter(([a, b]) => a !== b),
      { maxLength: 60 },
    ),
  }),
);

test("boxes never overlap, and lie within the drawing", () => {
  fc.assert(
    fc.property(graphs, ({ boxes, edges }) => {
      const { x, y, width, height } = layeredLayout(boxes, edges);
      boxes.forEach((a, i) => {
        const [left, top] = [x[i] ?? Number.NaN, y[i] ?? Number.NaN];
        expect(left).toBeGreaterThanOrEqual(0);
        expect(top).toBeGreaterThanOrEqual(-1e-6);
        expect(left + a.width).toBeLessThanOrEqual(width + 1e-6);
        expect(top + a.height).toBeLessThanOrEqual(height + 1e-6);
        boxes.forEach((b, j) => {
          if (i >= j) return;
          const apart =
            left + a.width <= (x[j] ?? 0) ||
            (x[j] ?? 0) + b.width <= left ||
            top + a.height <= (y[j] ?? 0) + 1e-6 ||
            (y[j] ?? 0) + b.height <= top + 1e-6;
          expect(apart).toBe(true);
        });
      });
    }),
  );
});

test("without circles every arrow goes to the right", () => {
  fc.assert(
    fc.property(graphs, ({ boxes, edges }) => {
      const forward = edges.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
      const { x, lines } = layeredLayout(boxes, forward);
      forward.forEach(([from, to], i) => {
        expect((x[from] ?? 0) + (boxes[from]?.width ?? 0)).toBeLessThan(x[to] ?? 0);
        const xs = (lines[i] ?? []).map(([at]) => at);
        expect(xs).toEqual([...xs].sort((a, b) => a - b));
      });
    }),
  );
});
