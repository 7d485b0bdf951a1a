import { setTimeout as later } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AttemptMessages } from "../../src/actions/attempt-messages.js";
import { checkDocument } from "../../src/check/index.js";
import { captureLogging, logCall, logMessage, startAction } from "../../src/index.js";
import { LoggedTree } from "../../src/traces/logged-tree.js";
import { cli } from "../support/cli.js";
import { type TrackedRun, tracked } from "../support/tracked.js";

/** What the document says that an attempt logged. */
function logged(run: TrackedRun, id: string): Record<string, unknown>[] {
  const attempt = JSON.parse(run.text).activity[`task:${id}`];
  const texts: string[] = [attempt["taskprov:logMessage"] ?? []].flat();
  return texts.map((text) => JSON.parse(text));
}

const omitted = (run: TrackedRun, id: string): unknown =>
  JSON.parse(run.text).activity[`task:${id}`]["taskprov:omittedMessages"];

describe("messages logged in a tracked task", () => {
  test("are attributes of its attempt, also from its promises, and nobody else's", async () => {
    const run = await tracked(async (client) => {
      const work = async (name: string): Promise<string> => {
        logMessage("begin", { name });
        await startAction("side", { name }, async () => await later(2));
        return name;
      };
      logMessage("outside any task");
      const parts = ["a", "b"].map((key) => client.with({ key }).submit(work, key));
      await client.gather(parts);
      await client
        .with({ key: "quiet" })
        .submit(() => 1)
        .result();
    });
    for (const name of ["a", "b"]) {
      expect(logged(run, name)).toEqual([
        expect.objectContaining({ message_type: "begin", name }),
        expect.objectContaining({ action_type: "side", action_status: "started", name }),
        expect.objectContaining({ action_type: "side", action_status: "succeeded" }),
      ]);
    }
    expect(logged(run, "quiet")).toEqual([]);
    expect(run.text).not.toContain("outside any task");
    expect(await checkDocument(run.text)).toMatchObject({ valid: true, findings: [] });
  });

  test("stand with the try that wrote them, in an action or outside any", async () => {
    let tries = 0;
    const flaky = (): number => {
      logMessage("trying", { number: ++tries });
      if (tries < 3) throw new RangeError("transient");
      return tries;
    };
    const run = await tracked(async (client) => {
      await captureLogging(async () => {
        await startAction("main", async () => {
          await client.with({ key: "flaky", retries: 3 }).submit(flaky).result();
        });
      });
    });
    expect(["flaky", "flaky.2", "flaky.3"].map((id) => logged(run, id))).toEqual([
      [expect.objectContaining({ message_type: "trying", number: 1 })],
      [expect.objectContaining({ message_type: "trying", number: 2 })],
      [expect.objectContaining({ message_type: "trying", number: 3 })],
    ]);
  });

  test("of a task that is cancelled while it runs are there", async () => {
    const run = await tracked(async (client) => {
      const future = client.with({ key: "slow" }).submit(async () => {
        logMessage("last words");
        await later(5000, undefined, { ref: false });
      });
      await later(5);
      await future.cancel();
    });
    expect(logged(run, "slow")).toMatchObject([{ message_type: "last words" }]);
  });

  test("lose secrets, and nothing else", async () => {
    const run = await tracked(async (client) => {
      await client
        .with({ key: "login" })
        .submit(() => {
          logMessage("login", {
            user: "ann",
            password: { old: 1 },
            url: "x?token=abc",
            big: 2n ** 70n,
          });
          logMessage("big", { big: 2n ** 70n });
        })
        .result();
    });
    expect(logged(run, "login")[0]).toMatchObject({
      user: "ann",
      password: "[redacted]",
      url: expect.not.stringContaining("abc"),
    });
    expect(run.text).toContain(String(2n ** 70n));
  });

  test("are bounded in number and size, with a count of what is left out", async () => {
    const run = await tracked(async (client) => {
      const chatter = (count: number, chars: number): void => {
        for (let i = 0; i < count; i++) logMessage("note", { i, text: "x".repeat(chars) });
      };
      await client.with({ key: "many" }).submit(chatter, 5000, 1).result();
      await client.with({ key: "long" }).submit(chatter, 20, 3500).result();
      await client.with({ key: "huge" }).submit(chatter, 1, 100_000).result();
    });
    expect(logged(run, "many")).toHaveLength(100);
    expect(omitted(run, "many")).toMatchObject([{ $: "4900" }]);
    expect(logged(run, "long").length).toBeLessThan(10);
    expect(omitted(run, "long")).toMatchObject([{ $: String(20 - logged(run, "long").length) }]);
    expect(logged(run, "huge")).toMatchObject([{ message_type: "note" }]);
    expect(omitted(run, "huge")).toBeUndefined();
  });

  test("are shown by taskprov tree of the journal, calls inside calls", async () => {
    const square = logCall((n: number) => n * n, { actionType: "square", args: ["n"] });
    const run = await tracked(async (client) => {
      let tries = 0;
      const work = (n: number): number => {
        if (tries++ === 0) {
          logMessage("giving up");
          throw new RangeError("transient");
        }
        return startAction("outer", () => {
          logMessage("checked", { ok: true });
          return square(n);
        });
      };
      await client.with({ key: "part", retries: 1 }).submit(work, 4).result();
    });
    const { stdout, status } = await cli(["tree", run.summary.journal ?? ""]);
    expect(status).toBe(0);
    const shape = stdout
      .split("\n")
      .map((line) => line.replace(/ [\d.]+ (ms|µs|s)\b/, "").trimEnd())
      .filter((line) => /giving|outer|checked|square|attempt/.test(line));
    expect(shape).toEqual([
      expect.stringMatching(/taskprov:attempt FAILED attempt=1/),
      expect.stringMatching(/─ giving up$/),
      expect.stringMatching(/taskprov:attempt ok.* attempt=2/),
      expect.stringMatching(/─ outer ok$/),
      expect.stringMatching(/─ checked ok=true$/),
      expect.stringMatching(/─ square ok n=4 → result=16$/),
    ]);
  });
});

test("any messages keep to the limits and are counted", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 8000 }), { maxLength: 150 }), (texts) => {
      const messages = new AttemptMessages();
      for (const text of texts) {
        const place = { timestamp: 1, task_uuid: "u", task_level: [1] };
        messages.add({ text, message_type: text, ...place });
      }
      const kept = messages.take() ?? { texts: [], omitted: 0 };
      expect(kept.texts.length + kept.omitted).toBe(texts.length);
      expect(kept.texts.length).toBeLessThanOrEqual(100);
      expect(kept.texts.join("").length).toBeLessThanOrEqual(32_768);
      for (const text of kept.texts) JSON.parse(text);
    }),
    { numRuns: 50 },
  );
});

test("whatever stands in a journal as a message has a place of its own in the tree", () => {
  const level = fc.array(fc.nat(4), { maxLength: 4 });
  const message = fc.oneof(
    fc.string(),
    fc
      .record({
        task_uuid: fc.constantFrom("a", "b"),
        task_level: fc.oneof(level, fc.string()),
        action_type: fc.constantFrom("x", "y"),
        action_status: fc.constantFrom("started", "succeeded", "failed"),
        timestamp: fc.oneof(fc.double(), fc.string()),
      })
      .map((one) => JSON.stringify(one)),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), (texts) => {
      const tree = new LoggedTree({ level: [2], type: "t", last: 2 });
      const places = texts.map((text) => tree.place(text, 1).level.join("/"));
      expect(new Set(places).size).toBe(texts.length);
    }),
  );
});
