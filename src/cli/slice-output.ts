import type { Dialect } from "../formats/index.js";
import { dialects } from "../formats/index.js";
import type { ProvDocument } from "../prov/records.js";

/** The dialect that a document of ours was written in; `shared` for all others. */
export function dialectOf({ records }: ProvDocument): Dialect {
  for (const { kind, attributes } of records) {
    if (kind !== "activity") continue;
    for (const [{ local }, value] of attributes) {
      if (local !== "options" || typeof value !== "string") continue;
      const named = /"dialect":"(\w+)"/.exec(value)?.[1];
      const dialect = dialects.find((each) => each === named);
      if (dialect !== undefined) return dialect;
    }
  }
  return "shared";
}
