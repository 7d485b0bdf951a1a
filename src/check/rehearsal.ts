import { type Formal, isElementKind, type RecordKind, recordFormals } from "../prov/index.js";
import { type CheckerSettings, DocumentChecker } from "./document-checker.js";
import { checkJson, type JsonCheckerSettings } from "./json-checker.js";

/** From so many bytes on a rehearsal saves more time than it takes. */
export const largeSource: number = 1 << 21;

/** The kinds that most documents have. */
const commonKinds: readonly RecordKind[] = [
  "activity",
  "entity",
  "agent",
  "wasGeneratedBy",
  "used",
  "wasDerivedFrom",
  "wasInformedBy",
  "wasAssociatedWith",
  "wasAttributedTo",
];
const recordsPerKind = 64;
const rounds = 2;

let isRehearsed = false;

/**
 * Checks a small document with records of every common kind, once in the life of the process.
 *
 * A document comes one section after another, so V8 compiles reader and checker for the kind of
 * the first one, has to do it again with every section, and once more in the passes at the end:
 * most of the time that a document of 100,000 records takes. Having seen all kinds, it does so once.
 */
export async function rehearse(settings: CheckerSettings, how: JsonCheckerSettings): Promise<void> {
  if (isRehearsed) {
    return;
  }
  isRehearsed = true;
  const bytes = new TextEncoder().encode(rehearsalText());
  for (let round = 0; round < rounds; round++) {
    const checker = new DocumentChecker({ ...settings, readers: [] });
    await checkJson(bytes, checker, how);
    checker.finish();
  }
}

/** A document in PROV-JSON in which no check finds anything. */
export function rehearsalText(): string {
  const sections = commonKinds.map((kind) => [kind, section(kind)] as const);
  const prefix = { ex: "https://example.org/rehearsal#" };
  return JSON.stringify({ prefix, ...Object.fromEntries(sections) });
}

function section(kind: RecordKind): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  // The first elements are what the first relations refer to.
  for (let n = isElementKind(kind) ? 0 : 1; n <= recordsPerKind; n++) {
    members[isElementKind(kind) ? `ex:${kind}-${n}` : `_:${kind}-${n}`] = member(kind, n);
  }
  return members;
}

// An activity makes an entity of the one before it, and its times lie in order.
function member(kind: RecordKind, n: number): Record<string, unknown> {
  const formals = recordFormals[kind].flatMap((formal, position) => {
    const value = formalValue(formal, position, n);
    return value === undefined ? [] : [[`prov:${formal.property}`, value] as const];
  });
  return { ...Object.fromEntries(formals), ...attributes(kind, n) };
}

function formalValue({ property, type }: Formal, position: number, n: number): string | undefined {
  switch (type) {
    case "time": {
      const millis = ["startTime", "time", "endTime"].indexOf(property);
      return new Date(1_790_000_000_000 + n * 1000 + millis).toISOString();
    }
    case "entity":
      return `ex:entity-${position === 0 ? n : n - 1}`;
    case "activity":
      return `ex:activity-${property === "informant" ? n - 1 : n}`;
    case "agent":
      return `ex:agent-${n}`;
    default:
      return undefined;
  }
}

function attributes(kind: RecordKind, n: number): Record<string, unknown> {
  if (!isElementKind(kind)) {
    return n % 2 === 0 ? { "prov:role": "result" } : {};
  }
  return {
    "prov:type": { $: "ex:Thing", type: "prov:QUALIFIED_NAME" },
    "ex:key": `key-${n}`,
    "ex:count": { $: String(n), type: "xsd:int" },
    "ex:status": "ok",
  };
}
