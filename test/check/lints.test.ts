import { describe, expect, test } from "vitest";
import {
  type CheckOptions,
  checkDocument,
  checkFindingText,
  type LintName,
  lints,
  type ReaderName,
  readerNames,
  toSarif,
} from "../../src/check/index.js";
import { provn } from "../support/provn-records.js";

const only = (name: LintName): CheckOptions => ({
  lints: Object.fromEntries(lints.map((lint) => [lint.name, lint.name === name])),
});

async function warningsOf(source: string, options: CheckOptions): Promise<string[]> {
  const isJson = source.startsWith("{");
  const { findings } = await checkDocument(isJson ? source : provn(source), options);
  return findings.filter(({ severity }) => severity === "warning").map(({ message }) => message);
}

describe("lints", () => {
  test("are on and off as their list says, and by name", async () => {
    const text = "used(ex:a, ex:e, 2026-01-01T10:00:00)";
    const rules = async (options: CheckOptions): Promise<string[]> =>
      (await checkDocument(provn(text), options)).findings.map(({ rule }) => rule);
    expect(await rules({})).toEqual(["undeclared", "undeclared"]);
    expect(await rules({ lints: { undeclared: false } })).toEqual([]);
    expect(await rules({ lints: { undeclared: false, "dropped-dates": true } })).toEqual([
      "dropped-dates",
    ]);
  });

  test.each([
    [
      "an activity that ends before it starts",
      "activity(ex:a, 2026-01-02T00:00:00Z, 2026-01-01T00:00:00Z)",
    ],
    [
      "a use before the generation",
      "wasGeneratedBy(ex:e, ex:a, 2026-01-02T00:00:00Z)\nused(ex:b, ex:e, 2026-01-01T00:00:00Z)",
    ],
    [
      "a generation after the end",
      "activity(ex:a, -, 2026-01-01T00:00:00Z)\nwasGeneratedBy(ex:e, ex:a, 2026-01-02T00:00:00Z)",
    ],
    [
      "a use before the start",
      "used(ex:a, ex:e, 2026-01-01T00:00:00Z)\nactivity(ex:a, 2026-01-02T00:00:00Z, -)",
    ],
    [
      "an invalidation before the generation",
      "wasInvalidatedBy(ex:e, ex:a, 2026-01-01T00:00:00Z)\nwasGeneratedBy(ex:e, ex:b, 2026-01-02T00:00:00Z)",
    ],
    [
      "a use after the invalidation",
      "wasInvalidatedBy(ex:e, ex:a, 2026-01-01T00:00:00Z)\nused(ex:b, ex:e, 2026-01-02T00:00:00Z)",
    ],
    [
      "something derived from what came later",
      "wasGeneratedBy(ex:e, ex:a, 2026-01-01T00:00:00Z)\nwasGeneratedBy(ex:f, ex:b, 2026-01-02T00:00:00Z)\nwasDerivedFrom(ex:e, ex:f, -, -, -)",
    ],
    [
      "a start before its trigger was made",
      "wasGeneratedBy(ex:e, ex:b, 2026-01-02T00:00:00Z)\nwasStartedBy(ex:a, ex:e, -, 2026-01-01T00:00:00Z)",
    ],
    [
      "news from an activity that starts later",
      "activity(ex:a, -, 2026-01-01T00:00:00Z)\nactivity(ex:b, 2026-01-02T00:00:00Z, -)\nwasInformedBy(ex:a, ex:b)",
    ],
  ])("clock-order warns of %s", async (_, text) => {
    const found = await warningsOf(text, only("clock-order"));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(
      /^By the clock, .* \(2026-01-01T00:00:00Z\) before .* \(2026-01-02T00:00:00Z\)\.$/,
    );
    const fine = text.replaceAll("2026-01-02", "2025-12-31");
    expect(await warningsOf(fine, only("clock-order"))).toEqual([]);
  });

  test("clock-order compares instants, not texts, and never with and without offset", async () => {
    const fine = "activity(ex:a, 2026-01-01T12:00:00+02:00, 2026-01-01T10:30:00Z)";
    expect(await warningsOf(fine, only("clock-order"))).toEqual([]);
    const unknown = "activity(ex:a, 2026-01-02T00:00:00, 2026-01-01T10:30:00Z)";
    expect(await warningsOf(unknown, only("clock-order"))).toEqual([]);
  });

  test("plain-string-type warns of names in strings, each once with its number", async () => {
    const text = (value: string): string =>
      `{"prefix":{"ex":"http://e/"},"agent":{"ex:a":{"prov:type":${value}},"ex:b":{"prov:type":${value}}}}`;
    const found = await warningsOf(text('["prov:Person"]'), only("plain-string-type"));
    expect(found).toEqual([expect.stringMatching(/"prov:Person" of this agent .*\(2 times\)$/)]);
    const named = '[{"$":"prov:Person","type":"prov:QUALIFIED_NAME"},"a person"]';
    expect(await warningsOf(text(named), only("plain-string-type"))).toEqual([]);
  });

  test.each([
    ["a missing value", '"entity":{"ex:None":{}}', "looks like the text of a missing value"],
    ["white space", '"entity":{"ex:a b":{}}', "white space"],
    ["a memory address", '"entity":{"ex:obj-0x7f3a9c00d1e8":{}}', "memory address"],
    [
      "an unknown attribute of PROV",
      '"entity":{"ex:e":{"prov:lable":["x"]}}',
      '"prov:lable" is no attribute',
    ],
  ])("suspicious-name warns of %s", async (_, section, part) => {
    const found = await warningsOf(
      `{"prefix":{"ex":"http://e/"},${section}}`,
      only("suspicious-name"),
    );
    expect(found).toEqual([expect.stringContaining(part)]);
  });

  test.each([
    ["http://example.org", "run into"],
    ["example", "no absolute IRI"],
    ["http://www.w3.org/ns/prov", "the namespace of PROV is"],
    ["http://e/x#", undefined],
    ["urn:uuid:0:", undefined],
  ])("suspicious-name looks at the namespace %s", async (uri, part) => {
    const text = `{"prefix":{"ex":"${uri}"},"entity":{"ex:e":{}}}`;
    const found = await warningsOf(text, only("suspicious-name"));
    expect(found).toEqual(part === undefined ? [] : [expect.stringContaining(part)]);
  });

  test.each([
    ["2026-01-01T10:00:00", "no offset"],
    ["2026-01-01T10:00:00.123456Z", "ProvToolbox"],
    ["2026-01-01T10:00:00.1234567Z", "Python"],
    ["12026-01-01T10:00:00Z", "years 1 to 9999"],
    ["2026-01-01T24:00:00Z", "hour 24"],
    ["2026-01-01T10:00:00.123Z", undefined],
  ])("dropped-dates looks at %s", async (time, part) => {
    const found = await warningsOf(`activity(ex:a, ${time}, -)`, only("dropped-dates"));
    expect(found).toEqual(part === undefined ? [] : [expect.stringContaining(part)]);
  });
});

