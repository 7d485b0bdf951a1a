import fc from "fast-check";
import { formatEpochSeconds } from "../../src/base/clock.js";
import {
  type Attribute,
  createRecord,
  datatypes,
  type Formal,
  isElementKind,
  langString,
  type Namespace,
  type ProvDocument,
  type ProvRecord,
  provAttributes,
  provName,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
  recordFormals,
  recordKinds,
  typedLiteral,
  type Value,
} from "../../src/prov/index.js";
import { escapeName } from "../../src/track/ids.js";

/*
 * Random documents made of what taskprov writes: every record kind but hadMember, mentionOf and
 * bundles (no form of those is read by all referees), names from escaped keys, one label, plain
 * strings under yprov4wfs:. What they say is nonsense, so no constraint checker may judge them.
 */

const base = "urn:uuid:7f3a0000-0000-4000-8000-000000000001#";
const run: Namespace = { prefix: "run", uri: base };
const task: Namespace = { prefix: "task", uri: `${base}task/` };
const data: Namespace = { prefix: "data", uri: `${base}data/` };
const terms: Namespace = { prefix: "taskprov", uri: "https://w3id.org/taskprov/terms#" };
const yprov: Namespace = { prefix: "yprov4wfs", uri: "https://github.com/HPCI-Lab/yProv4WFs#" };

// Any character but lone surrogates, which never reach a document.
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("", "None", "prov:Plan", '"', "\\", "\u2028", "</x>", "]]>", "_:b", "a\nb\tc"),
);
const localName = text.map(escapeName);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const value: fc.Arbitrary<Value> = fc.oneof(
  text,
  fc.integer().map((n) => typedLiteral(String(n), datatypes.int)),
  int64.map((n) => typedLiteral(String(n), datatypes.long)),
  fc.bigInt().map((n) => typedLiteral(String(n), datatypes.integer)),
  fc.double({ noNaN: true }).map((n) => typedLiteral(doubleText(n), datatypes.double)),
  fc.boolean().map((b) => typedLiteral(String(b), datatypes.boolean)),
  localName.map((name) => qualifiedName(data, name)),
  fc.tuple(text, fc.constantFrom("en", "de-CH")).map(([s, lang]) => langString(s, lang)),
);

function doubleText(n: number): string {
  if (Number.isFinite(n)) return Object.is(n, -0) ? "-0.0" : String(n);
  return n > 0 ? "INF" : "-INF";
}

const time = fc
  .tuple(fc.integer({ min: 0 }), fc.nat(999_999))
  .map(([seconds, micros]) => formatEpochSeconds(seconds + micros / 1e6));

const ownAttributes: fc.Arbitrary<Attribute[]> = fc
  .uniqueArray(fc.tuple(fc.constantFrom("key", "status", "a-b", "é"), value), {
    maxLength: 4,
    // Equal values collapse in Python `prov`, and 1 equals 1.0 there: one value a name is enough.
    selector: ([name]) => name,
  })
  .map((pairs) => pairs.map(([name, v]) => [qualifiedName(terms, name), v] as const));

function elementAttributes(kind: RecordKind): fc.Arbitrary<Attribute[]> {
  return fc
    .record({
      own: ownAttributes,
      label: fc.option(text, { nil: undefined }),
      types: fc.uniqueArray(fc.constantFrom("Plan", "Person", "SoftwareAgent")),
      plain: fc.option(text, { nil: undefined }),
      value: fc.option(value, { nil: undefined }),
    })
    .map((parts) => [
      ...(parts.label === undefined ? [] : [[provAttributes.label, parts.label] as const]),
      ...parts.types.map((type) => [provAttributes.type, provName(type)] as const),
      ...parts.own,
      ...(parts.plain === undefined
        ? []
        : [[qualifiedName(yprov, "nice_name"), parts.plain] as const]),
      ...(parts.value === undefined || kind !== "entity"
        ? []
        : [[provAttributes.value, parts.value] as const]),
    ]);
}

const withoutAttributes: readonly RecordKind[] = ["specializationOf", "alternateOf"];
const withRole: readonly RecordKind[] = ["used", "wasGeneratedBy", "wasAssociatedWith"];
const relationKinds = recordKinds.filter(
  (kind) => !isElementKind(kind) && kind !== "hadMember" && kind !== "mentionOf",
);

interface Pool {
  readonly entity: readonly QualifiedName[];
  readonly activity: readonly QualifiedName[];
  readonly agent: readonly QualifiedName[];
}

function nameFor(
  kind: RecordKind,
  { type, required }: Formal,
  pool: Pool,
): fc.Arbitrary<QualifiedName | undefined> {
  const names =
    type === "any"
      ? [...pool.entity, ...pool.activity, ...pool.agent]
      : type === "entity" || type === "activity" || type === "agent"
        ? pool[type]
        : [];
  if (names.length === 0) return fc.constant(undefined);
  const name = fc.constantFrom(...names);
  // PROV-DM lets `used` be without its entity; the W3C schema does not, and we never write that.
  return required || (type === "entity" && kind === "used")
    ? name
    : fc.option(name, { nil: undefined });
}

function relation(pool: Pool): fc.Arbitrary<ProvRecord | undefined> {
  return fc.constantFrom(...relationKinds).chain((kind) => {
    const formals = recordFormals[kind];
    const names = formals.filter(({ type }) => type !== "time");
    const times = formals.filter(({ type }) => type === "time");
    return fc
      .record({
        names: fc.tuple(...names.map((formal) => nameFor(kind, formal, pool))),
        times: fc.tuple(...times.map(() => fc.option(time, { nil: undefined }))),
        own: withoutAttributes.includes(kind) ? fc.constant<Attribute[]>([]) : ownAttributes,
        roles: fc.uniqueArray(fc.constantFrom("0", "path", "x y"), {
          maxLength: withRole.includes(kind) ? 3 : 0,
        }),
      })
      .map((parts) =>
        createRecord(kind, undefined, parts.names, parts.times, [
          ...parts.own,
          ...parts.roles.map((role): Attribute => [provAttributes.role, role]),
        ]),
      );
  });
}

function element(kind: "entity" | "activity" | "agent", id: QualifiedName) {
  const times = fc.tuple(...recordFormals[kind].map(() => fc.option(time, { nil: undefined })));
  return fc
    .tuple(times, elementAttributes(kind))
    .map(([at, attributes]) => createRecord(kind, id, [], at, attributes));
}

/** A document made of what taskprov writes, of about twenty records. */
export const runLikeDocument: fc.Arbitrary<ProvDocument> = fc
  .record({
    entity: fc.uniqueArray(localName, { minLength: 1, maxLength: 6 }),
    activity: fc.uniqueArray(localName, { minLength: 1, maxLength: 4 }),
    agent: fc.uniqueArray(localName, { maxLength: 3 }),
  })
  .map(
    (names): Pool => ({
      entity: names.entity.map((name) => qualifiedName(data, name)),
      activity: names.activity.map((name) => qualifiedName(task, name)),
      agent: names.agent.map((name) => qualifiedName(run, name)),
    }),
  )
  .chain((pool) =>
    fc
      .tuple(
        fc.tuple(...pool.entity.map((id) => element("entity", id))),
        fc.tuple(...pool.activity.map((id) => element("activity", id))),
        fc.tuple(...pool.agent.map((id) => element("agent", id))),
        fc.array(relation(pool), { maxLength: 12 }),
      )
      .map((groups) => ({
        namespaces: [run, task, data, terms, yprov],
        records: groups.flat().filter((record) => record !== undefined),
        bundles: [],
      })),
  );
