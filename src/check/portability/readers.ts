import type { FormatName } from "../../formats/index.js";
import type { Reader } from "./reader.js";

const jsonOnly = (what: string): Partial<Readonly<Record<FormatName, string>>> => ({
  "prov-n": what,
  "prov-xml": what,
  turtle: what,
  trig: what,
  "prov-jsonld": what,
  nquads: what,
});
const notDrawn = "does not draw it";

/** What is known of readers, from running them or from their source. */
export const readers: readonly Reader[] = [
  {
    name: "provtoolbox",
    title: "ProvToolbox 2.2",
    formats: {
      turtle: "reads no RDF",
      trig: "reads no RDF",
      nquads: "reads no RDF",
    },
    json: {
      "several-records": "fails on several records under one id",
      "bare-string": "drops an attribute that is a string and not in an array",
      "bare-number": "drops an attribute that is a number or boolean and not in an array",
      "bare-literal": "reads a literal that is not in an array as two strings",
      "listed-number": "makes null of a number or boolean in an array, or fails",
      "unquoted-literal": 'makes null of a literal whose "$" is no string, or fails',
      qname: "takes xsd:QName for the datatype of a string; write prov:QUALIFIED_NAME",
      "one-member": "fails on a hadMember whose prov:entity is not an array",
    },
    kinds: { mentionOf: "fails on mentionOf" },
    bundles: 'needs an "@id" inside every bundle of PROV-JSON, with which Python prov rejects it',
    defaultNamespace: "cannot write a document with a default namespace as PROV-XML",
    newPrefixInValue: "fails on a name as value whose prefix no id or attribute before it has had",
    latePrefix: 'fails unless "prefix" is the first member',
    undeclaredPrefixes: "cannot write the document as PROV-N unless it declares prov and xsd",
  },
  {
    name: "prov-py",
    title: "Python prov",
    formats: { "prov-n": "reads no PROV-N" },
    json: { "bad-time": "drops a time without the T between date and time" },
    extraSections: "rejects sections that are not of PROV-DM",
  },
  {
    name: "yprov-explorer",
    title: "yProv Explorer",
    formats: jsonOnly("reads PROV-JSON only"),
    json: {
      "label-not-plain": "fails on a prov:label that is not a plain string",
      "several-records": "takes the first of several records under one id, and none of relations",
      "several-members": "drops a hadMember with an array of members",
      "filter-not-string": "cannot filter by a value that is not a plain string",
    },
    kinds: {
      wasEndedBy: notDrawn,
      wasInvalidatedBy: notDrawn,
      actedOnBehalfOf: notDrawn,
      specializationOf: notDrawn,
      alternateOf: notDrawn,
      wasInfluencedBy: notDrawn,
    },
    bundles: "ignores the content of bundles",
    twoPrefixes: "takes names with different prefixes for different things",
  },
  {
    name: "yprovstore",
    title: "yProvStore",
    formats: jsonOnly("stores PROV-JSON only"),
    json: { "bad-time": "drops a time without the T between date and time" },
    extraSections: "cannot make a graph of sections that are not of PROV-DM",
    parallelRelations: "of the classic kind merges relations between the same two things",
  },
];
