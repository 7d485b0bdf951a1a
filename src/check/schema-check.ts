import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import type { Place, RecordPlace } from "../formats/index.js";
import { quoted } from "../formats/quoted.js";
import type { RecordKind } from "../prov/index.js";
import { provJsonSchema, provJsonSchemaId, sectionDefinition } from "./prov-json-schema.js";
import type { Report } from "./whereabouts.js";

/** One way in which a member of a section breaks the schema. */
interface SchemaProblem {
  /** JSON pointer below the member, empty for the member itself. */
  readonly path: string;
  readonly message: string;
}

/** A member that the schema has to look at. */
interface PendingMember {
  readonly kind: RecordKind;
  /** Its JSON text from the key on. */
  readonly text: string;
  readonly path: string;
  readonly place: Place;
}

/**
 * Checks members of PROV-JSON's sections against the schema, those that the reader is not sure of.
 * They wait for ajv, which is loaded when the first of them comes.
 */
export class SchemaCheck {
  readonly #report: Report;
  readonly #pending: PendingMember[] = [];

  /** @param report - takes what the schema does not allow. */
  constructor(report: Report) {
    this.#report = report;
  }

  /** Whether there are members that only {@link settle} will look at. */
  get isWaiting(): boolean {
    return this.#pending.length > 0;
  }

  /**
   * Notes one member.
   *
   * @param kind - the section it belongs to.
   * @param text - its JSON text from the key on, which must be well-formed.
   */
  add(kind: RecordKind, text: string, at: RecordPlace): void {
    this.#pending.push({ kind, text, path: at.path(), place: at.place() });
  }

  /** Reports what is wrong with the members noted since the last time. */
  async settle(): Promise<void> {
    if (this.#pending.length === 0) {
      return;
    }
    loaded ??= loadSchema();
    const sectionOf = await loaded;
    for (const { kind, text, path, place } of this.#pending.splice(0)) {
      const problem = problemOf(sectionOf(kind), text);
      if (problem !== undefined) {
        const { message } = problem;
        const at = { path: path + problem.path, place };
        this.#report({ severity: "error", rule: "schema", message, ...at });
      }
    }
  }
}

let loaded: Promise<(kind: RecordKind) => ValidateFunction> | undefined;

// Nothing else of the entry point needs ajv, and each section is compiled once.
async function loadSchema(): Promise<(kind: RecordKind) => ValidateFunction> {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  // A test has looked at the schema itself; ajv need not.
  const options = { allowUnionTypes: true, verbose: true, meta: false, validateSchema: false };
  const ajv = new Ajv2020({ ...options, schemas: [provJsonSchema] });
  const sections = new Map<RecordKind, ValidateFunction>();
  return (kind) => {
    let validate = sections.get(kind);
    if (validate === undefined) {
      validate = ajv.compile({ $ref: `${provJsonSchemaId}#/$defs/${sectionDefinition(kind)}` });
      sections.set(kind, validate);
    }
    return validate;
  };
}

function problemOf(validate: ValidateFunction, text: string): SchemaProblem | undefined {
  const section: unknown = JSON.parse(`{${text}}`);
  if (validate(section)) {
    return undefined;
  }
  const error = mostPrecise(validate.errors ?? []);
  // Missing arguments are told in all formats alike, by the rule missing-formal.
  if (error?.keyword === "required") {
    return undefined;
  }
  return {
    // The first step is the member's key, which the caller knows.
    path: (error?.instancePath ?? "").replace(/^\/[^/]*/, ""),
    message: messageOf(error),
  };
}

// A broken `then` or `else` is reported too, after the error inside that explains it.
function mostPrecise(errors: readonly ErrorObject[]): ErrorObject | undefined {
  return errors.find(({ keyword }) => keyword !== "if") ?? errors[0];
}

function messageOf(error: ErrorObject | undefined): string {
  if (error === undefined) {
    return "The PROV-JSON schema does not allow this.";
  }
  const value = JSON.stringify(error.data)?.slice(0, 40) ?? "nothing";
  const wanted =
    error.keyword === "pattern" && error.parentSchema?.["description"] !== undefined
      ? `must be: ${error.parentSchema["description"]}`
      : (error.message ?? "is not allowed");
  const about = error.propertyName === undefined ? value : quoted(error.propertyName);
  return `The PROV-JSON schema says: ${about} ${wanted}.`;
}
