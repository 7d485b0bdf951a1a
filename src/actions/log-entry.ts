import { childrenOf, type LogNode } from "./log-forest.js";
import { type ActionFields, type ActionMessage, graphTaskType } from "./message.js";

/** How an action of a log went; `unfinished`: its end is not in the log. */
export type LogStatus = "succeeded" | "failed" | "unfinished" | "message";

/** An action or message of a log, with what is in it. */
export interface LogEntry {
  /** `UUID/2/3`: stable, and the same in every file. */
  readonly id: string;
  readonly taskUuid: string;
  readonly level: readonly number[];
  /** Undefined where only something inside it was logged. */
  readonly type: string | undefined;
  readonly status: LogStatus;
  /** Seconds since the epoch. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  /** Undefined while it is not known, or where the clock was set back. */
  readonly seconds: number | undefined;
  /** What it began with, or says. */
  readonly fields: ActionFields;
  /** What it ended with. */
  readonly endFields: ActionFields;
  /** The key of the task that it is. */
  readonly key: string | undefined;
  readonly dependencies: readonly string[];
  /** Other messages were logged at the same place. */
  readonly repeated: number;
  readonly children: readonly LogEntry[];
}

const reserved = new Set([
  "timestamp",
  "task_uuid",
  "task_level",
  "action_type",
  "action_status",
  "message_type",
]);

/** A tree of a log as data. */
export function entryOf(node: LogNode): LogEntry {
  const children = childrenOf(node).map(entryOf);
  const [first] = children;
  const task = first?.type === graphTaskType ? first : undefined;
  const { message, start: began, end: over } = node;
  const start = (message ?? began)?.timestamp;
  const end = (message ?? over)?.timestamp;
  const took = start === undefined || end === undefined ? Number.NaN : end - start;
  return {
    id: [node.taskUuid, ...node.level].join("/"),
    taskUuid: node.taskUuid,
    level: node.level,
    type: textOf(message?.["message_type"] ?? (began ?? over)?.["action_type"]),
    status: statusOf(node),
    start,
    end,
    seconds: took >= 0 && message === undefined ? took : undefined,
    fields: fieldsOf(message ?? began),
    endFields: fieldsOf(over),
    key: task === undefined ? undefined : textOf(task.fields["key"]),
    dependencies: task === undefined ? [] : textsOf(task.fields["dependencies"]),
    repeated: node.repeated,
    children: task === undefined ? children : children.slice(1),
  };
}

function statusOf({ message, start, end }: LogNode): LogStatus {
  if (message !== undefined && start === undefined && end === undefined) return "message";
  switch (end?.["action_status"]) {
    case "succeeded":
    case "failed":
      return end["action_status"];
    default:
      return "unfinished";
  }
}

function fieldsOf(message: ActionMessage | undefined): ActionFields {
  return Object.fromEntries(Object.entries(message ?? {}).filter(([name]) => !reserved.has(name)));
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((item) => textOf(item) ?? "null") : [];
}
