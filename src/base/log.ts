import { type EpochSeconds, formatEpochSeconds, systemClock } from "./clock.js";
import { nearestName } from "./nearest-name.js";

/** How grave a line of taskprov's own is. */
export type MessageLevel = "debug" | "info" | "warning" | "error";

/** From which level on taskprov's own lines are shown; `"none"` shows nothing. */
export type LogThreshold = MessageLevel | "none";

/** How taskprov's own lines look: for people, or a JSON object each. */
export type LogFormat = "text" | "json";

/** What {@link setLog} changes. */
export interface LogOptions {
  /** @defaultValue `TASKPROV_LOG`, else `"info"` */
  readonly level?: LogThreshold | undefined;
  /** @defaultValue `TASKPROV_LOG_FORMAT`, else `"text"` */
  readonly format?: LogFormat | undefined;
}

/** Names and values that belong to a line. */
export type LogFacts = Readonly<Record<string, string | number | boolean>>;

/** Least grave first. */
export const logThresholds: readonly LogThreshold[] = ["debug", "info", "warning", "error", "none"];

/** Plain text first. */
export const logFormats: readonly LogFormat[] = ["text", "json"];

const levelVariable = "TASKPROV_LOG";
const formatVariable = "TASKPROV_LOG_FORMAT";

interface Settings {
  readonly level: LogThreshold;
  readonly format: LogFormat;
}

let settings: Settings | undefined;

/**
 * Sets which of taskprov's own lines go to standard error, and how they look. Only taskprov's:
 * no other library's logging is touched.
 *
 * @param options - what is left out is as the environment variables say.
 * @example
 * ```ts
 * setLog({ level: "warning", format: "json" });
 * ```
 */
export function setLog({ level, format }: LogOptions): void {
  settings = {
    level: level ?? fromEnvironment(levelVariable, logThresholds, "info"),
    format: format ?? fromEnvironment(formatVariable, logFormats, "text"),
  };
}

/** Changes how the lines look, and nothing else. */
export function setLogFormat(format: LogFormat): void {
  setLog({ level: current().level, format });
}

/** The variables with which a process started from here says as much as this one. */
export function logEnvironment(): Record<string, string> {
  const { level, format } = current();
  return { [levelVariable]: level, [formatVariable]: format };
}

/** Whether lines of this level are shown: what is dear to find out is asked for only then. */
export function isLogged(level: MessageLevel): boolean {
  return logThresholds.indexOf(level) >= logThresholds.indexOf(current().level);
}

/** Tells the user something: a line on standard error. */
export function log(level: MessageLevel, message: string, facts: LogFacts = {}): void {
  if (level === "warning" || level === "error") keep(level, message);
  const line = logLine(level, `taskprov: ${message}`, facts);
  if (line !== undefined) process.stderr.write(`${line}\n`);
}

/** A line that was told, or would have been. */
export interface KeptMessage {
  readonly time: EpochSeconds;
  readonly level: "warning" | "error";
  readonly text: string;
}

const maxKept = 1_000;
let kept: KeptMessage[] = [];

function keep(level: KeptMessage["level"], text: string): void {
  kept.push({ time: systemClock.now(), level, text });
  if (kept.length >= 2 * maxKept) kept = kept.slice(-maxKept);
}

/** The last warnings and errors of this process. */
export function keptMessages(): readonly KeptMessage[] {
  return kept.slice(-maxKept);
}

/**
 * A line as it is to be shown; undefined when it is not.
 *
 * @param line - as people read it; the name in front of it is no part of a JSON object's message.
 */
export function logLine(
  level: MessageLevel,
  line: string,
  facts: LogFacts = {},
): string | undefined {
  if (!isLogged(level)) return undefined;
  if (current().format === "text") return line + factsText(facts);
  const time = formatEpochSeconds(systemClock.now());
  const message = line.startsWith("taskprov: ") ? line.slice("taskprov: ".length) : line;
  return JSON.stringify({ ...facts, time, level, message });
}

function current(): Settings {
  if (settings === undefined) setLog({});
  return settings ?? { level: "info", format: "text" };
}

function factsText(facts: LogFacts): string {
  const texts = Object.entries(facts).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return texts.length === 0 ? "" : ` (${texts.join(", ")})`;
}

const told = new Set<string>();

/** A variable that says nonsense is told of, once, and counts as absent: no run fails by it. */
function fromEnvironment<T extends string>(name: string, known: readonly T[], other: T): T {
  const given = process.env[name];
  if (given === undefined || given === "") return other;
  const found = known.find((word) => word === given.toLowerCase());
  if (found !== undefined) return found;
  if (!told.has(name)) {
    told.add(name);
    process.stderr.write(`taskprov: ${unknownWord(name, given, known)} It counts as ${other}.\n`);
  }
  return other;
}

/** Says that a word is none of those there are. */
export function unknownWord(name: string, given: string, known: readonly string[]): string {
  const nearest = nearestName(given, known);
  const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  return `Expected ${name} to be one of ${known.join(", ")}, got "${given.slice(0, 80)}".${hint}`;
}
