import { describe, expect, test } from "vitest";
import { DaskClient } from "../../src/engines/dask/dask-client.js";
import { startCluster } from "../support/dask-cluster.js";
import { describeWith, peer } from "../support/peers.js";
import { temporaryFolder } from "../support/temporary.js";
import { fullTier } from "../support/tier.js";

// Both ends of what is supported: the handlers have to have the same shape.
const versions = [await peer("dask2024"), await peer("dask")];

describe.each(versions)("$title", (dask) => {
  describeWith("getSchedulerLogs and getWorkerLogs", dask, ({ python }) => {
    test("give records with time, level, logger and worker, and as many as asked for", async () => {
      const began = Date.now() / 1000;
      const cluster = await startCluster(python, temporaryFolder());
      await using client = await DaskClient.connect(cluster.address);

      const said = await client.getSchedulerLogs();
      const registered = said.find(({ text }) => text.includes("Register worker"));
      expect(registered).toMatchObject({ level: "info", logger: "distributed.scheduler" });
      expect(registered).not.toHaveProperty("worker");
      const times = said.map(({ time }) => time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.at(-1)).toBeGreaterThan(began - 1);
      expect(times.at(-1)).toBeLessThan(Date.now() / 1000 + 1);
      const last = await client.getSchedulerLogs({ count: 1 });
      expect(last).toHaveLength(1);

      const workers = await client.getWorkerLogs();
      const start = workers.find(({ text }) => text.includes("Registered to:"));
      expect(start).toMatchObject({
        level: "info",
        logger: "distributed.worker",
        worker: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/),
      });
      const own = { workers: [start?.worker ?? ""] };
      expect((await client.getWorkerLogs({ ...own, count: 2 })).length).toBe(2);
      // Nobody is there: no answer, no error. Dask tries for half a minute.
      if (fullTier) {
        expect(await client.getWorkerLogs({ workers: ["tcp://127.0.0.1:1"] })).toEqual([]);
      }
      // A worker without a nanny.
      expect(await client.getWorkerLogs({ nanny: true })).toEqual([]);
      await expect(client.getWorkerLogs({ count: 0 })).rejects.toThrow(
        "Expected `count` to be an integer from 1 up, got 0",
      );

      cluster.scheduler.process.kill("SIGKILL");
      await cluster.scheduler.exit;
      await expect(client.getSchedulerLogs()).rejects.toMatchObject({ code: "ERR_CONNECT" });
    });
  });
});
