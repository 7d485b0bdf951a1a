import type { ProvRecord } from "../prov/records.js";

/** Where records go. */
export type RecordSink = (record: ProvRecord) => void;
