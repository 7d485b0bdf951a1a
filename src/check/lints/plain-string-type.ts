import type { RecordWhereabouts } from "../../formats/index.js";
import { quoted } from "../../formats/quoted.js";
import { provAttributes, provNamespace, type RecordParts, uriOf } from "../../prov/index.js";
import { findingAt, type Report } from "../whereabouts.js";
import { Occurrences } from "./occurrences.js";

const typeUri = uriOf(provAttributes.type);

/** Warns of `prov:type` values that are strings but look like names, one warning a string. */
export class PlainStringTypeLint {
  readonly #occurrences = new Occurrences();

  record(record: RecordParts, at: RecordWhereabouts): void {
    for (const [name, value] of record.attributes) {
      if (typeof value === "string" && name.local === "type" && uriOf(name) === typeUri) {
        if (looksLikeName(value)) {
          this.#occurrences.add(value, () => {
            const message = `prov:type ${quoted(value)} of this ${record.kind} is a plain string, so that tools see no type. Make it a qualified name.`;
            return findingAt("warning", "plain-string-type", message, at);
          });
        }
      }
    }
  }

  finish(report: Report): void {
    this.#occurrences.finish(report);
  }
}

function looksLikeName(text: string): boolean {
  return (
    text.startsWith(provNamespace.uri) ||
    /^[A-Za-z_][\w.-]*:[A-Za-z_][\w.-]*$/.test(text.slice(0, 200))
  );
}
