import type { Namespace, QualifiedName } from "../../prov/index.js";

/** An element inside a record. Names in it are resolved, because its prefixes end with it. */
export interface XmlNode {
  /** The namespace of the element. */
  readonly namespace: Namespace;
  /** Its local name as written, escapes included. */
  readonly local: string;
  /** Where its tag begins. */
  readonly at: number;
  /** Where its content begins. */
  readonly contentAt: number;
  readonly id: QualifiedName | undefined;
  readonly ref: QualifiedName | undefined;
  /** The value of `xsi:type`; dropped where it says name, and the text is none. */
  type: QualifiedName | undefined;
  /** The value of `xml:lang`. */
  readonly lang: string | undefined;
  readonly children: XmlNode[];
  /** The text directly in it. */
  text: string;
  /** The name that the text spells, where `xsi:type` says that it is one. */
  name: QualifiedName | undefined;
}
