import { formalNames, nameText, type ProvRecord } from "../prov/index.js";
import type { Finding } from "./finding.js";

/**
 * The warning of a writer that leaves something out because its format cannot carry it.
 *
 * @param title - the format, as people write it.
 * @param record - what loses something, by name (see {@link recordTitle}).
 * @param what - completes "FORMAT cannot carry …", with what became of it.
 */
export function notCarried(title: string, record: string, what: string): Finding {
  return {
    severity: "warning",
    rule: "not-carried",
    message: `${title} cannot carry ${what} (record ${record}).`,
  };
}

/** A record by its id, or by its formal arguments: `used(-; ex:a, ex:e)`. */
export function recordTitle(record: ProvRecord): string {
  const id = record.id === undefined ? "-" : nameText(record.id);
  const names = formalNames(record).map((name) => (name === undefined ? "-" : nameText(name)));
  return names.length === 0
    ? `${record.kind}(${id})`
    : `${record.kind}(${id}; ${names.join(", ")})`;
}
