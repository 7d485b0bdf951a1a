import { readFileSync } from "node:fs";
import { Client } from "../../src/engines/local/client.js";
import { readJournal } from "../../src/events/read-journal.js";
import { exportTrace, type TraceFormat } from "../../src/traces/export-trace.js";
import type { RunSummary } from "../../src/track/build-document.js";
import { ProvTracker } from "../../src/track/prov-tracker.js";
import { temporaryFolder } from "../support/temporary.js";

/** A real run of the embedded engine and its journal. */
export interface Recorded {
  readonly summary: RunSummary;
  readonly journal: string;
}

/** Records a run with retries, a failure, what it blocks, and two slots at work at a time. */
export async function recordTroubledRun(): Promise<Recorded> {
  const tracker = new ProvTracker({ destination: temporaryFolder(), keepTraceback: true });
  const client = new Client({ workers: 2 });
  client.registerPlugin(tracker);
  let tries = 0;
  const flaky = (): number => {
    if (tries++ < 2) throw new RangeError("transient");
    return 1;
  };
  const twice = async (n: number): Promise<number> => {
    await new Promise((resolve) => setImmediate(resolve));
    return 2 * n;
  };
  const many = client.map(twice, [1, 2, 3, 4, 5, 6]);
  const first = client.with({ key: "flaky-1", retries: 3 }).submit(flaky);
  const sum = client.with({ key: "sum" }).submit((...all: number[]) => all.length, first, ...many);
  const boom = client.with({ key: 'boom "quoted"\n\\' }).submit((): number => {
    throw new TypeError("bad 7");
  });
  const blocked = client.with({ key: "blocked" }).submit((n: number) => n, boom);
  await sum.result();
  await blocked.exception();
  await client.close();
  const summary = await tracker.done;
  return { summary, journal: summary.journal ?? "no journal" };
}

/** The text of an export, a character a byte where it is not text. */
export async function exported(
  journal: string | Iterable<Uint8Array>,
  to: TraceFormat,
): Promise<string> {
  let text = "";
  for await (const chunk of exportTrace(readJournal(journal), to)) {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1");
  }
  return text;
}

/** The bytes of a journal without its last part, as after a crash. */
export function tornJournal(journal: string, part: number): Uint8Array[] {
  const bytes = readFileSync(journal);
  return [bytes.subarray(0, Math.floor(bytes.length * part))];
}
