import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { runCli } from "../../src/cli/run-cli.js";
import { plantBridge } from "../../src/engines/dask/attach-bridge.js";
import { AttachReader } from "../../src/engines/dask/attach-reader.js";
import { DaskClient } from "../../src/engines/dask/dask-client.js";
import { attachCluster } from "../../src/track/attach-cluster.js";
import { ProvTracker } from "../../src/track/prov-tracker.js";
import { ended, journalsIn, leave, overviewIn, startAttach, waitFor } from "../support/attach.js";
import { cli } from "../support/cli.js";
import {
  type DaskCluster,
  startCluster,
  startProxy,
  startSession,
} from "../support/dask-cluster.js";
import { daskPeers } from "../support/dask-versions.js";
import { describeWith, peer } from "../support/peers.js";
import {
  attribute,
  keyOf,
  lineageOf,
  type RawDocument,
  readRaw,
  sectionOf,
  statusesOf,
} from "../support/raw-document.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";

const dask = await peer("dask");

const schema = JSON.parse(
  readFileSync(new URL("../../schemas/event.schema.json", import.meta.url), "utf8"),
);
const validEvent = new Ajv2020({ strict: true, strictTuples: false, strictTypes: false }).compile(
  schema,
);

function documentIn(folder: string): RawDocument {
  return readRaw(path.join(folder, "output/yprov4wfs.json"));
}

function journalIn(folder: string): string {
  return path.join(folder, "output/yprov4wfs.journal");
}

/** The document is well-formed, and every event keeps to the schema. */
async function expectSound(folder: string): Promise<void> {
  const text = readFileSync(path.join(folder, "output/yprov4wfs.json"));
  expect((await checkDocument([text])).findings).toEqual([]);
  const { stdout } = await cli(["journal", "cat", journalIn(folder)]);
  const [, ...events] = stdout.trim().split("\n");
  for (const event of events) {
    expect(validEvent(JSON.parse(event)), `${event}: ${JSON.stringify(validEvent.errors)}`).toBe(
      true,
    );
  }
}

/** `taskprov:incomplete` of the workflow. */
function incompleteness(document: RawDocument): string | undefined {
  const workflow = sectionOf(document, "activity").find(([id]) => id === "run:workflow");
  return attribute(workflow?.[1], "taskprov:incomplete");
}

