import type { JournalReading } from "../events/read-journal.js";
import type { OtlpBatch } from "./otlp-span.js";
import { createOtlpSpans } from "./otlp-spans.js";

/** The spans of a journal, a few hundred at a time. Throws as {@link readJournal} does. */
export async function* otlpBatches(
  journal: JournalReading,
  signal: AbortSignal | undefined,
): AsyncGenerator<OtlpBatch, void, undefined> {
  const spans = createOtlpSpans((span) => span);
  let problems = 0;
  for await (const events of journal.batches()) {
    signal?.throwIfAborted();
    for (const event of events) {
      const batch = spans.push(event);
      if (batch !== undefined) yield batch;
    }
    const { problemCount } = journal.report;
    if (problemCount !== problems) spans.noteGap();
    problems = problemCount;
  }
  yield* spans.finish();
}
