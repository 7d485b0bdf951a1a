/** A namespace: the prefix is a local shorthand, identity is the URI. */
export interface Namespace {
  readonly prefix: string;
  readonly uri: string;
}

/** A qualified name. Two names are the same when their full URIs are (see {@link uriOf}). */
export interface QualifiedName {
  readonly namespace: Namespace;
  readonly local: string;
}

/** Makes a qualified name. */
export function qualifiedName(namespace: Namespace, local: string): QualifiedName {
  return { namespace, local };
}

/** The full URI of a name: namespace URI and local part, joined as they are. */
export function uriOf(name: QualifiedName): string {
  return name.namespace.uri + name.local;
}

/** `prefix:local`, as PROV-JSON and PROV-N write it (`local` alone for the default namespace). */
export function nameText(name: QualifiedName): string {
  const { prefix } = name.namespace;
  return prefix === "" ? name.local : `${prefix}:${name.local}`;
}

/** `prov:`, the W3C PROV namespace. */
export const provNamespace: Namespace = { prefix: "prov", uri: "http://www.w3.org/ns/prov#" };
/** `xsd:`, with `#` as JSON, PROV-N and RDF write it. */
export const xsdNamespace: Namespace = {
  prefix: "xsd",
  uri: "http://www.w3.org/2001/XMLSchema#",
};
/** The namespace of anonymous ids (`_:x`): no identity across documents. */
export const blankNamespace: Namespace = { prefix: "_", uri: "_:" };
