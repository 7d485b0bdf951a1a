import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CheckResult,
  checkDocument,
  type Finding,
  provJsonSchema,
} from "../../src/check/index.js";
import { parseProvJson, writeProvJson } from "../../src/formats/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { runs } from "../support/tier.js";

const prefixed = (rest: string): string => `{"prefix":{"ex":"http://example.org/"},${rest}}`;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function rulesOf(text: string): Promise<string[]> {
  const { findings } = await checkDocument(text);
  return findings.map(({ severity, rule }) => `${severity} ${rule}`);
}

function rulesIn({ findings }: CheckResult): string[] {
  return findings
    .map(({ severity, rule, constraint }) => `${severity} ${rule} ${constraint}`)
    .sort();
}

describe("checkDocument", () => {
  test("a sound document is valid, with its records counted and nothing to say", async () => {
    const text = prefixed(
      '"entity":{"ex:e":{}},"activity":{"ex:a":{}},"used":{"_:u":{"prov:activity":"ex:a","prov:entity":"ex:e"}},"bundle":{"ex:b":{"entity":{"ex:f":[{},{}]}}}',
    );
    const expected = {
      valid: true,
      readable: true,
      findings: [],
      counts: { entity: 3, activity: 1, used: 1 },
    };
    expect(await checkDocument(text)).toEqual(expected);
    expect(await checkDocument(bytesOf(text))).toEqual(expected);
    expect(await checkDocument([bytesOf(text.slice(0, 50)), bytesOf(text.slice(50))])).toEqual(
      expected,
    );
    expect(await checkDocument(parseProvJson(text))).toEqual(expected);
  });

  test("what is not JSON is a finding, not an exception", async () => {
    const { valid, findings } = await checkDocument('{"entity":{');
    expect(valid).toBe(false);
    expect(findings).toMatchObject([{ rule: "json-syntax", place: { offset: 11 } }]);
  });

  test("a source that fails to read is an exception", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytesOf("{");
      await Promise.reject(new Error("disk gone"));
    }
    await expect(checkDocument(broken())).rejects.toThrow("disk gone");
  });

  test("findings of all checks come in the order of the text", async () => {
    const text = prefixed(
      '"used":{"_:u":{"prov:activity":"ex:e"},"_:v":{"prov:activity":"y:a"}},"entity":{"ex:e":{"ex:p":null}},"x":1',
    );
    expect(await rulesOf(text)).toEqual([
      "error unknown-prefix",
      "error entity-activity-disjoint",
      "error attribute-value",
      "warning unknown-section",
      "error schema",
    ]);
  });

  test("the limit of findings holds for errors and warnings separately", async () => {
    const many = Array.from({ length: 50 }, (_, i) => `"_:u${i}":{"prov:activity":"ex:a${i}"}`);
    const text = prefixed(`"used":{${many.join(",")}},"entity":{"y:e":{}}`);
    const { findings, valid } = await checkDocument(text, { maxFindings: 5 });
    expect(valid).toBe(false);
    expect(findings.filter(({ rule }) => rule === "unknown-prefix")).toHaveLength(1);
    expect(findings.filter(({ rule }) => rule === "undeclared")).toHaveLength(5);
    expect(findings.at(-1)?.message).toContain("45 more");
  });

  test("whatever we write is read without a word, and judged as it was in memory", async () => {
    await fc.assert(
      fc.asyncProperty(provDocuments({ shared: true }), async (document) => {
        const fromText = await checkDocument([...writeProvJson(document)].map(bytesOf));
        const inMemory = await checkDocument(document);
        expect(fromText.readable).toBe(true);
        expect(rulesIn(fromText)).toEqual(rulesIn(inMemory));
      }),
      { numRuns: runs(50) },
    );
  });

  test("whatever can be written fits the schema, however odd", async () => {
    await fc.assert(
      fc.asyncProperty(provDocuments(), async (document) => {
        const { findings } = await checkDocument([...writeProvJson(document)].join(""));
        const schema = findings.filter(({ rule }) => rule === "schema");
        // A literal "abc" of type xsd:double and the like are beyond the schema.
        expect(schema).toEqual([]);
      }),
      { numRuns: runs(100) },
    );
  });
});

