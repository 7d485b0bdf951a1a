import { DocumentError } from "./document-error.js";
import { readTime } from "./lexical.js";
import { pointerTo } from "./prov-json/json-pointer.js";

/** What {@link repairYprov} can change. */
export type RepairRule =
  | "none-time"
  | "none-value"
  | "time"
  | "type-string"
  | "namespace"
  | "undeclared-prefix";

/** One thing that was repaired. */
export interface Repair {
  readonly rule: RepairRule;
  /** The JSON pointer of what was changed. */
  readonly path: string;
  readonly before: string;
  /** What stands there now; absent when it was taken out. */
  readonly after?: string;
}

/** A repaired document and what was done to it. */
export interface Repaired {
  /** PROV-JSON. */
  readonly text: string;
  readonly repairs: readonly Repair[];
}

type Json = string | number | boolean | null | Json[] | JsonObject;
interface JsonObject {
  [key: string]: Json;
}

const yprovPrefix = "yprov4wfs";
const yprovUri = "https://github.com/HPCI-Lab/yProv4WFs#";
const timeKeys: ReadonlySet<string> = new Set(["prov:startTime", "prov:endTime", "prov:time"]);

/**
 * Repairs a PROV-JSON document that yProv4DASK or yProv4WFs wrote: times with a blank instead of
 * "T" or with the text "None", attributes with the text "None", types that are strings instead of
 * names, a namespace without an end, ids with a colon whose beginning reads as a prefix.
 *
 * Times stay without zone: the document does not say which it was.
 *
 * @param text - the document; it must be JSON.
 * @throws {@link DocumentError} when it is not a JSON object.
 */
export function repairYprov(text: string): Repaired {
  const repairs: Repair[] = [];
  const document = withPrefixes(parsed(text), repairs);
  repairContent(document, "", repairs);
  const bundles = document["bundle"];
  if (isObject(bundles)) {
    for (const [id, bundle] of Object.entries(bundles)) {
      if (isObject(bundle)) {
        repairContent(bundle, pointerTo("/bundle", id), repairs);
      }
    }
  }
  return { text: JSON.stringify(document), repairs };
}

function parsed(text: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) {
      throw cause;
    }
    throw new DocumentError(
      [
        {
          severity: "error",
          rule: "json-syntax",
          message: `The text is not JSON: ${cause.message}.`,
        },
      ],
      { cause },
    );
  }
  if (!isObject(value)) {
    const message = "Expected a JSON object: only PROV-JSON is repaired.";
    throw new DocumentError([{ severity: "error", rule: "json-syntax", message }]);
  }
  return value;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// With `prefix` first, because some readers need it there.
function withPrefixes(document: JsonObject, repairs: Repair[]): JsonObject {
  const { prefix = {}, ...rest } = document;
  if (!isObject(prefix)) {
    return document;
  }
  const uri = prefix[yprovPrefix];
  if (typeof uri === "string" && !/[/#:?=]$/.test(uri)) {
    prefix[yprovPrefix] = yprovUri;
    const path = pointerTo("/prefix", yprovPrefix);
    repairs.push({ rule: "namespace", path, before: uri, after: yprovUri });
  }
  const base = prefix["default"];
  if (typeof base === "string") {
    for (const [name, path] of undeclared(rest, prefix)) {
      // An id made of a Dask key such as `a:b`: all of it is the local name.
      const after = `${base}${name}:`;
      prefix[name] = after;
      repairs.push({ rule: "undeclared-prefix", path, before: name, after });
    }
  }
  return { prefix, ...rest };
}

/** The prefixes of ids and references that nothing declares, with the first place of each. */
function undeclared(document: JsonObject, prefixes: JsonObject): Map<string, string> {
  const found = new Map<string, string>();
  const known = new Set([...Object.keys(prefixes), "prov", "xsd", "xsi", "_"]);
  const note = (name: string, path: string): void => {
    const [, prefix] = /^([^:]+):/.exec(name) ?? [];
    if (prefix !== undefined && !known.has(prefix) && !found.has(prefix)) {
      found.set(prefix, path);
    }
  };
  for (const [section, records] of Object.entries(document)) {
    if (section === "prefix" || section === "bundle" || !isObject(records)) {
      continue;
    }
    for (const [id, content] of Object.entries(records)) {
      const path = pointerTo(pointerTo("", section), id);
      note(id, path);
      for (const record of recordsIn(content)) {
        for (const [key, value] of Object.entries(record)) {
          if (key.startsWith("prov:") && typeof value === "string" && isReference(key)) {
            note(value, pointerTo(path, key));
          }
        }
      }
    }
  }
  return found;
}

const notReferences: ReadonlySet<string> = new Set([
  ...timeKeys,
  "prov:label",
  "prov:type",
  "prov:value",
  "prov:location",
  "prov:role",
]);

function isReference(key: string): boolean {
  return !notReferences.has(key);
}

function recordsIn(content: Json): JsonObject[] {
  return (Array.isArray(content) ? content : [content]).filter(isObject);
}

function repairContent(content: JsonObject, path: string, repairs: Repair[]): void {
  for (const [section, records] of Object.entries(content)) {
    if (section !== "prefix" && section !== "bundle" && isObject(records)) {
      for (const [id, each] of Object.entries(records)) {
        const recordPath = pointerTo(pointerTo(path, section), id);
        for (const record of recordsIn(each)) {
          repairRecord(record, recordPath, repairs);
        }
      }
    }
  }
}

function repairRecord(record: JsonObject, path: string, repairs: Repair[]): void {
  for (const [key, value] of Object.entries(record)) {
    const at = pointerTo(path, key);
    if (timeKeys.has(key)) {
      repairTime(record, key, at, repairs);
    } else if (value === "None" && !isLabel(key)) {
      delete record[key];
      repairs.push({ rule: "none-value", path: at, before: "None" });
    } else if (key === "prov:type") {
      repairType(record, value, at, repairs);
    }
  }
}

function isLabel(key: string): boolean {
  return key === "prov:label" || key === "prov:value";
}

function repairTime(record: JsonObject, key: string, path: string, repairs: Repair[]): void {
  const before = record[key];
  if (before === "None") {
    delete record[key];
    repairs.push({ rule: "none-time", path, before });
    return;
  }
  const { time } = typeof before === "string" ? readTime(before) : {};
  if (typeof before === "string" && time !== undefined && time !== before) {
    record[key] = time;
    repairs.push({ rule: "time", path, before, after: time });
  }
}

function repairType(record: JsonObject, value: Json, path: string, repairs: Repair[]): void {
  const values = Array.isArray(value) ? value : [value];
  let isChanged = false;
  const mended = values.map((each): Json => {
    if (typeof each !== "string" || !/^prov:[A-Z][A-Za-z]+$/.test(each)) {
      return each;
    }
    isChanged = true;
    repairs.push({ rule: "type-string", path, before: `"${each}"`, after: `'${each}'` });
    return { $: each, type: "prov:QUALIFIED_NAME" };
  });
  if (isChanged) {
    record["prov:type"] = mended;
  }
}
