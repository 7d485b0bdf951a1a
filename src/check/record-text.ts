import {
  formalNames,
  formalTimes,
  isElementKind,
  nameText,
  type ProvRecord,
} from "../prov/index.js";

/** A record in one line, as PROV-N writes it without attributes: `used(ex:u; ex:a, ex:e, -)`. */
export function recordText(record: ProvRecord): string {
  const id = record.id === undefined ? undefined : nameText(record.id);
  const parts = [
    ...formalNames(record).map((name) => (name === undefined ? "-" : nameText(name))),
    ...formalTimes(record).map((time) => time ?? "-"),
  ];
  if (isElementKind(record.kind)) {
    const times = parts.every((part) => part === "-") ? [] : parts;
    return `${record.kind}(${[id ?? "-", ...times].join(", ")})`;
  }
  const anonymous = id === undefined || id.startsWith("_:");
  return `${record.kind}(${anonymous ? "" : `${id}; `}${withoutTrailingMarkers(parts).join(", ")})`;
}

// Two arguments are always shown: `used(ex:a, -)`.
function withoutTrailingMarkers(parts: readonly string[]): readonly string[] {
  let { length } = parts;
  while (length > 2 && parts[length - 1] === "-") {
    length -= 1;
  }
  return parts.slice(0, length);
}
