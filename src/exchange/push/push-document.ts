import { TaskprovError } from "../../base/errors.js";
import {
  jsonObject,
  type RequestSettings,
  type StoreAnswer,
  type StoreRequest,
  send,
} from "./request.js";
import { isOpen, storeAddress } from "./store-address.js";

/** The stores of the yProv family: the yProv service, and yProvStore with persistent ids. */
export type StoreName = "yprov" | "yprovstore";

/** Every store that {@link pushDocument} knows. */
export const storeNames: readonly StoreName[] = ["yprov", "yprovstore"];

/** What yProvStore keeps beside a document. */
export interface StoreMetadata {
  readonly title?: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly author?: string;
}

/** How a document is pushed. */
export interface PushOptions {
  readonly to: StoreName;
  /** The address under which the store has `/documents`. */
  readonly url: string;
  /** What the store's login gave. It is in no message, file or result. */
  readonly token: string;
  /** `yprov`: the id of the document there. `yprovstore`: the name of the uploaded file. */
  readonly id: string;
  /** `yprovstore`: the persistent id of the document of which this is a new version. */
  readonly parent?: string;
  /** `yprovstore`: kept beside the document, set by a second request. */
  readonly metadata?: StoreMetadata;
  /**
   * How long one request may take, from 1 to 86,400 seconds.
   *
   * @defaultValue 60
   */
  readonly timeoutSeconds?: number;
  /**
   * How often a request is made again when the store cannot be reached or is busy, from 0 to 20.
   *
   * @defaultValue 4
   */
  readonly retries?: number;
  /**
   * How long to wait before the second request, from 0 to 60 seconds; it doubles each time, and the
   * store's own `Retry-After` wins.
   *
   * @defaultValue 1
   */
  readonly retryDelaySeconds?: number;
  readonly signal?: AbortSignal;
  /** Told about requests made again, and what else the user should know. */
  readonly onNotice?: (line: string) => void;
}

/** What the store made of a document. */
export interface PushResult {
  /** The id of the document in the store; of `yprovstore` the persistent one. */
  readonly id: string;
  /** Where the document can be read. */
  readonly url: string;
  /** `yprovstore`: the number of the version. */
  readonly version?: number | string;
  /** `yprovstore`: as it says. */
  readonly storageUrl?: string;
  readonly parent?: string;
  /** Whether metadata was asked for and set. */
  readonly metadata: "set" | "none" | "failed";
  /** Why metadata could not be set, when the document itself was stored. */
  readonly problem?: string;
}

/**
 * Sends a PROV-JSON document to a store of the yProv family.
 *
 * @param content - PROV-JSON.
 * @throws {@link TaskprovError} `ERR_OPTION` for options that do not fit, `ERR_CONNECT` when the
 *   store does not answer, `ERR_PUSH` when it refuses.
 * @example
 * ```ts
 * const { id } = await pushDocument(await readFile("output/yprov4wfs.json"), {
 *   to: "yprovstore",
 *   url: "https://store.example/api",
 *   token: process.env.YPROV_TOKEN ?? "",
 *   id: "yprov4wfs.json",
 * });
 * ```
 */
export async function pushDocument(content: Uint8Array, options: PushOptions): Promise<PushResult> {
  const base = storeAddress(options.url);
  const settings = settingsOf(options);
  rejectUnfit(options);
  if (isOpen(base)) {
    options.onNotice?.(
      `${base} is not encrypted (http): the token and the document can be read on the way.`,
    );
  }
  return options.to === "yprov"
    ? await pushToYprov(content, base, options, settings)
    : await pushToYprovStore(content, base, options, settings);
}

function rejectUnfit({ to, parent, metadata, token, id }: PushOptions): void {
  if (!/^[\x21-\x7E]+$/.test(token)) {
    throw new TaskprovError(
      "ERR_OPTION",
      token === ""
        ? "There is no token. Log in to the store and put what it gives into YPROV_TOKEN or a file."
        : "The token has characters that no token has (blanks, line ends, letters with accents).",
    );
  }
  if (id === "" || id === "." || id === "..") {
    throw new TaskprovError("ERR_OPTION", `${JSON.stringify(id)} cannot be the id of a document.`);
  }
  if (to === "yprov" && (parent !== undefined || metadata !== undefined)) {
    throw new TaskprovError(
      "ERR_OPTION",
      "The yProv service has neither versions nor metadata; `parent` and `metadata` are for yprovstore.",
    );
  }
}

