import { describe, expect, test } from "vitest";
import { type CheckFinding, checkDocument, constraints } from "../../src/check/index.js";
import { provn } from "../support/provn-records.js";

const t1 = "2026-01-01T10:00:00Z";
const t2 = "2026-01-02T10:00:00Z";

async function errorsOf(text: string): Promise<readonly CheckFinding[]> {
  const { findings } = await checkDocument(provn(text));
  return findings.filter(({ severity }) => severity === "error");
}

/** Number, what it is about, and the statements. */
type Case = readonly [number: number, about: string, text: string];

const failing: readonly Case[] = [
  [22, "two start times", `activity(ex:a, ${t1}, -)\nactivity(ex:a, ${t2}, -)`],
  [22, "two end times", `activity(ex:a, -, ${t1})\nactivity(ex:a, -, ${t2})`],
  [23, "one usage of two entities", "used(ex:u; ex:a, ex:e, -)\nused(ex:u; ex:a, ex:f, -)"],
  [23, "one usage by two activities", "used(ex:u; ex:a, ex:e, -)\nused(ex:u; ex:b, ex:e, -)"],
  [23, "one usage at two times", `used(ex:u; ex:a, ex:e, ${t1})\nused(ex:u; ex:a, -, ${t2})`],
  [
    23,
    "one association with and without a plan",
    "wasAssociatedWith(ex:w; ex:a, ex:g, ex:p)\nwasAssociatedWith(ex:w; ex:a, ex:g, -)",
  ],
  [
    23,
    "one derivation with and without an activity",
    "wasDerivedFrom(ex:d; ex:e, ex:f, ex:a, -, -)\nwasDerivedFrom(ex:d; ex:e, ex:f, -, -, -)",
  ],
  [
    23,
    "one communication of two activities",
    "wasInformedBy(ex:i; ex:a, ex:b)\nwasInformedBy(ex:i; ex:a, ex:c)",
  ],
  [
    23,
    "one attribution to two agents",
    "wasAttributedTo(ex:w; ex:e, ex:g)\nwasAttributedTo(ex:w; ex:e, ex:h)",
  ],
  [
    23,
    "one delegation by two agents",
    "actedOnBehalfOf(ex:w; ex:g, ex:h, -)\nactedOnBehalfOf(ex:w; ex:g, ex:k, -)",
  ],
  [
    23,
    "one influence of two things",
    "wasInfluencedBy(ex:w; ex:e, ex:g)\nwasInfluencedBy(ex:w; ex:e, ex:h)",
  ],
  [
    23,
    "a derivation and an influence of one id that disagree (inference 15)",
    "wasDerivedFrom(ex:d; ex:e, ex:f, -, -, -)\nwasInfluencedBy(ex:d; ex:e, ex:g)",
  ],
  [
    23,
    "a generation that its derivation contradicts (inference 11)",
    "wasDerivedFrom(ex:d; ex:e, ex:f, ex:a, ex:g, -)\nwasGeneratedBy(ex:g; ex:e, ex:b, -)",
  ],
  [
    23,
    "a usage that its derivation contradicts (inference 11)",
    "wasDerivedFrom(ex:d; ex:e, ex:f, ex:a, -, ex:u)\nused(ex:u; ex:a, ex:k, -)",
  ],
  [
    24,
    "two generations",
    "wasGeneratedBy(ex:g; ex:e, ex:a, -)\nwasGeneratedBy(ex:h; ex:e, ex:a, -)",
  ],
  [
    24,
    "one anonymous generation at two times",
    `wasGeneratedBy(ex:e, ex:a, ${t1})\nwasGeneratedBy(ex:g; ex:e, ex:a, ${t2})`,
  ],
  [
    24,
    "two generations, one of them known by its derivation only",
    "wasDerivedFrom(ex:d; ex:e, ex:f, ex:a, ex:g, -)\nwasGeneratedBy(ex:h; ex:e, ex:a, -)",
  ],
  [
    25,
    "two invalidations",
    "wasInvalidatedBy(ex:g; ex:e, ex:a, -)\nwasInvalidatedBy(ex:h; ex:e, ex:a, -)",
  ],
  [
    26,
    "two starts by one activity",
    "wasStartedBy(ex:s; ex:a, ex:e, ex:b, -)\nwasStartedBy(ex:t; ex:a, ex:f, ex:b, -)",
  ],
  [
    27,
    "two ends by one activity",
    "wasEndedBy(ex:s; ex:a, ex:e, ex:b, -)\nwasEndedBy(ex:t; ex:a, ex:f, ex:b, -)",
  ],
  [28, "another start time", `activity(ex:a, ${t1}, -)\nwasStartedBy(ex:a, -, -, ${t2})`],
  [
    28,
    "two starts at two times of an activity without a time",
    `activity(ex:a)\nwasStartedBy(ex:s; ex:a, -, ex:b, ${t1})\nwasStartedBy(ex:t; ex:a, -, ex:c, ${t2})`,
  ],
  [29, "another end time", `activity(ex:a, -, ${t1})\nwasEndedBy(ex:a, -, -, ${t2})`],
  [
    34,
    "a trigger derived from what it started an activity to make",
    `activity(ex:a)\nentity(ex:e)\nentity(ex:f)\nwasGeneratedBy(ex:e, ex:a, -)
     wasDerivedFrom(ex:f, ex:e, -, -, -)\nwasStartedBy(ex:a, ex:f, -, -)`,
  ],
  [42, "a derivation from itself", "entity(ex:e)\nwasDerivedFrom(ex:e, ex:e, -, -, -)"],
  [
    42,
    "a circle of derivations",
    "entity(ex:e)\nentity(ex:f)\nwasDerivedFrom(ex:e, ex:f, -, -, -)\nwasDerivedFrom(ex:f, ex:e, -, -, -)",
  ],
  [
    43,
    "a trigger of the activity that made what it comes from",
    `activity(ex:a)\nentity(ex:e)\nwasGeneratedBy(ex:e, ex:a, -)\nwasDerivedFrom(ex:f, ex:e, -, -, -)
     wasStartedBy(ex:a, ex:f, -, -)\nentity(ex:f)`,
  ],
  [
    45,
    "a general thing derived from its special case",
    "entity(ex:e)\nentity(ex:f)\nspecializationOf(ex:e, ex:f)\nwasDerivedFrom(ex:f, ex:e, -, -, -)",
  ],
  [
    45,
    "the same over a thing that nothing says was generated (inference 19)",
    "entity(ex:e)\nspecializationOf(ex:e, ex:m)\nspecializationOf(ex:m, ex:f)\nwasDerivedFrom(ex:f, ex:e, ex:a, -, -)",
  ],
  [
    48,
    "an agent derived from what is attributed to it",
    "entity(ex:e)\nentity(ex:g)\nwasAttributedTo(ex:e, ex:g)\nwasDerivedFrom(ex:g, ex:e, -, -, -)",
  ],
  [50, "an entity used as an activity", "entity(ex:e)\nused(ex:e, ex:f, -)"],
  [50, "one name in both positions", "wasGeneratedBy(ex:x, ex:x, -)"],
  [50, "a plan that is an activity", "activity(ex:p)\nwasAssociatedWith(ex:a, ex:g, ex:p)"],
  [51, "a generation without an activity", "wasDerivedFrom(ex:e, ex:f, -, ex:g, -)"],
  [51, "a usage without an activity", "wasDerivedFrom(ex:e, ex:f, -, -, ex:u)"],
  [52, "a specialization of itself", "specializationOf(ex:e, ex:e)"],
  [
    52,
    "a circle of specializations and mentions",
    "specializationOf(ex:e, ex:f)\nspecializationOf(ex:f, ex:g)\nmentionOf(ex:g, ex:e, ex:b)",
  ],
  [
    53,
    "a usage and a generation of one id",
    "used(ex:x; ex:a, ex:e, -)\nwasGeneratedBy(ex:x; ex:e, ex:b, -)",
  ],
  [
    53,
    "a usage and a generation that only a derivation names",
    "used(ex:x; ex:a, ex:e, -)\nwasDerivedFrom(ex:f, ex:k, ex:a, ex:x, -)",
  ],
  [54, "an entity and a usage of one id", "entity(ex:x)\nused(ex:x; ex:a, ex:e, -)"],
  [54, "an agent and an influence of one id", "agent(ex:x)\nwasInfluencedBy(ex:x; ex:a, ex:e)"],
  [
    54,
    "a usage with the id of what specializes an entity (inference 21)",
    "entity(ex:e)\nspecializationOf(ex:x, ex:e)\nused(ex:x; ex:a, ex:f, -)",
  ],
  [55, "an entity and an activity", "entity(ex:x)\nactivity(ex:x)"],
  [
    56,
    "a member of an empty collection",
    "entity(ex:c, 'prov:EmptyCollection')\nhadMember(ex:c, ex:e)",
  ],
  [
    56,
    "a member of what specializes an empty collection (inference 21)",
    "entity(ex:c, 'prov:EmptyCollection')\nspecializationOf(ex:d, ex:c)\nspecializationOf(ex:k, ex:d)\nhadMember(ex:k, ex:e)",
  ],
];

