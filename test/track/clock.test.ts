import { describe, expect, test } from "vitest";
import type { Clock } from "../../src/base/clock.js";
import { checkDocument } from "../../src/check/check-document.js";
import { tracked } from "../support/tracked.js";

/** Runs on by a millisecond a reading, and is set back by an hour once. */
function clockSetBack(after: number): Clock {
  let readings = 0;
  return {
    now: () => 1_760_000_000 + 0.001 * readings++ - (readings > after ? 3600 : 0),
  };
}

const inc = (x: number): number => x + 1;

describe("a clock that is set back while the run goes on", () => {
  test.each([5, 40, 100, 163])("after %d readings costs no task and no relation", async (after) => {
    const clock = clockSetBack(after);
    const run = await tracked(
      async (client) => {
        let last = client.submit(inc, 0);
        for (let n = 1; n < 20; n++) {
          const next = client.submit(inc, last);
          await next.result();
          last.release();
          last = next;
        }
        expect(await last.result()).toBe(20);
      },
      { clock },
      { workers: 1, clock },
    );
    expect(run.summary).toMatchObject({ problems: [], counts: { ok: 20, data: 20 } });
    expect(run.lines("wasDerivedFrom")).toHaveLength(19);
    // Valid, and the check says what the clock did.
    const { valid, findings } = await checkDocument(run.text);
    expect([valid, findings.filter(({ rule }) => rule !== "clock-order")]).toEqual([true, []]);
  });
});
