import { type QualifiedName, uriOf } from "../prov/names.js";
import type { Activity, Agent, Entity, ProvDocument } from "../prov/records.js";
import { isQualifiedName } from "../prov/values.js";

/** An element of a document, as plain attributes. */
export interface ReadElement {
  readonly startTime?: string;
  readonly endTime?: string;
  /** First value of each attribute, as text, by the attribute's URI. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** The elements of a document by URI; what several records say of one is put together. */
export function elementsById(document: ProvDocument): ReadonlyMap<string, ReadElement> {
  const found = new Map<string, ReadElement>();
  for (const record of document.records) {
    if (record.kind !== "activity" && record.kind !== "entity" && record.kind !== "agent") continue;
    found.set(uriOf(record.id), joined(found.get(uriOf(record.id)), record));
  }
  return found;
}

/** First value of an attribute, as text; of a name, its URI. */
export function attributeText(
  element: ReadElement | undefined,
  name: QualifiedName,
): string | undefined {
  return element?.attributes.get(uriOf(name));
}

function joined(known: ReadElement | undefined, record: Activity | Entity | Agent): ReadElement {
  const attributes = new Map(known?.attributes);
  for (const [name, value] of record.attributes) {
    const uri = uriOf(name);
    if (attributes.has(uri)) continue;
    if (typeof value === "string") attributes.set(uri, value);
    else attributes.set(uri, isQualifiedName(value) ? uriOf(value) : value.text);
  }
  return { ...known, ...timesOf(record), attributes };
}

function timesOf(record: Activity | Entity | Agent): Omit<ReadElement, "attributes"> {
  if (record.kind !== "activity") return {};
  const { startTime, endTime } = record;
  return {
    ...(startTime !== undefined && { startTime }),
    ...(endTime !== undefined && { endTime }),
  };
}
