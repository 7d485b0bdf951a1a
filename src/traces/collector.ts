import { setTimeout } from "node:timers/promises";
import { TaskprovError } from "../base/errors.js";
import { rejectedSpans } from "./collector-answer.js";

/** Where and how spans are sent. */
export interface CollectorSettings {
  readonly url: URL;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Longest time that all waiting between tries may take together. */
  readonly retrySeconds: number;
  /** Before the first repetition; doubled each time. */
  readonly backoffSeconds: number;
  readonly signal: AbortSignal | undefined;
}

/** What became of a request: rejected spans are those that the collector did not take. */
export type Delivery =
  | { readonly delivered: true; readonly rejected: number; readonly problem?: string }
  | { readonly delivered: false; readonly problem: string };

/** One try; `after` says when another one may do better. */
type Try = Delivery & { readonly retryable?: boolean; readonly after?: number };

/** What OTLP/HTTP says may be sent again. */
const retryableStatuses = new Set([429, 502, 503, 504]);
/** A collector's words are cut here. */
const maxAnswerBytes = 1 << 16;
const longestPauseSeconds = 5;
/** However short the pauses are. */
const maxTries = 20;

/** A collector of OpenTelemetry, spoken to over HTTP. */
export interface Collector {
  /** Sends a message, several times if need be; never rejects but for the signal. */
  readonly send: (body: string | Uint8Array) => Promise<Delivery>;
}

/** Patience is one for all messages: a collector that is away delays the end once, not each time. */
export function createCollector(settings: CollectorSettings): Collector {
  let patience = settings.retrySeconds;
  return {
    send: async (body) => {
      let pause = settings.backoffSeconds;
      for (let tries = 1; ; tries++) {
        const outcome = await post(settings, body);
        if (outcome.delivered || outcome.retryable !== true || tries === maxTries) return outcome;
        const wait = Math.max(pause, outcome.after ?? 0);
        if (wait > patience) return outcome;
        patience -= wait;
        pause = Math.min(pause * 2, longestPauseSeconds);
        await setTimeout(wait * 1000, undefined, { signal: settings.signal });
      }
    },
  };
}

async function post(settings: CollectorSettings, body: string | Uint8Array): Promise<Try> {
  const { url, contentType, headers, timeoutSeconds, signal } = settings;
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const answer = await fetch(url, {
      method: "POST",
      body,
      redirect: "error",
      headers: { ...headers, "content-type": contentType },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return await outcomeOf(answer);
  } catch (cause) {
    signal?.throwIfAborted();
    const problem = timeout.aborted
      ? `no answer within ${timeoutSeconds} s`
      : networkProblem(cause);
    return { delivered: false, problem, retryable: true };
  }
}

async function outcomeOf(answer: Response): Promise<Try> {
  const content = await cutBody(answer);
  if (answer.ok) {
    const isJson = answer.headers.get("content-type")?.startsWith("application/json") === true;
    return { delivered: true, ...(await rejectedSpans(content, isJson)) };
  }
  const words = printable(content);
  const problem = `status ${answer.status}${words === "" ? "" : `: ${words}`}`;
  const after = secondsAfter(answer.headers.get("retry-after"));
  return {
    delivered: false,
    problem,
    retryable: retryableStatuses.has(answer.status),
    ...(after !== undefined && { after }),
  };
}

async function cutBody({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (body === null) return new Uint8Array();
  for await (const chunk of body) {
    const bytes: Uint8Array = chunk;
    chunks.push(bytes);
    size += bytes.length;
    // Leaving the loop cancels the body.
    if (size > maxAnswerBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxAnswerBytes);
}

/** The first words of an answer that is text. */
function printable(content: Uint8Array): string {
  const [line = ""] = Buffer.from(content).toString("utf8").trim().split("\n", 1);
  return /^[\p{L}\p{N}\p{P}\p{S} ]*$/u.test(line) ? line.slice(0, 200) : "";
}

/** `Retry-After` in seconds; a date is left to the own pauses. */
function secondsAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) : undefined;
}

/** `fetch` hides the reason in the cause. */
function networkProblem(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string") return cause.code;
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * The address of a collector's traces: `/v1/traces` is added where it is missing, as OpenTelemetry's
 * exporters do with a base address.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` when it is no `http` or `https` address.
 */
export function tracesUrl(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === undefined || !isWeb || url.username !== "" || url.password !== "") {
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected the endpoint to be the address of a collector like http://127.0.0.1:4318, got ${JSON.stringify(endpoint)}. Give user and password as a header.`,
    );
  }
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith("/v1/traces") ? path : `${path}/v1/traces`;
  return url;
}
