import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readJournal } from "../../src/events/read-journal.js";
import { sendTrace } from "../../src/traces/send-trace.js";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { decodeTracesData } from "../support/otlp-messages.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly spans: readonly { readonly name: string; readonly spanId: string }[];
}

type Answer = (response: ServerResponse, request: number) => void;

interface Loopback {
  readonly endpoint: string;
  readonly received: Received[];
  readonly requests: () => number;
}

/** A collector on loopback that decodes what it takes. */
async function collector(answer: Answer = accept): Promise<Loopback> {
  const received: Received[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const number = requests++;
      answer(response, number);
      if (response.statusCode !== 200) return;
      const spans = spansOf(Buffer.concat(chunks), request.headers["content-type"]);
      received.push({ path: request.url ?? "", headers: request.headers, spans });
    });
  });
  await listening(server);
  const { port } = server.address() as AddressInfo; // It listens on a port.
  return { endpoint: `http://127.0.0.1:${port}`, received, requests: () => requests };
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
}

function accept(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
}

function spansOf(body: Buffer, type: string | undefined): Received["spans"] {
  const content = type === "application/json" ? body.toString("utf8") : undefined;
  const data = JSON.parse(content ?? JSON.stringify(decodeTracesData(body)));
  return data.resourceSpans.flatMap((resource: { scopeSpans: { spans: Received["spans"] }[] }) =>
    resource.scopeSpans.flatMap(({ spans }) => spans),
  );
}

/** 600 tasks that ran: 1 graph each, so 1,201 spans in five requests. */
function journalOf(tasks = 600): string {
  const run = new EventRun();
  for (let i = 0; i < tasks; i++) run.task(`t-${i}`);
  for (let i = 0; i < tasks; i++) run.runs(`t-${i}`);
  return writeJournal(temporaryFolder(), run.end().events);
}

const quick = { backoffSeconds: 0.001, retrySeconds: 1 };

describe("a collector", () => {
  test.each(["protobuf", "json"] as const)("takes every span once, as %s", async (encoding) => {
    const { endpoint, received } = await collector();
    const sent = await sendTrace(readJournal(journalOf()), { endpoint, encoding });
    expect(sent).toEqual({ url: `${endpoint}/v1/traces`, spans: 1_201, dropped: 0 });
    const ids = received.flatMap(({ spans }) => spans.map(({ spanId }) => spanId));
    expect(ids).toHaveLength(1_201);
    expect(new Set(ids).size).toBe(1_201);
    expect(received.length).toBeGreaterThan(3);
    expect(new Set(received.map(({ path }) => path))).toEqual(new Set(["/v1/traces"]));
  });

  test("that is busy now and then gets the same spans again", async () => {
    const { endpoint, received } = await collector((response, request) => {
      if (request % 2 === 1) accept(response);
      else response.writeHead(503, { "retry-after": "0" }).end("busy");
    });
    const sent = await sendTrace(readJournal(journalOf()), { endpoint, ...quick });
    expect([sent.spans, sent.dropped]).toEqual([1_201, 0]);
    expect(new Set(received.flatMap(({ spans }) => spans.map(({ spanId }) => spanId))).size).toBe(
      1_201,
    );
  });

  test("that is away is no error: all spans are counted as dropped", async () => {
    const server = createServer();
    await listening(server);
    const { port } = server.address() as AddressInfo; // It listened on a port.
    await new Promise((resolve) => server.close(resolve));
    const endpoint = `http://127.0.0.1:${port}`;
    const sent = await sendTrace(readJournal(journalOf()), {
      endpoint,
      backoffSeconds: 0.001,
      retrySeconds: 0.01,
    });
    expect([sent.spans, sent.dropped, sent.problem]).toEqual([0, 1_201, "ECONNREFUSED"]);
  });

  test("that never takes anything is left alone after a while", async () => {
    const { endpoint, requests } = await collector((response) => {
      response.writeHead(503).end("full");
    });
    const sent = await sendTrace(readJournal(journalOf(3_000)), {
      endpoint,
      backoffSeconds: 0,
      retrySeconds: 0,
    });
    expect([sent.spans, sent.dropped]).toEqual([0, 6_001]);
    expect(sent.problem).toBe("status 503: full");
    expect(requests()).toBeLessThanOrEqual(60);
  });

  test("that never answers is waited for as long as asked", async () => {
    const { endpoint } = await collector(() => {});
    const sent = await sendTrace(readJournal(journalOf(2)), {
      endpoint,
      timeoutSeconds: 0.1,
      retrySeconds: 0,
    });
    expect([sent.spans, sent.dropped, sent.problem]).toEqual([0, 5, "no answer within 0.1 s"]);
  });

  test.each([
    ["protobuf", Buffer.from("0a020803", "hex")],
    ["json", '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}'],
  ] as const)(
    "that rejects three spans of a request in %s has them counted",
    async (form, body) => {
      const type = form === "json" ? "application/json" : "application/x-protobuf";
      const { endpoint } = await collector((response) => {
        response.writeHead(200, { "content-type": type }).end(body);
      });
      const sent = await sendTrace(readJournal(journalOf(5)), { endpoint, encoding: "json" });
      expect([sent.spans, sent.dropped]).toEqual([8, 3]);
    },
  );

  test("that refuses for good is asked once for each message", async () => {
    const { endpoint, requests } = await collector((response) => {
      response.writeHead(401).end("who are you?\nsecond line");
    });
    const sent = await sendTrace(readJournal(journalOf()), { endpoint, ...quick });
    expect([sent.dropped, sent.problem]).toEqual([1_201, "status 401: who are you?"]);
    expect(requests()).toBe(3);
  });
});

