import { afterEach, describe, expect, test, vi } from "vitest";
import { log, logEnvironment, logLine, logThresholds, setLog } from "../../src/base/log.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  setLog({});
});

/** What goes to standard error meanwhile. */
function listen(): string[] {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  return lines;
}

const gravities = ["debug", "info", "warning", "error"] as const;

describe("taskprov's own lines", () => {
  test("are quiet by default: what you have to know, no debugging", () => {
    const lines = listen();
    setLog({});
    for (const level of gravities) log(level, `a line of level ${level}`);
    expect(lines).toEqual([
      "taskprov: a line of level info\n",
      "taskprov: a line of level warning\n",
      "taskprov: a line of level error\n",
    ]);
  });

  test("each level shows itself and what is graver; none shows nothing", () => {
    for (const [least, level] of logThresholds.entries()) {
      setLog({ level });
      const shown = gravities.filter((gravity) => logLine(gravity, "x") !== undefined);
      expect(shown).toEqual(gravities.slice(least));
    }
  });

  test("a variable sets them, what the program sets wins", () => {
    vi.stubEnv("TASKPROV_LOG", "Warning");
    vi.stubEnv("TASKPROV_LOG_FORMAT", "json");
    setLog({});
    expect(logEnvironment()).toEqual({ TASKPROV_LOG: "warning", TASKPROV_LOG_FORMAT: "json" });
    setLog({ level: "debug" });
    expect(logEnvironment()).toEqual({ TASKPROV_LOG: "debug", TASKPROV_LOG_FORMAT: "json" });
  });

  test("a variable that says nonsense is told of once and changes nothing", () => {
    const lines = listen();
    vi.stubEnv("TASKPROV_LOG", "debgu");
    setLog({});
    setLog({});
    expect(lines).toEqual([
      'taskprov: Expected TASKPROV_LOG to be one of debug, info, warning, error, none, got "debgu". Did you mean debug? It counts as info.\n',
    ]);
    expect(logEnvironment()["TASKPROV_LOG"]).toBe("info");
  });

  test("as JSON they are an object each, with their facts, and no fact replaces a field", () => {
    setLog({ level: "debug", format: "json" });
    const line = logLine("debug", "taskprov: opened\nit", { path: "a\nb", bytes: 7, level: "x" });
    expect(line).not.toContain("\n");
    expect(JSON.parse(line ?? "")).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      level: "debug",
      message: "opened\nit",
      path: "a\nb",
      bytes: 7,
    });
  });

  test("as text their facts stand behind them", () => {
    setLog({ level: "debug" });
    expect(logLine("debug", "taskprov: opened", { path: "a b", bytes: 7 })).toBe(
      'taskprov: opened (path="a b", bytes=7)',
    );
  });
});
