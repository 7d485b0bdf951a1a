import { statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { TaskprovError } from "../base/errors.js";
import { errorCode } from "../base/file-problem.js";
import { linkScripts, pageEntry, readScript } from "./page-scripts.js";
import { reportPage } from "./report-page.js";
import { collectReport } from "./write-report.js";

/** How often a page of a run that goes on loads itself again, in seconds. */
const refreshSeconds = 5;

/** Options of {@link serveReport}. */
export interface ServeReportOptions {
  /** TCP port; 0 takes a free one. @defaultValue 0 */
  readonly port?: number;
}

/** A report that is served while its journal grows. */
export interface LiveReport {
  /** Where to look: `http://127.0.0.1:PORT/`. */
  readonly url: string;
  /** Stops serving. */
  readonly close: () => Promise<void>;
}

/**
 * Serves the report of a journal on the loopback interface. The page is made anew when it is asked
 * for and the journal has grown; while the run goes on it loads itself again every five seconds.
 *
 * @param journal - path of the journal of a run that goes on, or that has ended.
 * @throws {@link TaskprovError} `ERR_FILE` when the journal cannot be read, `ERR_OPTION` when the
 *   port is taken.
 */
export async function serveReport(
  journal: string,
  options: ServeReportOptions = {},
): Promise<LiveReport> {
  const pages = new LivePages(journal);
  await pages.latest();
  const server = createServer((request, response) => {
    void answer(pages, request, response);
  });
  const { port = 0 } = options;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(portProblem(port, cause)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  pages: LivePages,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A page elsewhere could have a name of its own lead here.
  const host = request.headers.host?.replace(/:\d+$/, "");
  if (host !== "127.0.0.1" && host !== "localhost") {
    response.writeHead(403).end();
    return;
  }
  if (request.url !== "/" || request.method !== "GET") {
    response.writeHead(request.url === "/" ? 405 : 404).end();
    return;
  }
  try {
    const { text } = await pages.latest();
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
    });
    response.end(text);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end(words);
  }
}

interface LivePage {
  readonly text: string;
  readonly isOver: boolean;
}

/** The page of a growing journal, made once for each state of it. */
class LivePages {
  readonly #journal: string;
  readonly #script = linkScripts(pageEntry, readScript);
  #page: LivePage | undefined;
  #size = -1;
  #making: Promise<LivePage> | undefined;

  constructor(journal: string) {
    this.#journal = journal;
  }

  /** One is made at a time, whoever asks. */
  async latest(): Promise<LivePage> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return await this.#making;
  }

  async #make(): Promise<LivePage> {
    const size = sizeOf(this.#journal);
    const known = this.#page;
    if (known !== undefined && (known.isOver || size === this.#size)) return known;
    if (known !== undefined && size === undefined) {
      // The run has ended: its journal has another name now, or is gone.
      const text = known.text.replace(/<meta name="taskprov-refresh"[^>]*>/, "");
      this.#page = { text, isOver: true };
      return this.#page;
    }
    const content = await collectReport(this.#journal, { index: "none" });
    this.#size = size ?? -1;
    const isOver = content.head.run.incomplete !== true;
    const pieces = reportPage(content, this.#script, isOver ? undefined : refreshSeconds);
    this.#page = { text: [...pieces].join(""), isOver };
    return this.#page;
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function portProblem(port: number, cause: Error): TaskprovError {
  const why = errorCode(cause) === "EADDRINUSE" ? "another program has it" : cause.message;
  return new TaskprovError(
    "ERR_OPTION",
    `Cannot serve on port ${port} of 127.0.0.1: ${why}. Name another with --port, or none.`,
    { cause },
  );
}
