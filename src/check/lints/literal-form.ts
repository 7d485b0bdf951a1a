import type { RecordWhereabouts } from "../../formats/index.js";
import { quoted } from "../../formats/quoted.js";
import {
  fitsXsd,
  isTypedLiteral,
  nameText,
  type RecordParts,
  xsdNamespace,
} from "../../prov/index.js";
import { findingAt, type Report } from "../whereabouts.js";

/**
 * Warns of literals that do not fit their datatypes, such as an `xsd:int` that is none: many tools
 * fail on the whole document. It is valid all the same, as PROV-CONSTRAINTS does not look into
 * literals, and RDF 1.1 keeps an ill-typed one as it is.
 */
export function lintLiterals(record: RecordParts, at: RecordWhereabouts, report: Report): void {
  for (const [name, value] of record.attributes) {
    if (typeof value !== "object" || !isTypedLiteral(value)) {
      continue;
    }
    const { text, datatype } = value;
    if (datatype.namespace.uri === xsdNamespace.uri && !fitsXsd(datatype.local, text)) {
      const message = `${quoted(text)}, a value of ${nameText(name)}, is no ${nameText(datatype)}.`;
      report(findingAt("warning", "literal-form", message, at));
    }
  }
}
