import { describe, expect, test } from "vitest";
import { threadPrograms } from "../support/thread-programs.js";

const { runProgram } = threadPrograms();

/**
 * `untilAhead(sent, play)` plays a scenario until the task called `sent` in it was sent ahead of its
 * turn: that goes by how long tasks took before, which on a busy machine is anything. An argument
 * tells when it is sent, as structured clone reads it. `open` opens a gate.
 */
const stage = `
  const shared = new SharedArrayBuffer(32);
  const cells = new Int32Array(shared);
  const open = (gate) => { Atomics.store(cells, gate, 1); Atomics.notify(cells, gate); };
  const begun = new Map();
  const events = [];
  client.registerPlugin({
    name: "stage",
    transition: (key, start, finish, info) => {
      if (finish === "processing") begun.set(key, (begun.get(key) ?? 0) + 1);
      events.push({ key, start, finish, reason: info.reason, worker: info.worker?.name, span: info.startStop, time: info.time });
    },
  });
  let ahead = new Set();
  const submit = (key, does = {}, onAhead = () => undefined, options = {}) => {
    const argument = { ...does, get key() {
      if (!begun.has(key)) { ahead.add(key); onAhead(); }
      return key;
    } };
    return client.with({ key, ...options }).submit(tasks.gated, argument, shared);
  };
  const warm = () => client.gather(client.map(tasks.gated, Array(80).fill({}), Array(80).fill(shared)));
  const untilAhead = async (sent, play) => {
    do {
      await warm();
      cells.fill(0); ahead = new Set(); begun.clear(); events.length = 0;
      const futures = await play();
      for (const future of futures) future.release();
    } while (!ahead.has(sent));
  };
`;

describe("a task that was sent ahead to a thread", () => {
  test("whose thread ends before is tried for the first time on another one", async () => {
    const told = await runProgram(
      `${stage}
      await untilAhead("second", async () => {
        const first = submit("first", { gate: 2, exits: true });
        const second = submit("second", { counts: true }, () => open(2));
        // For a round in which nothing is sent ahead.
        const third = submit("third");
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        open(2);
        await client.gather([first, second, third]);
        return [first, second, third];
      });
      tell(begun.get("first"));
      tell(begun.get("second"));
      tell(Atomics.load(cells, 0));
      tell(events.filter(({ reason }) => reason === "worker-died").map(({ key }) => key));
      const { worker, span } = events.find(({ key, finish }) => key === "second" && finish === "memory");
      const lost = events.find(({ reason }) => reason === "worker-died");
      tell([worker !== lost.worker, span.start >= lost.time, span.stop >= span.start]);
    `,
      "{ workers: 1 }",
    );
    expect(told).toEqual([2, 1, 1, ["first"], [true, true, true]]);
  }, 120_000);

  test("behind one that takes longer than its timeout is not touched by that", async () => {
    const told = await runProgram(
      `${stage}
      let code;
      await untilAhead("second", async () => {
        const first = submit("first", { gate: 2 }, undefined, { timeout: 0.001 });
        const second = submit("second", { counts: true });
        code = (await caught(first)).code;
        await second.result();
        return [first, second];
      });
      tell(code);
      tell([begun.get("first"), begun.get("second"), Atomics.load(cells, 0)]);
      const timedOut = events.find(({ key, finish }) => key === "first" && finish === "erred");
      const done = events.find(({ key, finish }) => key === "second" && finish === "memory");
      tell([timedOut.reason, done.worker !== timedOut.worker, done.span.start >= timedOut.span.start]);
      tell(events.filter(({ key, reason }) => key === "second" && reason !== undefined && reason !== "released").length);
    `,
      "{ workers: 1 }",
    );
    expect(told).toEqual(["ERR_TIMEOUT", [1, 1, 1], ["timeout", true, true], 0]);
  }, 120_000);

  test("and is cancelled never runs, and the thread goes on", async () => {
    const told = await runProgram(
      `${stage}
      let code;
      await untilAhead("third", async () => {
        const first = submit("first", { gate: 2 });
        const second = submit("second", { counts: true });
        const third = submit("third", {}, () => queueMicrotask(() => {
          second.cancel();
          open(2);
        }));
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        if (!ahead.has("third")) second.cancel();
        open(2);
        await client.gather([first, third]);
        code = (await caught(second)).code;
        return [first, third];
      });
      tell([code, ahead.has("second"), begun.has("second"), Atomics.load(cells, 0)]);
      const [first, third] = ["first", "third"].map((name) => events.find(({ key, finish }) => key === name && finish === "memory"));
      tell([third.worker === first.worker, third.span.start >= first.span.stop]);
    `,
      "{ workers: 1 }",
    );
    expect(told).toEqual([
      ["ERR_CANCELLED", true, false, 0],
      [true, true],
    ]);
  }, 120_000);

  test("when workers are taken away runs once, on those that stay", async () => {
    const told = await runProgram(
      `${stage}
      const names = ["third", "fourth"];
      await untilAhead("fourth", async () => {
        client.cluster.scale(2);
        const waiting = ["first", "second"].map((key) => submit(key, { gate: 2 }));
        const third = submit("third", { counts: true });
        const fourth = submit("fourth", { counts: true }, () => queueMicrotask(() => {
          client.cluster.scale(1);
          open(2);
        }));
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        open(2);
        await client.gather([...waiting, third, fourth]);
        return [...waiting, third, fourth];
      });
      tell([...names.map((key) => begun.get(key)), Atomics.load(cells, 0)]);
      tell(events.filter(({ reason }) => reason !== undefined && reason !== "released"));
      tell(client.scheduler.workers.length);
    `,
      "{ workers: 2 }",
    );
    expect(told).toEqual([[1, 1, 2], [], 2]);
  }, 120_000);

  test("does not wait for one that turns out to be long", async () => {
    const told = await runProgram(
      `${stage}
      await untilAhead("third", async () => {
        const first = submit("first", { gate: 2 });
        const second = submit("second", { gate: 3 });
        const others = ["third", "fourth"].map((key) => submit(key));
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        open(3);
        await client.gather([second, ...others]);
        tell(begun.size);
        open(2);
        await first.result();
        return [first, second, ...others];
      });
      told.splice(0, told.length - 1);
      tell(begun.get("third"));
    `,
      "{ workers: 2 }",
    );
    expect(told).toEqual([4, 1]);
  }, 120_000);

  test("has its own times and is one attempt, in the document too", async () => {
    const told = await runProgram(
      `${stage}
      const tracker = new ProvTracker({ destination: "./ahead" });
      client.registerPlugin(tracker);
      const ran = [];
      await untilAhead("k-50", async () => {
        const futures = Array.from({ length: 100 }, (_, i) => submit("k-" + i));
        await client.gather(futures);
        const spans = events.filter(({ key, finish }) => finish === "memory" && key.startsWith("k-"));
        ran.push(spans.length);
        tell([spans.length, spans.every(({ span }, i) => i === 0 || span.start >= spans[i - 1].span.stop)]);
        const given = new Map(events.filter(({ finish }) => finish === "processing").map(({ key, time }) => [key, time]));
        tell(spans.every(({ key, span, time }) => given.get(key) <= span.start && span.stop <= time));
        return futures;
      });
      told.splice(0, told.length - 2);
      await client.close();
      const { counts } = await tracker.done;
      tell(counts.ok === counts.tasks && counts.lost === undefined);
    `,
      "{ workers: 1 }",
    );
    expect(told).toEqual([[100, true], true, true]);
  }, 120_000);
});
