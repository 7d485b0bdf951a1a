import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeFileAtomicallyFrom } from "../../src/base/files.js";
import { readJournal } from "../../src/events/read-journal.js";
import { exportTrace } from "../../src/traces/export-trace.js";
import { EventRun } from "../support/event-run.js";
import { describeWith, peer } from "../support/peers.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";
import { recordTroubledRun } from "../traces/recorded.js";

interface Verdict {
  readonly problems: readonly string[];
  readonly spans: number;
  readonly names: readonly string[];
  readonly parents: readonly string[];
  readonly traces: readonly string[];
  readonly states: readonly string[];
  readonly links: number;
  readonly exceptions: number;
}

const judgeScript = join(import.meta.dirname, "..", "support", "otlp_judge.py");

async function judged(python: string, journal: string): Promise<Verdict> {
  const folder = temporaryFolder();
  const files = [join(folder, "lines"), join(folder, "bytes")];
  const formats = ["otlp", "otlp-protobuf"] as const;
  for (const [i, format] of formats.entries()) {
    await writeFileAtomicallyFrom(files[i] ?? "", exportTrace(readJournal(journal), format));
  }
  return JSON.parse(execFileSync(python, [judgeScript, ...files], { encoding: "utf8" }));
}

describeWith("OpenTelemetry's own messages", await peer("otlp"), ({ python }) => {
  test("read a real run with retries, failures and quotes, the same from JSON and protobuf", async () => {
    const { journal, summary } = await recordTroubledRun();
    const verdict = await judged(python, journal);
    expect(verdict.problems).toEqual([]);
    const { ok = 0, error = 0, blocked = 0 } = summary.counts;
    // Five submissions and the run.
    expect(verdict.spans).toBe(ok + error + blocked + 5 + 1);
    expect(verdict.exceptions).toBe(error);
    expect(verdict.links).toBeGreaterThanOrEqual(9);
    expect(verdict.traces).toEqual([summary.runId.replaceAll("-", "")]);
  });

  test("read a run of thousands of tasks below the span of its caller", async () => {
    const traceContext = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "rojo=00f067aa0ba902b7",
    };
    const run = new EventRun({}, { traceContext });
    for (let i = 0; i < 3_000; i++) run.task(`t-${i}`, i === 0 ? [] : [`t-${i - 1}`]);
    for (let i = 0; i < 3_000; i++) run.runs(`t-${i}`);
    run.end();
    const verdict = await judged(python, writeJournal(temporaryFolder(), run.events));
    expect(verdict.problems).toEqual([]);
    expect(verdict.traces).toEqual(["0af7651916cd43dd8448eb211c80319c"]);
    expect(verdict.states).toEqual(["rojo=00f067aa0ba902b7"]);
    expect(verdict.parents.at(-1)).toBe("b7ad6b7169203331");
    expect(verdict.links).toBe(2_999);
  });
});
