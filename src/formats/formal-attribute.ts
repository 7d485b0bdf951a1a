import {
  nameText,
  type ProvRecord,
  provNamespace,
  type QualifiedName,
  recordFormals,
} from "../prov/index.js";
import { DocumentError } from "./document-error.js";

/**
 * Rejects an attribute that bears the name of a formal property of its record.
 *
 * @throws {@link DocumentError} that names the record.
 */
export function rejectFormal(record: ProvRecord, name: QualifiedName): void {
  if (name.namespace.uri !== provNamespace.uri) {
    return;
  }
  for (const { property } of recordFormals[record.kind]) {
    if (property === name.local) {
      throw new DocumentError([
        {
          severity: "error",
          rule: "attribute-name",
          message: `prov:${property} is a formal property of ${record.kind} and cannot be an attribute too (record ${record.id === undefined ? "without id" : nameText(record.id)}). Set the field \`${property}\` instead.`,
        },
      ]);
    }
  }
}
