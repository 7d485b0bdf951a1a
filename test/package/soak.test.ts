import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import type { RunSummary } from "../../src/track/build-document.js";
import { temporaryFolder } from "../support/temporary.js";
import { fullTier } from "../support/tier.js";

const minutes = 10;
const tasks = new URL("./worker-tasks.mjs", import.meta.url).href;

/**
 * Windows of work on threads and in the process, with retries, failures, what these block, threads
 * that exit, and everything released in the end; says after each third of the time what it holds.
 */
function program(folder: string): string[] {
  const script = `
    import { setTimeout } from "node:timers/promises";
    import { Client, ProvTracker, workerModule } from "taskprov";
    const tasks = workerModule(${JSON.stringify(tasks)});
    const client = new Client({ workers: 2 });
    const tracker = new ProvTracker({ destination: ${JSON.stringify(folder)}, keepTraceback: true });
    client.registerPlugin(tracker);
    const inc = (x) => x + 1;
    const sum = (all) => all.reduce((a, b) => a + b, 0);
    const expected = { ok: 0, error: 0, blocked: 0 };
    let exits = 0;
    async function work(window) {
      const numbers = Array.from({ length: 40 }, (_, n) => n);
      const onThreads = client.map(tasks.add, numbers, numbers);
      const here = client.map(inc, onThreads);
      const total = client.submit(sum, here);
      let tries = 0;
      const flaky = client.with({ retries: 2 }).submit(function flaky(x) {
        if (tries++ < 1) throw new Error("not yet");
        return x;
      }, total);
      const failed = client.submit(tasks.fail, "window " + window);
      const blocked = client.submit(inc, failed);
      const futures = [...onThreads, ...here, total, flaky, failed, blocked];
      if (window % 25 === 24) {
        exits++;
        futures.push(client.submit(tasks.exit, 1));
      }
      if ((await flaky.result()) !== 1600) throw new Error("a wrong result");
      for (const future of futures) await future.result().catch(() => {});
      for (const future of futures) future.release();
      expected.ok += 82;
      expected.error += 2;
      expected.blocked += 1;
    }
    const held = () => {
      for (let i = 0; i < 3; i++) gc();
      const { heapUsed, external, rss } = process.memoryUsage();
      return { heap: heapUsed + external, rss };
    };
    const start = performance.now();
    const third = ${minutes * 20_000};
    const thirds = [];
    for (let window = 0; thirds.length < 3; window++) {
      await work(window);
      await setTimeout(300);
      if (performance.now() - start > third * (thirds.length + 1)) thirds.push(held());
    }
    await client.close();
    console.log(JSON.stringify({ thirds, expected, exits, summary: await tracker.done }));
  `;
  return ["--expose-gc", "--input-type=module", "--eval", script];
}

interface Told {
  readonly thirds: readonly { readonly heap: number; readonly rss: number }[];
  readonly expected: Readonly<Record<string, number>>;
  readonly exits: number;
  readonly summary: RunSummary;
}

describe("ten minutes of mixed work", () => {
  test.runIf(fullTier)(
    "leave memory flat, every attempt recorded and the document valid",
    { timeout: 3 * minutes * 60_000 },
    async () => {
      const child = spawn(process.execPath, program(temporaryFolder()));
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (text) => {
        stdout += String(text);
      });
      child.stderr.on("data", (text) => {
        stderr += String(text);
      });
      await once(child, "close");
      expect(stderr).toBe("");
      const { thirds, expected, exits, summary }: Told = JSON.parse(stdout);
      const [first, second, last] = thirds;
      if (!first || !second || !last) throw new Error("it ended too early");
      const shown = JSON.stringify(thirds);
      expect(last.heap, shown).toBeLessThan(first.heap * 1.15 + 2e6);
      // When the journal has 8 MB, some time in the first half, a thread begins to record it.
      expect(last.rss, shown).toBeLessThan(second.rss * 1.15 + 20e6);
      expect(last.rss, shown).toBeLessThan(400e6);
      expect(summary).toMatchObject({ incomplete: false, problems: [], dropped: 0 });
      // Each exit costs some attempts, and perhaps that of a neighbour, which then runs again.
      expect(summary.counts).toMatchObject({ ok: expected["ok"], blocked: expected["blocked"] });
      expect(summary.counts["error"]).toBeGreaterThanOrEqual(expected["error"] ?? 0);
      expect(summary.counts["lost"]).toBeGreaterThanOrEqual(exits);
      const text = readFileSync(summary.document ?? "");
      expect((await checkDocument([text])).findings).toEqual([]);
    },
  );
});
