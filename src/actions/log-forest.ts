import type { ActionMessage } from "./message.js";

/** An action or a message in the tree of a log; one without messages was only heard of. */
export interface LogNode {
  readonly taskUuid: string;
  /** Empty for the first action of a tree. */
  readonly level: readonly number[];
  /** A message that is no action. */
  message: ActionMessage | undefined;
  start: ActionMessage | undefined;
  end: ActionMessage | undefined;
  /** By their number in this one. */
  readonly children: Map<number, LogNode>;
  /** Messages at a place that had another one already: a log of two tries that say they are one. */
  repeated: number;
}

/** How a line of a log can be of no use. */
export type LineProblem = "torn" | "not-json" | "not-an-action" | "too-deep";

const deepestLevel = 400;
const longestUuid = 200;

/**
 * Puts the messages of a log together to trees, whatever their order and however many files they
 * come from: only `task_uuid` and `task_level` say where a message belongs, not its time.
 */
export class LogForest {
  readonly #roots = new Map<string, LogNode>();

  /** The trees, by the time of their earliest message. */
  get roots(): readonly LogNode[] {
    const times = new Map<LogNode, number>();
    for (const root of this.#roots.values()) times.set(root, earliest(root));
    return [...this.#roots.values()].sort((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
  }

  /** Takes a line; undefined when it went well. */
  addLine(line: string): LineProblem | undefined {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return "not-json";
    }
    return this.add(value);
  }

  /** Takes a message; undefined when it is one. */
  add(value: unknown): LineProblem | undefined {
    if (!isMessage(value)) return "not-an-action";
    if (value.task_level.length > deepestLevel) return "too-deep";
    const isPlain = value["action_type"] === undefined;
    const place = isPlain ? value.task_level : value.task_level.slice(0, -1);
    const node = this.#nodeAt(value.task_uuid, place);
    if (isPlain) node.message = onlyOne(node, node.message, value);
    else if (value["action_status"] === "started") node.start = onlyOne(node, node.start, value);
    else node.end = onlyOne(node, node.end, value);
    return undefined;
  }

  #nodeAt(taskUuid: string, level: readonly number[]): LogNode {
    let node = this.#roots.get(taskUuid) ?? emptyNode(taskUuid, []);
    this.#roots.set(taskUuid, node);
    for (const [i, number] of level.entries()) {
      const child = node.children.get(number) ?? emptyNode(taskUuid, level.slice(0, i + 1));
      node.children.set(number, child);
      node = child;
    }
    return node;
  }
}

/** What a node has in it, in the order in which it was written. */
export function childrenOf(node: LogNode): readonly LogNode[] {
  return [...node.children].sort(([a], [b]) => a - b).map(([, child]) => child);
}

/** When a node began, or the earliest time in it. */
function earliest(node: LogNode): number {
  let least = Number.POSITIVE_INFINITY;
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const own = (at.start ?? at.message ?? at.end)?.timestamp;
    if (own !== undefined && own < least) least = own;
    if (at.start === undefined) open.push(...at.children.values());
  }
  return least;
}

/** The same file given twice says the same twice; two tries at one place say different things. */
function onlyOne(
  node: LogNode,
  known: ActionMessage | undefined,
  message: ActionMessage,
): ActionMessage {
  if (known === undefined) return message;
  if (JSON.stringify(known) !== JSON.stringify(message)) node.repeated++;
  return known;
}

function emptyNode(taskUuid: string, level: readonly number[]): LogNode {
  return {
    taskUuid,
    level,
    message: undefined,
    start: undefined,
    end: undefined,
    children: new Map(),
    repeated: 0,
  };
}

function isMessage(value: unknown): value is ActionMessage {
  if (typeof value !== "object" || value === null) return false;
  if (!("timestamp" in value && "task_uuid" in value && "task_level" in value)) return false;
  const { timestamp, task_uuid: uuid, task_level: level } = value;
  return (
    typeof timestamp === "number" &&
    typeof uuid === "string" &&
    uuid !== "" &&
    uuid.length <= longestUuid &&
    Array.isArray(level) &&
    level.length > 0 &&
    level.every((part) => Number.isSafeInteger(part) && part > 0)
  );
}
