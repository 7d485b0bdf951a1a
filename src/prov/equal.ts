import {
  type AssignColors,
  Budget,
  type Colors,
  refineColors,
  sharedColors,
} from "./blank-colors.js";
import { type BlankNodes, findBlankNodes, renameBlanks } from "./blank-nodes.js";
import { type EqualityOptions, sameDocument } from "./equality.js";
import { qualifiedName } from "./names.js";
import type { ProvDocument } from "./records.js";

/** How {@link equal} compares. */
export interface EqualOptions extends EqualityOptions {
  /**
   * How many records may be looked at to find out which blank id stands for which.
   *
   * @defaultValue 1_000_000
   */
  readonly maxSteps?: number;
}

/**
 * Tells whether two documents say the same, as `sameDocument` does, with blank ids (`_:x`) of
 * things allowed to have other names.
 *
 * @throws {@link TaskprovError} `ERR_BUDGET` when there are too many blank ids that look alike.
 * @example
 * ```ts
 * equal(await readDocument(json), await readDocument(turtle));
 * ```
 */
export function equal(a: ProvDocument, b: ProvDocument, options: EqualOptions = {}): boolean {
  if (sameDocument(a, b, options)) {
    return true;
  }
  const [first, second] = [findBlankNodes(a), findBlankNodes(b)];
  if (
    first.locals.length !== second.locals.length ||
    first.locals.length === 0 ||
    a.bundles.length !== b.bundles.length
  ) {
    return false;
  }
  const search: Search = {
    sides: [
      { document: a, nodes: first },
      { document: b, nodes: second },
    ],
    assign: sharedColors(),
    budget: new Budget(options.maxSteps ?? 1_000_000),
    options,
  };
  return isMatch(search, new Map(), new Map(), 0);
}

interface Side {
  readonly document: ProvDocument;
  readonly nodes: BlankNodes;
}

interface Search {
  readonly sides: readonly [Side, Side];
  readonly assign: AssignColors;
  readonly budget: Budget;
  readonly options: EqualityOptions;
}

// Where colours do not tell all nodes apart, one is chosen and tried against each that looks like it.
function isMatch(search: Search, startA: Colors, startB: Colors, depth: number): boolean {
  const { sides, assign, budget, options } = search;
  const [a, b] = sides;
  const colorsA = refineColors(a.document, a.nodes, startA, assign, budget);
  const colorsB = refineColors(b.document, b.nodes, startB, assign, budget);
  const classesA = classesOf(colorsA);
  const classesB = classesOf(colorsB);
  for (const [color, members] of classesA) {
    if (classesB.get(color)?.length !== members.length) {
      return false;
    }
  }
  const open = [...classesA].filter(([, members]) => members.length > 1);
  const [hardest] = open;
  if (hardest === undefined) {
    return sameDocument(colored(a, colorsA), colored(b, colorsB), options);
  }
  const nextA = new Map(colorsA);
  const nextB = new Map(colorsB);
  const twins = open.filter(([, members]) => areTwins(a.nodes, members, colorsA, classesA));
  let own = -2 - depth;
  for (const [color, members] of twins) {
    for (const [index, local] of members.entries()) {
      nextA.set(local, own);
      nextB.set(classesB.get(color)?.[index] ?? "", own);
      own -= 1;
    }
  }
  if (twins.length > 0) {
    return isMatch(search, nextA, nextB, -2 - own);
  }
  const [color, [chosen = ""]] = hardest;
  return (classesB.get(color) ?? []).some((candidate) =>
    isMatch(
      search,
      new Map(colorsA).set(chosen, own),
      new Map(colorsB).set(candidate, own),
      depth + 1,
    ),
  );
}

// Nodes that look alike and have to do only with nodes that are told apart can stand for each
// other, so that any pairing is as good as another.
function areTwins(
  { records }: BlankNodes,
  members: readonly string[],
  colors: Colors,
  classes: ReadonlyMap<number, readonly string[]>,
): boolean {
  const own = new Set(members);
  return records.every(({ blanks }) => {
    const open = blanks.filter((blank) => (classes.get(colors.get(blank) ?? -1)?.length ?? 0) > 1);
    return open.length < 2 || !open.some((blank) => own.has(blank));
  });
}

function classesOf(colors: Colors): ReadonlyMap<number, readonly string[]> {
  const classes = new Map<number, string[]>();
  for (const [local, color] of colors) {
    const members = classes.get(color);
    if (members === undefined) {
      classes.set(color, [local]);
    } else {
      members.push(local);
    }
  }
  return classes;
}

const namespace = { prefix: "blank", uri: "urn:uuid:00000000-0000-0000-0000-000000000000#" };

function colored({ document }: Side, colors: Colors): ProvDocument {
  return renameBlanks(document, ({ local }) =>
    qualifiedName(namespace, String(colors.get(local) ?? local)),
  );
}
