import { execFileSync } from "node:child_process";
import { constants, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isTaskprovError, type TaskprovError } from "../../src/base/errors.js";
import type { GraphEvent } from "../../src/events/graph-event.js";
import type { JournalReport } from "../../src/events/journal-report.js";
import { JournalWriter, type JournalWriterOptions } from "../../src/events/journal-writer.js";
import {
  catJournal,
  readJournal,
  readJournalSync,
  verifyJournal,
} from "../../src/events/read-journal.js";
import type { TaskEvent } from "../../src/events/task-event.js";
import type { JournalHeader } from "../../src/events/wire.js";
import { anyEvent, anyHeader } from "../arbitraries-events.js";

const header: JournalHeader = {
  producer: "taskprov",
  versions: { taskprov: "0.1.0", node: "20.0.0" },
  runId: "6f1f9df4-7d7c-4e3c-8b7a-111111111111",
  created: 1795189246.25,
};

let folder = "";
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "taskprov-journal-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function newPath(): string {
  return join(folder, `${files++}.journal`);
}

/** A journal of these events, with a frame for each group. */
function written(groups: readonly (readonly TaskEvent[])[], given: JournalHeader = header): Buffer {
  const path = newPath();
  const writer = JournalWriter.open(path, given);
  for (const group of groups) {
    for (const event of group) writer.append(event);
    writer.flushSync();
  }
  writer.close();
  return readFileSync(path);
}

function read(bytes: Uint8Array, chunkBytes = bytes.length): [TaskEvent[], JournalReport] {
  const reading = readJournalSync(chunks(bytes, Math.max(1, chunkBytes)));
  const events = [...reading];
  return [events, reading.report];
}

function* chunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const forget = (task: number): TaskEvent => ({ type: "forget", time: task + 0.5, task });
const forgets = (from: number, to: number): TaskEvent[] =>
  Array.from({ length: to - from }, (_, i) => forget(from + i));

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const line of lines) text += line;
  return text;
}