const passing: readonly Case[] = [
  [22, "start and end in two records", `activity(ex:a, ${t1}, -)\nactivity(ex:a, -, ${t2})`],
  [
    22,
    "one instant in two time zones",
    `activity(ex:a, ${t1}, -)\nactivity(ex:a, 2026-01-01T12:00:00+02:00, -)`,
  ],
  [
    23,
    "an activity that one record leaves out",
    "wasGeneratedBy(ex:g; ex:e, -, -)\nwasGeneratedBy(ex:g; ex:e, ex:a, -)",
  ],
  [
    23,
    "an agent that one record leaves out",
    "wasAssociatedWith(ex:w; ex:a, -, ex:p)\nwasAssociatedWith(ex:w; ex:a, ex:g, ex:p)",
  ],
  [
    23,
    "a delegation and an influence of one id that agree",
    "actedOnBehalfOf(ex:w; ex:g, ex:h, -)\nwasInfluencedBy(ex:w; ex:g, ex:h)",
  ],
  [
    24,
    "generations by two activities",
    "wasGeneratedBy(ex:g; ex:e, ex:a, -)\nwasGeneratedBy(ex:h; ex:e, ex:b, -)",
  ],
  [
    24,
    "generations by unknown activities",
    "wasGeneratedBy(ex:g; ex:e, -, -)\nwasGeneratedBy(ex:h; ex:e, -, -)",
  ],
  [
    25,
    "invalidations by two activities",
    "wasInvalidatedBy(ex:g; ex:e, ex:a, -)\nwasInvalidatedBy(ex:h; ex:e, ex:b, -)",
  ],
  [
    26,
    "starts by unknown activities",
    "wasStartedBy(ex:s; ex:a, ex:e, -, -)\nwasStartedBy(ex:t; ex:a, ex:f, -, -)",
  ],
  [
    27,
    "ends by two activities",
    "wasEndedBy(ex:s; ex:a, ex:e, ex:b, -)\nwasEndedBy(ex:t; ex:a, ex:e, ex:c, -)",
  ],
  [28, "the same start time", `activity(ex:a, ${t1}, -)\nwasStartedBy(ex:a, -, -, ${t1})`],
  [
    28,
    "two starts at two times of what no record says is an activity",
    `wasStartedBy(ex:s; ex:a, -, ex:b, ${t1})\nwasStartedBy(ex:t; ex:a, -, ex:c, ${t2})`,
  ],
  [29, "the same end time", `activity(ex:a, -, ${t2})\nwasEndedBy(ex:a, -, -, ${t2})`],
  [30, "start and end", "wasStartedBy(ex:s; ex:a, -, -, -)\nwasEndedBy(ex:k; ex:a, -, -, -)"],
  [31, "two starts", "wasStartedBy(ex:s; ex:a, ex:e, -, -)\nwasStartedBy(ex:t; ex:a, ex:f, -, -)"],
  [32, "two ends", "wasEndedBy(ex:s; ex:a, ex:e, -, -)\nwasEndedBy(ex:t; ex:a, ex:f, -, -)"],
  [
    33,
    "a use of what the activity generated",
    "activity(ex:a)\nentity(ex:e)\nwasGeneratedBy(ex:e, ex:a, -)\nused(ex:a, ex:e, -)",
  ],
  [
    34,
    "a trigger generated by what it started",
    "activity(ex:a)\nentity(ex:e)\nwasStartedBy(ex:a, ex:e, -, -)\nwasGeneratedBy(ex:e, ex:a, -)",
  ],
  [
    35,
    "two that inform each other",
    "activity(ex:a)\nactivity(ex:b)\nwasInformedBy(ex:a, ex:b)\nwasInformedBy(ex:b, ex:a)",
  ],
  [
    36,
    "generated and invalidated by one activity",
    "entity(ex:e)\nwasGeneratedBy(ex:e, ex:a, -)\nwasInvalidatedBy(ex:e, ex:a, -)",
  ],
  [
    37,
    "a use timestamped before the generation",
    `wasGeneratedBy(ex:e, ex:a, ${t2})\nused(ex:b, ex:e, ${t1})`,
  ],
  [38, "a use and an invalidation", "used(ex:a, ex:e, -)\nwasInvalidatedBy(ex:e, ex:b, -)"],
  [
    39,
    "two generations",
    "entity(ex:e)\nwasGeneratedBy(ex:e, ex:a, -)\nwasGeneratedBy(ex:e, ex:b, -)",
  ],
  [
    40,
    "two invalidations",
    "entity(ex:e)\nwasInvalidatedBy(ex:e, ex:a, -)\nwasInvalidatedBy(ex:e, ex:b, -)",
  ],
  [
    41,
    "a derivation with its usage and generation",
    "wasGeneratedBy(ex:g; ex:f, ex:a, -)\nused(ex:u; ex:a, ex:e, -)\nwasDerivedFrom(ex:f, ex:e, ex:a, ex:g, ex:u)",
  ],
  [
    42,
    "a chain of derivations",
    "entity(ex:e)\nentity(ex:f)\nwasDerivedFrom(ex:f, ex:e, -, -, -)\nwasDerivedFrom(ex:k, ex:f, -, -, -)",
  ],
  [
    42,
    "a circle of things that nothing says were generated",
    "wasDerivedFrom(ex:f, ex:e, -, -, -)\nwasDerivedFrom(ex:e, ex:f, -, -, -)",
  ],
  [43, "a trigger", "activity(ex:a)\nentity(ex:e)\nwasStartedBy(ex:a, ex:e, ex:b, -)"],
  [44, "a trigger of the end", "activity(ex:a)\nentity(ex:e)\nwasEndedBy(ex:a, ex:e, ex:b, -)"],
  [
    45,
    "a special case derived from the general",
    "entity(ex:e)\nentity(ex:f)\nspecializationOf(ex:e, ex:f)\nwasDerivedFrom(ex:e, ex:f, -, -, -)",
  ],
  [
    46,
    "two invalidations of special and general",
    "specializationOf(ex:e, ex:f)\nwasInvalidatedBy(ex:f, ex:a, -)\nwasInvalidatedBy(ex:e, ex:b, -)",
  ],
  [
    47,
    "an agent that is an activity",
    "activity(ex:a)\nactivity(ex:g)\nagent(ex:g)\nwasAssociatedWith(ex:a, ex:g, -)",
  ],
  [48, "an agent that is an entity", "entity(ex:e)\nentity(ex:g)\nwasAttributedTo(ex:e, ex:g)"],
  [
    49,
    "two that act for each other",
    "actedOnBehalfOf(ex:g, ex:h, ex:a)\nactedOnBehalfOf(ex:h, ex:g, ex:a)",
  ],
  [
    50,
    "an agent that is an entity, another that is an activity",
    "agent(ex:e)\nentity(ex:e)\nagent(ex:a)\nactivity(ex:a)",
  ],
  [51, "a generation with its activity", "wasDerivedFrom(ex:e, ex:f, ex:a, ex:g, -)"],
  [52, "a chain of specializations", "specializationOf(ex:e, ex:f)\nspecializationOf(ex:f, ex:g)"],
  [
    52,
    "alternates of each other",
    "alternateOf(ex:e, ex:e)\nalternateOf(ex:f, ex:g)\nalternateOf(ex:g, ex:f)",
  ],
  [
    53,
    "an influence with the id of a usage that says the same",
    "used(ex:x; ex:a, ex:e, -)\nwasInfluencedBy(ex:x; ex:a, ex:e)",
  ],
  [
    53,
    "anonymous ids that look the same",
    "used(_:x; ex:a, ex:e, -)\nwasGeneratedBy(_:x; ex:f, ex:b, -)",
  ],
  [
    54,
    "an alternate with the id of an entity, which has none",
    "entity(ex:x)\nalternateOf(ex:x; ex:e, ex:f)",
  ],
  [55, "an agent and an entity", "agent(ex:x)\nentity(ex:x)"],
  [
    56,
    "a member of a collection, and an empty one",
    "entity(ex:c, 'prov:Collection')\nhadMember(ex:c, ex:e)\nentity(ex:d, 'prov:EmptyCollection')",
  ],
];

