import { formatEpochSeconds } from "../base/clock.js";
import { elementKindOf } from "./index/index-builder.js";
import { type Status, statuses, typeCode } from "./index/kinds.js";
import { none } from "./index/lineage-index.js";
import { type ItemReader, type KnownAttributes, rounded } from "./item-facts.js";

/** What a document says of the run it is about, and how much is in it. */
export interface RunFacts {
  /** Path of the document or journal; empty when it came from memory. */
  readonly source: string;
  readonly name?: string;
  readonly runId?: string;
  readonly engine?: string;
  readonly start?: string;
  readonly end?: string;
  readonly seconds?: number;
  readonly user?: string;
  readonly host?: string;
  readonly commandLine?: string;
  readonly gitCommit?: string;
  readonly versions: readonly string[];
  /** Different keys of attempts; for documents of others, activities. */
  readonly tasks: number;
  readonly attempts: number;
  readonly data: number;
  readonly statuses: Readonly<Partial<Record<Status, number>>>;
  readonly incomplete: boolean;
  readonly problems: readonly string[];
}

/** Reads the facts of a run. */
export function runFacts(reader: ItemReader, source: string): RunFacts {
  const { index } = reader;
  const about: KnownAttributes = index.run === none ? new Map() : reader.shared(index.run);
  const first = (name: string): string | undefined => about.get(name)?.[0];
  const one = (name: string, attribute: string): object => {
    const value = first(attribute);
    return value === undefined ? {} : { [name]: value };
  };
  const scheduler = index.nodes.type.indexOf(typeCode.scheduler);
  const versions = scheduler < 0 ? [] : (reader.shared(scheduler).get("taskprov:version") ?? []);
  const user = userOf(reader);
  return {
    source,
    ...one("name", "prov:label"),
    ...one("runId", "taskprov:runId"),
    ...one("engine", "taskprov:engine"),
    ...timesOf(reader),
    ...(user !== undefined && { user }),
    ...one("host", "taskprov:host"),
    ...one("commandLine", "taskprov:commandLine"),
    ...one("gitCommit", "taskprov:gitCommit"),
    versions,
    ...countsOf(reader),
    incomplete: first("taskprov:incomplete") === "true",
    problems: about.get("taskprov:problem") ?? index.problems,
  };
}

function userOf(reader: ItemReader): string | undefined {
  const { type } = reader.index.nodes;
  for (let node = 0; node < type.length; node++) {
    if (type[node] !== typeCode.agent) continue;
    const user = reader.shared(node).get("taskprov:user")?.[0];
    if (user !== undefined) return user;
    return undefined;
  }
  return undefined;
}

/** Of the run itself; where the document has none, or no end, of its activities. */
function timesOf(reader: ItemReader): Partial<RunFacts> {
  const { activities, nodes, run } = reader.index;
  const row = run === none ? none : (nodes.row[run] ?? none);
  let start = activities.start[row] ?? Number.NaN;
  let end = activities.end[row] ?? Number.NaN;
  const isStarted = !Number.isNaN(start);
  const isEnded = !Number.isNaN(end);
  for (let each = 0; each < activities.node.length; each++) {
    const from = activities.start[each] ?? Number.NaN;
    const to = activities.end[each] ?? Number.NaN;
    if (!isStarted && !(from >= start)) start = Number.isNaN(from) ? start : from;
    if (!isEnded && !(to <= end)) end = Number.isNaN(to) ? end : to;
  }
  return {
    ...(!Number.isNaN(start) && { start: formatEpochSeconds(start) }),
    ...(!Number.isNaN(end) && { end: formatEpochSeconds(end) }),
    ...(!Number.isNaN(end - start) && { seconds: rounded(end - start) }),
  };
}

function countsOf({
  index,
}: ItemReader): Pick<RunFacts, "tasks" | "attempts" | "data" | "statuses"> {
  const { nodes, activities } = index;
  const counts: Partial<Record<Status, number>> = {};
  const seen = new Uint8Array(index.texts.size);
  let tasks = 0;
  let attempts = 0;
  for (let row = 0; row < activities.node.length; row++) {
    const node = activities.node[row] ?? 0;
    const type = nodes.type[node] ?? 0;
    if (type === typeCode.run || type === typeCode.cell || elementKindOf(type) !== "activity")
      continue;
    attempts++;
    const key = nodes.key[node] ?? none;
    if (key === none || seen[key] === 0) tasks++;
    if (key !== none) seen[key] = 1;
    const status = statuses[activities.status[row] ?? 0] ?? "";
    if (status !== "") counts[status] = (counts[status] ?? 0) + 1;
  }
  let data = 0;
  for (const type of nodes.type) {
    if (type === typeCode.data || type === typeCode.scattered || type === typeCode.entity) data++;
  }
  return { tasks, attempts, data, statuses: counts };
}

/** How a run is called beside others: its file, or its name. */
export function runTitle({ source, name, runId }: RunFacts): string {
  return source !== "" ? source : (name ?? runId ?? "document");
}
