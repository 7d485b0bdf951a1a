/**
 * The characters that may begin a name in XML (NCName) and in PROV-N (PN_CHARS_BASE), without
 * `_`; to stand between the brackets of a regular expression with the flag `u`.
 */
export const nameStartChars: string =
  "A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D" +
  "\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}";

/** The characters that may go on a name, without `.` and `-`; likewise. */
export const nameChars: string = `${nameStartChars}_0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040`;
