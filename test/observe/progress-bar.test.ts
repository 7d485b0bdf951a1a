import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { Client } from "../../src/engines/local/client.js";
import { formatDuration } from "../../src/observe/format-duration.js";
import { notebookOutput } from "../../src/observe/notebook-output.js";
import { ProgressBar, type ProgressBarOptions } from "../../src/observe/progress-bar.js";
import { withCallbacks } from "../../src/observe/with-callbacks.js";

/** Keeps what is written. */
class Sink {
  text = "";
  readonly columns = 100;
  write(text: string): void {
    this.text += text;
  }
}

const wait = async (ms: number): Promise<number> => {
  await sleep(ms);
  return ms;
};

async function shown(options: ProgressBarOptions, work: (client: Client) => unknown) {
  const out = new Sink();
  const bar = new ProgressBar({ out, ...options });
  await using client = new Client({ workers: 1 });
  await withCallbacks([bar], () => work(client));
  return { text: out.text, bar };
}

describe("the progress bar in a notebook", () => {
  test("is one display for each computation, updated in place, as Deno's kernel takes it", async () => {
    const messages: { type: string; content: Record<string, unknown> }[] = [];
    const jupyter = {
      broadcast: async (type: string, content: Record<string, unknown>): Promise<void> => {
        messages.push({ type, content });
        throw new Error("the page is gone");
      },
    };
    vi.stubGlobal("Deno", { jupyter });
    try {
      await using client = new Client({ workers: 1 });
      const bar = new ProgressBar({ dt: 0.01 });
      await withCallbacks([bar], () => client.submit(wait, 30).result());
      await withCallbacks([bar], () => client.submit(wait, 30).result());
    } finally {
      vi.unstubAllGlobals();
    }
    const ids = messages.map(({ content }) => JSON.stringify(content["transient"]));
    expect(new Set(ids).size).toBe(2);
    for (const [i, { type }] of messages.entries()) {
      const isFirst = ids.indexOf(ids[i] ?? "") === i;
      expect(type).toBe(isFirst ? "display_data" : "update_display_data");
    }
    const last = messages.at(-1)?.content["data"];
    expect(last).toMatchObject({
      "text/plain": expect.stringMatching(/^\[#{40}\] \| 100% Completed \| /),
      "text/html": expect.stringContaining("<pre"),
    });
  });

  test("is lines in a Deno that is no notebook, where asking for its kernel throws", () => {
    vi.stubGlobal("Deno", {
      get jupyter(): never {
        throw new Error("Deno.jupyter is only there in a notebook");
      },
    });
    try {
      expect(notebookOutput()).toBeUndefined();
      expect(() => new ProgressBar()).not.toThrow();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("the progress bar", () => {
  test("writes Dask's text", async () => {
    const { text, bar } = await shown({ dt: 0.01 }, (client) =>
      client.gather(client.map(wait, [30, 31, 32, 33])),
    );
    const draws = text.split("\r");
    expect(draws.shift()).toBe("");
    expect(draws[0]).toMatch(/^\[ {40}\] \| 0% Completed \| \d+\.\d\d (us|ms)$/);
    expect(draws.at(-1)).toMatch(/^\[#{40}\] \| 100% Completed \| \d+\.\d\d (ms|s)\n$/);
    expect(draws.filter((draw) => draw.includes("100%"))).toHaveLength(1);
    expect(
      draws.some((draw) => draw.startsWith(`[${"#".repeat(20)}${" ".repeat(20)}] | 50%`)),
    ).toBe(true);
    expect(bar.lastDuration).toBeGreaterThan(0.1);
  });

  test("ends with what was reached when a task failed", async () => {
    const fail = async (): Promise<never> => {
      throw new Error("boom");
    };
    const { text } = await shown({ width: 10 }, async (client) => {
      const first = client.submit(wait, 1);
      const second = client.submit(fail);
      await first.result();
      await expect(second.result()).rejects.toThrow("boom");
    });
    expect(text).toMatch(/\r\[#{5} {5}\] \| 50% Completed \| .*\n$/);
    expect(text).not.toContain("100%");
  });

  test("writes nothing about what takes less than the minimum", async () => {
    const { text, bar } = await shown({ minimum: 60 }, (client) => client.submit(wait, 1).result());
    expect(text).toBe("");
    expect(bar.lastDuration).toBeGreaterThan(0);
  });

  test("draws while synchronous tasks keep the event loop busy", async () => {
    const spin = (n: number): number => {
      const until = performance.now() + 1;
      while (performance.now() < until);
      return n;
    };
    const { text } = await shown({ dt: 0.005 }, (client) =>
      client.gather(
        client.map(
          spin,
          Array.from({ length: 100 }, (_, n) => n),
        ),
      ),
    );
    expect(text.split("\r").length).toBeGreaterThan(4);
  });

  test("has a rich form with rate, failures and a bar per group", async () => {
    const fail = (): never => {
      throw new Error("boom");
    };
    const { text } = await shown({ form: "rich" }, async (client) => {
      const all = client.map(wait, [1, 2, 3]);
      const bad = client.submit(fail);
      await client.gather(all);
      await expect(bad.result()).rejects.toThrow("boom");
    });
    const last = text.slice(text.lastIndexOf("\u001B[J") + 3);
    const lines = last.split("\n");
    expect(lines[0]).toMatch(/ 75% {2}3\/4 {2}\S+\/s {2}\S+ (ms|s) .*1 failed/);
    expect(lines[1]).toMatch(/wait +3\/3$/);
    expect(lines[2]).toMatch(/fail +0\/1 .*1 failed/);
  });

  test.each([
    [0.00041414, "414.14 us"],
    [0.00123, "1.23 ms"],
    [1, "1.00 s"],
    [17.1, "17.10 s"],
    [1234, "20m 34s"],
    [12_300, "3hr 25m"],
    [1_231_200, "14d 6hr"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test.each([
    [{ width: 0 }, /`width` to be an integer from 1/],
    [{ dt: "1" }, /`dt` to be a number/],
    [{ wdth: 3 }, /Did you mean `width`/],
  ])("rejects %j", (options, message) => {
    // @ts-expect-error: what a JavaScript user may pass.
    expect(() => new ProgressBar(options)).toThrow(message);
  });
});
