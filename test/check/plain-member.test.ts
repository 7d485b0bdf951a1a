import fc from "fast-check";
import { expect, test } from "vitest";
import { isPlainMember } from "../../src/check/plain-member.js";
import {
  provJsonSchema,
  provJsonSchemaId,
  sectionDefinition,
} from "../../src/check/prov-json-schema.js";
import { recordKinds } from "../../src/prov/index.js";

const { Ajv2020 } = await import("ajv/dist/2020.js");
const ajv = new Ajv2020({ allowUnionTypes: true, schemas: [provJsonSchema] });
const validators = new Map(
  recordKinds.map((kind) => [
    kind,
    ajv.compile({ $ref: `${provJsonSchemaId}#/$defs/${sectionDefinition(kind)}` }),
  ]),
);

const scalars = fc.constantFrom<unknown>(
  "text",
  "",
  "a:b",
  ":",
  '\\ " \u2028',
  1,
  -2.5,
  1e300,
  true,
  null,
  "2026-11-20T10:00:00Z",
  "2026-13-20T10:00:00Z",
);
const literals = fc.record(
  {
    $: fc.oneof(scalars, fc.constant({})),
    type: fc.constantFrom<unknown>("xsd:int", "prov:InternationalizedString", ":x", 3),
    lang: fc.constantFrom<unknown>("en", 4),
    more: fc.constant(1),
  },
  { requiredKeys: [] },
);
const one = fc.oneof(scalars, literals);
const values = fc.oneof(one, fc.array(one, { maxLength: 3 }), fc.constant([[1]]));
const keys = fc.constantFrom(
  ...["prov:entity", "prov:activity", "prov:time", "prov:startTime", "prov:agent", "prov:type"],
  ...["prov:timely", "ex:a", "", ":a", 'ex:"', "ex:\\"],
);
const bodies = fc.dictionary(keys, values, { maxKeys: 4 });
const members = fc.tuple(
  fc.constantFrom("ex:a", "_:id1", "", ":a", "ex:é", 'ex:"'),
  fc.oneof(bodies, fc.array(bodies, { maxLength: 2 }), scalars),
);

test("what is taken for plain fulfils the schema", () => {
  let plain = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...recordKinds),
      members,
      fc.constantFrom(0, 2),
      (kind, [key, body], indent) => {
        const section = { [key]: body };
        const text = JSON.stringify(section, undefined, indent).slice(1, -1).trim();
        if (isPlainMember(kind, text)) {
          plain += 1;
          const validate = validators.get(kind);
          const fulfils = validate?.(section) === true;
          const onlyMissing =
            validate?.errors?.find(({ keyword }) => keyword !== "if")?.keyword === "required";
          expect(fulfils || onlyMissing, text).toBe(true);
        }
      },
    ),
    { numRuns: 5000 },
  );
  expect(plain).toBeGreaterThan(100);
});

test.each([
  ["entity", '"ex:a":{}'],
  [
    "entity",
    '"ex:a": {"ex:b": [{"$": "1", "type": "xsd:int"}, "x\\n", 3, false, {"$": "x", "lang": "en"}]}',
  ],
  ["activity", '"ex:a":{"prov:startTime":"2026-11-20T10:00:00.123Z","prov:label":"a \\"b\\""}'],
  ["used", '"_:u1":[{"prov:activity":"ex:a","prov:entity":"ex:e"},{"prov:activity":"ex:a"}]'],
] as const)("the usual forms are plain: %s %s", (kind, text) => {
  expect(isPlainMember(kind, text)).toBe(true);
});

test.each([
  ["activity", '"ex:a":{"prov:startTime":"2026-11-20"}'],
  ["entity", '":a":{}'],
  ["entity", '"ex:a":{"ex:n":1e999}'],
  ["used", '"_:u1":{"prov:activity":["ex:a"]}'],
  ["entity", '"ex:a":{"ex:b":{"$":1,"lang":"en"}}'],
] as const)("what breaks the schema is not: %s %s", (kind, text) => {
  expect(isPlainMember(kind, text)).toBe(false);
});

test("long members and hostile texts take no time", () => {
  const attributes = Array.from({ length: 300 }, (_, n) => `"ex:a${n}":["x","y\\\\"]`).join(",");
  expect(isPlainMember("entity", `"ex:a":{${attributes},"ex:z":null}`)).toBe(false);
  expect(isPlainMember("entity", `"ex:a":{"ex:b":"${"\\\\".repeat(9000)}`)).toBe(false);
  expect(isPlainMember("entity", `"ex:a":{"ex:b":"${"x".repeat(100_000)}"}`)).toBe(false);
});
