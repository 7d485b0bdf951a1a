import { readFileSync } from "node:fs";
import { Client, type ClientOptions } from "../../src/engines/local/client.js";
import { parseProvJson } from "../../src/formats/index.js";
import type { ProvRecord } from "../../src/prov/records.js";
import type { RunSummary } from "../../src/track/build-document.js";
import type { ProvTrackerOptions } from "../../src/track/options.js";
import { ProvTracker } from "../../src/track/prov-tracker.js";
import { judged } from "./judged.js";
import { recordText } from "./record-text.js";
import { temporaryFolder } from "./temporary.js";

/** What a tracked run left. */
export interface TrackedRun {
  readonly summary: RunSummary;
  readonly text: string;
  readonly records: readonly ProvRecord[];
  /** Records of a kind on one line each; of every kind without one. */
  readonly lines: (kind?: ProvRecord["kind"]) => string[];
  /** The records whose first name is this one. */
  readonly about: (id: string) => string;
}

/**
 * Runs a piece of work on a client of its own with a tracker, closes, and reads the document, which
 * must be valid and say the same in every syntax.
 */
export async function tracked(
  work: (client: Client, tracker: ProvTracker) => unknown,
  options: ProvTrackerOptions = {},
  clientOptions: ClientOptions = { workers: 2 },
): Promise<TrackedRun> {
  const tracker = new ProvTracker({ destination: temporaryFolder(), ...options });
  const client = new Client(clientOptions);
  client.registerPlugin(tracker);
  await work(client, tracker);
  await client.close();
  const run = readRun(await tracker.done);
  await judged(run.text);
  return run;
}

/** Reads the document of a run. */
export function readRun(summary: RunSummary): TrackedRun {
  const text = readFileSync(summary.document ?? "no document", "utf8");
  const { records } = parseProvJson(text);
  const lines = (kind?: ProvRecord["kind"]): string[] =>
    records.filter((one) => kind === undefined || one.kind === kind).map(recordText);
  const about = (id: string): string =>
    records
      .map(recordText)
      .filter((line) => /^\w+\(([^,)]+)/.exec(line)?.[1] === id)
      .join("\n");
  return { summary, text, records, lines, about };
}
