import { eachNeighbour } from "./closure.js";
import { type Status, statuses } from "./index/kinds.js";
import { none } from "./index/lineage-index.js";
import { type ItemReader, rounded } from "./item-facts.js";

/** What the activities of one group came to. */
export interface GroupSummary {
  readonly group: string;
  readonly count: number;
  /** Attempts by status. */
  readonly statuses: Readonly<Partial<Record<Status, number>>>;
  /** Sum of the times from start to end. */
  readonly seconds: number;
  readonly transferSeconds: number;
}

/** How many attempts of one group came directly from attempts of another. */
export interface GroupLink {
  readonly effect: string;
  readonly cause: string;
  readonly count: number;
}

interface Counted {
  readonly group: string;
  count: number;
  statuses: Partial<Record<Status, number>>;
  seconds: number;
  transferSeconds: number;
}

/** Groups activities, nearest first, and says which groups came from which. */
export function summarise(
  reader: ItemReader,
  activities: readonly number[],
): { readonly groups: readonly GroupSummary[]; readonly links: readonly GroupLink[] } {
  const { index } = reader;
  const included = new Uint8Array(index.nodes.type.length);
  for (const node of activities) included[node] = 1;
  const groups = new Map<string, Counted>();
  const links = new Map<string, Map<string, number>>();
  const groupOf = groupNames(reader);
  for (const node of activities) {
    const group = groupOf(node);
    addTo(groups, group, reader, index.nodes.row[node] ?? none);
    const causes = new Set<string>();
    eachCause(reader, node, (cause) => {
      if (included[cause] === 1) causes.add(groupOf(cause));
    });
    for (const cause of causes) count(links, group, cause);
  }
  return {
    groups: [...groups.values()].map((group) => ({
      ...group,
      seconds: rounded(group.seconds),
      transferSeconds: rounded(group.transferSeconds),
    })),
    links: [...links].flatMap(([effect, causes]) =>
      [...causes].map(([cause, number]) => ({ effect, cause, count: number })),
    ),
  };
}

/** Names of groups by node; attempts share few numbers, and a text is made for each once. */
function groupNames(reader: ItemReader): (node: number) => string {
  const { index } = reader;
  const known = new Map<number, string>();
  return (node) => {
    const row = index.nodes.row[node] ?? none;
    if (row === none) return index.ids.text(node);
    const number = index.activities.group[row] ?? none;
    if (number === none) return reader.groupOf(row);
    const text = known.get(number) ?? reader.groupOf(row);
    known.set(number, text);
    return text;
  };
}

function addTo(
  groups: Map<string, Counted>,
  name: string,
  { index }: ItemReader,
  row: number,
): void {
  const group = groups.get(name) ?? {
    group: name,
    count: 0,
    statuses: {},
    seconds: 0,
    transferSeconds: 0,
  };
  groups.set(name, group);
  group.count++;
  if (row === none) return;
  const { activities } = index;
  const status = statuses[activities.status[row] ?? 0] ?? "";
  if (status !== "") group.statuses[status] = (group.statuses[status] ?? 0) + 1;
  const seconds = (activities.end[row] ?? 0) - (activities.start[row] ?? 0);
  if (!Number.isNaN(seconds)) group.seconds += seconds;
  group.transferSeconds += activities.transferSeconds[row] ?? 0;
}

function count(links: Map<string, Map<string, number>>, effect: string, cause: string): void {
  const causes = links.get(effect) ?? new Map<string, number>();
  causes.set(cause, (causes.get(cause) ?? 0) + 1);
  links.set(effect, causes);
}

/**
 * Calls back with the activities that an activity came from directly: through one entity, or as an
 * informant. An alias between them is gone through.
 */
export function eachCause(
  { index }: ItemReader,
  activity: number,
  then: (cause: number, entity: number) => void,
): void {
  const { row } = index.nodes;
  const entities: number[] = [];
  eachNeighbour(index, activity, "up", (other) => {
    if (row[other] === none) entities.push(other);
    else then(other, none);
  });
  for (const entity of entities) eachProducer(index, entity, then);
}

/** So many entities are gone through to find who made one: aliases are short, circles end. */
const maxThrough = 64;

function eachProducer(
  index: ItemReader["index"],
  entity: number,
  then: (cause: number, entity: number) => void,
): void {
  const { row } = index.nodes;
  const through = [entity];
  for (let i = 0; i < through.length; i++) {
    eachNeighbour(index, through[i] ?? 0, "up", (other) => {
      if (row[other] !== none) then(other, entity);
      else if (through.length < maxThrough && !through.includes(other)) through.push(other);
    });
  }
}
