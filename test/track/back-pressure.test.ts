import { describe, expect, test } from "vitest";
import { Client } from "../../src/engines/local/client.js";
import { BackPressure } from "../../src/track/back-pressure.js";

const inc = (x: number): number => x + 1;

describe("back pressure", () => {
  test("starts no task while too much waits for the disk, and goes on when it is written", async () => {
    let waiting = true;
    await using client = new Client({ workers: 1 });
    const pressure = new BackPressure({
      hold: () => client.scheduler.hold(),
      isCongested: () => waiting,
    });
    pressure.check();
    pressure.check();
    const future = client.submit(inc, 1);
    await expect(future.result({ timeout: 0.05 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    waiting = false;
    expect(await future.result()).toBe(2);
  });

  test("gives up after its limit and does not hold again before the disk has caught up", async () => {
    let waiting = true;
    let holds = 0;
    await using client = new Client({ workers: 1 });
    const pressure = new BackPressure({
      hold: () => {
        holds++;
        return client.scheduler.hold();
      },
      isCongested: () => waiting,
      limitSeconds: 0.03,
    });
    pressure.check();
    expect(await client.submit(inc, 1).result()).toBe(2);
    pressure.check();
    expect(await client.submit(inc, 2).result()).toBe(3);
    expect(holds).toBe(1);
    waiting = false;
    pressure.check();
    waiting = true;
    pressure.check();
    expect(holds).toBe(2);
    pressure.stop();
    expect(await client.submit(inc, 3).result()).toBe(4);
  });
});
