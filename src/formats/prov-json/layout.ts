import { type RecordKind, recordKinds } from "../../prov/index.js";

/** The order of the record sections in what we write: elements, then relations as in PROV-DM. */
export const sectionOrder: readonly RecordKind[] = recordKinds;

/** What stands between two members of a section: one record a line. */
export const memberSeparator = ",\n";

/** What closes a section. */
export const sectionTail = "\n}";

/** What closes a document. */
export const documentTail = "\n}\n";

/** What opens a section after a document's head or another section. */
export function sectionHead(name: string): string {
  return `,\n${JSON.stringify(name)}:{\n`;
}
