import { describe, expect, test } from "vitest";
import { loadExample } from "../support/load-example.js";

interface Day {
  readonly location: string;
  readonly date: string;
  readonly precipitation: number | "";
  readonly temp_max: number | "";
  readonly temp_min: number | "";
  readonly wind: number | "";
  readonly weather: string;
}

interface Table {
  readonly shape: readonly number[];
  readonly date: readonly string[];
  readonly precipitation: Float64Array;
  readonly temp_max: Float64Array;
  readonly weather: readonly string[];
  readonly dropped?: number;
}

interface Season {
  readonly mean: number;
  readonly changePerYear: number;
  readonly amplitude: number;
  readonly warmestDay: number;
  readonly typicalError: number;
}

const { parseRecords, selectYear, cleanDays, correctDays } = loadExample<{
  parseRecords(text: string, file: string): Day[];
  selectYear(records: readonly Day[], station: string, year: number): Table;
  cleanDays(table: Table): Table;
  correctDays(table: Table, records: readonly Day[]): Table;
}>("examples/demo/pipeline/records.mjs");

const { fitSeason, resampleChange, changeInterval } = loadExample<{
  fitSeason(months: Float64Array): Season;
  resampleChange(season: Season, draws: number, seed: number): Float64Array;
  changeInterval(batches: readonly Float64Array[]): { low: number; high: number; draws: number };
}>("examples/demo/pipeline/season.mjs");

const { progressLine, Follower } = loadExample<{
  progressLine(stream: { isTTY?: boolean; write(text: string): void }): {
    show(follower: { over: number; tasks: number }, key: string): void;
    clear(): void;
  };
  Follower: new (
    onChange: () => void,
  ) => {
    over: number;
    tasks: number;
    updateGraph(scheduler: unknown, update: { tasks: readonly unknown[] }): void;
    transition(key: string, start: string, finish: string, info: object): void;
  };
}>("examples/demo/follow.mjs");

const header = "location,date,precipitation,temp_max,temp_min,wind,weather";

function year(...lines: readonly string[]): Table {
  const rows = lines.map((line, i) => `Rome,2020-01-0${i + 1},${line}`);
  return selectYear(parseRecords([header, ...rows, ""].join("\n"), "rome.csv"), "Rome", 2020);
}

describe("parseRecords of the demo", () => {
  test("gives numbers as numbers and an empty field as a missing value", () => {
    const [day] = parseRecords(`${header}\nRome,2020-01-01,,12.5,-3,0,sun\n`, "rome.csv");
    expect(day).toMatchObject({ precipitation: "", temp_max: 12.5, temp_min: -3 });
  });

  test.each([
    ["location,date\n", "rome.csv, line 1: expected the columns location,date,precipitation"],
    [`${header}\nRome,2020-01-01\n`, "rome.csv, line 2: expected 7 fields, found 2"],
    [
      `${header}\nRome,2020-01-01,0,1,0,1,sun\nRome,2020-01-02,0,1,x,1,sun\n`,
      'rome.csv, line 3, column 21: temp_min "x" is not a number',
    ],
  ])("says where %j is damaged", (text, message) => {
    expect(() => parseRecords(text, "rome.csv")).toThrow(message);
  });
});

describe("cleanDays of the demo", () => {
  test("drops days with a missing or impossible value and counts them", () => {
    const clean = cleanDays(year("0,1,0,1,sun", ",1,0,1,sun", "-1,1,0,1,rain", "0,1,2,1,sun"));
    expect(clean).toMatchObject({ date: ["2020-01-01"], shape: [1, 5], dropped: 3 });
  });

  test("calls rain too little to measure a trace, and leaves measured rain alone", () => {
    const clean = cleanDays(year("0,1,0,1,rain", "0.3,1,0,1,rain", "0,1,0,1,snow", "0,1,0,1,fog"));
    expect(clean.weather).toEqual(["trace", "rain", "trace", "fog"]);
  });
});

test("correctDays of the demo replaces the days that were sent again and no others", () => {
  const sent = parseRecords(`${header}\nRome,2020-01-02,9,8,7,1,rain\n`, "again.csv");
  const corrected = correctDays(year("0,1,0,1,sun", "0,1,0,1,sun"), sent);
  expect([...corrected.precipitation]).toEqual([0, 9]);
  expect([...corrected.temp_max]).toEqual([1, 8]);
});

describe("fitSeason of the demo", () => {
  const wave = (month: number): number => (2 * Math.PI * (month + 0.5)) / 12;
  // Highest at the middle of July: 6.5 months into the year, day 198.
  const months = Float64Array.from({ length: 48 }, (_, month) => {
    return 10 + 0.25 * ((month + 0.5) / 12) + 8 * Math.cos(wave(month) - wave(6));
  });

  test("finds level, change and season of a series that is made of them", () => {
    const season = fitSeason(months);
    expect(season.changePerYear).toBeCloseTo(0.25, 9);
    expect(season.mean).toBeCloseTo(10.5, 9);
    expect(season.amplitude).toBeCloseTo(8, 9);
    expect(season.warmestDay).toBe(198);
    expect(season.typicalError).toBeCloseTo(0, 9);
  });

  test("the interval of its change holds the change, and is repeatable", () => {
    const noisy = months.map((value, month) => value + Math.sin(month * 12.9898) * 2);
    const season = fitSeason(noisy);
    const batches = [1, 2].map((seed) => resampleChange(season, 500, seed));
    const interval = changeInterval(batches);
    expect(interval.draws).toBe(1000);
    expect(interval.low).toBeLessThan(season.changePerYear);
    expect(interval.high).toBeGreaterThan(season.changePerYear);
    expect(resampleChange(season, 500, 1)).toEqual(batches[0]);
    expect(batches[1]).not.toEqual(batches[0]);
  });
});

describe("the progress line of the demo", () => {
  test("is redrawn in place on a terminal and wiped at the end", () => {
    const written: string[] = [];
    const line = progressLine({ isTTY: true, write: (text) => written.push(text) });
    line.show({ over: 28, tasks: 56 }, "fitSeason-1-21");
    line.clear();
    const bar = "━".repeat(12) + "─".repeat(12);
    expect(written[0]).toBe(`\r\x1b[2K  ${bar} 28 of 56 tasks  fitSeason-1-21`);
    expect(written[1]).toBe("\r\x1b[2K");
  });

  test("writes nothing where there is no terminal", () => {
    const line = progressLine({
      write: () => {
        throw new Error("nothing was to be written");
      },
    });
    line.show({ over: 1, tasks: 2 }, "a");
    line.clear();
  });

  test("counts a task as over when it has a result or failed for good, not when it is retried", () => {
    const follower = new Follower(() => {});
    follower.updateGraph(undefined, { tasks: [1, 2] });
    follower.transition("a", "processing", "released", { error: { thrown: 1 }, retriesLeft: 1 });
    expect(follower).toMatchObject({ tasks: 2, over: 0 });
    follower.transition("a", "processing", "memory", {});
    follower.transition("b", "waiting", "erred", { blamed: "c" });
    expect(follower).toMatchObject({ over: 2, blocked: [{ key: "b", blamed: "c" }] });
  });
});