for (const version of daskPeers) {
  describeWith(`taskprov attach to ${version.title}`, version, ({ python }) => {
    test("records what is there and what comes, and leaves the scheduler as it was", async () => {
      const folder = temporaryFolder();
      const cluster = await startCluster(python, folder);
      const session = await startSession(python, folder, cluster.address);
      await session.ask("before");
      await session.ask("hold held");
      const tables = await session.ask("tables");

      const attach = await startAttach(folder, ["--scheduler-file", cluster.schedulerFile]);
      expect(await session.ask("tables")).not.toEqual(tables);
      await session.ask("after");
      await session.ask("release held");
      const truth = (await session.ask("truth")) as Record<string, string[]>;
      const { status, told } = await leave(attach);
      expect(told).toMatch(/left the cluster; wrote .*yprov4wfs\.json: 11 tasks .*\.$/);
      expect(status).toBe(0);
      expect(await session.ask("tables")).toEqual(tables);

      await expectSound(folder);
      const document = documentIn(folder);
      expect(incompleteness(document)).toBeUndefined();
      for (const [key, status] of [
        ["boom", "error"],
        ["boom-2", "error"],
        ["blocked", "blocked"],
        ["held", "ok"],
        ["grown", "ok"],
      ]) {
        expect(statusesOf(document, key), key).toEqual([status]);
      }
      const lineage = lineageOf(document);
      let compared = 0;
      for (const [key, needed] of Object.entries(truth)) {
        const sources = lineage.get(JSON.stringify(JSON.parse(key)));
        if (sources === undefined) continue;
        expect(sources, key).toEqual([...needed].sort((a, b) => (a < b ? -1 : 1)));
        compared++;
      }
      expect(compared).toBe(10);
      // When it failed before is not known; when it ran meanwhile is.
      const activity = (key: string): ReturnType<typeof sectionOf>[number] | undefined =>
        sectionOf(document, "activity").find(
          ([id, record]) => keyOf(id, record) === JSON.stringify(key),
        );
      expect(activity("boom")?.[1]).not.toHaveProperty("prov:startTime");
      expect(activity("boom-2")?.[1]).toHaveProperty("prov:startTime");
      expect(activity("held")?.[1]).toHaveProperty("prov:endTime");
      expect(await session.ask("many alive 10")).toBe(10);
    });

    test("two trackers do not know of each other, whoever leaves first", async () => {
      const folder = temporaryFolder();
      const cluster = await startCluster(python, folder);
      const session = await startSession(python, folder, cluster.address);
      const tables = await session.ask("tables");
      const first = await DaskClient.connect(cluster.address);
      const second = await DaskClient.connect(cluster.address);
      const trackers = [new ProvTracker({ destination: path.join(folder, "one") })];
      trackers.push(new ProvTracker({ destination: path.join(folder, "two") }));
      await first.registerPlugin(trackers[0] as ProvTracker);
      await session.ask("before");
      await second.registerPlugin(trackers[1] as ProvTracker);
      await session.ask("many both 5");
      await first.close();
      await session.ask("after");
      await second.close();
      expect(await session.ask("tables")).toEqual(tables);
      const [one, two] = await Promise.all(trackers.map((tracker) => tracker.done));
      expect(one?.problems).toEqual([]);
      expect(two?.problems).toEqual([]);
      expect([one?.incomplete, two?.incomplete]).toEqual([false, false]);
      const documents = ["one", "two"].map((name) =>
        readRaw(path.join(folder, name, "yprov4wfs.json")),
      );
      const has = (key: string): boolean[] =>
        documents.map((document) => statusesOf(document, key).length > 0);
      expect(has("both-3")).toEqual([true, true]);
      expect(has("grown")).toEqual([false, true]);
      expect(has("boom")).toEqual([true, true]);
    });

    test("a connection that breaks is made again, and nothing is lost or twice", async () => {
      const folder = temporaryFolder();
      const cluster = await startCluster(python, folder);
      const session = await startSession(python, folder, cluster.address);
      const proxy = await startProxy(cluster.address);
      const attach = await startAttach(folder, [proxy.address]);
      await session.ask("many a 500");
      proxy.cut();
      await session.ask("many b 500");
      proxy.open = false;
      proxy.cut();
      await session.ask("many c 500");
      proxy.open = true;
      await session.ask("many d 500");
      proxy.cut();
      const { status, told } = await leave(attach);
      expect(told).toMatch(/: 2000 tasks \(attempts: 2000 ok\)\.$/);
      expect(status).toBe(0);
      const verified = await cli(["journal", "verify", journalIn(folder)]);
      expect(verified.stdout).toContain("No problems.");
    });

    test("a cluster that shuts down ends the record", async () => {
      const folder = temporaryFolder();
      const cluster = await startCluster(python, folder);
      const session = await startSession(python, folder, cluster.address);
      const attach = await startAttach(folder, [cluster.address, "--strict"]);
      await session.ask("before");
      await session.ask("shutdown");
      const { status, told } = await ended(attach);
      expect(told).toMatch(/the cluster ended; wrote .*: 8 tasks/);
      expect(status).toBe(0);
      expect(incompleteness(documentIn(folder))).toBeUndefined();
    });

    test("a scheduler that is killed leaves an incomplete document with what was running", async () => {
      const folder = temporaryFolder();
      const cluster = await startCluster(python, folder);
      const session = await startSession(python, folder, cluster.address);
      const attach = await startAttach(folder, [cluster.address, "--strict"]);
      await session.ask("before");
      await session.ask("hold held");
      // The beat after this one brings it here.
      await session.ask("many seen 3");
      await waitFor(async () => (await liveEvents(folder)).includes('"seen-2"'));
      cluster.scheduler.process.kill("SIGKILL");
      const { status, told } = await ended(attach);
      expect(told).toMatch(/lost the cluster; .*incomplete: .*nothing listens/);
      expect(status).toBe(1);
      const document = documentIn(folder);
      expect(incompleteness(document)).toBe("true");
      expect(statusesOf(document, "held")).toEqual(["running"]);
    });
  });
}

