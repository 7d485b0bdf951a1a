import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Client } from "../../src/engines/local/client.js";
import { ProvTracker } from "../../src/track/prov-tracker.js";
import { temporaryFolder } from "../support/temporary.js";

/** What the tracker says on standard error until the test ends. */
function heard(): string[] {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  return lines;
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("the embedded engine's metrics are offered while it runs, and written when it ends", async () => {
  const lines = heard();
  const destination = temporaryFolder();
  const metricsFile = join(destination, "run.prom");
  const client = new Client({ workers: 2 });
  const tracker = new ProvTracker({ destination, metricsPort: 0, metricsFile });
  client.registerPlugin(tracker);
  const url = await until(() => /http:\S+/.exec(lines.join(""))?.[0]);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);

  const held = client.submit(function twice(x: number) {
    return 2 * x;
  }, 21);
  expect(await held.result()).toBe(42);
  await expect(
    client
      .submit(function fail() {
        throw new RangeError("no");
      })
      .result(),
  ).rejects.toThrow("no");
  const labels = `run_id="${tracker.runId}"`;
  let now = "";
  while (!now.includes('exception="RangeError"')) now = await texts(url);
  expect(now).toContain(`taskprov_workers{${labels}} 2\n`);
  expect(now).toContain(`taskprov_tasks{${labels},group="twice",state="memory"} 1\n`);
  expect(now).toContain(`taskprov_attempts_total{${labels},group="fail",state="error"} 1\n`);
  expect(now).toContain(`taskprov_run_over{${labels}} 0\n`);

  await client.close();
  expect((await tracker.done).problems).toEqual([]);
  await expect(fetch(url)).rejects.toThrow();
  expect(readFileSync(metricsFile, "utf8")).toContain(`taskprov_run_over{${labels}} 1\n`);
});

async function texts(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

test("a port in use is told in one line, and the run is as without", async () => {
  const lines = heard();
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const bound = server.address();
  const metricsPort = typeof bound === "object" && bound !== null ? bound.port : 0;
  const client = new Client({ workers: 1 });
  const tracker = new ProvTracker({ destination: temporaryFolder(), metricsPort });
  client.registerPlugin(tracker);
  expect(await client.submit(() => 1).result()).toBe(1);
  await client.close();
  const summary = await tracker.done;
  expect(summary).toMatchObject({ problems: [], incomplete: false, counts: { tasks: 1 } });
  expect(lines.filter((line) => line.includes("metrics"))).toEqual([
    `taskprov: no metrics at http://127.0.0.1:${metricsPort}: another program uses that port; choose another one, or 0 for any that is free. The run goes on without.\n`,
  ]);
});

test("a metrics file that cannot be written is told once, and the run is as without", async () => {
  const lines = heard();
  const client = new Client({ workers: 1 });
  const metricsFile = join(temporaryFolder(), "no/such/folder/run.prom");
  const tracker = new ProvTracker({ destination: temporaryFolder(), metricsFile });
  client.registerPlugin(tracker);
  expect(await client.submit(() => 1).result()).toBe(1);
  await client.close();
  expect(await tracker.done).toMatchObject({ problems: [], incomplete: false });
  expect(lines.filter((line) => line.includes("run.prom"))).toHaveLength(1);
});
