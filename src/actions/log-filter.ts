import type { LogEntry } from "./log-entry.js";

/** Which entries of a log are wanted; all conditions hold. */
export interface LogFilter {
  /** The beginning of a tree's UUID. */
  readonly task?: string;
  /** Seconds since the epoch: that were under way at this time or after it. */
  readonly since?: number;
  /** That had begun by this time. */
  readonly until?: number;
  /** Fields of the beginning or the end: present, or with this value, or containing this text. */
  readonly fields?: readonly FieldFilter[];
  /** Types of actions and messages. */
  readonly types?: readonly string[];
  readonly status?: LogEntry["status"];
}

/** A condition on a field. */
export interface FieldFilter {
  readonly name: string;
  /** The text of the value, or its JSON. */
  readonly equals?: string;
  readonly contains?: string;
}

/** Whether an entry itself is wanted, whatever is around and inside it. */
export function isWanted(entry: LogEntry, filter: LogFilter): boolean {
  const { task, since, until, fields = [], types, status } = filter;
  if (task !== undefined && !entry.taskUuid.startsWith(task)) return false;
  if (since !== undefined && !((entry.end ?? Number.POSITIVE_INFINITY) >= since)) return false;
  if (until !== undefined && !((entry.start ?? Number.POSITIVE_INFINITY) <= until)) return false;
  if (types !== undefined && (entry.type === undefined || !types.includes(entry.type)))
    return false;
  if (status !== undefined && entry.status !== status) return false;
  return fields.every((field) => hasField(entry, field));
}

/**
 * The part of a tree that is wanted: wanted entries with what is inside them, and what leads there.
 * Undefined when nothing is.
 */
export function filterEntry(entry: LogEntry, filter: LogFilter): LogEntry | undefined {
  if (isWanted(entry, filter)) return entry;
  const children = entry.children.flatMap((child) => filterEntry(child, filter) ?? []);
  return children.length === 0 ? undefined : { ...entry, children };
}

function hasField(entry: LogEntry, { name, equals, contains }: FieldFilter): boolean {
  const values = [entry.fields[name], entry.endFields[name]];
  if (name === "key" && entry.key !== undefined) values.push(entry.key);
  return values.some((value) => {
    if (value === undefined) return false;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (equals !== undefined) return text === equals;
    return contains === undefined || text.includes(contains);
  });
}
