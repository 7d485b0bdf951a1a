/** What tells the series of a metric apart. */
export type MetricLabels = Readonly<Record<string, string>>;

/** A value at the moment; of a histogram with the ending of its name. */
export interface MetricSample {
  readonly labels: MetricLabels;
  readonly value: number;
  /** `_bucket`, `_sum` or `_count`. */
  readonly suffix?: string;
}

/** A metric with its series, as Prometheus knows it. */
export interface MetricFamily {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

/**
 * A metric in Prometheus's text format (0.0.4). Without series it is nothing: a metric that does
 * not apply is better absent than empty.
 */
export function familyText({ name, type, help, samples }: MetricFamily): string {
  if (samples.length === 0) return "";
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
  for (const { labels, value, suffix = "" } of samples) {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    const inside = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
    lines.push(`${name}${suffix}${inside} ${value}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Joins the metrics of several runs; each series says which run it is of. */
export function joinedFamilies(
  runs: readonly (readonly [runId: string, families: readonly MetricFamily[]])[],
): MetricFamily[] {
  const joined = new Map<string, MetricFamily & { readonly samples: MetricSample[] }>();
  for (const [run_id, families] of runs) {
    for (const family of families) {
      const known = joined.get(family.name) ?? { ...family, samples: [] };
      joined.set(family.name, known);
      for (const sample of family.samples) {
        known.samples.push({ ...sample, labels: { run_id, ...sample.labels } });
      }
    }
  }
  return [...joined.values()];
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

/** Sums of doubles, without the digits that mean nothing. */
export function micro(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
