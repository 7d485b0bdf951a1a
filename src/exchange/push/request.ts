import { setTimeout as delay } from "node:timers/promises";
import { TaskprovError } from "../../base/errors.js";

/** How requests are made. */
export interface RequestSettings {
  readonly token: string;
  readonly timeoutSeconds: number;
  /** How often a request is made again. */
  readonly retries: number;
  readonly retryDelaySeconds: number;
  readonly signal: AbortSignal | undefined;
  readonly onRetry: (line: string) => void;
}

/** One request to a store. */
export interface StoreRequest {
  /** For messages: `store the document`. */
  readonly purpose: string;
  readonly method: "PUT" | "POST" | "PATCH";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob | FormData | string;
  /**
   * Whether the same request made twice does what one does. Another one is made again only when
   * the store cannot have begun with it.
   */
  readonly isRepeatable: boolean;
}

/** What the store said to a request it accepted. */
export interface StoreAnswer {
  readonly status: number;
  readonly text: string;
}

const maxAnswerBytes = 1 << 20;
const maxDelaySeconds = 60;
/** The server says that it has not begun. */
const refusedForNow: ReadonlySet<number> = new Set([429, 503]);
const mayPass: ReadonlySet<number> = new Set([408, 425, 500, 502, 504]);
/** The connection never came about. */
const notConnected: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

interface Failure {
  readonly message: string;
  readonly code: "ERR_CONNECT" | "ERR_PUSH";
  readonly mayRetry: boolean;
  readonly waitSeconds?: number;
  readonly cause?: unknown;
}

/**
 * Makes a request, and again after a while when that may help.
 *
 * @throws {@link TaskprovError} `ERR_CONNECT` when the store does not answer, `ERR_PUSH` when it
 *   refuses. Neither holds the token.
 */
export async function send(request: StoreRequest, settings: RequestSettings): Promise<StoreAnswer> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await once(request, settings);
    if ("status" in outcome) {
      return outcome;
    }
    if (!outcome.mayRetry || attempt >= settings.retries) {
      const times = attempt === 0 ? "" : ` (tried ${attempt + 1} times)`;
      throw new TaskprovError(outcome.code, `${outcome.message}${times}`, { cause: outcome.cause });
    }
    // Half of it at random, so that many clients do not come back at the same moment.
    const backoff = settings.retryDelaySeconds * 2 ** attempt * (0.5 + Math.random() / 2);
    const seconds = Math.min(outcome.waitSeconds ?? backoff, maxDelaySeconds);
    settings.onRetry(`${outcome.message} Trying again in ${seconds.toFixed(1)} s.`);
    await delay(seconds * 1000, undefined, settings.signal && { signal: settings.signal });
  }
}

async function once(
  request: StoreRequest,
  settings: RequestSettings,
): Promise<StoreAnswer | Failure> {
  const { method, url, headers, body } = request;
  const timeout = AbortSignal.timeout(settings.timeoutSeconds * 1000);
  const { signal: given } = settings;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${settings.token}`,
        accept: "application/json",
      },
      body,
      // The token is for this store only.
      redirect: "manual",
      signal: given === undefined ? timeout : AbortSignal.any([given, timeout]),
    });
    const text = await answerText(response);
    return response.ok
      ? { status: response.status, text }
      : refusal(request, response, hidden(text, settings.token));
  } catch (cause) {
    given?.throwIfAborted();
    return unreachable(request, settings, cause);
  }
}

async function answerText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes) {
      break;
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function refusal(request: StoreRequest, response: Response, text: string): Failure {
  const { status } = response;
  const said = reasonIn(text);
  const what = `The store did not ${request.purpose} (${request.method} ${request.url}): status ${status}${said === "" ? "" : `, ${said}`}.`;
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return {
    message: `${what}${adviceFor(status, response)}${uncertainty(request, mayPass.has(status))}`,
    code: "ERR_PUSH",
    mayRetry: refusedForNow.has(status) || (request.isRepeatable && mayPass.has(status)),
    ...(seconds >= 0 && { waitSeconds: seconds }),
  };
}

function adviceFor(status: number, response: Response): string {
  switch (true) {
    case status === 401 || status === 403:
      return " The token is not accepted: log in again and renew YPROV_TOKEN or the token file.";
    case status === 404 || status === 405:
      return " Check the address and --to: the path of the documents is not there.";
    case status === 413:
      return " The document is too large for this store; send a part (`taskprov slice`).";
    case status >= 300 && status < 400:
      return ` It sends to ${response.headers.get("location") ?? "another address"}; use the final address.`;
    default:
      return "";
  }
}

function unreachable(request: StoreRequest, settings: RequestSettings, cause: unknown): Failure {
  const code = codeOf(cause);
  const isTimeout = cause instanceof Error && cause.name === "TimeoutError";
  const why = isTimeout
    ? `no answer within ${settings.timeoutSeconds} s`
    : (code ?? "no connection");
  const neverBegan = code !== undefined && notConnected.has(code);
  return {
    message: `Cannot reach the store to ${request.purpose} (${request.method} ${request.url}): ${why}.${uncertainty(request, !neverBegan)}`,
    code: "ERR_CONNECT",
    mayRetry: neverBegan || request.isRepeatable,
    cause,
  };
}

function uncertainty({ isRepeatable }: StoreRequest, mayHaveBegun: boolean): string {
  return mayHaveBegun && !isRepeatable
    ? " It may have stored the document all the same: look there before you push again."
    : "";
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  const own = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const first = error instanceof AggregateError ? error.errors[0] : undefined;
  return own ?? codeOf(first) ?? codeOf(error.cause);
}

// The first line of what it said, or the usual fields of a JSON answer.
function reasonIn(text: string): string {
  const value = jsonObject(text);
  const field = value?.["detail"] ?? value?.["message"] ?? value?.["error"] ?? value?.["result"];
  const reason =
    field === undefined ? text : typeof field === "string" ? field : JSON.stringify(field);
  const line = reason.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.startsWith("<") ? "" : JSON.stringify(line.slice(0, 300)).slice(1, -1);
}

/** A text as a JSON object, or `undefined` when it is none. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined; // Said by the caller, who knows what was expected.
  }
}

function hidden(text: string, token: string): string {
  return text.replaceAll(token, "***");
}
