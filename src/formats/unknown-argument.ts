import {
  blankNamespace,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
  type RecordParts,
  recordFormals,
} from "../prov/index.js";
import { quoted } from "./quoted.js";

const beginning = "unknown-";

/**
 * Whether a required argument may be missing all the same, and then is unknown. The W3C's cases
 * for PROV-CONSTRAINTS 23 have delegations without the responsible agent among the valid documents.
 */
export function mayBeUnknown(kind: RecordKind, property: string): boolean {
  return kind === "actedOnBehalfOf" && property === "responsible";
}

/** What a reader warns of when it takes a required argument to be unknown. */
export interface UnknownWarning {
  readonly rule: "required" | "missing-formal";
  readonly message: string;
}

/**
 * Takes the required arguments that a relation does not name to be unknown, as Python's `prov`
 * does, which writes such documents too: puts anonymous names in their places, which
 * PROV-CONSTRAINTS takes for variables.
 *
 * @param names - the formal names in PROV-N order, filled in here.
 * @returns what to warn of; `undefined` when nothing is missing.
 */
export type FillUnknown = (
  kind: RecordKind,
  names: (QualifiedName | undefined)[],
) => UnknownWarning | undefined;

/** Makes what fills in the unknown arguments of one document, so that no two have one name. */
export function unknownFiller(): FillUnknown {
  const counts = new Map<string, number>();
  return (kind, names) => {
    const missing: string[] = [];
    for (const [slot, { property, required }] of recordFormals[kind].entries()) {
      if (required && names[slot] === undefined) {
        const what = `${kind}-${property}`;
        const count = (counts.get(what) ?? 0) + 1;
        counts.set(what, count);
        names[slot] = qualifiedName(blankNamespace, `${beginning}${what}-${count}`);
        missing.push(property);
      }
    }
    return missing.length === 0 ? undefined : unknownWarning(kind, missing);
  };
}

function unknownWarning(kind: RecordKind, missing: readonly string[]): UnknownWarning {
  if (missing.every((property) => mayBeUnknown(kind, property))) {
    const message = "A delegation should name the responsible agent; it is taken to be unknown.";
    return { rule: "required", message };
  }
  return { rule: "missing-formal", message: `${needText(kind, missing)}; taken to be unknown.` };
}

/** Whether a name is one of a {@link FillUnknown}. */
export function isUnknownArgument({ namespace, local }: QualifiedName): boolean {
  return namespace.uri === blankNamespace.uri && local.startsWith(beginning);
}

/** Why a record is not one of PROV-DM, because a needed argument is unknown; usually `undefined`. */
export function missingArgument({ kind, names }: RecordParts): string | undefined {
  let isMissing = false;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    isMissing ||= name !== undefined && isUnknownArgument(name);
  }
  if (!isMissing) {
    return undefined;
  }
  const missing = recordFormals[kind].filter(({ property, required }, slot) => {
    const name = names[slot];
    return (
      required && name !== undefined && isUnknownArgument(name) && !mayBeUnknown(kind, property)
    );
  });
  return missing.length === 0
    ? undefined
    : `${needText(
        kind,
        missing.map(({ property }) => property),
      )}, which PROV-DM demands.`;
}

function needText(kind: RecordKind, missing: readonly string[]): string {
  const wanted = missing.map((property) => quoted(`prov:${property}`)).join(" and ");
  return `A ${kind} needs ${wanted}`;
}
