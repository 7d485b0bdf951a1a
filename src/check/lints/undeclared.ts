import { quoted } from "../../formats/quoted.js";
import { isUnknownArgument } from "../../formats/unknown-argument.js";
import {
  blankNamespace,
  type FormalType,
  isElementKind,
  nameText,
  type QualifiedName,
  type RecordKind,
  recordFormals,
  recordKinds,
  uriOf,
} from "../../prov/index.js";
import { absent } from "../../prov/unify/statements.js";
import { nothing, type Term } from "../../prov/unify/terms.js";
import type { CheckFinding } from "../check-finding.js";
import type { Scope } from "../scope.js";
import type { Report } from "../whereabouts.js";

const element = 1;
const generation = 2;
const usage = 4;

/** What a formal position wants to be declared. */
const wantedBy: Partial<Readonly<Record<FormalType, number>>> = {
  entity: element,
  activity: element,
  agent: element,
  any: element,
  generation,
  usage,
};

/** The same for every position of every kind; 0 where nothing is wanted. */
const wantedOf: ReadonlyMap<RecordKind, readonly number[]> = new Map(
  recordKinds
    .filter((kind) => !isElementKind(kind))
    .map((kind) => [kind, recordFormals[kind].map(({ type }) => wantedBy[type] ?? 0)]),
);

const nothingWanted: readonly number[] = [];

interface Missing {
  readonly name: QualifiedName;
  readonly wanted: number;
  readonly finding: CheckFinding;
}

/**
 * Looks whether relations refer to declared things: they need not, but many readers drop them
 * otherwise. A bundle may refer to what its document declares, also later in the text.
 */
export class UndeclaredLint {
  readonly #missing: Missing[] = [];

  /** Looks at the top level or a bundle, when it is complete. */
  scope(scope: Scope): void {
    const declared = declaredIn(scope);
    const { recordCount, statements } = scope.instance;
    const reported = new Map<string, number>();
    for (let number = 0; number < recordCount; number++) {
      const wants = wantedOf.get(statements.kind[number] ?? "entity") ?? nothingWanted;
      for (let position = 0; position < wants.length; position++) {
        const wanted = wants[position] ?? 0;
        const term = statements.argument(number, position);
        if (((declared.bits[term] ?? 0) & wanted) !== wanted && term !== nothing) {
          this.#lookAt(scope, declared, number, position, reported);
        }
      }
    }
  }

  /**
   * Reports what was never declared.
   *
   * @param document - the top level.
   */
  finish(document: Scope, report: Report): void {
    if (this.#missing.length === 0) {
      return;
    }
    const { terms } = document.instance;
    const declared = declaredIn(document);
    for (const { name, wanted, finding } of this.#missing) {
      const term = terms.lookUp(name);
      if (term === undefined || ((declared.bits[term] ?? 0) & wanted) === 0) {
        report(finding);
      }
    }
  }

  // The argument may be missing all the same, or be declared without an id of its own.
  #lookAt(
    scope: Scope,
    declared: Declared,
    number: number,
    position: number,
    reported: Map<string, number>,
  ): void {
    const kind = scope.instance.statements.kind[number] ?? "entity";
    const formal = recordFormals[kind][position];
    const name = scope.instance.nameAt(number, position);
    const wanted = wantedBy[formal?.type ?? "time"];
    if (
      formal === undefined ||
      name === undefined ||
      wanted === undefined ||
      isUnknownArgument(name)
    ) {
      return;
    }
    const term = scope.instance.statements.argument(number, position);
    if (has(declared, name, term, wanted)) {
      return;
    }
    const uri = uriOf(name);
    const before = reported.get(uri) ?? 0;
    if ((before & wanted) === 0) {
      reported.set(uri, before | wanted);
      const message = messageOf(kind, name, formal.type, formal.property);
      const finding = scope.finding("warning", "undeclared", message, [number]);
      this.#missing.push({ name, wanted, finding });
    }
  }
}

/** What a record of a kind declares its id to be. */
const declaredBy: Partial<Readonly<Record<RecordKind, number>>> = {
  entity: element,
  activity: element,
  agent: element,
  wasGeneratedBy: generation,
  used: usage,
};

interface Declared {
  readonly bits: Uint8Array;
  /** Anonymous relations, `kind local`. */
  readonly anonymous: ReadonlySet<string>;
}

function declaredIn(scope: Scope): Declared {
  const { instance } = scope;
  const { statements, terms } = instance;
  const bits = new Uint8Array(terms.count);
  const anonymous = new Set<string>();
  const isWanted = instance.refersToAnonymous;
  for (let number = 0; number < instance.recordCount; number++) {
    const bit = declaredBy[statements.kind[number] ?? "mentionOf"];
    if (bit === undefined) {
      continue;
    }
    const local = isWanted ? instance.blankIdOf(number) : undefined;
    const term = statements.id[number] ?? absent;
    if (local !== undefined) {
      anonymous.add(`${bit} ${local}`);
    } else if (terms.ownNameOf(term) !== undefined) {
      bits[term] = (bits[term] ?? 0) | bit;
    }
  }
  return { bits, anonymous };
}

function has(
  { bits, anonymous }: Declared,
  name: QualifiedName,
  term: Term,
  wanted: number,
): boolean {
  if (wanted !== element && isBlank(name)) {
    return anonymous.has(`${wanted} ${name.local}`);
  }
  return ((bits[term] ?? 0) & wanted) !== 0;
}

function isBlank(name: QualifiedName): boolean {
  return name.namespace.uri === blankNamespace.uri;
}

function messageOf(
  kind: RecordKind,
  name: QualifiedName,
  type: FormalType,
  property: string,
): string {
  const position = `prov:${property} of this ${kind}`;
  return isBlank(name) && (type === "generation" || type === "usage")
    ? `${position} is ${quoted(nameText(name))}, which names no ${type}; anonymous ids do not last, use a real one.`
    : `${position} is ${quoted(nameText(name))}, which no record declares; some readers drop such relations.`;
}