describe("taskprov export --endpoint", () => {
  test("sends, with headers, and says how many", async () => {
    const { endpoint, received } = await collector();
    const args = ["export", journalOf(3), "--endpoint", `${endpoint}/base/`];
    const outcome = await cli([...args, "--header", "Authorization=Bearer x=y"]);
    expect(outcome).toEqual({
      status: 0,
      stdout: "",
      stderr: `taskprov: 7 spans sent to ${endpoint}/base/v1/traces.\n`,
    });
    expect(received[0]?.path).toBe("/base/v1/traces");
    expect(received[0]?.headers["authorization"]).toBe("Bearer x=y");
    expect(received[0]?.headers["content-type"]).toBe("application/x-protobuf");
  });

  test("says what was dropped, and its status is 1", async () => {
    const { endpoint } = await collector((response) => {
      response.writeHead(400).end("no");
    });
    const outcome = await cli(["export", journalOf(3), "--to", "otlp", "--endpoint", endpoint]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("0 spans sent to");
    expect(outcome.stderr).toContain("7 dropped.\ntaskprov: the collector: status 400: no\n");
  });

  test("--follow sends a run that goes on, until it ends", async () => {
    const { endpoint, received } = await collector();
    const whole = readFileSync(journalOf());
    const growing = join(temporaryFolder(), "growing.journal");
    const half = Math.floor(whole.length / 2);
    writeFileSync(growing, whole.subarray(0, half));
    const outcome = cli(["export", growing, "--endpoint", endpoint, "--follow"]);
    // The rest is written when the first spans are there, or while the reader waits for more.
    appendFileSync(growing, whole.subarray(half));
    expect((await outcome).status).toBe(0);
    expect(received.flatMap(({ spans }) => spans)).toHaveLength(1_201);
  });

  test.each([
    [["--endpoint", "collector:4318"], "address of a collector"],
    [["--endpoint", "http://user:word@localhost"], "as a header"],
    [["--endpoint", "http://localhost", "--to", "speedscope"], "--to otlp or otlp-protobuf"],
    [["--endpoint", "http://localhost", "--header", "no"], "NAME=VALUE"],
    [["--endpoint", "http://localhost", "--header", "a b=c"], "a header that HTTP can carry"],
    [["--to", "otlp", "--follow"], "--follow goes with --endpoint"],
  ])("%j is refused", async (options, message) => {
    const outcome = await cli(["export", "x.journal", ...options]);
    expect(outcome.status).toBe(2);
    expect(outcome.stderr).toContain(message);
  });
});
