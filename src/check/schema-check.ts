import type { Ajv2020, ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { quoted } from "../formats/quoted.js";
import type { RecordKind } from "../prov/index.js";
import { isPlainMember } from "./plain-member.js";
import { provJsonSchema, provJsonSchemaId, sectionDefinition } from "./prov-json-schema.js";

let loaded: Promise<SchemaCheck> | undefined;

/** One way in which a member of a section breaks the schema. */
export interface SchemaProblem {
  /** JSON pointer below the member, empty for the member itself. */
  readonly path: string;
  readonly message: string;
}

/** Checks PROV-JSON against its schema, a member of a section at a time. */
export class SchemaCheck {
  readonly #ajv: Ajv2020;
  readonly #sections = new Map<RecordKind, ValidateFunction>();

  private constructor(ajv: Ajv2020) {
    this.#ajv = ajv;
  }

  /** Loads ajv, which nothing else of the entry point needs, and compiles the schema once. */
  static load(): Promise<SchemaCheck> {
    loaded ??= import("ajv/dist/2020.js").then(
      ({ Ajv2020 }) =>
        new SchemaCheck(
          new Ajv2020({ allowUnionTypes: true, verbose: true, schemas: [provJsonSchema] }),
        ),
    );
    return loaded;
  }

  /**
   * Checks one member.
   *
   * @param kind - the section it belongs to.
   * @param text - its JSON text from the key on, which must be well-formed.
   */
  problemOf(kind: RecordKind, text: string): SchemaProblem | undefined {
    if (isPlainMember(kind, text)) {
      return undefined;
    }
    const validate = this.#section(kind);
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

  #section(kind: RecordKind): ValidateFunction {
    let validate = this.#sections.get(kind);
    if (validate === undefined) {
      validate = this.#ajv.compile({
        $ref: `${provJsonSchemaId}#/$defs/${sectionDefinition(kind)}`,
      });
      this.#sections.set(kind, validate);
    }
    return validate;
  }
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
