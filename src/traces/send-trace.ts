import { TaskprovError } from "../base/errors.js";
import type { JournalReading } from "../events/read-journal.js";
import { type Collector, createCollector, tracesUrl } from "./collector.js";
import { otlpBatches } from "./otlp-batches.js";
import { otlpJson } from "./otlp-json.js";
import type { OtlpBatch } from "./otlp-span.js";

/** Options of {@link sendTrace}. */
export interface SendTraceOptions {
  /**
   * Address of a collector that takes OTLP over HTTP, like `http://127.0.0.1:4318`; `/v1/traces` is
   * added where it is missing.
   */
  readonly endpoint: string;
  /** @defaultValue `"protobuf"` */
  readonly encoding?: "protobuf" | "json";
  /** Further headers, such as an authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest time for one request, in seconds, at least 0.1. @defaultValue 10 */
  readonly timeoutSeconds?: number;
  /**
   * Longest time to wait between tries, in seconds, over the whole trace; 0: one try each.
   *
   * @defaultValue 30
   */
  readonly retrySeconds?: number;
  /** Pause before the first repetition, in seconds; doubled each time up to 5. @defaultValue 0.5 */
  readonly backoffSeconds?: number;
  /** Ends the work early: the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** What {@link sendTrace} did. */
export interface SentTrace {
  /** Where it was sent. */
  readonly url: string;
  /** Spans that the collector took. */
  readonly spans: number;
  /** Spans that it did not take, or that did not reach it. */
  readonly dropped: number;
  /** The last thing that went wrong. */
  readonly problem?: string;
}

/** After so many lost batches in a row the collector counts as gone: the rest is only counted. */
const lostInARow = 3;

/**
 * Sends the spans of a journal to an OpenTelemetry collector, OTLP over HTTP, a few hundred at a
 * time. What a collector does not take is tried again as OTLP says, with growing pauses, and then
 * counted as dropped: a collector that is away is no error. A growing journal is sent as it grows.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` for an endpoint that is no address, else as
 *   {@link readJournal} does.
 * @example
 * ```ts
 * const { spans, dropped } = await sendTrace(readJournal("output/yprov4wfs.journal"), {
 *   endpoint: "http://127.0.0.1:4318",
 * });
 * ```
 */
export async function sendTrace(
  journal: JournalReading,
  options: SendTraceOptions,
): Promise<SentTrace> {
  const { encoding = "protobuf", timeoutSeconds = 10, retrySeconds = 30 } = options;
  const { backoffSeconds = 0.5, headers = {}, signal } = options;
  checkSeconds("timeoutSeconds", timeoutSeconds, 0.1);
  checkSeconds("retrySeconds", retrySeconds, 0);
  checkSeconds("backoffSeconds", backoffSeconds, 0);
  checkHeaders(headers);
  const url = tracesUrl(options.endpoint);
  const encode = await encoderOf(encoding);
  const collector = createCollector({
    ...{ url, headers, timeoutSeconds, retrySeconds, backoffSeconds, signal },
    contentType: encoding === "json" ? "application/json" : "application/x-protobuf",
  });
  const tally = new Tally(collector, encode);
  for await (const batch of otlpBatches(journal, signal)) await tally.send(batch);
  return tally.result(url.href);
}

type Encoder = (batch: OtlpBatch) => string | Uint8Array;

async function encoderOf(encoding: "protobuf" | "json"): Promise<Encoder> {
  if (encoding === "json") return otlpJson;
  return (await import("./otlp-protobuf.js")).otlpProtobuf;
}

/** Sends batches while that makes sense, and counts. */
class Tally {
  readonly #collector: Collector;
  readonly #encode: Encoder;
  #spans = 0;
  #dropped = 0;
  #lost = 0;
  #problem: string | undefined;

  constructor(collector: Collector, encode: Encoder) {
    this.#collector = collector;
    this.#encode = encode;
  }

  async send(batch: OtlpBatch): Promise<void> {
    const count = batch.spans.length;
    if (this.#lost >= lostInARow) {
      this.#dropped += count;
      return;
    }
    const outcome = await this.#collector.send(this.#encode(batch));
    this.#problem = outcome.problem ?? this.#problem;
    const missed = outcome.delivered ? Math.min(count, outcome.rejected) : count;
    this.#lost = outcome.delivered ? 0 : this.#lost + 1;
    this.#spans += count - missed;
    this.#dropped += missed;
  }

  result(url: string): SentTrace {
    const problem = this.#problem;
    const sent = { url, spans: this.#spans, dropped: this.#dropped };
    return problem === undefined ? sent : { ...sent, problem };
  }
}

function checkSeconds(name: string, value: number, minimum: number): void {
  if (Number.isFinite(value) && value >= minimum && value <= 86_400) return;
  throw new TaskprovError(
    "ERR_OPTION",
    `Expected \`${name}\` to be a number of seconds from ${minimum} to 86400, got ${value}.`,
  );
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch (cause) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Expected a header that HTTP can carry, got the name ${JSON.stringify(name)} with a value of ${value.length} characters.`,
        { cause },
      );
    }
  }
}