describe("a journal", () => {
  test("gives back the events that were written, whatever the chunks it is read in", () => {
    const groups = fc.array(fc.array(anyEvent, { maxLength: 5 }), { maxLength: 4 });
    fc.assert(
      fc.property(groups, anyHeader, fc.integer({ min: 1, max: 50 }), (events, head, size) => {
        const [found, report] = read(written(events, head), size);
        expect(found).toEqual(events.flat());
        expect(report).toMatchObject({ header: head, problemCount: 0, events: found.length });
      }),
      { numRuns: 60 },
    );
  });

  test("begins with its magic, and its frames have the documented form", () => {
    const bytes = written([[forget(1)]]);
    expect(bytes.toString("latin1", 0, 8)).toBe("TPJRNL1\n");
    const headerLength = bytes.readUInt32LE(8);
    expect(bytes.readUInt32LE(12)).toBe(0);
    const frame = bytes.subarray(20 + headerLength);
    expect(frame.readUInt32LE(0)).toBe(frame.length - 12);
    expect(frame.readUInt32LE(4)).toBe(1);
    // zlib.crc32 in Python over bytes 4 to 8 and the payload gives the same number.
    expect(frame.toString("hex", 12)).toBe("dc000193a6666f72676574cb3ff800000000000001");
    expect(frame.readUInt32LE(8)).toBe(2835205869);
  });

  test("can be read by its owner only", () => {
    const path = newPath();
    JournalWriter.open(path, header).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("splits many events into frames of at most 2,000", () => {
    const events = forgets(0, 4500);
    const [found, report] = read(written([events]));
    expect(found).toEqual(events);
    expect(report.frames).toBe(3);
  });

  test("splits long events into frames of at most 4 MiB, a longer one stands alone", () => {
    const text = "x".repeat(3 * 1024 * 1024);
    const source = (i: number, body: string): TaskEvent => ({
      ...{ type: "source", time: i, hash: String(i) },
      text: body,
    });
    const events = [source(1, text), source(2, text), source(3, text.repeat(2)), forget(4)];
    const [found, report] = read(written([events]), 100_000);
    expect(found).toEqual(events);
    expect(report.frames).toBe(4);
  });

  test("a graph too large for an event comes in parts of the same number", () => {
    const tasks: GraphEvent["tasks"] = Array.from({ length: 70 }, (_, task) => ({
      task,
      ...{ key: `k${task}`, group: "k", function: null, dependencies: [] },
      arguments: [[0, "x".repeat(1024 * 1024)]],
    }));
    const [found, report] = read(
      written([[{ type: "graph", time: 1, graph: 5, client: 0, tasks }]]),
    );
    expect(report.problemCount).toBe(0);
    expect(found.length).toBeGreaterThan(1);
    const graphs = found.filter((event) => event.type === "graph");
    expect(graphs.every((event) => event.graph === 5)).toBe(true);
    expect(graphs.flatMap((event) => event.tasks.map(({ task }) => task))).toEqual(
      tasks.map(({ task }) => task),
    );
  });

  test("printed as NDJSON reads as the same events, and stays the same when printed again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 8 }), async (events) => {
        const bytes = written([events]);
        const text = await textOf(catJournal([bytes]));
        const [found, report] = read(Buffer.from(text), 7);
        expect(found).toEqual(events);
        expect(report).toMatchObject({ format: "ndjson", header, problemCount: 0 });
        expect(await textOf(catJournal([Buffer.from(text)]))).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  test("is read from a file without waiting and with, to the same result", async () => {
    const path = newPath();
    writeFileSync(path, written([forgets(0, 10), forgets(10, 5000)]));
    const events: TaskEvent[] = [];
    const reading = readJournal(path);
    for await (const event of reading) events.push(event);
    expect(events).toEqual([...readJournalSync(path)]);
    expect(events).toEqual(forgets(0, 5000));
    expect(await verifyJournal(path)).toEqual(reading.report);
  });
});

describe("a damaged journal", () => {
  const events = [forgets(0, 3), forgets(3, 4), forgets(4, 9), forgets(9, 12)];

  test("cut off at any place gives the beginning of its events and a report", () => {
    const bytes = written(events);
    const all = events.flat();
    for (let length = 1; length < bytes.length; length++) {
      const [found, report] = read(bytes.subarray(0, length), 33);
      expect(found).toEqual(all.slice(0, found.length));
      const isWhole = report.tornBytes === 0;
      expect(report.problems.map(({ kind }) => kind)).toEqual(isWhole ? [] : ["torn-tail"]);
      // It ends between two frames, or the bytes of the torn one are counted.
      expect(report.bytes).toBe(length);
      if (found.length < all.length) expect(found.length).toBeLessThan(all.length);
    }
  });

  test("cut off in NDJSON gives the beginning of its events and a report", async () => {
    const bytes = Buffer.from(await textOf(catJournal([written(events)])));
    const all = events.flat();
    for (let length = 1; length < bytes.length; length++) {
      const [found, report] = read(bytes.subarray(0, length), 33);
      expect(found).toEqual(all.slice(0, found.length));
      const atLineEnd = bytes[length] === 0x0a || bytes[length - 1] === 0x0a;
      expect(report.problems.map(({ kind }) => kind)).toEqual(atLineEnd ? [] : ["torn-tail"]);
    }
  });

  test("with any byte changed loses at most the frame around it, and says so", () => {
    const bytes = written(events);
    const all = new Set(events.flat().map((event) => JSON.stringify(event)));
    for (let at = 8; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      const [found, report] = read(damaged, 64);
      expect(report.problemCount).toBeGreaterThan(0);
      expect(found.every((event) => all.has(JSON.stringify(event)))).toBe(true);
      expect(found.length).toBeGreaterThanOrEqual(12 - 5);
    }
  });

  test("with random damage gives true events only, or a TaskprovError, and always a report", () => {
    const bytes = written(events);
    const all = new Set(events.flat().map((event) => JSON.stringify(event)));
    const damage = fc.record({
      at: fc.nat(bytes.length - 1),
      remove: fc.nat(60),
      insert: fc.uint8Array({ maxLength: 60 }),
    });
    fc.assert(
      fc.property(damage, fc.integer({ min: 1, max: 100 }), ({ at, remove, insert }, size) => {
        const rest = bytes.subarray(at + remove);
        const damaged = Buffer.concat([bytes.subarray(0, at), insert, rest]);
        fc.pre(!damaged.equals(bytes) && damaged.length > 0);
        try {
          const [found, report] = read(damaged, size);
          expect(found.every((event) => all.has(JSON.stringify(event)))).toBe(true);
          // Whole frames cut off the end leave no trace; everything else does.
          const isPrefix = bytes.subarray(0, damaged.length).equals(damaged);
          if (!isPrefix) expect(report.problemCount).toBeGreaterThan(0);
        } catch (error) {
          expect(isTaskprovError(error)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("goes on after damage in the middle and names the gap", () => {
    const bytes = written(events);
    const second = frameStarts(bytes)[2] ?? 0;
    bytes[second + 20] = 0xff;
    const [found, report] = read(bytes);
    expect(found).toEqual([...forgets(0, 3), ...forgets(4, 12)]);
    expect(report).toMatchObject({ badFrames: 1, gaps: 1, missingFrames: 1, tornBytes: 0 });
    expect(report.problems).toEqual([
      expect.objectContaining({ kind: "bad-frame", offset: second }),
      expect.objectContaining({ kind: "gap", text: "frame 2 is missing" }),
    ]);
  });

  test("goes on after a length that claims too much, even beyond the end of the file", () => {
    for (const length of [0xffffffff, 100_000, 0]) {
      const bytes = written(events);
      bytes.writeUInt32LE(length, frameStarts(bytes)[2]);
      const [found, report] = read(bytes, 50);
      expect(found).toEqual([...forgets(0, 3), ...forgets(4, 12)]);
      expect(report).toMatchObject({ badFrames: 1, gaps: 1, tornBytes: 0 });
    }
  });

  test("without one of its frames names the gap; with one twice leaves out the second", () => {
    const bytes = written(events);
    const [, , from = 0, to = 0] = frameStarts(bytes);
    const without = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    expect(read(without)[1]).toMatchObject({ gaps: 1, missingFrames: 1, events: 11 });
    const twice = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    const [found, report] = read(twice);
    expect(found).toEqual(events.flat());
    expect(report).toMatchObject({ outOfOrder: 1, problemCount: 1 });
  });

  test("with an event that breaks the rules leaves it out and says where it stood", () => {
    const lines = `${JSON.stringify(header)}\n["forget",1,1]\n["forget",2,-2]\n[7]\n["forget",3,3]\n`;
    const [found, report] = read(Buffer.from(lines));
    expect(found).toHaveLength(2);
    expect(report.invalidEvents).toBe(2);
    expect(report.problems).toEqual([
      {
        kind: "invalid-event",
        line: 3,
        text: "Invalid event at line 3, $[2]: expected a whole number from 0 up, found -2. It is left out.",
      },
      expect.objectContaining({ line: 4 }),
    ]);
  });

  test("in NDJSON with a line that is no JSON, or nested without end, goes on behind it", () => {
    const deep = `["x",1,${"[".repeat(1e5)}${"]".repeat(1e5)}]`;
    const lines = `${JSON.stringify(header)}\n["forget",1,1]\n{oops\n${deep}\n\n["forget",3,3]\n`;
    const [found, report] = read(Buffer.from(lines), 1000);
    expect(found).toHaveLength(2);
    expect(report.problems.map(({ kind, line }) => [kind, line])).toEqual([
      ["bad-frame", 3],
      ["bad-frame", 4],
    ]);
  });
});

/** Where the frames of a journal begin, that of the header first. */
function frameStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32LE(at)) starts.push(at);
  return starts;
}

describe("a file that is no journal", () => {
  test.each([
    ["an empty file", Buffer.alloc(0), "ERR_JOURNAL", "it is empty"],
    ["some text", Buffer.from("hello, world"), "ERR_JOURNAL", 'it begins with "hello, w"'],
    ["a short text", Buffer.from("hi"), "ERR_JOURNAL", 'it begins with "hi"'],
    ["gzip", Buffer.from("1f8b08000000000000030000", "hex"), "ERR_JOURNAL", "gunzip"],
    ["a newer journal", Buffer.from("TPJRNL2\nwhatever"), "ERR_JOURNAL_VERSION", "format 2"],
    ["a PROV document", Buffer.from('{"prefix": {}}\n'), "ERR_JOURNAL", "taskprov check"],
    ["pretty JSON", Buffer.from('{\n "prefix": {}\n}\n'), "ERR_JOURNAL", "taskprov check"],
  ])("%s is refused with the reason", async (_, bytes, code, reason) => {
    const path = newPath();
    writeFileSync(path, bytes);
    const expected = expect.objectContaining({
      code,
      message: expect.stringMatching(new RegExp(`^${path}.*${reason.replace(/[()]/g, ".")}`)),
    });
    await expect(verifyJournal(path)).rejects.toThrow(expected);
    expect(() => [...readJournalSync(path)]).toThrow(expected);
  });

  test.each([
    ["a directory", "", "it is a directory"],
    ["a missing file", "missing.journal", "no such file"],
  ])("%s is refused with the path", async (_, name, reason) => {
    const path = join(folder, name);
    const expected = expect.objectContaining({
      code: "ERR_FILE",
      message: expect.stringContaining(`Cannot read ${path}: ${reason}`),
    });
    await expect(verifyJournal(path)).rejects.toThrow(expected);
    expect(() => [...readJournalSync(path)]).toThrow(expected);
  });
});

describe("JournalWriter", () => {
  test("never overwrites a file", () => {
    const path = newPath();
    writeFileSync(path, "precious");
    expect(() => JournalWriter.open(path, header)).toThrow(
      expect.objectContaining({
        code: "ERR_DESTINATION",
        message: `Cannot create ${path}: it exists already.`,
      }),
    );
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  test("writes when due, by the clock of the caller, and otherwise keeps events back", () => {
    const path = newPath();
    const writer = JournalWriter.open(path, header, { flushSeconds: 60 });
    const before = statSync(path).size;
    writer.flushIfDue(1000);
    writer.append(forget(1));
    writer.flushSync();
    const first = statSync(path).size;
    expect(first).toBeGreaterThan(before);
    writer.append(forget(2));
    writer.flushIfDue(Date.now() / 1000 + 1);
    expect(statSync(path).size).toBe(first);
    writer.flushIfDue(Date.now() / 1000 + 61);
    expect(statSync(path).size).toBeGreaterThan(first);
    writer.close();
    writer.close();
  });

  test("writes by itself within a flush interval", async () => {
    const path = newPath();
    const writer = JournalWriter.open(path, header, { flushSeconds: 0.01 });
    const before = writer.bytes;
    writer.append(forget(1));
    await expect.poll(() => writer.bytes).toBeGreaterThan(before);
    writer.close();
  });

  test("counts what comes after closing", () => {
    const writer = JournalWriter.open(newPath(), header);
    writer.close();
    writer.append(forget(1));
    expect(writer.dropped).toBe(1);
  });

  test("an event that cannot be encoded is told in the journal, the others stay", () => {
    const problems: TaskprovError[] = [];
    const path = newPath();
    const writer = JournalWriter.open(path, header, { onProblem: (error) => problems.push(error) });
    writer.append(forget(1));
    writer.append({ type: "forget", time: Number.NaN, task: 2 });
    writer.append(forget(3));
    writer.close();
    expect([...readJournalSync(path)]).toEqual([
      forget(1),
      expect.objectContaining({ type: "error", code: "ERR_EVENT_INVALID" }),
      expect.objectContaining({ type: "dropped", count: 1, reason: "invalid" }),
      forget(3),
    ]);
    expect(problems).toHaveLength(1);
    expect(writer.dropped).toBe(1);
  });

  test("a journal that is removed while it is written is reported once", async () => {
    const problems: TaskprovError[] = [];
    const path = newPath();
    const writer = JournalWriter.open(path, header, { onProblem: (error) => problems.push(error) });
    await rm(path);
    for (let i = 0; i < 3; i++) {
      writer.append(forget(i));
      writer.flushSync();
    }
    writer.close();
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`${path} was removed`),
    ]);
  });

  // /dev/full takes no byte: the real ENOSPC of the kernel.
  test.skipIf(process.platform !== "linux")(
    "a full disk loses nothing until the limit, then counts, and never throws",
    () => {
      const problems: string[] = [];
      const options: JournalWriterOptions = {
        maxUnwrittenBytes: 100_000,
        onProblem: (error) => problems.push(error.message),
      };
      const fd = openSync("/dev/full", "w");
      const writer = JournalWriter.open("/dev/full", header, { ...options, fd });
      for (let i = 0; i < 10_000; i++) writer.append(forget(i));
      writer.flushSync();
      expect(writer.unwrittenBytes).toBeGreaterThan(90_000);
      expect(writer.unwrittenBytes).toBeLessThan(150_000);
      expect(writer.events + writer.dropped).toBe(10_000);
      expect(writer.dropped).toBeGreaterThan(1000);
      writer.close();
      expect(writer.dropped).toBe(10_000);
      expect(problems).toEqual([
        expect.stringContaining("no space left on the disk"),
        expect.stringMatching(/bytes of events could not be written .* are lost/),
      ]);
    },
  );

  // A pipe that nobody empties takes 64 KiB and then fails, until somebody empties it.
  test.skipIf(process.platform === "win32")(
    "when writing works again the rest follows, and the journal says what was dropped",
    () => {
      const path = newPath();
      execFileSync("mkfifo", [path]);
      const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      const resumed: number[] = [];
      const writer = JournalWriter.open(path, header, {
        fd,
        maxUnwrittenBytes: 50_000,
        onResume: (dropped) => {
          resumed.push(dropped);
          writer.append({ type: "known", time: 1, task: 1, key: "alive" });
        },
      });
      for (let i = 0; i < 20_000; i++) writer.append(forget(i));
      writer.flushSync();
      const dropped = writer.dropped;
      expect(dropped).toBeGreaterThan(0);
      const taken: Buffer[] = [];
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const drain = (): void => {
        const buffer = Buffer.alloc(1 << 20);
        taken.push(buffer.subarray(0, readSync(reader, buffer)));
      };
      do {
        drain();
        writer.flushSync();
      } while (writer.unwrittenBytes > 0);
      writer.append(forget(99_999));
      writer.close();
      drain();
      const [found, report] = read(Buffer.concat(taken));
      expect(report).toMatchObject({ problemCount: 0, events: found.length });
      const kept = 20_000 - dropped;
      expect(found.slice(0, kept)).toEqual(forgets(0, kept));
      expect(found.slice(kept)).toEqual([
        expect.objectContaining({ type: "dropped", count: dropped, reason: "not written" }),
        expect.objectContaining({ type: "known", key: "alive" }),
        forget(99_999),
      ]);
      expect(resumed).toEqual([dropped]);
      expect(writer.dropped).toBe(dropped);
    },
  );
});
