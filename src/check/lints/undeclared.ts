import { quoted } from "../../formats/quoted.js";
import { isUnknownArgument } from "../../formats/unknown-argument.js";
import {
  blankNamespace,
  type FormalType,
  formalNames,
  isElementKind,
  nameText,
  type ProvRecord,
  type QualifiedName,
  recordFormals,
  uriOf,
} from "../../prov/index.js";
import { absent } from "../../prov/unify/statements.js";
import type { Term } from "../../prov/unify/terms.js";
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

interface Missing {
  readonly uri: string;
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
    const reported = new Map<string, number>();
    for (const [number, record] of scope.instance.records.entries()) {
      if (isElementKind(record.kind)) {
        continue;
      }
      const names = formalNames(record);
      for (const [position, { type, property }] of recordFormals[record.kind].entries()) {
        const name = names[position];
        const wanted = wantedBy[type];
        if (name === undefined || wanted === undefined || isUnknownArgument(name)) {
          continue;
        }
        const term = scope.instance.statements.argument(number, position);
        if (has(declared, name, term, wanted)) {
          continue;
        }
        const uri = uriOf(name);
        const before = reported.get(uri) ?? 0;
        if ((before & wanted) === 0) {
          reported.set(uri, before | wanted);
          const message = messageOf(record, name, type, property);
          const finding = scope.finding("warning", "undeclared", message, [number]);
          this.#missing.push({ uri, wanted, finding });
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
    const { terms } = document.instance;
    const declared = declaredIn(document);
    for (const { uri, wanted, finding } of this.#missing) {
      const term = terms.lookUp(uri);
      if (term === undefined || ((declared.bits[term] ?? 0) & wanted) === 0) {
        report(finding);
      }
    }
  }
}

interface Declared {
  readonly bits: Uint8Array;
  /** Anonymous relations, `kind local`. */
  readonly anonymous: ReadonlySet<string>;
}

function declaredIn(scope: Scope): Declared {
  const { statements, terms, records } = scope.instance;
  const bits = new Uint8Array(terms.count);
  const anonymous = new Set<string>();
  for (const [number, { kind, id }] of records.entries()) {
    const bit = isElementKind(kind)
      ? element
      : kind === "wasGeneratedBy"
        ? generation
        : kind === "used"
          ? usage
          : 0;
    const term = statements.id[number] ?? absent;
    if (bit === 0 || id === undefined) {
      continue;
    }
    if (bit !== element && isBlank(id)) {
      anonymous.add(`${bit} ${id.local}`);
    } else {
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
  record: ProvRecord,
  name: QualifiedName,
  type: FormalType,
  property: string,
): string {
  const position = `prov:${property} of this ${record.kind}`;
  return isBlank(name) && (type === "generation" || type === "usage")
    ? `${position} is ${quoted(nameText(name))}, which names no ${type}; anonymous ids do not last, use a real one.`
    : `${position} is ${quoted(nameText(name))}, which no record declares; some readers drop such relations.`;
}