describe("literals", () => {
  test.each([
    ["12x", "int", false],
    ["2147483648", "int", false],
    ["-2147483648", "int", true],
    ["9223372036854775808", "long", false],
    ["9223372036854775808", "integer", true],
    ["-1", "unsignedByte", false],
    ["0", "positiveInteger", false],
    ["yes", "boolean", false],
    ["1", "boolean", true],
    ["1,5", "double", false],
    ["NaN", "double", true],
    ["Infinity", "float", false],
    ["1e3", "decimal", false],
    ["18446744073709551615", "unsignedLong", true],
    ["18446744073709551616", "unsignedLong", false],
    ["-0", "nonNegativeInteger", true],
    ["2026-02-30T00:00:00Z", "dateTime", false],
    ["2026-11-20", "date", true],
  ])("%s as xsd:%s: fits is %s", async (text, type, fits) => {
    const document = prefixed(`"entity":{"ex:e":{"ex:p":[{"$":"${text}","type":"xsd:${type}"}]}}`);
    const expected = fits ? [] : ["warning literal-form"];
    expect(await rulesOf(document)).toEqual(expected);
    const { findings } = await checkDocument(parseProvJson(document));
    expect(findings.map(({ rule }) => `warning ${rule}`)).toEqual(expected);
    const quiet = await checkDocument(document, { lints: { "literal-form": false } });
    expect(quiet).toMatchObject({ valid: true, findings: [] });
  });
});

test.each([
  ["int", "0", "x"],
  ["long", "9", ""],
  ["double", "1", "x"],
  ["decimal", "0.", "0", "1x"],
  ["decimal", "0.", "0", "1"],
  ["dateTime", "2026-11-20T10:00:00.", "0", "1x"],
])("an xsd:%s of a megabyte is judged in a moment", async (type, first, ...rest) => {
  const digits = `${first}${(rest.length > 1 ? (rest[0] ?? "") : first).repeat(1_000_000)}${rest.at(-1)}`;
  const document = prefixed(`"entity":{"ex:e":{"ex:p":[{"$":"${digits}","type":"xsd:${type}"}]}}`);
  const start = performance.now();
  await checkDocument(parseProvJson(document));
  expect(performance.now() - start).toBeLessThan(5000);
});

