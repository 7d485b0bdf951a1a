import fc from "fast-check";
import {
  type Attribute,
  type Bundle,
  blankNamespace,
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
  provTypes,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
  recordFormals,
  recordKinds,
  typedLiteral,
  type Value,
  valueKey,
  xsdNamespace,
} from "../src/prov/index.js";

/** What documents are generated. */
export interface DocumentChoices {
  /**
   * Only what the `shared` dialect carries to every reader we know (Python prov, ProvToolbox, the
   * W3C schema): one record an id, every id declared, activities and entities disjoint, legal
   * local names, no bundles, no hadMember or mentionOf, zoned times, text that survives XML.
   *
   * @defaultValue false
   */
  readonly shared?: boolean;
  /** How many records a document may have. @defaultValue 12 */
  readonly maxRecords?: number;
}

/** Documents of all record kinds, by default with everything nasty that is legal in them. */
export function provDocuments(choices: DocumentChoices = {}): fc.Arbitrary<ProvDocument> {
  const { shared = false, maxRecords = 12 } = choices;
  return shared ? sharedDocuments(maxRecords) : anyDocuments(maxRecords);
}

const example: Namespace = { prefix: "ex", uri: "http://example.org/a#" };
const other: Namespace = { prefix: "yprov4wfs", uri: "https://example.org/b/" };

const namespaces: readonly Namespace[] = [
  example,
  other,
  // One URI under two prefixes, one prefix for two URIs, the default namespace, prefixes that
  // PROV-JSON reads as something else, a URI that begins like another.
  { prefix: "ex2", uri: example.uri },
  { prefix: "ex", uri: "urn:uuid:00000000-0000-4000-8000-000000000000#" },
  { prefix: "", uri: "http://example.org/default/" },
  { prefix: "default", uri: "http://example.org/named-default/" },
  { prefix: "_", uri: "http://example.org/underscore/" },
  { prefix: "a:b", uri: "http://example.org/colon/" },
  { prefix: "prov", uri: "http://example.org/not-prov#" },
  { prefix: "xsd", uri: "http://www.w3.org/2001/XMLSchema" },
  { prefix: "ns1", uri: "http://example.org/ns1#" },
  { prefix: "taskprov", uri: "http://example.org/other-taskprov#" },
  { prefix: "größe", uri: "http://example.org/größe/" },
  { prefix: "__proto__", uri: "http://example.org/proto#" },
];

/** Text with quotes, controls, separators, pairs, and halves of pairs. */
const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    "__proto__",
    "constructor",
    "\u2028",
    "\u0000",
    '"\\',
    "\u007f",
    "\ufeff",
    "😀",
  ),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
    .map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom("\ud800", "\udc00x", "a\ud83d", "\ude00\ud83d"),
);

const nastyLocal: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "b", "c", "d", "a.2", "x:y", "(a, 0)") },
  { weight: 1, arbitrary: nastyText },
);

const nastyName: fc.Arbitrary<QualifiedName> = fc
  .tuple(fc.constantFrom(...namespaces), nastyLocal)
  .map(([namespace, local]) => qualifiedName(namespace, local));

/** Offsets, no offset, any number of fraction digits, the end of a day, far years. */
export const dateTimes: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(
      "2026-11-20",
      "2024-02-29",
      "1969-12-31",
      "0001-01-01",
      "-0044-03-15",
      "12026-01-01",
    ),
    fc.constantFrom("00:00:00", "23:59:59", "10:00:01.3", "10:00:01.300", "10:00:01.123456789012"),
    fc.constantFrom("", "Z", "+00:00", "-00:00", "+05:30", "-14:00"),
  )
  .map(([date, time, zone]) => `${date}T${time}${zone}`);

const integers: fc.Arbitrary<string> = fc.oneof(
  fc.bigInt().map(String),
  fc.constantFrom(
    "9007199254740993",
    "-9223372036854775808",
    "18446744073709551616",
    "0",
    "-0",
    "007",
  ),
);

const nastyDatatype: fc.Arbitrary<QualifiedName> = fc
  .oneof(
    nastyName,
    fc.constantFrom("int", "hexBinary").map((local) => qualifiedName(xsdNamespace, local)),
  )
  // A URI may by chance be that of a name or string type, which reads as something else.
  .filter(
    ({ namespace, local }) =>
      namespace.uri !== xsdNamespace.uri.slice(0, -1) || !local.startsWith("#"),
  );

