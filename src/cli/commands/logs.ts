import { formatEpochSeconds } from "../../base/clock.js";
import { TaskprovError } from "../../base/errors.js";
import { logLevels } from "../../events/decode-telemetry.js";
import { readJournal } from "../../events/read-journal.js";
import type { LogLevel } from "../../events/telemetry-event.js";
import { journalLogs, type LogRecord } from "../../observe/journal-logs.js";
import { growingFile } from "../../track/growing-file.js";
import type { Command, Parsed } from "../command.js";
import { findJournal } from "../find-journal.js";

/** `taskprov logs RUN`. */
export const logsCommand: Command = {
  name: "logs",
  summary: "show the log records of a run's scheduler and workers, also while it goes on",
  arguments: "[RUN]",
  count: [0, 1],
  about: [
    "Prints the log records of Dask's scheduler and workers that a run recorded, oldest first.",
    "RUN is a journal, a document with its journal beside it, or a folder, in which the newest",
    "journal counts; by default ./output.",
    "",
    "TIME is an ISO date and time, or how long before the end of the record: 30s, 10m, 2h.",
  ].join("\n"),
  options: {
    worker: {
      type: "string",
      value: "WORKER",
      help: "address or name, * and ? as wildcards; scheduler for the scheduler",
    },
    level: { type: "string", value: "LEVEL", help: `the least level: ${logLevels.join(", ")}` },
    since: { type: "string", value: "TIME", help: "nothing before this time" },
    filter: { type: "string", value: "TEXT", help: "only what has this text, in any case" },
    follow: { type: "boolean", short: "f", help: "go on as records come, until the run ends" },
    json: { type: "boolean", help: "an object a line" },
  },
  examples: [
    "taskprov logs",
    "taskprov logs output/yprov4wfs.journal --level warning --filter memory",
    "taskprov logs output --worker scheduler --since 10m --json",
    "taskprov logs --follow",
  ],
  run: async (parsed, io) => {
    const journal = findJournal(parsed.positionals[0]);
    const [level, since] = [levelOf(parsed), await sinceOf(parsed, journal)];
    const [worker, text] = [parsed.text("worker"), parsed.text("filter")];
    const filter = {
      ...(level !== undefined && { level }),
      ...(since !== undefined && { since }),
      ...(worker !== undefined && { worker }),
      ...(text !== undefined && { text }),
    };
    const source =
      parsed.flag("follow") === true ? growingFile(journal, io.interruptible()) : journal;
    const shown = parsed.flag("json") === true ? jsonLine : textLine;
    for await (const record of journalLogs(source, filter, journal)) await io.out(shown(record));
    return 0;
  },
};

function textLine(record: LogRecord): string {
  const { time, level, worker = "scheduler", workerName, logger, text, task, omitted } = record;
  const who = workerName === undefined ? worker : `${worker} (${workerName})`;
  const during = task === undefined ? "" : ` [${task}]`;
  const before = omitted === undefined ? "" : `… ${omitted} records left out\n`;
  const shown = text.replaceAll("\n", "\n    ");
  return `${before}${formatEpochSeconds(time)} ${level.toUpperCase()} ${who} ${logger}${during}: ${shown}\n`;
}

function jsonLine({ time, ...record }: LogRecord): string {
  return `${JSON.stringify({ time: formatEpochSeconds(time), ...record })}\n`;
}

function levelOf(parsed: Parsed): LogLevel | undefined {
  const text = parsed.text("level");
  const level = logLevels.find((known) => known === text?.toLowerCase());
  if (text === undefined || level !== undefined) return level;
  const words = logLevels.join(", ");
  throw new TaskprovError("ERR_USAGE", `Expected --level to be one of ${words}, got "${text}".`);
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

async function sinceOf(parsed: Parsed, journal: string): Promise<number | undefined> {
  const text = parsed.text("since");
  if (text === undefined) return undefined;
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) {
    return (await lastTime(journal)) - Number(amount) * (unitSeconds[unit] ?? 1);
  }
  const milliseconds = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected --since to be a time such as 2026-11-21T16:20:00Z or 10m, got "${text}".`,
  );
}

async function lastTime(journal: string): Promise<number> {
  let last = 0;
  for await (const events of readJournal(journal).batches()) last = events.at(-1)?.time ?? last;
  return last;
}
