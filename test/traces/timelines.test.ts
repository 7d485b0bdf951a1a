import { beforeEach, describe, expect, test } from "vitest";
import type { TaskEvent } from "../../src/events/task-event.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";
import { exported, type Recorded, recordTroubledRun } from "./recorded.js";

interface ChromeEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly id: number;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

interface Profile {
  readonly type: string;
  readonly unit: string;
  readonly startValue: number;
  readonly endValue: number;
  readonly events: readonly {
    readonly type: "O" | "C";
    readonly frame: number;
    readonly at: number;
  }[];
}

const tolerance = 0.01;

async function chrome(journal: string): Promise<ChromeEvent[]> {
  return JSON.parse(await exported(journal, "chrome-trace")).traceEvents;
}

/** Slices of one thread must nest; ours must not even overlap. */
function expectSound(events: readonly ChromeEvent[]): void {
  const slices = events.filter(({ ph }) => ph === "X");
  const named = new Set(
    events.filter((event) => event.name === "thread_name").map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const ends = new Map<string, number>();
  for (const { pid, tid, ts, dur } of slices) {
    const track = `${pid}/${tid}`;
    expect(named.has(track)).toBe(true);
    expect(dur).toBeGreaterThanOrEqual(0);
    expect(ts).toBeGreaterThanOrEqual((ends.get(track) ?? 0) - tolerance);
    ends.set(track, ts + dur);
  }
  for (const flow of events.filter(({ ph }) => ph === "s" || ph === "f")) {
    const around = slices.filter(
      ({ pid, tid, ts, dur }) =>
        pid === flow.pid &&
        tid === flow.tid &&
        ts <= flow.ts + tolerance &&
        flow.ts <= ts + dur + tolerance,
    );
    expect(around.length).toBeGreaterThan(0);
  }
}

function expectBalanced({ events, startValue, endValue }: Profile): void {
  const open: number[] = [];
  let before = startValue;
  for (const { type, frame, at } of events) {
    expect(at).toBeGreaterThanOrEqual(before);
    before = at;
    if (type === "O") open.push(frame);
    else expect(open.pop()).toBe(frame);
  }
  expect(open).toEqual([]);
  expect(before).toBeLessThanOrEqual(endValue);
}

/** A worker with threads whose attempts overlap, told in the order of their ends. */
function threadedRun(): EventRun {
  const run = new EventRun();
  run.add({ type: "worker+", worker: 1, address: "tcp://w:1", threads: 3 });
  const spans: [key: string, thread: number | undefined, start: number, stop: number][] = [
    ["a", 11, 1, 4],
    ["b", 22, 2, 5],
    ["f", undefined, 5.5, 5.8],
    ["c", undefined, 3, 6],
    ["d", 11, 4, 7],
    ["e", 22, 6, 8],
  ];
  for (const [key] of spans) run.task(key);
  for (const [key, thread, start, stop] of spans) {
    const done: TaskEvent = {
      type: "done",
      time: 1_795_169_700 + stop,
      task: run.number(key),
      worker: 1,
      ...(thread !== undefined && { thread }),
      spans: [{ action: "compute", start: 1_795_169_700 + start, stop: 1_795_169_700 + stop }],
    };
    run.events.push(done);
  }
  return run.end();
}

describe("timelines of a real run", () => {
  let run: Recorded;
  beforeEach(async () => {
    run = await recordTroubledRun();
  });

  test("Chrome: one slice an attempt on a named track, what never began an instant", async () => {
    const events = await chrome(run.journal);
    expectSound(events);
    const { ok = 0, error = 0, blocked = 0 } = run.summary.counts;
    expect(events.filter(({ ph }) => ph === "X")).toHaveLength(ok + error);
    expect(events.filter(({ ph }) => ph === "i")).toHaveLength(blocked);
    const processes = events.filter(({ name }) => name === "process_name");
    expect(
      processes.map(({ args }) => String(args["name"])).toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(["inproc-0", "inproc-1", "never began"]);
  });

  test("Chrome: an arrow for each dependency, forward in time, its ends paired by id", async () => {
    const events = await chrome(run.journal);
    const starts = new Map(events.filter(({ ph }) => ph === "s").map((event) => [event.id, event]));
    const ends = events.filter(({ ph }) => ph === "f");
    expect(starts.size).toBe(7);
    expect(ends).toHaveLength(7);
    for (const end of ends) expect(starts.get(end.id)?.ts).toBeLessThanOrEqual(end.ts);
  });

  test("speedscope: balanced profiles with all frames, one for each slot", async () => {
    const file = JSON.parse(await exported(run.journal, "speedscope"));
    expect(file.$schema).toBe("https://www.speedscope.app/file-format-schema.json");
    const profiles: Profile[] = file.profiles;
    expect(profiles).toHaveLength(2);
    for (const profile of profiles) {
      expect([profile.type, profile.unit]).toEqual(["evented", "microseconds"]);
      expectBalanced(profile);
      for (const { frame } of profile.events) expect(file.shared.frames[frame]).toBeDefined();
    }
    const { ok = 0, error = 0 } = run.summary.counts;
    expect(profiles.flatMap(({ events }) => events)).toHaveLength(2 * (ok + error));
  });

  test.each(["chrome-trace", "speedscope"] as const)(
    "%s is the same text each time",
    async (to) => {
      expect(await exported(run.journal, to)).toBe(await exported(run.journal, to));
    },
  );
});

describe("a worker with three threads", () => {
  test("has three tracks without overlap; a known thread keeps its own", async () => {
    const journal = writeJournal(temporaryFolder(), threadedRun().events);
    const events = await chrome(journal);
    expectSound(events);
    const tids = Object.fromEntries(
      events.filter(({ ph }) => ph === "X").map(({ args, tid }) => [String(args["key"]), tid]),
    );
    expect(new Set(Object.values(tids)).size).toBe(3);
    expect([tids["d"], tids["e"]]).toEqual([tids["a"], tids["b"]]);
    const { profiles } = JSON.parse(await exported(journal, "speedscope"));
    expect(profiles).toHaveLength(3);
    for (const profile of profiles) expectBalanced(profile);
  });
});
