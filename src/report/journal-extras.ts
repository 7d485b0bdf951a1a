import type { Span } from "../events/attempt-event.js";
import { readJournal } from "../events/read-journal.js";
import type { TaskEvent } from "../events/task-event.js";
import { rounded } from "../lineage/item-facts.js";
import { countText } from "../lineage/text/quantities.js";
import type { ReportTelemetry, ReportTransfer } from "./page/report-format.js";
import { TelemetryFacts } from "./telemetry-facts.js";
import { WorkerThreads } from "./worker-threads.js";

/** What a journal says and a document does not: threads, and each transfer with its source. */
export interface JournalExtras {
  /** The thread of what a worker computed at a time, numbered within the worker from 0. */
  readonly threadOf: (worker: string, start: number, end: number) => number | undefined;
  readonly transfers: readonly ReportTransfer[];
  /** Times after the given one, in seconds since the epoch. */
  readonly telemetry: (origin: number) => ReportTelemetry | undefined;
}

/** For documents: nothing is known. */
export const noExtras: JournalExtras = {
  threadOf: () => undefined,
  transfers: [],
  telemetry: () => undefined,
};

interface Pair {
  readonly from: string;
  readonly to: string;
  count: number;
  seconds: number;
  longest: number;
}

/** Reads threads and transfers from a journal. */
export async function journalExtras(
  path: string,
  onStep?: (what: string) => void,
): Promise<JournalExtras> {
  let events = 0;
  const workers = new Map<number, string>();
  const names = new Map<string, string>();
  const threads = new Map<string, WorkerThreads>();
  const pairs = new Map<string, Pair>();
  const ended = (number: number, thread: number | undefined, spans: readonly Span[]): void => {
    const worker = workers.get(number) ?? `worker ${number}`;
    const compute = spans.find(({ action }) => action === "compute");
    if (thread !== undefined && compute !== undefined) {
      const own = threads.get(worker) ?? new WorkerThreads();
      threads.set(worker, own);
      own.add(thread, compute.start, compute.stop);
    }
    for (const span of spans)
      if (span.action === "transfer") addTransfer(pairs, names, worker, span);
  };
  const telemetry = new TelemetryFacts();
  const take = (event: TaskEvent): void => {
    telemetry.take(event);
    if (event.type === "worker+") {
      const name = event.name ?? event.address;
      workers.set(event.worker, name);
      names.set(event.address, name);
    } else if (event.type === "done") ended(event.worker, event.thread, event.spans);
    else if (event.type === "failed" && event.worker !== null) {
      ended(event.worker, undefined, event.spans ?? []);
    }
  };
  for await (const batch of readJournal(path).batches()) {
    for (const event of batch) {
      take(event);
      if (++events % 100_000 === 0) onStep?.(`reading threads: ${countText(events)} events`);
    }
  }
  return {
    threadOf: (worker, start, end) => threads.get(worker)?.threadOf(start, end),
    transfers: [...pairs.values()]
      .map((pair) => ({ ...pair, seconds: rounded(pair.seconds), longest: rounded(pair.longest) }))
      .sort((a, b) => b.seconds - a.seconds),
    telemetry: (origin) => telemetry.result(origin),
  };
}

function addTransfer(
  pairs: Map<string, Pair>,
  names: ReadonlyMap<string, string>,
  to: string,
  { source, start, stop }: Span,
): void {
  const from = source === undefined ? "(unknown)" : (names.get(source) ?? source);
  const id = JSON.stringify([from, to]);
  const pair = pairs.get(id) ?? { from, to, count: 0, seconds: 0, longest: 0 };
  pairs.set(id, pair);
  pair.count++;
  pair.seconds += Math.max(0, stop - start);
  pair.longest = Math.max(pair.longest, stop - start);
}
