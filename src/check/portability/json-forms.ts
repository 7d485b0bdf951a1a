import { provAttributes, type RecordKind, recordFormals } from "../../prov/index.js";

/** A way of writing PROV-JSON that some readers do not take as it is meant. */
export type JsonForm =
  | "several-records"
  | "label-not-plain"
  | "bare-string"
  | "bare-number"
  | "bare-literal"
  | "listed-number"
  | "unquoted-literal"
  | "qname"
  | "one-member"
  | "several-members"
  | "bad-time"
  | "filter-not-string";

/** A form met in a member, with the attribute it was met in. */
export interface FormMet {
  readonly form: JsonForm;
  readonly attribute: string;
}

const label = `prov:${provAttributes.label.local}`;
const filters = ["yprov4wfs:jupyter_cell_index", "yprov4wfs:processed_on"];

/**
 * The forms that a member of a PROV-JSON section is written in.
 *
 * @param text - the member, `"id": {…}`, which must be well-formed.
 */
export function formsOf(kind: RecordKind, text: string): readonly FormMet[] {
  const section: unknown = JSON.parse(`{${text}}`);
  const found: FormMet[] = [];
  for (const member of isObject(section) ? Object.values(section) : []) {
    if (Array.isArray(member)) {
      found.push({ form: "several-records", attribute: "" });
    }
    for (const record of listOf(member)) {
      for (const [attribute, value] of isObject(record) ? Object.entries(record) : []) {
        found.push(...attributeForms(kind, attribute, value).map((form) => ({ form, attribute })));
      }
    }
  }
  return found;
}

function attributeForms(kind: RecordKind, attribute: string, value: unknown): JsonForm[] {
  const formal = recordFormals[kind].find(({ property }) => `prov:${property}` === attribute);
  if (formal !== undefined) {
    return formalForms(kind, formal.type, formal.property, value);
  }
  const forms: JsonForm[] = [];
  if (attribute === label && typeof value !== "string") {
    forms.push("label-not-plain");
  }
  if (filters.includes(attribute) && typeof value !== "string") {
    forms.push("filter-not-string");
  }
  if (!Array.isArray(value)) {
    forms.push(bareForm(value));
  }
  for (const each of listOf(value)) {
    forms.push(...literalForms(each, Array.isArray(value)));
  }
  return forms;
}

function formalForms(kind: RecordKind, type: string, property: string, value: unknown): JsonForm[] {
  if (type === "time") {
    return typeof value === "string" && !value.includes("T") ? ["bad-time"] : [];
  }
  if (kind === "hadMember" && property === "entity") {
    return [Array.isArray(value) ? "several-members" : "one-member"];
  }
  return [];
}

function bareForm(value: unknown): JsonForm {
  if (typeof value === "string") {
    return "bare-string";
  }
  return isObject(value) ? "bare-literal" : "bare-number";
}

function literalForms(value: unknown, listed: boolean): JsonForm[] {
  if (!isObject(value)) {
    return listed && typeof value !== "string" ? ["listed-number"] : [];
  }
  const forms: JsonForm[] = [];
  if (typeof value["$"] !== "string") {
    forms.push("unquoted-literal");
  }
  if (value["type"] === "xsd:QName") {
    forms.push("qname");
  }
  return forms;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
