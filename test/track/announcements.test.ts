import { execFileSync } from "node:child_process";
import { constants, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor } from "../../src/describe/redact.js";
import { LocalCapture } from "../../src/engines/local/capture.js";
import { Client } from "../../src/engines/local/client.js";
import type { Future } from "../../src/engines/local/future.js";
import { JournalWriter } from "../../src/events/journal-writer.js";
import type { TaskEvent } from "../../src/events/task-event.js";
import { Announcements } from "../../src/track/announcements.js";
import { buildDocument } from "../../src/track/build-document.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";

/** A sink that takes events or drops them, as told. */
function sink(): { taken: TaskEvent[]; open: boolean; append: (event: TaskEvent) => boolean } {
  const it = {
    taken: [] as TaskEvent[],
    open: true,
    append: (event: TaskEvent) => {
      if (it.open) it.taken.push(event);
      return it.open;
    },
  };
  return it;
}

describe("announcements that were dropped", () => {
  test("are made when events are taken again, of what is still alive only", () => {
    const run = new EventRun().task("before").task("alive").task("gone").task("made");
    run.runs("made").runs("gone").forget("gone").scatter("data");
    const journal = sink();
    const announcements = new Announcements(journal.append);
    for (const event of run.events) {
      if (event.type === "graph" && event.tasks.some(({ key }) => key === "alive")) {
        journal.open = false;
      }
      announcements.append(event);
    }
    const before = journal.taken.length;
    journal.open = true;
    announcements.resume(9);
    const told = journal.taken.slice(before);
    expect(told.map(({ type }) => type)).toEqual([
      "fn",
      "fn",
      "scatter",
      "graph",
      "graph",
      "known",
    ]);
    expect(told.slice(3)).toMatchObject([
      { tasks: [{ key: "alive", task: run.number("alive"), function: null, arguments: [] }] },
      { tasks: [{ key: "made" }] },
      { key: "made", task: run.number("made"), time: 9 },
    ]);
    announcements.resume(10);
    expect(journal.taken).toHaveLength(before + 6);
  });

  test("leave no event without its task, whenever the disk fails and works again", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 40, maxLength: 80 }), (takes) => {
        const run = new EventRun();
        for (let n = 0; n < 12; n++) run.task(`t${n}`).runs(`t${n}`);
        for (let n = 0; n < 6; n++) run.release(`t${n}`).forget(`t${n}`);
        const journal = sink();
        const announcements = new Announcements(journal.append);
        for (const [index, event] of run.events.entries()) {
          const open = takes[index] ?? true;
          const resumes = open && !journal.open;
          journal.open = open;
          if (resumes) announcements.resume(index);
          announcements.append(event);
        }
        const known = new Set<number>();
        for (const event of journal.taken) {
          if (event.type === "graph") for (const { task } of event.tasks) known.add(task);
          else if ("task" in event) expect(known).toContain(event.task);
        }
      }),
    );
  });
});

// A pipe that nobody empties takes 64 KiB and then fails, until somebody empties it.
test.skipIf(process.platform === "win32")(
  "a run whose disk fails for a while knows what it goes on with",
  async () => {
    const folder = temporaryFolder();
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    const header = { producer: "taskprov test", versions: {}, runId: "r", created: 0 };
    const writer = JournalWriter.open(pipe, header, {
      fd,
      maxUnwrittenBytes: 50_000,
      onResume: () => announcements.resume(1_800_000_000),
    });
    const announcements = new Announcements((event) => writer.append(event));
    const [first] = new EventRun().events;
    if (first !== undefined) announcements.append(first);
    const taken: Buffer[] = [];
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const drain = (): void => {
      const buffer = Buffer.alloc(1 << 20);
      taken.push(buffer.subarray(0, readSync(reader, buffer)));
    };

    const client = new Client({ workers: 1 });
    const capture = new LocalCapture({
      policy: { ...policy, redactor: createRedactor([]) },
      keepTraceback: false,
      append: (event) => announcements.append(event),
    });
    client.registerPlugin({
      addClient: (scheduler, info) => capture.addClient(scheduler, info),
      addWorker: (scheduler, worker) => capture.addWorker(scheduler, worker),
      updateGraph: (scheduler, update) => capture.updateGraph(scheduler, update),
      transition: (key, start, finish, info) => capture.transition(key, start, finish, info),
    });
    const inc = (x: number): number => x + 1;
    const late = (x: number): number => x + 2;
    let last: Future<number> | undefined;
    for (let window = 0; window < 10; window++) {
      const futures = client.map(
        inc,
        Array.from({ length: 200 }, (_, n) => n),
      );
      await client.gather(futures);
      last = futures.pop();
      for (const future of futures) future.release();
    }
    expect(writer.dropped).toBeGreaterThan(0);
    do {
      drain();
      writer.flushSync();
    } while (writer.unwrittenBytes > 0);
    // Its input and its function were announced, if at all, in vain.
    if (last === undefined) throw new Error("nothing ran");
    const after = client.with({ key: "after" }).submit(late, last);
    expect(await after.result()).toBe(202);
    announcements.append({ type: "end", time: 1_800_000_001, counts: {} });
    writer.close();
    const { dropped } = writer;
    drain();
    await client.close();

    const bytes = Buffer.concat(taken);
    const output = join(folder, "out.json");
    const summary = await buildDocument([bytes], { output });
    expect(summary).toMatchObject({ incomplete: true, dropped });
    expect(summary.problems.join()).not.toContain("not in the record");
    const document = JSON.parse(readFileSync(output, "utf8"));
    const used = Object.values<Record<string, string>>(document.used);
    expect(used.filter((one) => one["prov:activity"] === "task:after")).toMatchObject([
      { "prov:entity": expect.stringMatching(/^data:inc-1-2000/) },
    ]);
  },
);

const policy = { values: "summary", maxValueBytes: 1024, richTypes: false, digest: false } as const;