describeWith("taskprov attach", dask, ({ python }) => {
  test("when taskprov is killed the cluster works on, and the journal can be built", async () => {
    const folder = temporaryFolder();
    const cluster = await startCluster(python, folder);
    const session = await startSession(python, folder, cluster.address);
    const attach = await startAttach(folder, [cluster.address]);
    await session.ask("before");
    // Not only submitted: the task `blocked` is known before the one has failed that blocks it.
    await waitFor(async () => (await overviewIn(path.join(folder, "output")))?.tasks.blocked === 1);
    attach.process.kill("SIGKILL");
    await attach.exit;
    expect(await session.ask("many on 200")).toBe(200);
    const [journal = ""] = journalsIn(path.join(folder, "output"));
    const built = await cli(["build", journal]);
    expect(built.status).toBeLessThan(2);
    expect(statusesOf(documentIn(folder), "boom")).toEqual(["error"]);
  });

  test("a scheduler under taskprov run can be attached to as well", async () => {
    const folder = temporaryFolder();
    const main = path.join(projectFolder, "dist/cli/main.js");
    const cluster = await startCluster(python, folder, {
      under: [process.execPath, main, "run", "--destination", "run", "--"],
    });
    const session = await startSession(python, folder, cluster.address);
    await session.ask("before");
    const run = await attachCluster(
      cluster.address,
      { destination: path.join(folder, "attach") },
      { forSeconds: 0.5 },
    );
    expect(run).toMatchObject({ incomplete: false, counts: { tasks: 8 } });
    await session.ask("after");
    await session.ask("shutdown");
    await cluster.scheduler.exit;
    const document = readRaw(path.join(folder, "run/yprov4wfs.json"));
    expect(incompleteness(document)).toBeUndefined();
    expect(statusesOf(document, "grown")).toEqual(["ok"]);
    expect(statusesOf(document, "boom")).toEqual(["error"]);
  });

  test("a record that nobody reads ends by itself", async () => {
    const folder = temporaryFolder();
    const cluster = await startCluster(python, folder);
    const session = await startSession(python, folder, cluster.address);
    const tables = await session.ask("tables");
    const { scheduler } = await DaskClient.connect(cluster.address);
    await plantBridge(scheduler.target, settings({ graceSeconds: 1 }));
    expect(await session.ask("tables")).not.toEqual(tables);
    expect(await session.ask("many on 50")).toBe(50);
    await waitFor(
      async () => JSON.stringify(await session.ask("tables")) === JSON.stringify(tables),
    );
  });

  test("what a reader leaves for too long is dropped and counted", async () => {
    const folder = temporaryFolder();
    const cluster = await startCluster(python, folder);
    const session = await startSession(python, folder, cluster.address);
    const { scheduler } = await DaskClient.connect(cluster.address);
    const planted = settings({ graceSeconds: 60, bufferedBytes: 20_000 });
    await plantBridge(scheduler.target, planted);
    await session.ask("many lots 1000");
    const frames: Uint8Array[] = [];
    const reader = new AttachReader(scheduler.target, {
      plugin: planted.plugin,
      reconnectSeconds: 1,
      keep: (given) => frames.push(...given.map((frame) => frame.slice())) && given.length,
    });
    // What the writer had still to encode may fill the queue once more.
    let tries = 0;
    await waitFor(async () => {
      tries++;
      await session.ask(`many more-${tries} 10`);
      return Buffer.concat(frames).includes(`more-${tries - 1}-9`);
    });
    reader.detach();
    expect(await reader.ended).toEqual({ kind: "complete" });
    const journal = path.join(folder, "lossy.journal");
    writeFileSync(journal, Buffer.concat(frames));
    const built = await cli(["build", journal, "-o", path.join(folder, "lossy.json")]);
    expect(built.stdout).toMatch(/[1-9]\d* events were dropped while recording/);
    const document = readRaw(path.join(folder, "lossy.json"));
    expect(statusesOf(document, `more-${tries - 1}-9`)).toEqual(["ok"]);
  });

  test("DaskClient.connect takes the place of the embedded client", async () => {
    const folder = temporaryFolder();
    const cluster = await startCluster(python, folder);
    const session = await startSession(python, folder, cluster.address);
    const client = await DaskClient.connect(cluster.address);
    expect(client.scheduler.versions["distributed"]).toBe("2026.8.0");
    const tracker = new ProvTracker({ destination: path.join(folder, "output") });
    await Promise.all([client.registerPlugin(tracker), tracker.start(client.scheduler)]);
    await tracker.start(client.scheduler);
    await session.ask("before");
    await client.close();
    await client.close();
    const run = await tracker.done;
    expect(run).toMatchObject({ incomplete: false, problems: [], runId: tracker.runId });
    expect(run.counts).toMatchObject({ tasks: 8, error: 1, blocked: 1 });
    await expect(client.registerPlugin(new ProvTracker())).rejects.toThrow(/closed/);
    await expectSound(folder);
  });

  test("--for and --until-idle leave in time", async () => {
    const folder = temporaryFolder();
    const cluster = await startCluster(python, folder);
    const session = await startSession(python, folder, cluster.address);
    const timed = await attachCluster(
      cluster.address,
      { destination: path.join(folder, "timed") },
      { forSeconds: 0.2 },
    );
    expect(timed).toMatchObject({ ended: "left", incomplete: false, counts: { tasks: 0 } });
    await session.ask("hold held");
    let isIdle = false;
    const idle = attachCluster(
      cluster.address,
      { destination: path.join(folder, "idle") },
      { idleSeconds: 1.5 },
    ).then((run) => {
      isIdle = true;
      return run;
    });
    await new Promise((resolve) => setTimeout(resolve, 3500));
    expect(isIdle).toBe(false);
    await session.ask("release held");
    expect(await idle).toMatchObject({ ended: "left", counts: { ok: 1 } });
  });

  test("a terminal shows how things stand in one line", async () => {
    const folder = temporaryFolder();
    const cluster = await startCluster(python, folder);
    const session = await startSession(python, folder, cluster.address);
    const shown: string[] = [];
    const leaving = new AbortController();
    const status = runCli(["attach", cluster.address, "--destination", folder], {
      out: () => Promise.resolve(),
      note: () => {},
      progress: () => {},
      statusTerminal: { columns: 80, rows: 24, write: (text) => shown.push(text) },
      input: (async function* () {})(),
      interruptible: () => leaving.signal,
    });
    await session.ask("hold held");
    await waitFor(() => /: 0\/1 task · \S+\/s · 1 running · 1 worker/.test(shown.at(-1) ?? ""));
    await session.ask("release held");
    leaving.abort();
    expect(await status).toBe(0);
    // The row is given back.
    expect(shown.at(-1)).toContain("\u001B[r");
  });

  describe("TLS", () => {
    test("works with the cluster's certificates, and nothing of them is recorded", async () => {
      const folder = temporaryFolder();
      const { files, env } = certificates(folder);
      const cluster = await startTlsCluster(folder, files);
      expect(cluster.address).toMatch(/^tls:/);
      const attach = await startAttach(folder, [cluster.address, ...tlsArgs(files)]);
      const { status, told } = await leave(attach, "SIGTERM");
      expect(told).toContain("left the cluster");
      expect(status).toBe(0);
      const recorded =
        readFileSync(path.join(folder, "output/yprov4wfs.json"), "utf8") +
        readFileSync(journalIn(folder), "latin1");
      const [, secret = "none"] = readFileSync(files.key, "utf8").split("\n");
      expect(recorded).not.toContain(secret);
      expect(recorded).not.toContain("PRIVATE KEY");
      // Dask's own variables do as well.
      const client = await DaskClient.connect(cluster.address, { environment: env });
      await client.close();
    });

    test("every way to get it wrong is one line and status 2", async () => {
      const folder = temporaryFolder();
      const { files } = certificates(folder);
      const others = certificates(path.join(folder, "others")).files;
      const cluster = await startTlsCluster(folder, files);
      const plain = await startCluster(python, temporaryFolder());
      const cases: readonly (readonly [readonly string[], RegExp])[] = [
        [[cluster.address], /needs a CA file, a certificate and a key/],
        [[cluster.address.replace("tls", "tcp")], /expects TLS/],
        [[plain.address.replace("tcp", "tls"), ...tlsArgs(files)], /no TLS at that port/],
        [[cluster.address, ...tlsArgs({ ...files, ca: others.ca })], /certificate is not accepted/],
        [[cluster.address, ...tlsArgs({ ...others, ca: files.ca })], /certificate/],
        [[cluster.address, ...tlsArgs({ ...files, key: others.key })], /fits the certificate/],
        [
          [cluster.address, ...tlsArgs({ ...files, ca: "/nowhere" })],
          /Cannot read the TLS CA file/,
        ],
      ];
      for (const [args, problem] of cases) await expectRefused(folder, args, problem);
    });

    function startTlsCluster(folder: string, files: TlsFiles): Promise<DaskCluster> {
      const { ca, cert, key } = files;
      const args = ["--tls-ca-file", ca, "--tls-cert", cert, "--tls-key", key];
      return startCluster(python, folder, { args: ["--protocol", "tls", ...args] });
    }
  });

  test("what is no scheduler is told apart, in one line and with status 2", async () => {
    const folder = temporaryFolder();
    const cluster = await startCluster(python, folder);
    const worker = /Start worker at:\s+(tcp:\S+)/.exec(cluster.worker.stderr())?.[1] ?? "";
    const silent = await listen((socket) => socket.on("error", () => {}));
    const web = await listen((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[worker], /is not a scheduler but a Dask Worker. Its scheduler is at tcp:/],
      [[web], /answers in HTTP/],
      [[silent], /said nothing in time/],
      [["tcp://127.0.0.1:1"], /nothing listens on port 1 of 127.0.0.1/],
      [["tcp://no-such-host.invalid:8786"], /Cannot reach a Dask scheduler/],
      [["http://127.0.0.1:8787/status"], /dashboard/],
      [[cluster.address, "--scheduler-file", "x.json"], /Both an address/],
      [["--scheduler-file", "/nowhere/x.json"], /Cannot read the scheduler file/],
      [[], /Which scheduler\?/],
      [[cluster.address, "--for", "soon"], /Expected --for to be a number of seconds/],
      [[cluster.address, "--destination", "/dev/null/x"], /Cannot use .* as destination/],
    ];
    for (const [args, problem] of cases) await expectRefused(folder, args, problem);
  });

  test("a scheduler that takes no plugins is left alone", async () => {
    const folder = temporaryFolder();
    const cluster = await startCluster(python, folder, {
      env: { DASK_DISTRIBUTED__SCHEDULER__BLOCKED_HANDLERS: "['register_scheduler_plugin']" },
    });
    await expectRefused(folder, [cluster.address], /configured to take no plugins/);
  });
});

interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority and a certificate that it signed. */
function certificates(folder: string): { files: TlsFiles; env: Record<string, string> } {
  const at = (name: string): string => path.join(folder, name);
  execFileSync("mkdir", ["-p", folder]);
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  };
  const fresh = ["-newkey", "rsa:2048", "-nodes", "-days", "2"];
  openssl(
    "req",
    "-x509",
    ...fresh,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=authority",
  );
  openssl("req", ...fresh.slice(0, 3), "-keyout", "me.key", "-out", "me.csr", "-subj", "/CN=dask");
  openssl(
    ...["x509", "-req", "-in", "me.csr", "-CA", "ca.pem", "-CAkey", "ca.key"],
    ...["-CAcreateserial", "-days", "2", "-out", "me.pem"],
  );
  const files = { ca: at("ca.pem"), cert: at("me.pem"), key: at("me.key") };
  const prefix = "DASK_DISTRIBUTED__COMM__TLS__";
  const env = {
    [`${prefix}CA_FILE`]: files.ca,
    [`${prefix}CLIENT__CERT`]: files.cert,
    [`${prefix}CLIENT__KEY`]: files.key,
  };
  return { files, env };
}

function tlsArgs({ ca, cert, key }: TlsFiles): string[] {
  return ["--tls-ca-file", ca, "--tls-cert", cert, "--tls-key", key];
}

