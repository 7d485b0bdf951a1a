import { expect, test } from "vitest";
import { progressLine } from "../../src/cli/progress-line.js";
import { openStatusRow } from "../../src/cli/status-row.js";
import type { RunProgress } from "../../src/traces/run-overview.js";

const counts = { total: 0, waiting: 0, running: 0, done: 0, failed: 0, blocked: 0, cancelled: 0 };

function running(tasks: Partial<RunProgress["tasks"]>, rate = 0): RunProgress {
  return { tasks: { ...counts, ...tasks }, rate, workers: 2, droppedEvents: 0, isOver: false };
}

test("runs of one program are summed up, and nothing is said of a program without tasks", () => {
  expect(progressLine([])).toBeUndefined();
  expect(progressLine([running({})])).toBeUndefined();
  const first = running({ total: 1200, done: 1000, running: 4, waiting: 195, failed: 1 }, 90);
  const second = running({ total: 10, done: 8, waiting: 1, blocked: 1 }, 10);
  expect(progressLine([first, second])).toBe(
    "taskprov: 1,008/1,210 tasks · 100/s · 4 running · 1 failed · 1 blocked · 4 workers · 2.00 s left",
  );
});

test("the last row is taken with the first line, follows the terminal's size, and is given back", () => {
  const written: string[] = [];
  let [rows, columns] = [24, 20];
  const terminal = {
    get columns() {
      return columns;
    },
    get rows() {
      return rows;
    },
    write: (text: string) => written.push(text),
  };
  const row = openStatusRow(terminal);
  row.close();
  expect(written).toEqual([]);

  row.show("a line that is longer than the terminal");
  expect(written[0]).toContain("\u001B[1;23r");
  expect(written[0]).toContain("\u001B[24;1Ha line that is long\u001B[K");
  row.show("second");
  expect(written[1]).toBe("\u001B7\u001B[24;1Hsecond\u001B[K\u001B8");
  [rows, columns] = [30, 80];
  row.show("third");
  expect(written[2]).toContain("\u001B[1;29r");
  row.close();
  expect(written[3]).toBe("\u001B7\u001B[r\u001B[30;1H\u001B[2K\u001B8");
  row.close();
  expect(written).toHaveLength(4);
});