describe("PROV-CONSTRAINTS", () => {
  test.each(failing)("%i rejects %s", async (number, _, text) => {
    const errors = await errorsOf(text);
    const met = errors.flatMap(({ constraint, involves = [] }) => [constraint, ...involves]);
    expect(met).toContain(number);
    for (const { records } of errors) expect(records?.length).toBeGreaterThan(0);
  });

  test.each(passing)("%i accepts %s", async (_, __, text) => {
    expect(await errorsOf(text)).toEqual([]);
  });

  // No cycle with something strict in it needs these, so no document can break them alone.
  const unbreakable = [30, 31, 32, 33, 35, 36, 37, 38, 39, 40, 41, 44, 46, 47, 49];

  test("every constraint has cases for both, but those that nothing can break", () => {
    const numbers = constraints.map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 35 }, (_, i) => i + 22));
    expect(numbers.filter((n) => !passing.some(([number]) => number === n))).toEqual([]);
    expect(numbers.filter((n) => !failing.some(([number]) => number === n))).toEqual(unbreakable);
  });

  test("a mention of two things is rejected (PROV-LINKS)", async () => {
    const errors = await errorsOf("mentionOf(ex:e, ex:f, ex:b)\nmentionOf(ex:e, ex:g, ex:b)");
    expect(errors.map(({ rule }) => rule)).toEqual(["unique-mention"]);
    expect(await errorsOf("mentionOf(ex:e, ex:f, ex:b)\nmentionOf(ex:e, ex:f, ex:b)")).toEqual([]);
  });

  test("bundles and the top level are valid or not by themselves", async () => {
    expect(
      await errorsOf("entity(ex:x)\nbundle ex:b\nactivity(ex:x)\nbundle ex:c\nentity(ex:x)"),
    ).toEqual([]);
    const [error] = await errorsOf("entity(ex:x)\nbundle ex:b\nactivity(ex:x)\nentity(ex:x)");
    expect(error).toMatchObject({ constraint: 55, bundle: "ex:b" });
  });

  test("two bundles of one name are rejected", async () => {
    const errors = await errorsOf("bundle ex:b\nentity(ex:x)\nbundle ex:b\nentity(ex:y)");
    expect(errors.map(({ rule }) => rule)).toEqual(["bundle-names"]);
  });
});

