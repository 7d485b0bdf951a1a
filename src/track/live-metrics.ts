import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { writeFileAtomically } from "../base/files.js";
import { log } from "../base/log.js";
import { readJournal } from "../events/read-journal.js";
import { familyText, joinedFamilies } from "../traces/metric-family.js";
import { RunMetrics } from "../traces/run-metrics.js";
import { growingFile } from "./growing-file.js";

/** Where the metrics of runs that go on can be read. */
export interface MetricsPlace {
  /** Of an HTTP endpoint, `/metrics`; 0: any that is free. */
  readonly port?: number;
  /** Address that it listens on. @defaultValue `"127.0.0.1"` */
  readonly host?: string;
  /** A file for Prometheus's textfile collector, written anew while the run goes on. */
  readonly file?: string;
}

const contentType = "text/plain; version=0.0.4; charset=utf-8";
const fileSeconds = 10;

interface FollowedRun {
  readonly metrics: RunMetrics;
  readonly done: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Follows the journals of runs as they grow and offers their metrics. Read only: whatever fails
 * here is told once, and the runs are not touched.
 */
export class LiveMetrics {
  readonly #place: MetricsPlace;
  readonly #tell: (line: string) => void;
  readonly #runs: FollowedRun[] = [];
  readonly #told = new Set<string>();
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /**
   * @param place - where to offer them.
   * @param tell - takes a line for the user: where the endpoint is, what failed.
   */
  constructor(place: MetricsPlace, tell: (line: string) => void) {
    this.#place = place;
    this.#tell = tell;
  }

  /** Begins to listen; resolves when it does, or when it cannot. Never rejects. */
  async start(): Promise<void> {
    if (this.#place.file !== undefined) {
      this.#timer = setInterval(() => this.#write(), fileSeconds * 1000).unref();
    }
    const { port, host = "127.0.0.1" } = this.#place;
    if (port === undefined) return;
    const server = createServer((request, response) => this.#answer(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => {
      server.once("error", (error) => {
        this.#say(listenProblem(error, host, port));
        resolve();
      });
      server.listen(port, host, () => {
        // A run that nobody closes must not keep Node alive.
        server.unref();
        const bound = server.address();
        const own = typeof bound === "object" && bound !== null ? bound.port : port;
        this.#say(
          `metrics are at http://${host.includes(":") ? `[${host}]` : host}:${own}/metrics`,
        );
        resolve();
      });
    });
  }

  /** Follows a journal that grows, from its beginning, until {@link LiveMetrics.close}. */
  follow(journal: string): void {
    const run = { metrics: new RunMetrics(), done: new AbortController() };
    this.#runs.push({ ...run, ended: this.#read(journal, run.metrics, run.done.signal) });
  }

  /** The metrics of all runs, as Prometheus reads them. */
  text(): string {
    const runs = this.#runs.flatMap(({ metrics }) =>
      metrics.runId === undefined ? [] : [[metrics.runId, metrics.families()] as const],
    );
    return joinedFamilies(runs).map(familyText).join("");
  }

  /** The journals are complete: reads them to their end, writes the file, stops listening. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const { done } of this.#runs) done.abort();
    await Promise.all(this.#runs.map(({ ended }) => ended));
    this.#write();
    await this.#writing;
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  async #read(journal: string, metrics: RunMetrics, done: AbortSignal): Promise<void> {
    try {
      const reading = readJournal(growingFile(journal, done, false), journal);
      let problems = 0;
      for await (const events of reading.batches()) {
        for (const event of events) metrics.push(event);
        const { problemCount } = reading.report;
        if (problemCount !== problems) metrics.noteGap();
        problems = problemCount;
      }
    } catch (error) {
      this.#say(`metrics of ${journal} end here: ${messageOf(error)}`);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
    } else if (pathname === "/metrics") {
      const text = this.text();
      response.writeHead(200, { "content-type": contentType });
      response.end(request.method === "HEAD" ? undefined : text);
    } else {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
      response.end("The metrics are at /metrics.\n");
    }
  }

  #write(): void {
    const { file } = this.#place;
    if (file === undefined) return;
    const text = this.text();
    this.#writing = this.#writing
      .then(() => writeFileAtomically(file, text))
      .catch((error: unknown) => this.#say(`metrics: ${messageOf(error)}`));
  }

  /** Once, whatever happens again and again. */
  #say(line: string): void {
    if (this.#told.has(line)) return;
    this.#told.add(line);
    this.#tell(line);
  }
}

function listenProblem(
  error: Error & { readonly code?: string },
  host: string,
  port: number,
): string {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program uses that port; choose another one, or 0 for any that is free",
    EACCES: "that port needs special rights; choose one above 1023",
    EADDRNOTAVAIL: "this machine has no such address",
    ENOTFOUND: "there is no such host",
  };
  const why = reasons[error.code ?? ""] ?? error.message;
  return `no metrics at http://${host}:${port}: ${why}. The run goes on without.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Offers the metrics of one journal, if anybody wants them; tells on standard error where. */
export async function offerMetrics(
  place: MetricsPlace | undefined,
  journal: string,
): Promise<LiveMetrics | undefined> {
  if (place === undefined) return undefined;
  const metrics = new LiveMetrics(place, (line) => log("info", line));
  metrics.follow(journal);
  await metrics.start();
  return metrics;
}