describe("readers", () => {
  const portable =
    '{"prefix":{"prov":"http://www.w3.org/ns/prov#","xsd":"http://www.w3.org/2001/XMLSchema#","ex":"http://e/"},"entity":{"ex:e":{"ex:p":["x",{"$":"1","type":"xsd:int"}]}},"used":{"_:u":{"prov:activity":"ex:a","prov:entity":"ex:e"}}}';

  test.each(readerNames)("a portable document is no trouble for %s", async (reader) => {
    const options: CheckOptions = { for: [reader], lints: { undeclared: false } };
    expect(await warningsOf(portable, options)).toEqual([]);
  });

  const cases: readonly (readonly [ReaderName, string, string])[] = [
    ["provtoolbox", '"entity":{"ex:e":{"ex:p":"x"}}', "drops an attribute that is a string"],
    ["provtoolbox", '"entity":{"ex:e":{"ex:p":1}}', "drops an attribute that is a number"],
    ["provtoolbox", '"entity":{"ex:e":{"ex:p":{"$":"1","type":"xsd:int"}}}', "two strings"],
    ["provtoolbox", '"entity":{"ex:e":{"ex:p":[true]}}', "null"],
    ["provtoolbox", '"entity":{"ex:e":{"ex:p":[{"$":1}]}}', "null"],
    ["provtoolbox", '"entity":{"ex:e":{"ex:p":[{"$":"ex:T","type":"xsd:QName"}]}}', "xsd:QName"],
    ["provtoolbox", '"entity":{"ex:e":[{},{}]}', "several records"],
    [
      "provtoolbox",
      '"hadMember":{"_:m":{"prov:collection":"ex:c","prov:entity":"ex:e"}}',
      "hadMember",
    ],
    [
      "provtoolbox",
      '"mentionOf":{"_:m":{"prov:specificEntity":"ex:c","prov:generalEntity":"ex:e","prov:bundle":"ex:b"}}',
      "mentionOf",
    ],
    ["provtoolbox", '"bundle":{"ex:b":{}}', "@id"],
    ["prov-py", '"hadDictionaryMember":{}', "not of PROV-DM"],
    ["prov-py", '"activity":{"ex:a":{"prov:startTime":"2026-01-01 10:00:00Z"}}', "without the T"],
    ["yprov-explorer", '"entity":{"ex:e":{"prov:label":["x"]}}', "prov:label"],
    ["yprov-explorer", '"bundle":{"ex:b":{}}', "bundles"],
    [
      "yprov-explorer",
      '"alternateOf":{"_:a":{"prov:alternate1":"ex:c","prov:alternate2":"ex:e"}}',
      "does not draw",
    ],
    [
      "yprov-explorer",
      '"hadMember":{"_:m":{"prov:collection":"ex:c","prov:entity":["ex:e"]}}',
      "hadMember",
    ],
    [
      "yprovstore",
      '"used":{"_:u":{"prov:activity":"ex:a","prov:entity":"ex:e"},"_:v":{"prov:activity":"ex:a","prov:entity":"ex:e"}}',
      "merges relations",
    ],
  ];

  test.each(cases)("%s is warned of %s", async (reader, section, part) => {
    const prefix = portable.slice(0, portable.indexOf('"entity"'));
    const options: CheckOptions = { for: [reader], schema: false, lints: { undeclared: false } };
    const { findings } = await checkDocument(`${prefix}${section}}`, options);
    const found = findings.filter(({ rule }) => rule === "non-portable");
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining(part)]);
  });

  test("ProvToolbox is warned of prefixes that are late, missing or empty", async () => {
    const text = '{"entity":{"e":{}},"prefix":{"default":"http://e/"}}';
    const { findings } = await checkDocument(text, { for: ["provtoolbox"] });
    const found = findings.filter(({ rule }) => rule === "non-portable");
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining("first member"),
      expect.stringContaining("default namespace"),
      expect.stringContaining("declares prov and xsd"),
    ]);
  });

  test("yProv Explorer is warned of one namespace under two prefixes, and of other formats", async () => {
    const text = '{"prefix":{"a":"http://e/","b":"http://e/"},"entity":{"a:e":{}}}';
    const options: CheckOptions = { for: ["yprov-explorer"] };
    expect(await warningsOf(text, options)).toEqual([expect.stringContaining('"a" and "b"')]);
    const { findings } = await checkDocument("document\nendDocument", options);
    expect(findings).toMatchObject([{ message: "yProv Explorer reads PROV-JSON only." }]);
  });
});

