import type { Finding } from "../formats/index.js";
import { quoted } from "../formats/quoted.js";
import {
  blankNamespace,
  type FormalType,
  formalNames,
  nameText,
  type ProvRecord,
  type QualifiedName,
  type RecordKind,
  recordFormals,
  uriOf,
} from "../prov/index.js";
import { findingAt, type Whereabouts } from "./whereabouts.js";

// What is known about an id. The "as" bits come from positions in relations.
const declaredEntity = 1;
const declaredActivity = 2;
const declaredAgent = 4;
const declaredGeneration = 8;
const declaredUsage = 16;
const asEntity = 32;
const asActivity = 64;
const reportedBoth = 128;
const declaredElement = declaredEntity | declaredActivity | declaredAgent;

const declarations: Partial<Readonly<Record<RecordKind, number>>> = {
  entity: declaredEntity,
  activity: declaredActivity,
  agent: declaredAgent,
  wasGeneratedBy: declaredGeneration,
  used: declaredUsage,
};

/** What a formal position says about the id in it, and which declaration it wants. */
const positions: Readonly<Record<FormalType, { readonly says: number; readonly wants: number }>> = {
  entity: { says: asEntity, wants: declaredElement },
  activity: { says: asActivity, wants: declaredElement },
  agent: { says: 0, wants: declaredElement },
  any: { says: 0, wants: declaredElement },
  generation: { says: 0, wants: declaredGeneration },
  usage: { says: 0, wants: declaredUsage },
  bundle: { says: 0, wants: 0 },
  time: { says: 0, wants: 0 },
};

interface Scope {
  /** Bits by URI. */
  readonly known: Map<string, number>;
  /** First references to what was not declared when they were met, by URI and wanted bits. */
  readonly wanted: Map<string, Wanted>;
}

interface Wanted {
  readonly uri: string;
  readonly bits: number;
  readonly finding: Finding;
}

/**
 * Looks whether relations refer to declared things (they need not, but many readers drop them
 * otherwise), and whether something is both an entity and an activity: an error by
 * PROV-CONSTRAINTS 55, with the types that constraint 50 infers from positions in relations.
 *
 * Keeps ids only. A bundle is looked at by itself, but may refer to what its document declares.
 */
export class ReferenceCheck {
  readonly #report: (finding: Finding) => void;
  readonly #document: Scope = newScope();
  readonly #bundles: Scope[] = [];
  #scope: Scope = this.#document;

  /** @param report - told about every finding. */
  constructor(report: (finding: Finding) => void) {
    this.#report = report;
  }

  startBundle(): void {
    this.#scope = newScope();
  }

  endBundle(): void {
    this.#scope.known.clear();
    this.#bundles.push(this.#scope);
    this.#scope = this.#document;
  }

  record(record: ProvRecord, at: Whereabouts): void {
    const { id, kind } = record;
    const declared = declarations[kind];
    if (id !== undefined && declared !== undefined) {
      this.#learn(uriOf(id), id, declared, at);
    }
    const formals = recordFormals[kind];
    const names = formalNames(record);
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      const formal = formals[i];
      if (name !== undefined && formal !== undefined) {
        this.#refer(record, name, formal.type, formal.property, at);
      }
    }
  }

  /** Reports what was never declared. */
  finish(): void {
    for (const { wanted } of [this.#document, ...this.#bundles]) {
      for (const { uri, bits, finding } of wanted.values()) {
        if (((this.#document.known.get(uri) ?? 0) & bits) === 0) {
          this.#report(finding);
        }
      }
    }
  }

  #refer(
    record: ProvRecord,
    name: QualifiedName,
    type: FormalType,
    property: string,
    at: Whereabouts,
  ): void {
    const { says, wants } = positions[type];
    const uri = uriOf(name);
    const known = says === 0 ? (this.#scope.known.get(uri) ?? 0) : this.#learn(uri, name, says, at);
    if (wants === 0 || (known & wants) !== 0) {
      return;
    }
    const { wanted } = this.#scope;
    const key = wantedKey(uri, wants);
    if (!wanted.has(key)) {
      wanted.set(key, { uri, bits: wants, finding: undeclared(record, name, type, property, at) });
    }
  }

  // Adds to what is known about an id and returns all of it.
  #learn(uri: string, name: QualifiedName, bits: number, at: Whereabouts): number {
    const { known, wanted } = this.#scope;
    const before = known.get(uri) ?? 0;
    let after = before | bits;
    if (after === before) {
      return after;
    }
    if (isBoth(after) && (after & reportedBoth) === 0) {
      after |= reportedBoth;
      this.#report(both(name, after, at));
    }
    known.set(uri, after);
    if (wanted.size > 0) {
      for (const wants of [declaredElement, declaredGeneration, declaredUsage]) {
        if ((bits & wants) !== 0) {
          wanted.delete(wantedKey(uri, wants));
        }
      }
    }
    return after;
  }
}

function newScope(): Scope {
  return { known: new Map(), wanted: new Map() };
}

function wantedKey(uri: string, bits: number): string {
  return bits === declaredElement ? uri : `${bits} ${uri}`;
}

function isBoth(bits: number): boolean {
  return (
    (bits & (declaredEntity | asEntity)) !== 0 && (bits & (declaredActivity | asActivity)) !== 0
  );
}

function both(name: QualifiedName, bits: number, at: Whereabouts): Finding {
  const how = (declared: number, kind: string): string =>
    `${kind} (${(bits & declared) === 0 ? "by its position in a relation" : "declared"})`;
  const entity = how(declaredEntity, "an entity");
  const activity = how(declaredActivity, "an activity");
  return findingAt(
    "error",
    "entity-activity-disjoint",
    `${quoted(nameText(name))} is both ${entity} and ${activity}, which PROV-CONSTRAINTS 55 forbids. Give one of them another id.`,
    at,
  );
}

function undeclared(
  record: ProvRecord,
  name: QualifiedName,
  type: FormalType,
  property: string,
  at: Whereabouts,
): Finding {
  const position = `prov:${property} of this ${record.kind}`;
  const message =
    name.namespace.uri === blankNamespace.uri && (type === "generation" || type === "usage")
      ? `${position} is ${quoted(nameText(name))}, which names no ${type}; anonymous ids do not last, use a real one.`
      : `${position} is ${quoted(nameText(name))}, which no record declares; some readers drop such relations.`;
  return findingAt("warning", "undeclared", message, at);
}
