import { readJournal } from "../events/read-journal.js";
import type { Span, TaskEvent } from "../events/task-event.js";
import { rounded } from "../lineage/item-facts.js";
import type { ReportTransfer } from "./page/report-format.js";

/** What a journal says and a document does not: threads, and each transfer with its source. */
export interface JournalExtras {
  /** The thread of what started at a time on a worker, numbered within the worker from 0. */
  readonly threadOf: (worker: string, start: number) => number | undefined;
  readonly transfers: readonly ReportTransfer[];
}

/** For documents: nothing is known. */
export const noExtras: JournalExtras = { threadOf: () => undefined, transfers: [] };

interface Pair {
  readonly from: string;
  readonly to: string;
  count: number;
  seconds: number;
  longest: number;
}

/** Reads threads and transfers from a journal. */
export async function journalExtras(path: string): Promise<JournalExtras> {
  const workers = new Map<number, string>();
  const names = new Map<string, string>();
  const threads = new Map<string, Map<number, number>>();
  const threadAt = new Map<string, number>();
  const pairs = new Map<string, Pair>();
  const ended = (number: number, thread: number | undefined, spans: readonly Span[]): void => {
    const worker = workers.get(number) ?? `worker ${number}`;
    const start = spans.find(({ action }) => action === "compute")?.start;
    if (thread !== undefined && start !== undefined) {
      const own = threads.get(worker) ?? new Map<number, number>();
      threads.set(worker, own);
      const known = own.get(thread) ?? own.size;
      own.set(thread, known);
      threadAt.set(placeInTime(worker, start), known);
    }
    for (const span of spans)
      if (span.action === "transfer") addTransfer(pairs, names, worker, span);
  };
  const take = (event: TaskEvent): void => {
    if (event.type === "worker+") {
      const name = event.name ?? event.address;
      workers.set(event.worker, name);
      names.set(event.address, name);
    } else if (event.type === "done") ended(event.worker, event.thread, event.spans);
    else if (event.type === "failed" && event.worker !== null) {
      ended(event.worker, undefined, event.spans ?? []);
    }
  };
  for await (const batch of readJournal(path).batches()) for (const event of batch) take(event);
  return {
    // Written as text and read again, a time may be a microsecond off.
    threadOf: (worker, start) =>
      threadAt.get(placeInTime(worker, start)) ??
      threadAt.get(placeInTime(worker, start - 1e-6)) ??
      threadAt.get(placeInTime(worker, start + 1e-6)),
    transfers: [...pairs.values()]
      .map((pair) => ({ ...pair, seconds: rounded(pair.seconds), longest: rounded(pair.longest) }))
      .sort((a, b) => b.seconds - a.seconds),
  };
}

/** Two tasks of one worker do not start in the same microsecond. */
function placeInTime(worker: string, start: number): string {
  return `${Math.round(start * 1e6)} ${worker}`;
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
