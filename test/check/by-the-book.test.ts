import fc from "fast-check";
import { expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import {
  type Attribute,
  createRecord,
  type Formal,
  isElementKind,
  type ProvRecord,
  provAttributes,
  provTypes,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
  recordFormals,
  recordKinds,
} from "../../src/prov/index.js";
import { isValidByTheBook } from "../support/naive-constraints.js";
import { ex } from "../support/provn-records.js";
import { runs } from "../support/tier.js";

const named = (...locals: string[]): readonly QualifiedName[] =>
  locals.map((local) => qualifiedName(ex, local));

interface World {
  readonly entities: readonly QualifiedName[];
  readonly activities: readonly QualifiedName[];
  readonly agents: readonly QualifiedName[];
  readonly ids: readonly QualifiedName[];
  readonly kinds: readonly RecordKind[];
  readonly maxRecords: number;
}

// Few names, so that they meet; some may be an entity or an activity, a thing or a relation.
const everything: World = {
  entities: named("e1", "e2", "e3", "both"),
  activities: named("a1", "a2", "both"),
  agents: named("g1", "e1", "a1"),
  ids: named("x1", "x2", "x3", "x4", "x5", "e2"),
  kinds: [...recordKinds, "wasDerivedFrom", "entity", "wasGeneratedBy"],
  maxRecords: 7,
};

// Only what can put events out of order.
const events: World = {
  entities: named("e1", "e2", "e3", "e4"),
  activities: named("a1", "a2", "a3"),
  agents: named("g1", "e1", "a1", "a2"),
  ids: named(...Array.from({ length: 30 }, (_, i) => `x${i}`)),
  kinds: [
    "entity",
    "activity",
    "wasDerivedFrom",
    "wasDerivedFrom",
    "wasGeneratedBy",
    "wasStartedBy",
    "wasStartedBy",
    "used",
    "wasAttributedTo",
    "specializationOf",
    "wasEndedBy",
    "wasInformedBy",
  ],
  maxRecords: 10,
};

const optional = <T>(values: readonly T[], given: number): fc.Arbitrary<T | undefined> =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq: given });

function valuesOf(world: World, { type }: Formal): readonly QualifiedName[] {
  switch (type) {
    case "entity":
      return world.entities;
    case "activity":
      return world.activities;
    case "agent":
      return world.agents;
    case "any":
      return [...world.entities, ...world.activities];
    case "bundle":
      return named("b1", "b2");
    default:
      return world.ids;
  }
}

function idOf(world: World, kind: RecordKind): fc.Arbitrary<QualifiedName | undefined> {
  if (isElementKind(kind)) {
    const { entities, activities, agents } = world;
    return fc.constantFrom(...{ entity: entities, activity: activities, agent: agents }[kind]);
  }
  const hasId = !["specializationOf", "alternateOf", "hadMember", "mentionOf"].includes(kind);
  return hasId ? optional(world.ids, 1) : fc.constant(undefined);
}

function recordsOf(world: World): fc.Arbitrary<readonly ProvRecord[]> {
  const record = fc.constantFrom(...world.kinds).chain((kind) => {
    const formals = recordFormals[kind];
    const names = formals.filter(({ type }) => type !== "time");
    const times = formals.filter(({ type }) => type === "time");
    return fc
      .tuple(
        idOf(world, kind),
        fc.tuple(
          ...names.map((formal) =>
            formal.required
              ? fc.constantFrom(...valuesOf(world, formal))
              : optional(valuesOf(world, formal), 2),
          ),
        ),
        fc.tuple(...times.map(() => optional(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"], 1))),
        fc.integer({ min: 0, max: 5 }),
      )
      .map(([id, args, when, n]) => {
        const attributes: Attribute[] =
          kind === "entity" && n === 0 ? [[provAttributes.type, provTypes.EmptyCollection]] : [];
        const made = createRecord(kind, id, args, when, attributes);
        if (made === undefined) throw new Error(`The generator made no ${kind}.`);
        return made;
      });
  });
  return fc.array(record, { minLength: 1, maxLength: world.maxRecords });
}

test.each([
  ["anything that may be wrong", everything, undefined],
  ["events out of order", events, 42],
])(
  "with %s, the verdict is that of the rules applied one by one",
  async (_, world, constraint) => {
    const found = { valid: 0, invalid: 0, expected: 0 };
    await fc.assert(
      fc.asyncProperty(recordsOf(world), async (records) => {
        const { valid, findings } = await checkDocument({ namespaces: [ex], records, bundles: [] });
        const errors = findings.filter(({ severity }) => severity === "error");
        found[valid ? "valid" : "invalid"] += 1;
        found.expected += !valid && errors.every((each) => each.constraint === constraint) ? 1 : 0;
        expect(valid).toBe(isValidByTheBook(records));
      }),
      { numRuns: runs(1500) },
    );
    // Both verdicts must occur often, or the test says little.
    expect(Math.min(found.valid, found.invalid)).toBeGreaterThan(150);
    expect(found.expected).toBeGreaterThanOrEqual(constraint === undefined ? 0 : 10);
  },
  600_000,
);