describe("references", () => {
  test("what a relation refers to and nothing declares is a warning, once, at its first place", async () => {
    const text = prefixed(
      '\n"used":{"_:u":{"prov:activity":"ex:a","prov:entity":"ex:e"},\n"_:v":{"prov:activity":"ex:a"}},"entity":{"ex:e":{}}',
    );
    const { valid, findings } = await checkDocument(text);
    expect(valid).toBe(true);
    expect(findings).toEqual([
      {
        severity: "warning",
        rule: "undeclared",
        message: expect.stringContaining('prov:activity of this used is "ex:a"'),
        path: "/used/_:u",
        place: { line: 2, column: 9, offset: text.indexOf('"_:u"') },
        records: [
          {
            text: "used(ex:a, ex:e)",
            path: "/used/_:u",
            place: { line: 2, column: 9, offset: text.indexOf('"_:u"') },
          },
        ],
      },
    ]);
  });

  test("an agent may be an entity or an activity", async () => {
    const text = prefixed(
      '"entity":{"ex:e":{}},"activity":{"ex:a":{}},"agent":{"ex:e":{},"ex:a":{}},"wasAttributedTo":{"_:w":{"prov:entity":"ex:e","prov:agent":"ex:a"}}',
    );
    expect(await rulesOf(text)).toEqual([]);
  });

  test.each([
    ["declared as both", '"entity":{"ex:x":{}},"activity":{"ex:x":{}}'],
    [
      "declared after its use",
      '"used":{"_:u":{"prov:activity":"ex:x"}},"activity":{"ex:x":{}},"entity":{"ex:x":{}}',
    ],
    [
      "by position against declaration",
      '"entity":{"ex:x":{}},"used":{"_:u":{"prov:activity":"ex:x"}}',
    ],
    [
      "by two positions",
      '"agent":{"ex:x":{}},"wasGeneratedBy":{"_:g":{"prov:entity":"ex:x","prov:activity":"ex:x"}}',
    ],
    [
      "as a plan",
      '"activity":{"ex:x":{},"ex:a":{}},"wasAssociatedWith":{"_:w":{"prov:activity":"ex:a","prov:plan":"ex:x"}}',
    ],
  ])("one id as entity and activity is an error (%s)", async (_, sections) => {
    const { valid, findings } = await checkDocument(prefixed(sections));
    const found = findings.filter(({ rule }) => rule === "entity-activity-disjoint");
    expect(valid).toBe(false);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain("PROV-CONSTRAINTS 55");
  });

  test("two prefixes of one IRI are one id", async () => {
    const text =
      '{"prefix":{"a":"http://e/","b":"http://e/"},"entity":{"a:x":{}},"activity":{"b:x":{}}}';
    expect(await rulesOf(text)).toEqual(["error entity-activity-disjoint"]);
  });

  test("generation and usage refer to relations of that kind", async () => {
    const relations = (generation: string): string =>
      prefixed(
        `"entity":{"ex:e":{},"ex:f":{}},"activity":{"ex:a":{}},"wasGeneratedBy":{"ex:g":{"prov:entity":"ex:e"},"_:h":{"prov:entity":"ex:f"}},"wasDerivedFrom":{"_:d":{"prov:generatedEntity":"ex:e","prov:usedEntity":"ex:f","prov:activity":"ex:a","prov:generation":"${generation}"}}`,
      );
    expect(await rulesOf(relations("ex:g"))).toEqual([]);
    expect(await rulesOf(relations("ex:other"))).toEqual(["warning undeclared"]);
    expect(await rulesOf(relations("ex:e"))).toEqual([
      "error impossible-object-property-overlap",
      "warning undeclared",
    ]);
  });

  test("a bundle may refer to what its document declares, also later, but not to another bundle", async () => {
    const bundles = (sections: string): string =>
      `{"prefix":{"ex":"http://e/"},"bundle":{"ex:b":{"used":{"_:u":{"prov:activity":"ex:a"}}},"ex:c":{${sections}}}`;
    expect(await rulesOf(`${bundles("")},"activity":{"ex:a":{}}}`)).toEqual([]);
    expect(await rulesOf(`${bundles('"activity":{"ex:a":{}}')}}`)).toEqual(["warning undeclared"]);
  });

  test("one id may be an entity in one bundle and an activity in another", async () => {
    const text = prefixed(
      '"bundle":{"ex:b":{"entity":{"ex:x":{}}},"ex:c":{"activity":{"ex:x":{}}}}',
    );
    expect(await rulesOf(text)).toEqual([]);
  });
});

