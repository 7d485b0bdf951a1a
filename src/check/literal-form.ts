import type { RecordWhereabouts } from "../formats/index.js";
import { quoted } from "../formats/quoted.js";
import { fitsXsd, isTypedLiteral, nameText, type ProvRecord, xsdNamespace } from "../prov/index.js";
import { findingAt, type Report } from "./whereabouts.js";

/**
 * Looks whether the literals of a record fit their datatypes: Python prov and ProvToolbox fail on
 * a whole document for one `xsd:int` that is none.
 */
export function checkLiterals(record: ProvRecord, at: RecordWhereabouts, report: Report): void {
  for (const [name, value] of record.attributes) {
    if (typeof value !== "object" || !isTypedLiteral(value)) {
      continue;
    }
    const { text, datatype } = value;
    if (datatype.namespace.uri === xsdNamespace.uri && !fitsXsd(datatype.local, text)) {
      const message = `${quoted(text)}, a value of ${nameText(name)}, is no ${nameText(datatype)}.`;
      report(findingAt("error", "literal-form", message, at));
    }
  }
}
