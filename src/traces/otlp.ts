import { createSpanJson, spansJson } from "./otlp-json.js";
import { createOtlpSpans } from "./otlp-spans.js";
import type { TraceWriter } from "./trace-writer.js";

/**
 * OTLP/JSON lines, as OpenTelemetry's file exporter writes them: each line is one `TracesData` with
 * at most a few hundred spans.
 */
export function createOtlpWriter(): TraceWriter {
  const spans = createOtlpSpans(createSpanJson());
  return {
    push: (event) => {
      const batch = spans.push(event);
      return batch === undefined ? "" : spansJson(batch);
    },
    noteGap: spans.noteGap,
    finish: function* () {
      for (const batch of spans.finish()) yield spansJson(batch);
    },
  };
}
