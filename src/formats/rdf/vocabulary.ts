import {
  type Namespace,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  xsdNamespace,
} from "../../prov/index.js";

/** `rdf:`, where `rdf:type` is. */
export const rdfNamespace: Namespace = {
  prefix: "rdf",
  uri: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
};
/** `rdfs:`, where `rdfs:label` is. */
export const rdfsNamespace: Namespace = {
  prefix: "rdfs",
  uri: "http://www.w3.org/2000/01/rdf-schema#",
};
/** `provext:`, the terms that PROV-JSONLD adds for what PROV-O cannot qualify. */
export const provextNamespace: Namespace = {
  prefix: "provext",
  uri: "https://openprovenance.org/ns/provext#",
};

/** The namespaces that every RDF document of ours declares. */
export const rdfDocumentNamespaces: readonly Namespace[] = [
  provNamespace,
  rdfsNamespace,
  xsdNamespace,
];

/** `rdf:type`. */
export const rdfType: QualifiedName = qualifiedName(rdfNamespace, "type");
/** `rdfs:label`. */
export const rdfsLabel: QualifiedName = qualifiedName(rdfsNamespace, "label");
