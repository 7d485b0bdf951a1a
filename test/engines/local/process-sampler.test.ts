import { expect, test } from "vitest";
import { readJournalSync } from "../../../src/events/read-journal.js";
import { tracked } from "../../support/tracked.js";

test("the embedded engine samples its process when it is asked to, and else does not", async () => {
  const work = async (client: {
    submit: (fn: () => number) => { result: () => Promise<number> };
  }) => {
    await client
      .submit(() => {
        const until = performance.now() + 120;
        while (performance.now() < until);
        return 1;
      })
      .result();
    await new Promise((resolve) => setTimeout(resolve, 150));
  };
  const { summary, text } = await tracked(work, { sampleSeconds: 0.05 });
  const samples = [...readJournalSync(summary.journal ?? "")].filter(
    (event) => event.type === "sample",
  );
  expect(samples.length).toBeGreaterThanOrEqual(3);
  for (const { worker, memory } of samples) {
    expect(worker).toBeNull();
    expect(memory?.process).toBeGreaterThan(1e7);
  }
  // The task held the event loop for 120 ms.
  expect(Math.max(...samples.map(({ delay = 0 }) => delay))).toBeGreaterThan(0.05);
  expect(Math.max(...samples.map(({ cpu = 0 }) => cpu))).toBeGreaterThan(1);
  for (const { busy = 0 } of samples) expect(busy).toBeLessThanOrEqual(1);
  expect(text).not.toContain('"sample"');

  const without = await tracked(work);
  const kinds = [...readJournalSync(without.summary.journal ?? "")].map(({ type }) => type);
  expect(kinds).not.toContain("sample");
});