describe("text and SARIF", () => {
  const text = `{"prefix":{"ex":"http://e/"},
"entity":{"ex:x":{}},
"activity":{"ex:x":{}}}`;

  test("text shows number, name, place and the records in conflict", async () => {
    const { findings } = await checkDocument(text);
    expect(findings.map(checkFindingText).join("\n").split("\n")).toEqual([
      expect.stringMatching(
        /^error constraint 55 entity-activity-disjoint at line 3, column 13 \(byte \d+\), \/activity\/ex:x: "ex:x" is both/,
      ),
      expect.stringMatching(/^ {4}entity\(ex:x\) at line 2, column 11/),
      expect.stringMatching(/^ {4}activity\(ex:x\) at line 3, column 13/),
    ]);
  });

  test("SARIF has what section 3 of the standard demands of a log", async () => {
    const result = await checkDocument(text);
    const log = toSarif([{ file: "a folder/run:1.json", result }], "1.2.3");
    expect(log).toMatchObject({ version: "2.1.0", $schema: expect.stringContaining("sarif") });
    const { runs } = log as unknown as { runs: readonly SarifRun[] };
    const [run] = runs;
    const rules = run?.tool.driver.rules ?? [];
    expect(run?.tool.driver).toMatchObject({ name: "taskprov", version: "1.2.3" });
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(run?.results).toHaveLength(1);
    for (const { ruleId, ruleIndex, level, message, locations, relatedLocations } of run?.results ??
      []) {
      expect(rules[ruleIndex]?.id).toBe(ruleId);
      expect(level).toBe("error");
      expect(message.text).toMatch(/\.$/);
      expect(locations).toEqual([
        {
          physicalLocation: {
            artifactLocation: { uri: "a%20folder/run%3A1.json" },
            region: { startLine: 3, startColumn: 13 },
          },
          logicalLocations: [{ fullyQualifiedName: "/activity/ex:x", kind: "member" }],
        },
      ]);
      expect(relatedLocations.map(({ id }) => id)).toEqual([0, 1]);
    }
  });

  interface SarifRun {
    readonly tool: {
      readonly driver: { readonly rules: readonly { readonly id: string }[] };
    };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly unknown[];
      readonly relatedLocations: readonly { readonly id: number }[];
    }[];
  }
});

test("a name as value with a new prefix is what ProvToolbox fails on in PROV-XML", async () => {
  const xml = (type: string): string =>
    `<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:ex="http://e/" xmlns:tp="http://t/"><prov:entity prov:id="ex:e"><prov:type xsi:type="xsd:QName">${type}</prov:type></prov:entity></prov:document>`;
  const told = async (type: string): Promise<string[]> => {
    const { findings } = await checkDocument(xml(type), { for: ["provtoolbox"] });
    return findings.map(({ message }) => message).filter((message) => /new|prefix/.test(message));
  };
  expect(await told("tp:X")).toContainEqual(
    expect.stringMatching(/ProvToolbox 2\.2 fails on a name as value whose prefix .*\(here "tp"\)/),
  );
  expect(await told("ex:X")).not.toContainEqual(expect.stringContaining("as value"));
});
