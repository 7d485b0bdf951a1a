import { familyText } from "./metric-family.js";
import { RunMetrics } from "./run-metrics.js";
import type { TraceWriter } from "./trace-writer.js";

/**
 * The final figures of a run in Prometheus's text format (0.0.4), for the textfile collector or a
 * pushgateway, under the names of the live endpoint.
 */
export function createPrometheusWriter(): TraceWriter {
  const metrics = new RunMetrics();
  return {
    push: (event) => {
      metrics.push(event);
      return "";
    },
    noteGap: () => metrics.noteGap(),
    finish: function* () {
      for (const family of metrics.finish()) yield familyText(family);
    },
  };
}