/** One line, status 2, and nothing left behind. */
async function expectRefused(
  folder: string,
  args: readonly string[],
  problem: RegExp,
): Promise<void> {
  const destination = path.join(folder, "refused");
  const given = args.includes("--destination") ? args : [...args, "--destination", destination];
  const { status, stdout, stderr } = await cli(["attach", ...given]);
  expect(stderr).toMatch(problem);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect([status, stdout]).toEqual([2, ""]);
  expect(existsSync(path.join(destination, "yprov4wfs.json"))).toBe(false);
  expect(journalsIn(destination)).toEqual([]);
}

function settings(more: { graceSeconds: number; bufferedBytes?: number }) {
  const runId = "123e4567-e89b-42d3-a456-426614174000";
  return {
    sink: "queue",
    plugin: `taskprov-${runId}`,
    runId,
    launch: runId.slice(0, 23),
    version: "0",
    options: { values: "summary", maxValueBytes: 1024 },
    redact: [],
    run: {},
    ...more,
  } as const;
}

async function listen(answer: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const bound = server.address();
  return `tcp://127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`;
}

/** The journal of a run that goes on, as text. */
async function liveEvents(folder: string): Promise<string> {
  const [journal] = journalsIn(path.join(folder, "output"));
  return journal === undefined ? "" : (await cli(["journal", "cat", journal])).stdout;
}
