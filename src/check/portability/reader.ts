import type { FormatName } from "../../formats/index.js";
import type { RecordKind } from "../../prov/index.js";
import type { ReaderName } from "../lint-names.js";
import type { JsonForm } from "./json-forms.js";

/** What a reader does with what it does not take as it is meant; each completes "READER …". */
export interface Reader {
  readonly name: ReaderName;
  /** As people call it, with the version that was looked at. */
  readonly title: string;
  /** Formats that it cannot read. */
  readonly formats?: Partial<Readonly<Record<FormatName, string>>>;
  /** Forms of PROV-JSON. */
  readonly json?: Partial<Readonly<Record<JsonForm, string>>>;
  /** Kinds of records, in any format. */
  readonly kinds?: Partial<Readonly<Record<RecordKind, string>>>;
  readonly bundles?: string;
  readonly extraSections?: string;
  readonly defaultNamespace?: string;
  /** A namespace with two prefixes. */
  readonly twoPrefixes?: string;
  /** PROV-JSON whose first member is not `prefix`. */
  readonly latePrefix?: string;
  /** A document that does not declare `prov` and `xsd`. */
  readonly undeclaredPrefixes?: string;
  /** In PROV-XML, a name as value whose prefix nothing before it has had. */
  readonly newPrefixInValue?: string;
  /** Two relations of one kind between the same two things. */
  readonly parallelRelations?: string;
}
