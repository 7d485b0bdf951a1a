/**
 * How attribute values are spelt in PROV-JSON, because readers disagree.
 *
 * - `"shared"`: loads in Python prov, ProvToolbox, the W3C schema and yProv Explorer. A `prov:label`
 *   or `yprov4wfs:*` attribute that is one plain string stands as a scalar (ProvToolbox drops
 *   scalars), everything else in arrays.
 * - `"portable"`: all attributes in arrays, labels too. Nothing is lost in ProvToolbox or Python
 *   prov; yProv Explorer fails on the labels.
 * - `"yprov"`: as yProv4WFs writes: single strings as scalars, the `prov:type` of an element the
 *   plain string `prov:Activity`, `prov:Entity` or `prov:Agent` with its true types under
 *   `taskprov:type`, bundles flattened. Semantic tools see no subtypes then.
 */
export type Dialect = "shared" | "portable" | "yprov";

/** Every {@link Dialect}, the default first. */
export const dialects: readonly Dialect[] = ["shared", "portable", "yprov"];