describe("the schema", () => {
  // To write the file anew: node -e 'import("taskprov/check").then((m) =>
  //   console.log(JSON.stringify(m.provJsonSchema)))' > schemas/prov-json.schema.json
  // and `npx biome format --write schemas`.
  test("the file in schemas/ is the schema that is used", () => {
    const file = new URL("../../schemas/prov-json.schema.json", import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(provJsonSchema);
  });

  const validate = new Ajv2020({ allowUnionTypes: true, strict: true }).compile(provJsonSchema);

  const accepted = [
    '{"wasEndedBy":{"_:e":{"prov:activity":"ex:a","prov:ender":"ex:b","prov:time":"2026-11-20T10:00:00.5+01:00"}}}',
    '{"mentionOf":{"_:m":{"prov:specificEntity":"ex:a","prov:generalEntity":"ex:b","prov:bundle":"ex:c"}}}',
    '{"entity":{"ex:e":[{},{"ex:p":["a",1,true,{"$":1},{"$":"b","lang":"en"}]}]}}',
    '{"hadMember":{"_:m":{"prov:collection":"ex:c","prov:entity":["ex:a","ex:b"]}}}',
    '{"bundle":{"ex:b":{"@id":"ex:b","prefix":{"default":"http://d/"},"entity":{"e":{}}}}}',
    '{"hadDictionaryMember":{"_:d":{"anything":null}}}',
    '{"entity":{"ex:e":{"ex:p":{"$":"x","lang":"en","type":"prov:InternationalizedString"}}}}',
  ];
  const refused: readonly (readonly [string, string])[] = [
    ['{"entity":{"ex:e":{"ex:p":null}}}', "/entity/ex:e/ex:p"],
    ['{"entity":{"ex:e":{"ex:p":[]}}}', "/entity/ex:e/ex:p"],
    ['{"entity":{"ex:e":{"ex:p":[["a"]]}}}', "/entity/ex:e/ex:p/0"],
    ['{"entity":{"ex:e":{"ex:p":{"$":"x","unit":"m"}}}}', "/entity/ex:e/ex:p"],
    ['{"entity":{"ex:e":{"ex:p":{"$":null}}}}', "/entity/ex:e/ex:p/$"],
    [
      '{"entity":{"ex:e":{"ex:p":{"$":"x","type":"xsd:int","lang":"en"}}}}',
      "/entity/ex:e/ex:p/type",
    ],
    ['{"entity":{"ex:e":[]}}', "/entity/ex:e"],
    ['{"entity":[]}', "/entity"],
    [
      '{"activity":{"ex:a":{"prov:startTime":"2025-08-10 16:33:32"}}}',
      "/activity/ex:a/prov:startTime",
    ],
    ['{"used":{"_:u":{"prov:entity":"ex:e"}}}', "/used/_:u"],
    ['{"used":{"_:u":{"prov:activity":["ex:a"]}}}', "/used/_:u/prov:activity"],
    ['{"wasEndedby":{}}', ""],
    ['{"prefix":{"a":1}}', "/prefix/a"],
    ['{"bundle":{"ex:b":{"bundle":{}}}}', "/bundle/ex:b"],
  ];

  test.each(accepted)("accepts %s", (text) => {
    expect(validate(JSON.parse(text))).toBe(true);
  });

  test.each(refused)("refuses %s at %s", (text, path) => {
    expect(validate(JSON.parse(text))).toBe(false);
    expect(validate.errors?.[0]?.instancePath).toBe(path);
  });

  test("a legal oddity that the reader understands breaks it, at its own path", async () => {
    const text = prefixed(
      '"activity":{"ex:a/b":{}},"used":{"_:u":{"prov:activity":["ex:a/b"]},"ex:u/1":[{"prov:activity":"ex:a/b","prov:time":"2025-08-10 16:33:32"}]}',
    );
    const { findings } = await checkDocument(text);
    const schema = findings.filter(({ rule }) => rule === "schema");
    expect(schema.map(({ path }: Finding) => path)).toEqual([
      "/used/_:u/prov:activity",
      "/used/ex:u~11/0/prov:time",
    ]);
    expect(schema[0]?.message).toBe('The PROV-JSON schema says: ["ex:a/b"] must be string.');
    expect(schema[1]?.message).toContain('"2025-08-10 16:33:32" must be: An xsd:dateTime');
    const without = await checkDocument(text, { schema: false });
    expect(without.valid).toBe(true);
  });

  test("member by member it says the same as over the whole document", async () => {
    const values = [...accepted, ...refused.map(([text]) => text)].map((text) => text.slice(1, -1));
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(values, { minLength: 1, maxLength: 4 }),
        async (parts) => {
          const sections = parts.filter((part) => !part.startsWith('"prefix"'));
          const text = `{${['"prefix":{"ex":"http://e/","default":"http://d/"}', ...sections].join(",")}}`;
          const { valid, findings } = await checkDocument(text);
          fc.pre(!findings.some(({ rule }) => rule === "duplicate-key"));
          fc.pre(!findings.some(({ rule }) => rule === "entity-activity-disjoint"));
          expect(valid).toBe(validate(JSON.parse(text)));
        },
      ),
    );
  });
});