function settingsOf(options: PushOptions): RequestSettings {
  return {
    token: options.token,
    timeoutSeconds: inRange("timeoutSeconds", options.timeoutSeconds ?? 60, 1, 86_400),
    retries: inRange("retries", options.retries ?? 4, 0, 20),
    retryDelaySeconds: inRange("retryDelaySeconds", options.retryDelaySeconds ?? 1, 0, 60),
    signal: options.signal,
    onRetry: (line) => options.onNotice?.(line),
  };
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) {
    return value;
  }
  throw new TaskprovError(
    "ERR_OPTION",
    `Expected \`${name}\` to be a number from ${least} to ${most}, got ${value}.`,
  );
}

async function pushToYprov(
  content: Uint8Array,
  base: string,
  { id }: PushOptions,
  settings: RequestSettings,
): Promise<PushResult> {
  const url = `${base}/documents/${encodeURIComponent(id)}`;
  await send(
    {
      purpose: "store the document",
      method: "PUT",
      url,
      // It compares this text as it is: no charset.
      headers: { "content-type": "application/json" },
      body: blobOf(content),
      isRepeatable: true,
    },
    settings,
  );
  return { id, url, metadata: "none" };
}

async function pushToYprovStore(
  content: Uint8Array,
  base: string,
  options: PushOptions,
  settings: RequestSettings,
): Promise<PushResult> {
  const { parent, metadata, id: name } = options;
  const form = new FormData();
  // Multipart, because one version of the server keeps the repr of a Python dict otherwise.
  form.append("document_file", blobOf(content), name);
  const query =
    parent === undefined ? "" : `?${new URLSearchParams({ parent_document_pid: parent })}`;
  const request: StoreRequest = {
    purpose: "store the document",
    method: "POST",
    url: `${base}/documents${query}`,
    headers: {},
    body: form,
    isRepeatable: false,
  };
  const stored = storedIn(await send(request, settings), request);
  const url = `${base}/documents/${stored.id.split("/").map(encodeURIComponent).join("/")}`;
  const result = { ...stored, url };
  if (metadata === undefined) {
    return { ...result, metadata: "none" };
  }
  try {
    await send(metadataRequest(`${url}/metadata`, metadata), settings);
    return { ...result, metadata: "set" };
  } catch (error) {
    if (!(error instanceof TaskprovError)) {
      throw error;
    }
    // The document is there: what it is called must not be lost.
    return { ...result, metadata: "failed", problem: error.message };
  }
}

function metadataRequest(url: string, metadata: StoreMetadata): StoreRequest {
  return {
    purpose: "set the metadata",
    method: "PATCH",
    url,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(metadata),
    isRepeatable: true,
  };
}

function storedIn(
  { text }: StoreAnswer,
  { url }: StoreRequest,
): Omit<PushResult, "url" | "metadata"> {
  const answer = jsonObject(text);
  const id = answer?.["pid"];
  if (answer === undefined || typeof id !== "string" || !/^[^\s\p{Cc}]+$/u.test(id)) {
    throw new TaskprovError(
      "ERR_PUSH",
      `${url} took the document, but its answer names no persistent id (\`pid\`). Is this a yProvStore? Look there before you push again.`,
    );
  }
  const {
    version,
    storage_url: storageUrl,
    parent_document_pid: parent,
  }: Readonly<Record<string, unknown>> = answer;
  return {
    id,
    ...((typeof version === "number" || typeof version === "string") && { version }),
    ...(typeof storageUrl === "string" && { storageUrl }),
    ...(typeof parent === "string" && { parent }),
  };
}

function blobOf(content: Uint8Array): Blob {
  return new Blob([Uint8Array.from(content)], { type: "application/json" });
}
