import { eachNeighbour } from "../lineage/closure.js";
import { elementKindOf } from "../lineage/index/index-builder.js";
import { typeCode } from "../lineage/index/kinds.js";
import { type LineageIndex, none } from "../lineage/index/lineage-index.js";

/** The attempts of a document in the order in which a report has them: by start. */
export interface ReportRows {
  readonly count: number;
  /** Row of the activity columns, by row of the report. */
  readonly activity: Uint32Array;
  /** Node, by row of the report. */
  readonly node: Uint32Array;
  /** Row of the report by node; -1 for what is no attempt. */
  readonly rowOfNode: Int32Array;
}

/** Puts attempts in order; those without a start come last, as declared. */
export function reportRows({ activities, nodes }: LineageIndex): ReportRows {
  const kept: number[] = [];
  for (let row = 0; row < activities.node.length; row++) {
    const type = nodes.type[activities.node[row] ?? 0] ?? 0;
    if (type === typeCode.run || type === typeCode.cell) continue;
    if (elementKindOf(type) === "activity") kept.push(row);
  }
  const at = (row: number): number => {
    const start = activities.start[row] ?? Number.NaN;
    return Number.isNaN(start) ? Number.POSITIVE_INFINITY : start;
  };
  const activity = Uint32Array.from(kept);
  activity.sort((a, b) => {
    const [x, y] = [at(a), at(b)];
    return x === y ? a - b : x < y ? -1 : 1;
  });
  const node = activity.map((row) => activities.node[row] ?? 0);
  const rowOfNode = new Int32Array(nodes.type.length).fill(-1);
  node.forEach((each, row) => {
    rowOfNode[each] = row;
  });
  return { count: activity.length, activity, node, rowOfNode };
}

/** What an attempt came from: other attempts, and data that no attempt made. */
export interface RowInputs {
  /** Called once for each attempt it came from. @param role - number of a text, or `none`. */
  readonly cause: (row: number, role: number) => void;
  /** Called for each literal and each piece of data without an origin. */
  readonly source: (node: number, role: number) => void;
}

/** So many entities are gone through to find who made one: aliases are short, circles end. */
const maxThrough = 64;

/** Finds what attempts came from; one for a whole document, because it remembers. */
export function inputFinder(
  index: LineageIndex,
  rows: ReportRows,
): (row: number, inputs: RowInputs) => void {
  const { rowOfNode } = rows;
  const seen = new Int32Array(rows.count).fill(-1);
  return (row, { cause, source }) => {
    const once = (other: number, role: number): void => {
      if (other === row || seen[other] === row) return;
      seen[other] = row;
      cause(other, role);
    };
    eachNeighbour(index, rows.node[row] ?? 0, "up", (other, _, edge) => {
      const role = index.edges.role[edge] ?? none;
      const producer = rowOfNode[other] ?? -1;
      if (producer >= 0) once(producer, none);
      else if (
        index.nodes.row[other] === none &&
        !eachProducer(index, rowOfNode, other, role, once)
      )
        source(other, role);
    });
  };
}

/** Whether anything made an entity, directly or through others. */
function eachProducer(
  index: LineageIndex,
  rowOfNode: Int32Array,
  entity: number,
  role: number,
  then: (row: number, role: number) => void,
): boolean {
  const through = [entity];
  let found = false;
  for (let i = 0; i < through.length; i++) {
    eachNeighbour(index, through[i] ?? 0, "up", (other) => {
      const row = rowOfNode[other] ?? -1;
      if (row >= 0) {
        found = true;
        then(row, role);
      } else if (
        index.nodes.row[other] === none &&
        through.length < maxThrough &&
        !through.includes(other)
      )
        through.push(other);
    });
  }
  return found;
}
