import {
  type Attribute,
  blankNamespace,
  createRecord,
  isElementKind,
  type Namespace,
  type ProvDocument,
  type ProvRecord,
  provAttributes,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  recordFormals,
  recordKinds,
} from "../../src/prov/index.js";

/** The namespace of names in {@link provn}. */
export const ex: Namespace = { prefix: "ex", uri: "http://example.org/" };

/** A name in `ex:`, `prov:` or the blank namespace. */
export function name(text: string): QualifiedName {
  const [prefix = "", local = ""] = text.split(/:(.*)/s);
  const namespace = { ex, prov: provNamespace, _: blankNamespace }[prefix];
  if (namespace === undefined) throw new Error(`No prefix in ${text}.`);
  return qualifiedName(namespace, local);
}

/**
 * A document from statements in short PROV-N, one a line: `used(ex:u; ex:a, ex:e, -)`. The only
 * attributes are types: `entity(ex:e, 'prov:Collection')`. Lines after `bundle ex:b` are in it.
 */
export function provn(text: string): ProvDocument {
  const records: ProvRecord[] = [];
  const bundles: { id: QualifiedName; namespaces: Namespace[]; records: ProvRecord[] }[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    const bundle = /^bundle (.*)$/.exec(line);
    if (bundle?.[1] !== undefined) {
      bundles.push({ id: name(bundle[1]), namespaces: [], records: [] });
    } else if (line !== "") {
      (bundles.at(-1)?.records ?? records).push(statement(line));
    }
  }
  return { namespaces: [ex], records, bundles };
}

function statement(line: string): ProvRecord {
  const [, word = "", , semicolonId, inside = ""] =
    /^(\w+)\((([^;]*);)?(.*)\)$/.exec(line)?.map((part) => part as string | undefined) ?? [];
  const kind = recordKinds.find((each) => each === word);
  if (kind === undefined) throw new Error(`No statement: ${line}`);
  const parts = inside.split(",").map((part) => part.trim());
  const types = parts.filter((part) => part.startsWith("'")).map((part) => part.slice(1, -1));
  const given = parts.filter((part) => !part.startsWith("'"));
  const id = isElementKind(kind) ? given.shift() : semicolonId?.trim();
  const value = (i: number): string | undefined => (given[i] === "-" ? undefined : given[i]);
  const formals = recordFormals[kind];
  const names = formals.flatMap(({ type }, i) => {
    const text = value(i);
    return type === "time" ? [] : [text === undefined ? undefined : name(text)];
  });
  const times = formals.flatMap(({ type }, i) => (type === "time" ? [value(i)] : []));
  const attributes = types.map((type): Attribute => [provAttributes.type, name(type)]);
  const record = createRecord(kind, id === undefined ? id : name(id), names, times, attributes);
  if (record === undefined) throw new Error(`Something required is missing: ${line}`);
  return record;
}
