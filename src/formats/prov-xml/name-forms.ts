import { unescapeElementName } from "./name-escape.js";

/** What the local names in a document stand for, which depends on who wrote it. */
export interface NameForm {
  /** Of the name of an attribute's element. */
  readonly element: (local: string) => string;
  /** Of an id, a reference, or a name as value. */
  readonly reference: (local: string) => string;
  /** Of a datatype. */
  readonly datatype: (local: string) => string;
}

const asWritten = (local: string): string => local;

/** As PROV-XML has it. */
export const plainNames: NameForm = {
  element: unescapeElementName,
  reference: asWritten,
  datatype: asWritten,
};

/** As ProvToolbox writes names since it has a writer of its own: references as in PROV-N. */
export const toolboxNames: NameForm = {
  element: withoutUnderscores,
  reference: (local) => local.replaceAll(/\\([='(),\-:;[\].])/g, "$1"),
  datatype: withoutUnderscores,
};

/** As ProvToolbox wrote names by JAXB, before 2.0. */
export const oldToolboxNames: NameForm = {
  element: withoutUnderscores,
  reference: withoutUnderscores,
  datatype: withoutUnderscores,
};

const escapes = /_(_|3D|27|28|29|2C|3A|3B|5B|5D|2F|5C|3F|40|7E|26|2B|2A|23|24|21|3C|3E|25|00)/g;

// ProvToolbox's own escape: an underscore before a first character that is no letter, `__` for an
// underscore, `_2F` for a slash and so on for some characters, only an underscore for nothing.
function withoutUnderscores(local: string): string {
  return local
    .replace(/^_/, "")
    .replaceAll(escapes, (_, code: string) =>
      code === "_" ? "_" : code === "00" ? "" : String.fromCharCode(Number.parseInt(code, 16)),
    );
}

/**
 * Whether the namespaces of the root, in their order, are those that ProvToolbox's own writer
 * declares first in every document: PROV's twice, as the default and as `prov`.
 */
export function isToolboxRoot(namespaces: Readonly<Record<string, string>>, prov: string): boolean {
  const [first, second, third, fourth] = Object.keys(namespaces);
  return (
    first === "" &&
    second === "xsd" &&
    third === "prov" &&
    fourth === "xsi" &&
    namespaces[""] === prov &&
    namespaces["prov"] === prov
  );
}
