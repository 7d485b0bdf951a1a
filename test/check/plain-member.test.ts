import fc from "fast-check";
import { expect, test } from "vitest";
import {
  provJsonSchema,
  provJsonSchemaId,
  sectionDefinition,
} from "../../src/check/prov-json-schema.js";
import { DocumentError, ProvJsonParser } from "../../src/formats/index.js";
import { type RecordKind, recordKinds } from "../../src/prov/index.js";

const { Ajv2020 } = await import("ajv/dist/2020.js");
const ajv = new Ajv2020({ allowUnionTypes: true, schemas: [provJsonSchema] });
const validators = new Map(
  recordKinds.map((kind) => [
    kind,
    ajv.compile({ $ref: `${provJsonSchemaId}#/$defs/${sectionDefinition(kind)}` }),
  ]),
);

const prefixes = {
  prov: "http://www.w3.org/ns/prov#",
  p: "http://www.w3.org/ns/prov#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
  ex: "http://example.org/",
  default: "http://example.org/default/",
};

/** How the reader takes a member of a section: rejected, odd, or plain. */
function takenFor(
  kind: RecordKind,
  member: string,
  declared: Record<string, string> = prefixes,
): "rejected" | "odd" | "plain" {
  let isOdd = false;
  const parser = new ProvJsonParser({
    record: () => undefined,
    oddMember: () => {
      isOdd = true;
    },
  });
  try {
    parser.readText(`{"prefix":${JSON.stringify(declared)},"${kind}":{${member}}}`);
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError);
    return "rejected";
  }
  return isOdd ? "odd" : "plain";
}

const scalars = fc.constantFrom<unknown>(
  ...["ex:b", "ex:c", "b", "text", "", "a:b", ":", ":b", '\\ " \u2028'],
  ...[1, -2.5, 1e300, true, null],
  ...["2026-11-20T10:00:00Z", "2026-11-20 10:00:00", "2026-13-20T10:00:00Z", "None"],
  ...["12026-02-28T24:00:00.0+14:00", "-0001-01-31T23:59:59.123456789-13:59"],
);
const literals = fc.record(
  {
    $: fc.oneof(scalars, fc.constant({})),
    type: fc.constantFrom<unknown>(
      ...["xsd:int", "prov:InternationalizedString", "prov:QUALIFIED_NAME", ":x", 3],
    ),
    lang: fc.constantFrom<unknown>("en", 4),
    more: fc.constant(1),
  },
  { requiredKeys: ["$"] },
);
const one = fc.oneof(scalars, literals);
const values = fc.oneof(
  { weight: 4, arbitrary: one },
  { weight: 2, arbitrary: fc.array(one, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant([[1]]) },
);
const keys = fc.constantFrom(
  ...["prov:entity", "prov:activity", "prov:time", "prov:startTime", "prov:agent", "prov:type"],
  ...["p:entity", "p:time", "prov:timely", "ex:a", "ex:b", "ex:c", "a", "", ":a", 'ex:"', "ex:\\"],
);
const bodies = fc.dictionary(keys, values, { maxKeys: 3 });
const members = fc.tuple(
  fc.constantFrom("ex:a", "ex:b", "_:id1", "a", "", ":a", "ex:é", 'ex:"'),
  fc.oneof(
    { weight: 4, arbitrary: bodies },
    { weight: 2, arbitrary: fc.array(bodies, { maxLength: 2 }) },
    { weight: 1, arbitrary: scalars },
  ),
);
// Another namespace under the prefix that the schema knows.
const declarations = fc.constantFrom(prefixes, { ...prefixes, prov: "http://example.org/prov#" });

test("what the reader takes for plain fulfils the schema", () => {
  let plain = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...recordKinds),
      members,
      declarations,
      fc.constantFrom(0, 2),
      (kind, [key, body], declared, indent) => {
        const section = { [key]: body };
        const text = JSON.stringify(section, undefined, indent).slice(1, -1).trim();
        if (takenFor(kind, text, declared) === "plain") {
          plain += 1;
          const validate = validators.get(kind);
          const fulfils = validate?.(section) === true;
          const onlyMissing =
            validate?.errors?.find(({ keyword }) => keyword !== "if")?.keyword === "required";
          expect(fulfils || onlyMissing, text).toBe(true);
        }
      },
    ),
    { numRuns: 10_000 },
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
  ["used", '"_:u1":{"p:activity":"ex:a","prov:entity":"ex:e"}'],
] as const)("the usual forms are plain: %s %s", (kind, text) => {
  expect(takenFor(kind, text)).toBe("plain");
});

test.each([
  ["activity", '"ex:a":{"prov:startTime":"2026-11-20 10:00:00"}'],
  ["entity", '":a":{}'],
  ["entity", '"ex:a":{"ex:b":{"$":"x","type":":int"}}'],
  ["entity", '"ex:a":{"ex:n":1e999}'],
  ["entity", `"ex:a":{"ex:n":${"9".repeat(400)}}`],
  ["used", '"_:u1":{"prov:activity":["ex:a"]}'],
  ["entity", '"ex:a":{"ex:b":{"$":1,"lang":"en"}}'],
  ["entity", '"ex:a":{"ex:b":{"$":"x","lang":"en","type":"p:InternationalizedString"}}'],
] as const)("what breaks the schema is odd: %s %s", (kind, text) => {
  expect(takenFor(kind, text)).toBe("odd");
});

test("what the reader rejects is not odd too", () => {
  expect(takenFor("entity", '"ex:a":{"ex:b":null}')).toBe("rejected");
  expect(takenFor("used", '"_:u1":[{"prov:activity":"no:a"},{"prov:activity":["ex:a"]}]')).toBe(
    "rejected",
  );
});
