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
export const provAttributes = {
  label: provName("label"),
  location: provName("location"),
  role: provName("role"),
  type: provName("type"),
  value: provName("value"),
} as const;

/** The values that PROV-DM defines for `prov:type`. */
export const provTypes = {
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
} as const;

/** The datatypes of literals that PROV programs meet most. */
export const datatypes = {
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
  /** How PROV-N, ProvToolbox and we mark a qualified name among literals. */
  qualifiedName: provName("QUALIFIED_NAME"),
  /** How Python prov and the PROV-JSON submission mark a qualified name. */
  qName: xsdName("QName"),
  string: xsdName("string"),
} as const;
