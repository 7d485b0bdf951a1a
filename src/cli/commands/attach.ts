import { TaskprovError } from "../../base/errors.js";
import { setLogFormat } from "../../base/log.js";
import type { ClusterStatus } from "../../engines/dask/attach-reader.js";
import {
  type AttachClusterOptions,
  type AttachedRun,
  attachCluster,
} from "../../track/attach-cluster.js";
import type { Command, CommandOption, Parsed } from "../command.js";
import { countsText, otherTexts } from "../counts-text.js";
import type { Io } from "../io.js";
import { jsonLogOption } from "../log-options.js";
import { quietOption, statusRowFor } from "../run-progress.js";
import { runOptions, runOptionsOf } from "../tracker-options.js";

/** Which cluster, and when to leave it. */
export const clusterOptions: Readonly<Record<string, CommandOption>> = {
  "scheduler-file": {
    type: "string",
    value: "FILE",
    help: "the file that `dask scheduler --scheduler-file` wrote",
  },
  "tls-ca-file": {
    type: "string",
    value: "FILE",
    help: "PEM certificates that signed the scheduler's",
  },
  "tls-cert": { type: "string", value: "FILE", help: "our certificate, PEM" },
  "tls-key": { type: "string", value: "FILE", help: "its key, PEM; default: in --tls-cert" },
  for: { type: "string", value: "SECONDS", help: "leave after so many seconds" },
  "until-idle": {
    type: "string",
    value: "SECONDS",
    help: "leave when nothing has happened for so many seconds",
  },
  reconnect: {
    type: "string",
    value: "SECONDS",
    help: "try so long to get a lost connection back (30)",
  },
  strict: { type: "boolean", help: "exit status 1 when tracking was incomplete" },
};

/** `taskprov attach ADDRESS`. */
export const attachCommand: Command = {
  name: "attach",
  summary: "record a Dask cluster that runs already",
  arguments: "[ADDRESS]",
  count: [0, 1],
  about: [
    "Records a running Dask cluster until it ends or you press Ctrl-C, then writes the document",
    "and leaves the scheduler as it was. What the scheduler holds already is recorded as it is.",
    "ADDRESS is tcp://HOST:PORT, tls://HOST:PORT or HOST:PORT; without it --scheduler-file, or",
    "DASK_SCHEDULER_ADDRESS. To reach a scheduler's port is to be able to run code there: read",
    "docs/attach.md before you attach to a cluster that others use.",
  ].join("\n"),
  options: {
    ...clusterOptions,
    quiet: quietOption,
    json: jsonLogOption,
    ...runOptions,
  },
  examples: [
    "taskprov attach tcp://127.0.0.1:8786",
    "taskprov attach tls://head:8786 --tls-ca-file ca.pem --tls-cert me.pem --tls-key me.key",
    "taskprov attach --scheduler-file scheduler.json --until-idle 60 --destination results",
  ],
  run: async (parsed, io) => {
    const [address] = parsed.positionals;
    if (parsed.flag("json") === true) setLogFormat("json");
    const row = statusRowFor(parsed, io);
    const run = await attachCluster(address, runOptionsOf(parsed), {
      ...attachOptionsOf(parsed, io),
      ...(row !== undefined && { onProgress: (progress) => row.show([progress]) }),
      onStatus: ({ connected }) => {
        if (!connected) row?.say("taskprov: connection lost, trying again …");
      },
    }).finally(() => row?.close());
    reportAttached(run, io);
    return run.incomplete && parsed.flag("strict") === true ? 1 : 0;
  },
};

/** Reads {@link clusterOptions} back; what goes on is shown. */
export function attachOptionsOf(parsed: Parsed, io: Io): AttachClusterOptions {
  const schedulerFile = parsed.text("scheduler-file");
  const [ca, cert, key] = ["tls-ca-file", "tls-cert", "tls-key"].map((name) => parsed.text(name));
  const forSeconds = secondsOf("for", parsed);
  const idleSeconds = secondsOf("until-idle", parsed);
  const reconnectSeconds = secondsOf("reconnect", parsed);
  return {
    ...(schedulerFile !== undefined && { schedulerFile }),
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    },
    ...(forSeconds !== undefined && { forSeconds }),
    ...(idleSeconds !== undefined && { idleSeconds }),
    ...(reconnectSeconds !== undefined && { reconnectSeconds }),
    signal: io.interruptible(),
    onAttached: ({ scheduler }) => {
      io.note(
        `taskprov: recording ${scheduler.address} (Dask ${scheduler.versions["distributed"] ?? "?"}); Ctrl-C writes the document.`,
      );
    },
    onStatus: (status) => io.progress(statusLine(status)),
  };
}

/** A timer cannot wait longer than 24 days. */
const maxSeconds = 2_000_000;

function secondsOf(name: string, parsed: Parsed): number | undefined {
  const text = parsed.text(name);
  if (text === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= maxSeconds) return seconds;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected --${name} to be a number of seconds up to ${maxSeconds}, got "${text}".`,
  );
}

function statusLine({ connected, tasks, running, workers, dropped }: ClusterStatus): string {
  if (!connected) return "taskprov: connection lost, trying again …";
  const lost = dropped > 0 ? ` · ${dropped} events lost` : "";
  const counts = [counted(tasks, "task"), `${running} running`, counted(workers, "worker")];
  return `taskprov: ${counts.join(" · ")}${lost}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

const reasons: Readonly<Record<AttachedRun["ended"], string>> = {
  cluster: "the cluster ended",
  left: "left the cluster",
  lost: "lost the cluster",
};

/** Says what came of it. */
export function reportAttached(run: AttachedRun, io: Io): void {
  io.progress("");
  const wrote = `${reasons[run.ended]}; wrote ${run.document ?? "no document"}: ${countsText(run)}`;
  const what = [wrote, ...otherTexts(run)].join("; ");
  const note = run.incomplete ? `; incomplete: ${run.problems.join("; ")}` : ".";
  io.note(`taskprov: ${what}${note}`, run.incomplete ? "warning" : "info");
}
