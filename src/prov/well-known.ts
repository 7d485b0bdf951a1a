import { provNamespace, type QualifiedName, qualifiedName, xsdNamespace } from "./names.js";

/** A name in the W3C PROV namespace, for example `provName("Plan")`. */
export function provName(local: string): QualifiedName {
  return qualifiedName(provNamespace, local);
}

/** A name in the XML Schema namespace, for example `xsdName("dateTime")`. */
export function xsdName(local: string): QualifiedName {
  return qualifiedName(xsdNamespace, local);
}

/**
 * The attributes that PROV-DM 5.7.2 reserves: `prov:value` stands at most once and only on
 * entities, `prov:role` only on relations.
 */
export const provAttributes: {
  readonly label: QualifiedName;
  readonly location: QualifiedName;
  readonly role: QualifiedName;
  readonly type: QualifiedName;
  readonly value: QualifiedName;
} = {
  label: provName("label"),
  location: provName("location"),
  role: provName("role"),
  type: provName("type"),
  value: provName("value"),
};

/** The values that PROV-DM defines for `prov:type`. */
export const provTypes: {
  readonly Agent: QualifiedName;
  readonly Activity: QualifiedName;
  readonly Bundle: QualifiedName;
  readonly Collection: QualifiedName;
  readonly EmptyCollection: QualifiedName;
  readonly Entity: QualifiedName;
  readonly Organization: QualifiedName;
  readonly Person: QualifiedName;
  readonly Plan: QualifiedName;
  readonly PrimarySource: QualifiedName;
  readonly Quotation: QualifiedName;
  readonly Revision: QualifiedName;
  readonly SoftwareAgent: QualifiedName;
} = {
  Agent: provName("Agent"),
  Activity: provName("Activity"),
  Bundle: provName("Bundle"),
  Collection: provName("Collection"),
  EmptyCollection: provName("EmptyCollection"),
  Entity: provName("Entity"),
  Organization: provName("Organization"),
  Person: provName("Person"),
  Plan: provName("Plan"),
  PrimarySource: provName("PrimarySource"),
  Quotation: provName("Quotation"),
  Revision: provName("Revision"),
  SoftwareAgent: provName("SoftwareAgent"),
};

/** The datatypes of literals that PROV programs meet most. */
export const datatypes: {
  readonly anyURI: QualifiedName;
  readonly boolean: QualifiedName;
  readonly dateTime: QualifiedName;
  readonly decimal: QualifiedName;
  readonly double: QualifiedName;
  readonly float: QualifiedName;
  readonly int: QualifiedName;
  readonly integer: QualifiedName;
  readonly internationalizedString: QualifiedName;
  readonly long: QualifiedName;
  /** How PROV-N, ProvToolbox and we mark a qualified name among literals. */
  readonly qualifiedName: QualifiedName;
  /** How Python prov and the PROV-JSON submission mark a qualified name. */
  readonly qName: QualifiedName;
  readonly string: QualifiedName;
} = {
  anyURI: xsdName("anyURI"),
  boolean: xsdName("boolean"),
  dateTime: xsdName("dateTime"),
  decimal: xsdName("decimal"),
  double: xsdName("double"),
  float: xsdName("float"),
  int: xsdName("int"),
  integer: xsdName("integer"),
  internationalizedString: provName("InternationalizedString"),
  long: xsdName("long"),
  qualifiedName: provName("QUALIFIED_NAME"),
  qName: xsdName("QName"),
  string: xsdName("string"),
};