describe("findings", () => {
  test("of order show the shortest cycle with its records in order", async () => {
    const chain = Array.from(
      { length: 20 },
      (_, i) => `wasDerivedFrom(ex:c${i + 1}, ex:c${i}, -, -, -)`,
    );
    const entities = Array.from({ length: 21 }, (_, i) => `entity(ex:c${i})`);
    const [error, ...more] = await errorsOf(
      [
        ...entities,
        ...chain,
        "wasDerivedFrom(ex:c0, ex:c20, -, -, -)",
        "specializationOf(ex:c12, ex:c14)",
        "wasDerivedFrom(ex:c11, ex:c12, -, -, -)",
      ].join("\n"),
    );
    expect(more).toEqual([]);
    expect(error?.records?.map(({ text }) => text)).toEqual([
      "wasDerivedFrom(ex:c12, ex:c11)",
      "wasDerivedFrom(ex:c11, ex:c12)",
    ]);
    expect(error?.message).toContain('"ex:c11" would have to be generated strictly before itself');
  });

  test("two knots of cycles are two findings", async () => {
    const knot = (x: string): string =>
      `entity(ex:${x})\nwasDerivedFrom(ex:${x}, ex:${x}, -, -, -)`;
    expect(await errorsOf(`${knot("e")}\n${knot("f")}`)).toHaveLength(2);
  });

  test("have the places and paths of all their records in PROV-JSON", async () => {
    const text = `{"prefix":{"ex":"http://e/"},
"wasGeneratedBy":{"ex:g":{"prov:entity":"ex:e","prov:activity":"ex:a"},
"ex:h":{"prov:entity":"ex:e","prov:activity":"ex:a"}}}`;
    const { findings } = await checkDocument(text, { lints: { undeclared: false } });
    expect(findings).toEqual([
      {
        severity: "error",
        rule: "unique-generation",
        constraint: 24,
        message: expect.stringContaining('"ex:g" and "ex:h"'),
        path: "/wasGeneratedBy/ex:h",
        place: { line: 3, column: 1, offset: text.indexOf('"ex:h"') },
        records: [
          {
            text: "wasGeneratedBy(ex:g; ex:e, ex:a)",
            path: "/wasGeneratedBy/ex:g",
            place: { line: 2, column: 19, offset: text.indexOf('"ex:g"') },
          },
          {
            text: "wasGeneratedBy(ex:h; ex:e, ex:a)",
            path: "/wasGeneratedBy/ex:h",
            place: { line: 3, column: 1, offset: text.indexOf('"ex:h"') },
          },
        ],
      },
    ]);
  });

  test("have line and column in PROV-N", async () => {
    const text = "document\nprefix ex <http://e/>\nentity(ex:x)\n activity(ex:x)\nendDocument";
    const { valid, findings } = await checkDocument(text);
    expect(valid).toBe(false);
    expect(findings).toMatchObject([{ constraint: 55, place: { line: 4, column: 2 } }]);
    expect(findings[0]?.records?.map(({ place }) => place?.line)).toEqual([3, 4]);
  });

  test("one pair of records that cannot be merged is one finding, with what made them one", async () => {
    const errors = await errorsOf(
      `wasStartedBy(ex:s; ex:a, -, ex:b, -)
       wasStartedBy(ex:s; ex:a, -, -, ${t1})
       wasStartedBy(ex:a, ex:e, ex:b, ${t2})
       activity(ex:a)`,
    );
    expect(errors).toMatchObject([{ constraint: 23, involves: [26] }]);
    expect(errors[0]?.records?.map(({ text }) => text)).toEqual([
      `wasStartedBy(ex:s; ex:a, -, -, ${t1})`,
      `wasStartedBy(ex:a, ex:e, ex:b, ${t2})`,
    ]);
  });

  test("a cycle through half a million events is found without recursion", async () => {
    const count = 50_000;
    const lines = Array.from(
      { length: count },
      (_, i) => `entity(ex:e${i})\nwasDerivedFrom(ex:e${(i + 1) % count}, ex:e${i}, -, -, -)`,
    );
    const [error] = await errorsOf(lines.join("\n"));
    expect(error?.constraint).toBe(42);
    expect(error?.records).toHaveLength(count);
    expect(error?.message.length).toBeLessThan(3000);
  });
});
