/** A place in a document's text. */
export interface Place {
  /** Line, counted from 1. */
  readonly line: number;
  /** Column in UTF-16 code units, counted from 1. */
  readonly column: number;
  /** Offset in bytes of the UTF-8 text, counted from 0. */
  readonly offset: number;
}

/** Something wrong (`error`) or doubtful (`warning`) in a document. */
export interface Finding {
  readonly severity: "error" | "warning";
  /** The stable name of the rule that was broken, for example `json-syntax`. */
  readonly rule: string;
  /** One line: what is wrong, with which value, what was expected. */
  readonly message: string;
  /** The JSON pointer (RFC 6901) of the value, for example `/activity/ex:a/prov:startTime`. */
  readonly path?: string;
  /** Where the text of the document shows it; absent for documents that are not text. */
  readonly place?: Place;
}

/** A finding as one line of text: `error json-syntax at line 3, column 7 (byte 42): …`. */
export function findingText({ severity, rule, message, path, place }: Finding): string {
  const at =
    place === undefined
      ? ""
      : ` at line ${place.line}, column ${place.column} (byte ${place.offset})`;
  return `${severity} ${rule}${at}${path === undefined ? "" : `, ${path}`}: ${message}`;
}