const nastyValue: fc.Arbitrary<Value> = fc.oneof(
  nastyText,
  fc.constantFrom("a", "b", "c"),
  integers.map((text) => typedLiteral(text, datatypes.integer)),
  integers.map((text) => typedLiteral(text, datatypes.long)),
  fc
    .constantFrom("NaN", "INF", "-INF", "1e400", "0.1", "1.50", "abc")
    .map((text) => typedLiteral(text, datatypes.double)),
  fc.constantFrom("true", "false", "1", "0").map((text) => typedLiteral(text, datatypes.boolean)),
  dateTimes.map((text) => typedLiteral(text, datatypes.dateTime)),
  fc
    .tuple(nastyText, fc.constantFrom("en", "fr-CA", ""))
    .map(([text, lang]) => langString(text, lang)),
  fc.tuple(nastyText, nastyDatatype).map(([text, datatype]) => typedLiteral(text, datatype)),
  nastyText.map((text) => typedLiteral(text, datatypes.string)),
  nastyName,
  fc.constantFrom(...Object.values(provTypes)),
);

function attributeNames(kind: RecordKind): fc.Arbitrary<QualifiedName> {
  const reserved = new Set(recordFormals[kind].map(({ property }) => property));
  return fc.oneof(
    nastyName,
    fc.constantFrom(...Object.values(provAttributes)),
    fc
      .constantFrom("time", "entity", "unknown")
      .filter((local) => !reserved.has(local))
      .map(provName),
  );
}

function formalOf<T>(formal: Formal, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return formal.required ? value : fc.option(value, { nil: undefined });
}

const anonymous: fc.Arbitrary<QualifiedName> = fc
  .oneof(fc.constantFrom("u1", "wGB1", "x"), nastyText)
  .map((local) => qualifiedName(blankNamespace, local));

const nastyRecord: fc.Arbitrary<ProvRecord> = fc.constantFrom(...recordKinds).chain((kind) => {
  const formals = recordFormals[kind];
  const names = formals.filter(({ type }) => type !== "time");
  const times = formals.filter(({ type }) => type === "time");
  return fc
    .tuple(
      isElementKind(kind)
        ? nastyName
        : fc.option(fc.oneof(nastyName, anonymous), { nil: undefined }),
      fc.tuple(...names.map((formal) => formalOf(formal, nastyName))),
      fc.tuple(...times.map((formal) => formalOf(formal, dateTimes))),
      fc.array(fc.tuple(attributeNames(kind), nastyValue), { maxLength: 5 }),
      // Now and then more attributes than are compared one by one.
      fc.integer({ min: 0, max: 40 }).map((n) => (n === 40 ? 20 : 0)),
    )
    .map(([id, formalNames, formalTimes, attributes, more]) => {
      const padding = Array.from(
        { length: more },
        (_, i): Attribute => [qualifiedName(example, `more${i % 7}`), String(i)],
      );
      return created(kind, id, formalNames, formalTimes, [...attributes, ...padding]);
    });
});

function created(...args: Parameters<typeof createRecord>): ProvRecord {
  const record = createRecord(...args);
  if (record === undefined) {
    throw new Error(`The generator left out a required formal of ${args[0]}.`);
  }
  return record;
}

function anyDocuments(maxRecords: number): fc.Arbitrary<ProvDocument> {
  const records = fc.array(nastyRecord, { maxLength: maxRecords });
  const declared = fc.subarray([...namespaces]);
  const bundle: fc.Arbitrary<Bundle> = fc.record({ id: nastyName, namespaces: declared, records });
  return fc.record({
    namespaces: declared,
    records,
    bundles: fc.oneof(fc.constant([]), fc.array(bundle, { maxLength: 3 })),
  });
}

// Printable characters of several scripts and planes; what XML 1.0 forbids stays out.
const sharedText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom(
    "a",
    "größe",
    "名前",
    "😀",
    'say "hi"',
    "back\\slash",
    "line\nbreak",
    "tab\there",
    "<&>",
    "  ",
  ),
);

const sharedValue: fc.Arbitrary<Value> = fc.oneof(
  sharedText,
  fc.integer().map((value) => typedLiteral(String(value), datatypes.int)),
  fc
    .constantFrom("9007199254740993", "-9223372036854775808")
    .map((text) => typedLiteral(text, datatypes.long)),
  // NaN differs from itself in Python prov, and Java reads no "INF": not carried by all.
  fc.constantFrom("0.1", "-1.5", "12345.678").map((text) => typedLiteral(text, datatypes.double)),
  fc.constantFrom("true", "false").map((text) => typedLiteral(text, datatypes.boolean)),
  fc
    .tuple(sharedText, fc.constantFrom("en", "fr-CA"))
    .map(([text, lang]) => langString(text, lang)),
  fc.constantFrom("A", "B").map((local) => qualifiedName(example, local)),
);

const sharedTime: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 4_000_000_000_000 })
  .map((millis) => `${new Date(millis).toISOString().slice(0, -1)}000Z`);

// PROV-DM gives these no id and no attributes; hadMember and mentionOf have no shared form.
const bareKinds: ReadonlySet<RecordKind> = new Set(["specializationOf", "alternateOf"]);
const unsharedKinds: ReadonlySet<RecordKind> = new Set(["hadMember", "mentionOf"]);
const roleKinds: ReadonlySet<RecordKind> = new Set([
  "used",
  "wasGeneratedBy",
  "wasInvalidatedBy",
  "wasStartedBy",
  "wasEndedBy",
  "wasAssociatedWith",
]);

