import { nameText, type QualifiedName } from "../../src/prov/names.js";
import type { ProvRecord } from "../../src/prov/records.js";
import {
  isLangString,
  isQualifiedName,
  isTypedLiteral,
  type Value,
} from "../../src/prov/values.js";

/** A record on one line, near PROV-N, for expectations: `used(task:b, data:a, [role=0])`. */
export function recordText(record: ProvRecord): string {
  const { kind, attributes, ...formals } = record;
  const names = Object.entries(formals)
    .filter(([, value]) => value !== undefined && !isBlank(value))
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : nameText(value);
      return ["startTime", "endTime", "time", "plan"].includes(name) ? `${name}=${text}` : text;
    });
  const more = attributes.map(([name, value]) => `${nameText(name)}=${valueText(value)}`);
  return `${kind}(${names.join(", ")}${more.length > 0 ? `, [${more.join(", ")}]` : ""})`;
}

/** Keys of anonymous relations carry no meaning. */
function isBlank(value: string | QualifiedName): boolean {
  return typeof value === "object" && value.namespace.prefix === "_";
}

function valueText(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (isQualifiedName(value)) return nameText(value);
  if (isTypedLiteral(value)) return `${value.text}^^${nameText(value.datatype)}`;
  return isLangString(value) ? `${value.text}@${value.lang}` : "";
}
