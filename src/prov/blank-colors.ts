import { TaskprovError } from "../base/errors.js";
import { type BlankNodes, type BlankRecord, isBlank, renameBlanksOf } from "./blank-nodes.js";
import { compareTexts } from "./compare-texts.js";
import { recordKey } from "./equality.js";
import { qualifiedName, uriOf } from "./names.js";
import type { ProvDocument } from "./records.js";

/** What blank nodes look like from outside: those that can be told apart have other colours. */
export type Colors = ReadonlyMap<string, number>;

/** Colours stand as names in a namespace that no document uses. */
const colorNamespace = { prefix: "color", uri: "urn:uuid:00000000-0000-0000-0000-000000000000#" };

/** Counts what comparing costs, and stops it when it becomes too much. */
export class Budget {
  #left: number;
  readonly #total: number;

  /** @param steps - how many records may be looked at. */
  constructor(steps: number) {
    this.#left = steps;
    this.#total = steps;
  }

  /**
   * Spends a step.
   *
   * @throws {@link TaskprovError} `ERR_BUDGET` when none is left.
   */
  spend(): void {
    this.#left -= 1;
    if (this.#left < 0) {
      throw new TaskprovError(
        "ERR_BUDGET",
        `The documents have so many blank ids (_:x) that look alike that ${this.#total} steps did not decide whether they are equal. Raise \`maxSteps\`, or give the things ids.`,
      );
    }
  }
}

/** Gives signatures their colours: the same colour for the same signature. */
export type AssignColors = (signatures: ReadonlyMap<string, string>) => Colors;

/** Colours that are the same in every document coloured with them. */
export function sharedColors(): AssignColors {
  const numbers = new Map<string, number>();
  return (signatures) => {
    const colors = new Map<string, number>();
    for (const [local, signature] of signatures) {
      const number = numbers.get(signature) ?? numbers.size;
      numbers.set(signature, number);
      colors.set(local, number);
    }
    return colors;
  };
}

/** Colours in the order of the signatures, so that they depend on what a document says only. */
export const rankedColors: AssignColors = (signatures) => {
  const ranks = new Map(
    [...new Set(signatures.values())]
      .toSorted(compareTexts)
      .map((signature, rank) => [signature, rank]),
  );
  return new Map(
    [...signatures].map(([local, signature]) => [local, ranks.get(signature) ?? 0] as const),
  );
};

/**
 * Colours the blank nodes of a document until no more can be told apart (colour refinement).
 *
 * @param start - the colours to begin with; nodes without one are alike.
 * @param maxRounds - stops earlier; the colours are then coarser than they could be.
 */
export function refineColors(
  document: ProvDocument,
  nodes: BlankNodes,
  start: Colors,
  assign: AssignColors,
  budget: Budget,
  maxRounds: number = Number.POSITIVE_INFINITY,
): Colors {
  const recordsOf = new Map<string, BlankRecord[]>(nodes.locals.map((local) => [local, []]));
  for (const record of nodes.records) {
    for (const local of record.blanks) {
      recordsOf.get(local)?.push(record);
    }
  }
  let colors = start;
  for (let round = 0; round < maxRounds; round++) {
    const next = assign(signaturesOf(document, nodes, recordsOf, colors, budget));
    if (round > 0 && new Set(next.values()).size === new Set(colors.values()).size) {
      return next;
    }
    colors = next;
  }
  return colors;
}

function signaturesOf(
  document: ProvDocument,
  nodes: BlankNodes,
  recordsOf: ReadonlyMap<string, readonly BlankRecord[]>,
  colors: Colors,
  budget: Budget,
): ReadonlyMap<string, string> {
  const bundleKeys = document.bundles.map(({ id }) => {
    const color = isBlank(id) ? colors.get(id.local) : undefined;
    return color === undefined ? uriOf(id) : `color ${color}`;
  });
  const signatures = new Map<string, string>();
  for (const local of nodes.locals) {
    const keys = (recordsOf.get(local) ?? []).map((record) => {
      budget.spend();
      return `${bundleKeys[record.bundle] ?? ""} ${signatureOf(record, local, colors)}`;
    });
    const bundle = nodes.bundles.get(local);
    const size = bundle === undefined ? -1 : (document.bundles[bundle]?.records.length ?? 0);
    signatures.set(local, JSON.stringify([colors.get(local) ?? -1, size, ...keys.toSorted()]));
  }
  return signatures;
}

// The record with colours in the place of blank nodes; the one it is looked at from stands out.
function signatureOf({ record, blanks }: BlankRecord, self: string, colors: Colors): string {
  const colored = renameBlanksOf(record, new Set(blanks), ({ local }) => {
    const text = local === self ? "self" : String(colors.get(local) ?? -1);
    return qualifiedName(colorNamespace, text);
  });
  return recordKey(colored);
}