const elements = {
  entity: ["e1", "e2", "_x0028_e3_x0029_", "données"].map((local) => qualifiedName(example, local)),
  activity: ["a1", "a2", "a3.2"].map((local) => qualifiedName(example, local)),
  agent: ["w1", "w2"].map((local) => qualifiedName(example, local)),
} as const;

// Python prov turns an activity of type prov:Person into a person in PROV-XML.
function sharedTypes(kind: RecordKind): readonly QualifiedName[] {
  const own = qualifiedName(example, "T");
  switch (kind) {
    case "entity":
      return [own, provTypes.Plan, provTypes.Collection];
    case "agent":
      return [own, provTypes.Person, provTypes.Organization, provTypes.SoftwareAgent];
    default:
      return [own];
  }
}

function sharedAttributes(kind: RecordKind): fc.Arbitrary<readonly Attribute[]> {
  const label = fc.array(
    sharedText.map((text): Attribute => [provAttributes.label, text]),
    { maxLength: 1 },
  );
  const type = fc.array(
    fc.constantFrom(...sharedTypes(kind)).map((name): Attribute => [provAttributes.type, name]),
    { maxLength: 2 },
  );
  const role = fc.array(
    sharedValue.map((value): Attribute => [provAttributes.role, value]),
    {
      maxLength: roleKinds.has(kind) ? 1 : 0,
    },
  );
  const own = fc.array(
    fc.tuple(
      fc.constantFrom("p", "q", "r").map((local) => qualifiedName(example, local)),
      sharedValue,
    ),
    { maxLength: 4 },
  );
  const yprov = fc.array(
    sharedText.map((text): Attribute => [qualifiedName(other, "status"), text]),
    { maxLength: 1 },
  );
  return fc
    .tuple(label, isElementKind(kind) ? type : fc.constant([]), role, own, yprov)
    .map((groups) => unique(groups.flat()));
}

function unique(attributes: readonly Attribute[]): readonly Attribute[] {
  const byKey = new Map(
    attributes.map((attribute) => [`${attribute[0].local} ${valueKey(attribute[1])}`, attribute]),
  );
  return [...byKey.values()];
}

function sharedFormal({ type }: Formal): fc.Arbitrary<QualifiedName | undefined> {
  switch (type) {
    case "entity":
    case "activity":
    case "agent":
      return fc.constantFrom(...elements[type]);
    case "any":
      return fc.constantFrom(...elements.entity, ...elements.activity, ...elements.agent);
    default:
      return fc.constant(undefined);
  }
}

function sharedRelation(kind: RecordKind): fc.Arbitrary<ProvRecord> {
  const formals = recordFormals[kind];
  return fc
    .tuple(
      fc.tuple(
        ...formals
          .filter(({ type }) => type !== "time")
          .map((formal) => formalOf(formal, sharedFormal(formal))),
      ),
      fc.tuple(
        ...formals
          .filter(({ type }) => type === "time")
          .map((formal) => formalOf(formal, sharedTime)),
      ),
      bareKinds.has(kind) ? fc.constant([]) : sharedAttributes(kind),
    )
    .map(([names, times, attributes]) => created(kind, undefined, names, times, attributes));
}

function sharedElements(): fc.Arbitrary<readonly ProvRecord[]> {
  const each = (kind: "entity" | "activity" | "agent"): fc.Arbitrary<ProvRecord>[] =>
    elements[kind].map((id) =>
      fc
        .tuple(
          fc.tuple(...recordFormals[kind].map((formal) => formalOf(formal, sharedTime))),
          sharedAttributes(kind),
        )
        .map(([times, attributes]) => created(kind, id, [], times, attributes)),
    );
  return fc.tuple(...each("entity"), ...each("activity"), ...each("agent"));
}

function sharedDocuments(maxRecords: number): fc.Arbitrary<ProvDocument> {
  const kinds = recordKinds.filter((kind) => !isElementKind(kind) && !unsharedKinds.has(kind));
  const relations = fc.array(fc.constantFrom(...kinds).chain(sharedRelation), {
    maxLength: maxRecords,
  });
  // A third of the relations bears a real id; ids are unique over all kinds (PROV-CONSTRAINTS 53).
  const identified = relations.map((records) =>
    records.map((record, i) =>
      i % 3 === 0 && !bareKinds.has(record.kind)
        ? { ...record, id: qualifiedName(example, `relation${i}`) }
        : record,
    ),
  );
  return fc.tuple(sharedElements(), identified).map(([things, links]) => ({
    namespaces: [example, other],
    records: [...things, ...links],
    bundles: [],
  }));
}
