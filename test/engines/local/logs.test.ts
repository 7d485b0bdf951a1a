import { expect, test, vi } from "vitest";
import { setLog } from "../../../src/base/log.js";
import { Client } from "../../../src/engines/local/client.js";

test("getSchedulerLogs has what taskprov told of a failing plugin, also when nothing is shown", async () => {
  const write = vi.spyOn(process.stderr, "write");
  setLog({ level: "none" });
  try {
    await using client = new Client();
    client.registerPlugin({
      name: "broken",
      updateGraph: () => {
        throw new Error("no room");
      },
    });
    await client.submit(() => 1).result();
    const logs = await client.getSchedulerLogs({ count: 1 });
    expect(logs).toEqual([
      {
        time: expect.any(Number),
        level: "warning",
        logger: "taskprov",
        text: expect.stringMatching(/^plugin broken failed in updateGraph: Error: no room\./),
      },
    ]);
    expect(await client.getWorkerLogs()).toEqual([]);
    expect(write).not.toHaveBeenCalled();
  } finally {
    setLog({});
    write.mockRestore();
  }
});
