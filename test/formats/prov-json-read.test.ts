import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DocumentCollector,
  DocumentError,
  type Finding,
  ProvJsonParser,
  parseProvJson,
  type ReadProvJsonOptions,
  readProvJson,
  writeProvJson,
} from "../../src/formats/index.js";
import {
  datatypes,
  type ProvRecord,
  provName,
  sameDocument,
  typedLiteral,
  uriOf,
  type Value,
  xsdName,
} from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { fullTier, runs } from "../support/tier.js";

const ex = "http://example.org/";
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const prefixed = (rest: string): string => `{"prefix":{"ex":"${ex}"},${rest}}`;

function warningsOf(text: string): Finding[] {
  const warnings: Finding[] = [];
  parseProvJson(text, { onWarning: (warning) => warnings.push(warning) });
  return warnings;
}

function errorsOf(
  text: string | Uint8Array,
  options: ReadProvJsonOptions = {},
): readonly Finding[] {
  try {
    parseProvJson(text, options);
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError);
    return error instanceof DocumentError ? error.findings : [];
  }
  return [];
}

function valueIn(json: string): Value | undefined {
  const [record] = parseProvJson(prefixed(`"entity":{"ex:e":{"ex:p":${json}}}`)).records;
  return record?.attributes[0]?.[1];
}

describe("values", () => {
  test.each<[string, Value]>([
    ['"text"', "text"],
    ['"caf\\u00e9 \\ud83d\\ude00 \\ud800"', "café 😀 \ud800"],
    ["7", typedLiteral("7", datatypes.int)],
    ["2147483647", typedLiteral("2147483647", datatypes.int)],
    ["2147483648", typedLiteral("2147483648", datatypes.long)],
    ["-2147483649", typedLiteral("-2147483649", datatypes.long)],
    ["9007199254740993", typedLiteral("9007199254740993", datatypes.long)],
    ["9223372036854775808", typedLiteral("9223372036854775808", datatypes.integer)],
    [`1${"0".repeat(400)}`, typedLiteral(`1${"0".repeat(400)}`, datatypes.integer)],
    ["1.50", typedLiteral("1.50", datatypes.double)],
    ["1E400", typedLiteral("1E400", datatypes.double)],
    ["true", typedLiteral("true", datatypes.boolean)],
    ['{"$":"5","type":"xsd:byte"}', typedLiteral("5", xsdName("byte"))],
    ['{"type":"xsd:double","$":2.50}', typedLiteral("2.50", datatypes.double)],
    ['{"$":false,"type":"xsd:boolean"}', typedLiteral("false", datatypes.boolean)],
    ['{"$":9007199254740993}', typedLiteral("9007199254740993", datatypes.long)],
    ['{"$":"NaN","type":"xsd:double"}', typedLiteral("NaN", datatypes.double)],
    ['{"$":"plain"}', "plain"],
    ['{"$":"plain","type":"xsd:string"}', "plain"],
    ['{"$":"bonjour","lang":"fr"}', { text: "bonjour", lang: "fr" }],
    ['{"$":"hi","lang":"en","type":"prov:InternationalizedString"}', { text: "hi", lang: "en" }],
    ['{"$":"prov:Plan","type":"xsd:QName"}', provName("Plan")],
    ['{"$":"prov:Plan","type":"prov:QUALIFIED_NAME"}', provName("Plan")],
    [' [ "one" ] ', "one"],
  ])("%s is read as what it says", (json, value) => {
    expect(valueIn(json)).toEqual(value);
  });

  test("an array is several values of one attribute", () => {
    const [record] = parseProvJson(
      prefixed('"entity":{"ex:e":{"ex:p":["a",1,{"$":"b","lang":"en"}]}}'),
    ).records;
    expect(record?.attributes.map(([, value]) => value)).toEqual([
      "a",
      typedLiteral("1", datatypes.int),
      { text: "b", lang: "en" },
    ]);
  });
});

describe("records", () => {
  test("a record keeps its formals apart from its attributes, times as written", () => {
    const { records } = parseProvJson(
      prefixed(
        '"activity":{"ex:a":{"prov:endTime":"2026-11-20T10:00:00.1234567890+05:30","prov:label":"A"}}',
      ),
    );
    const [record] = records;
    expect(record).toMatchObject({
      kind: "activity",
      endTime: "2026-11-20T10:00:00.1234567890+05:30",
      attributes: [[provName("label"), "A"]],
    });
    expect(record).not.toHaveProperty("startTime");
  });

  test("several records under one id are all kept", () => {
    const { records } = parseProvJson(prefixed('"entity":{"ex:e":[{},{"ex:p":"x"}]}'));
    expect(records.map(({ attributes }) => attributes.length)).toEqual([0, 1]);
  });

  test("a hadMember with an array of entities is several memberships", () => {
    const { records } = parseProvJson(
      prefixed('"hadMember":{"_:m":{"prov:entity":["ex:a","ex:b"],"prov:collection":"ex:c"}}'),
    );
    expect(
      records.map((record) => (record.kind === "hadMember" ? uriOf(record.entity) : "")),
    ).toEqual([`${ex}a`, `${ex}b`]);
    expect(
      warningsOf(
        prefixed('"hadMember":{"_:m":{"prov:entity":["ex:a","ex:b"],"prov:collection":"ex:c"}}'),
      ),
    ).toEqual([]);
  });

  test("a formal property is known by its IRI, whatever its prefix", () => {
    const { records } = parseProvJson(
      `{"prefix":{"p":"http://www.w3.org/ns/prov#","ex":"${ex}"},"used":{"_:u":{"p:activity":"ex:a"}}}`,
    );
    expect(records).toHaveLength(1);
  });

  test("the keys __proto__ and constructor are names like others", () => {
    const document = parseProvJson(
      `{"prefix":{"default":"${ex}","__proto__":"${ex}p#"},"entity":{"__proto__":{"__proto__":"x","constructor":"y","__proto__:a":"z"}}}`,
    );
    expect(document.records[0]?.attributes.map(([name]) => uriOf(name))).toEqual([
      `${ex}__proto__`,
      `${ex}constructor`,
      `${ex}p#a`,
    ]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe("prefixes", () => {
  const late =
    '{"entity":{"ex:e":{"ex:p":"x"}},"bundle":{"ex:b":{"agent":{"in:g":{}},"prefix":{"in":"http://in/"}}},"prefix":{"ex":"http://example.org/"}}';

  test("names resolve when prefix comes last, in a document and in a bundle", () => {
    const { records, bundles } = parseProvJson(late);
    expect(records.map(({ id }) => id && uriOf(id))).toEqual([`${ex}e`]);
    expect(bundles.map((bundle) => uriOf(bundle.id))).toEqual([`${ex}b`]);
    expect(bundles[0]?.records.map(({ id }) => id && uriOf(id))).toEqual(["http://in/g"]);
  });

  test("findings of what had to wait carry their true place", () => {
    const [finding] = errorsOf(
      '{\n"entity":{\n "ex:e":{"ex:p":null}},"prefix":{"ex":"http://e/"}}',
    );
    expect(finding).toMatchObject({
      rule: "attribute-value",
      path: "/entity/ex:e/ex:p",
      place: { line: 3, column: 17, offset: 29 },
    });
  });

  test("a bundle's id is a name by its own prefixes, as Python prov reads it", () => {
    const { bundles } = parseProvJson(
      '{"prefix":{"a":"http://a/","b":"http://b/"},"bundle":{"b:x":{"prefix":{"b":"http://b2/"}},"a:x":{}}}',
    );
    expect(bundles.map(({ id }) => uriOf(id))).toEqual(["http://b2/x", "http://a/x"]);
  });

  test("a section that is not of PROV-DM is kept in a bundle as in a document", () => {
    const text =
      '{"prefix":{"ex":"http://e/"},"bundle":{"ex:b":{"hadDictionaryMember":{"ex:m":{}},"entity":{"ex:e":{}}}}}';
    const { bundles } = parseProvJson(text);
    const extraSections = [{ name: "hadDictionaryMember", json: '{"ex:m":{}}' }];
    expect(bundles[0]?.extraSections).toEqual(extraSections);
    const again = parseProvJson(
      [...writeProvJson({ namespaces: [], records: [], bundles })].join(""),
    );
    expect(again.bundles[0]?.extraSections).toEqual(extraSections);
  });

  test("a bundle inherits the prefixes of its document and may redefine them", () => {
    const { bundles } = parseProvJson(
      '{"prefix":{"a":"http://a/","b":"http://b/","default":"http://d/"},"bundle":{"a:x":{"prefix":{"b":"http://b2/"},"entity":{"a:e":{},"b:e":{},"e":{}}}}}',
    );
    expect(bundles[0]?.records.map(({ id }) => id && uriOf(id))).toEqual([
      "http://a/e",
      "http://b2/e",
      "http://d/e",
    ]);
  });

  test("prov and xsd need no declaration", () => {
    expect(
      warningsOf(
        '{"prefix":{"ex":"http://e/"},"entity":{"ex:a":{"prov:type":{"$":"1","type":"xsd:int"}}}}',
      ),
    ).toEqual([]);
  });

  test("text held back beyond the limit is an error that names the remedy", () => {
    const [finding] = errorsOf(late, { maxDeferredChars: 10 });
    expect(finding).toMatchObject({ rule: "late-prefix" });
    expect(finding?.message).toContain('Move "prefix" to the beginning');
  });
});

describe("legal oddities bring a warning and are read", () => {
  test.each([
    [
      "a time with a space",
      prefixed('"used":{"_:u":{"prov:activity":"ex:a","prov:time":"2025-08-10 16:33:32.950967"}}'),
      "time-form",
    ],
    [
      "a time None",
      prefixed('"used":{"_:u":{"prov:activity":"ex:a","prov:time":"None"}}'),
      "time-form",
    ],
    ["an IRI as a name", prefixed(`"entity":{"${ex}e":{}}`), "iri-as-name"],
    ["a formal in an array", prefixed('"used":{"_:u":{"prov:activity":["ex:a"]}}'), "formal-form"],
    [
      "a typed formal",
      prefixed('"used":{"_:u":{"prov:activity":{"$":"ex:a","type":"xsd:QName"}}}'),
      "formal-form",
    ],
    [
      "a typed time",
      prefixed(
        '"used":{"_:u":{"prov:activity":"ex:a","prov:time":{"$":"2026-11-20T10:00:00Z","type":"xsd:dateTime"}}}',
      ),
      "formal-form",
    ],
    [
      "a section of PROV-Dictionary",
      prefixed('"hadDictionaryMember":{"_:d":{"prov:key":"k"}}'),
      "unknown-section",
    ],
    ["xsd without #", '{"prefix":{"xsd":"http://www.w3.org/2001/XMLSchema"}}', "prefix"],
    ["an empty prefix", '{"prefix":{"":"http://a/"},"entity":{":x":{},"y":{}}}', "prefix"],
    ["another id inside a bundle", prefixed('"bundle":{"ex:b":{"@id":"ex:c"}}'), "bundle-id"],
  ])("%s", (_, text, rule) => {
    expect(warningsOf(text).map((warning) => warning.rule)).toEqual([rule]);
  });

  test("the time with a space becomes an xsd:dateTime", () => {
    const [record] = parseProvJson(
      prefixed('"used":{"_:u":{"prov:activity":"ex:a","prov:time":"2025-08-10 16:33:32.950967"}}'),
    ).records;
    expect(record).toHaveProperty("time", "2025-08-10T16:33:32.950967");
  });

  test("the empty prefix is the default namespace", () => {
    const { records } = parseProvJson('{"prefix":{"":"http://a/"},"entity":{":x":{},"y":{}}}');
    expect(records.map(({ id }) => id && uriOf(id))).toEqual(["http://a/x", "http://a/y"]);
  });

  test("an unknown section is kept and written back", () => {
    const text = prefixed('"hadDictionaryMember":{"_:d":{"prov:key":[1.50]}}');
    const document = parseProvJson(text);
    expect(document.extraSections).toEqual([
      { name: "hadDictionaryMember", json: '{"_:d":{"prov:key":[1.50]}}' },
    ]);
    const again = parseProvJson([...writeProvJson(document)].join(""));
    expect(again.extraSections).toEqual(document.extraSections);
  });

  test("the id that ProvToolbox repeats in a bundle brings none", () => {
    expect(warningsOf(prefixed('"bundle":{"ex:b":{"@id":"ex:b"}}'))).toEqual([]);
  });
});

describe("illegal documents", () => {
  // » marks the place that the finding must name.
  test.each([
    ["an undeclared prefix", '{"entity":{»"ex:a":{}}}', "unknown-prefix", "/entity/ex:a"],
    ["a name without prefix", prefixed('"entity":{»"a":{}}'), "unknown-prefix", "/entity/a"],
    ["an empty name", prefixed('"entity":{»"":{}}'), "unknown-prefix", "/entity/"],
    [
      "an undeclared prefix in an attribute",
      prefixed('"entity":{"ex:a":{»"y:p":1}}'),
      "unknown-prefix",
      "/entity/ex:a/y:p",
    ],
    [
      "an undeclared prefix in a value",
      prefixed('"entity":{"ex:a":{"ex:p":[{"$":»"y:T","type":"xsd:QName"}]}}'),
      "unknown-prefix",
      "/entity/ex:a/ex:p/0",
    ],
    [
      "an undeclared prefix in a datatype",
      prefixed('"entity":{"ex:a":{"ex:p":{"$":"1","type":»"y:T"}}}'),
      "unknown-prefix",
      "/entity/ex:a/ex:p",
    ],
    [
      "an undeclared prefix in a formal",
      prefixed('"used":{"_:u":{"prov:activity":»"y:a"}}'),
      "unknown-prefix",
      "/used/_:u/prov:activity",
    ],
    ["null", prefixed('"entity":{"ex:a":{"ex:p":»null}}'), "attribute-value", "/entity/ex:a/ex:p"],
    [
      "an empty array",
      prefixed('"entity":{"ex:a":{"ex:p":»[]}}'),
      "empty-array",
      "/entity/ex:a/ex:p",
    ],
    [
      "an array in an array",
      prefixed('"entity":{"ex:a":{"ex:p":["x",»["y"]]}}'),
      "attribute-value",
      "/entity/ex:a/ex:p/1",
    ],
    [
      "a literal without $",
      prefixed('"entity":{"ex:a":{"ex:p":»{"type":"xsd:int"}}}'),
      "literal",
      "/entity/ex:a/ex:p",
    ],
    [
      "a literal with null",
      prefixed('"entity":{"ex:a":{"ex:p":{"$":»null}}}'),
      "literal",
      "/entity/ex:a/ex:p",
    ],
    [
      "a name that is a number",
      prefixed('"entity":{"ex:a":{"ex:p":{"$":»1,"type":"xsd:QName"}}}'),
      "literal",
      "/entity/ex:a/ex:p",
    ],
    [
      "a literal with an unknown key",
      prefixed('"entity":{"ex:a":{"ex:p":{"$":"1",»"unit":"m"}}}'),
      "literal-key",
      "/entity/ex:a/ex:p",
    ],
    [
      "a literal with $ twice",
      prefixed('"entity":{"ex:a":{"ex:p":{"$":"1",»"$":"2"}}}'),
      "duplicate-key",
      "/entity/ex:a/ex:p",
    ],
    [
      "a literal whose type is a number",
      prefixed('"entity":{"ex:a":{"ex:p":{"$":"1","type":»1}}}'),
      "literal",
      "/entity/ex:a/ex:p",
    ],
    [
      "a literal with type and lang",
      prefixed('"entity":{"ex:a":{"ex:p":{"$":"1","type":»"xsd:int","lang":"en"}}}'),
      "literal",
      "/entity/ex:a/ex:p",
    ],
    ["a record that is a string", prefixed('"entity":{"ex:a":»"x"}'), "record", "/entity/ex:a"],
    [
      "a record in an array that is a number",
      prefixed('"entity":{"ex:a":[{},»1]}'),
      "record",
      "/entity/ex:a/1",
    ],
    ["an empty array of records", prefixed('"entity":{"ex:a":»[]}'), "empty-array", "/entity/ex:a"],
    ["a section that is an array", prefixed('"entity":»[]'), "structure", "/entity"],
    [
      "two values of one formal",
      prefixed('"used":{"_:u":{"prov:activity":»["ex:a","ex:b"]}}'),
      "formal",
      "/used/_:u/prov:activity",
    ],
    [
      "a formal under two prefixes",
      '{"prefix":{"p":"http://www.w3.org/ns/prov#","ex":"http://e/"},"used":{"_:u":{"p:activity":"ex:a","prov:activity":»"ex:a"}}}',
      "duplicate-key",
      "/used/_:u/prov:activity",
    ],
    [
      "an impossible time",
      prefixed('"activity":{"ex:a":{"prov:startTime":»"2026-13-01T00:00:00Z"}}'),
      "time",
      "/activity/ex:a/prov:startTime",
    ],
    [
      "a number as time",
      prefixed('"activity":{"ex:a":{"prov:startTime":»1700000000}}'),
      "time",
      "/activity/ex:a/prov:startTime",
    ],
    [
      "a name as time",
      prefixed('"activity":{"ex:a":{"prov:startTime":»{"$":"ex:t","type":"xsd:QName"}}}'),
      "time",
      "/activity/ex:a/prov:startTime",
    ],
    [
      "a repeated attribute",
      prefixed('"entity":{"ex:a":{"ex:p":1,»"ex:\\u0070":2}}'),
      "duplicate-key",
      "/entity/ex:a/ex:p",
    ],
    [
      "a repeated id",
      prefixed('"entity":{"ex:a":{},»"ex:\\u0061":{}}'),
      "duplicate-key",
      "/entity/ex:a",
    ],
    ["a repeated section", prefixed('"entity":{},»"entity":{}'), "duplicate-key", "/entity"],
    [
      "a repeated bundle",
      prefixed('"bundle":{"ex:b":{},»"ex:b":{}}'),
      "duplicate-key",
      "/bundle/ex:b",
    ],
    [
      "a repeated prefix",
      '{"prefix":{"a":"http://a/",»"a":"http://b/"}}',
      "duplicate-key",
      "/prefix/a",
    ],
    ["prov bound to something else", '{"prefix":{»"prov":"http://a/"}}', "prefix", "/prefix/prov"],
    [
      "an empty prefix beside another default namespace",
      '{"prefix":{"default":"http://b/",»"":"http://a/"}}',
      "prefix",
      "/prefix/",
    ],
    ["an empty IRI", '{"prefix":{»"a":""}}', "prefix", "/prefix/a"],
    ["an IRI that is no string", '{"prefix":{"a":»1}}', "prefix", "/prefix/a"],
    ["a bundle that is a string", prefixed('"bundle":{"ex:b":»"x"}'), "structure", "/bundle/ex:b"],
    [
      "a bundle in a bundle",
      prefixed('"bundle":{"ex:b":{»"bundle":{}}}'),
      "nested-bundle",
      "/bundle/ex:b/bundle",
    ],
    [
      "a bundle without a name",
      prefixed('"bundle":{»"y:b":{"entity":{"ex:a":{}}}}'),
      "bundle-id",
      "/bundle/y:b",
    ],
    ["a misspelt section", prefixed('»"wasEndedby":{}'), "unknown-section", "/wasEndedby"],
    ["PROV-JSONLD", '{»"@graph":[]}', "unknown-section", "/@graph"],
  ])("%s is told with rule, path and place", (_, marked, rule, path) => {
    const text = marked.replace("»", "");
    const offset = marked.indexOf("»");
    const findings = errorsOf(text).filter(({ severity }) => severity === "error");
    expect(findings).toEqual([
      {
        severity: "error",
        rule,
        path,
        message: expect.any(String),
        place: { line: 1, column: offset + 1, offset },
      },
    ]);
  });

  test.each([
    ["nothing", "", "the document is empty", 0],
    ["white space", " \n", "the document is empty", 0],
    ["an array", "[]", "Expected a JSON object", 0],
    ["XML", "<prov:document/>", "PROV-XML", 0],
    ["PROV-N", "document\nendDocument", "PROV-N", 0],
    ["Turtle", "@prefix prov: <x> .", "Turtle", 0],
    ["a journal", "TPJRNL1\n", "taskprov build", 0],
    ["a ZIP archive", "PK\u0003\u0004", "ZIP", 0],
    ["text after the document", "{} x", "nothing after the document", 3],
    ["a comma too many", '{"entity":{},}', "a key in double quotes", 13],
    ["a missing comma", '{"entity":{} "agent":{}}', "`,` or `}`", 13],
    ["a comment", "{// a\n}", "a key", 1],
    ["single quotes", "{'entity':{}}", "a key", 1],
    ["a control character", '{"a\tb":1}', "U+0009", 3],
    ["an unknown escape", '{"a\\x":1}', "Unknown escape", 3],
    ["half an escape", '{"a\\u12g4":1}', "hexadecimal", 3],
    ["a number with a leading zero", '{"a":01}', "Malformed number", 5],
    ["a number with a bare point", '{"a":1.}', "Malformed number", 5],
    ["NaN", '{"a":NaN}', "a value", 5],
    ["a missing colon", '{"entity" {}}', "`:`", 10],
  ])("%s is no PROV-JSON, in bytes and text alike", (_, text, message, offset) => {
    const findings = errorsOf(bytesOf(text));
    const last = findings.at(-1);
    expect(last?.message).toContain(message);
    expect(last?.place?.offset).toBe(offset);
    expect(errorsOf(text)).toEqual(findings);
  });

  test.each([
    ["gzip", [0x1f, 0x8b, 8, 0], "gzip"],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0], "UTF-16"],
    ["Latin-1", [0x7b, 0x22, 0xe9, 0x22], "0xE9 is not UTF-8"],
    ["a surrogate as UTF-8", [0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22], "0xED is not UTF-8"],
    ["an overlong form", [0x7b, 0x22, 0xc0, 0x80], "0xC0 is not UTF-8"],
  ])("%s is told as an encoding", (_, bytes, message) => {
    expect(errorsOf(new Uint8Array(bytes)).at(-1)).toMatchObject({
      rule: "encoding",
      message: expect.stringContaining(message),
    });
  });

  test("several findings are collected in one error, whose message counts them", () => {
    const text = prefixed('"entity":{"ex:a":{"ex:p":null},"y:b":{},"ex:c":{"ex:p":[]}}');
    expect(errorsOf(text).map(({ rule }) => rule)).toEqual([
      "attribute-value",
      "unknown-prefix",
      "empty-array",
    ]);
    expect(() => parseProvJson(text)).toThrow(/null.*\(and 2 more\)$/);
  });

  test("beyond the limit findings are counted only", () => {
    const many = Array.from({ length: 30 }, (_, i) => `"y:${i}":{}`).join(",");
    const findings = errorsOf(prefixed(`"entity":{${many}}`), { maxFindings: 10 });
    expect(findings).toHaveLength(11);
    expect(findings.at(-1)?.message).toContain("20 more");
  });

  test("nesting bombs end at a limit", () => {
    const bomb = "[".repeat(1_000_000);
    for (const text of [`{"x":${bomb}`, prefixed(`"entity":{"ex:a":{"ex:p":${bomb}`)]) {
      expect(errorsOf(text).at(-1)?.message).toContain("Nested deeper");
      expect(errorsOf(bytesOf(text)).at(-1)?.message).toContain("Nested deeper");
    }
  });

  test("a member longer than the limit is an error before it is read to its end", () => {
    const parser = new ProvJsonParser({ record: () => {} }, { maxRecordBytes: 1000 });
    parser.push(bytesOf(prefixed('"entity":{"ex:a":{"ex:p":"').slice(0, -1)));
    const megabytes = new Uint8Array(1_000_000).fill(0x61);
    expect(() => parser.push(megabytes)).toThrow(/longer than 1000 bytes/);
    expect(() => parser.push(megabytes)).toThrow(/longer than 1000 bytes/);
  });

  test("lines and bytes are counted through characters of every length", () => {
    const before = '\ufeff{"prefix":{"ex":"http://é/😀"},\r\n"entity":{"ex:名":{\n  "ex:p": ';
    const [finding] = errorsOf(bytesOf(`${before}null}}}`));
    expect(finding?.place).toEqual({ line: 3, column: 11, offset: bytesOf(before).length });
  });
});

describe("chunks", () => {
  const events = (chunks: Iterable<Uint8Array>): unknown => {
    const seen: unknown[] = [];
    const parser = new ProvJsonParser({
      record: (record: ProvRecord, at) => seen.push(["record", record, at.path(), at.place()]),
      namespace: (namespace) => seen.push(["namespace", namespace]),
      startBundle: (id) => seen.push(["start", id]),
      endBundle: (id) => seen.push(["end", id]),
      member: (kind, text) => seen.push(["member", kind, text]),
      extraSection: (name, json) => seen.push(["extra", name, json]),
    });
    try {
      for (const chunk of chunks) {
        parser.push(chunk);
      }
      parser.end();
    } catch (error) {
      expect(error).toBeInstanceOf(DocumentError);
    }
    return { seen, findings: parser.findings, counts: parser.counts };
  };

  function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
    let at = 0;
    for (let i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      // A reused buffer, as fs.readSync gives it.
      yield bytes.slice(at, at + size);
      at += size;
    }
  }

  test("any cut of a document gives the same records, places and findings", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
    const damage = fc.option(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        provDocuments({ maxRecords: 5 }),
        sizes,
        damage,
        (document, chunkSizes, damaged) => {
          const bytes = bytesOf([...writeProvJson(document)].join(""));
          if (damaged !== undefined) {
            bytes[Math.floor(damaged[0] * (bytes.length - 1))] = damaged[1];
          }
          const whole = events([bytes]);
          expect(events(cut(bytes, chunkSizes))).toEqual(whole);
          expect(events(cut(bytes, [1]))).toEqual(whole);
        },
      ),
      { numRuns: runs(200) },
    );
  });

  test("a buffer may be used again after it was pushed", () => {
    const bytes = bytesOf(prefixed('"entity":{"ex:a":{"prov:label":"a"}}'));
    const buffer = new Uint8Array(7);
    const collector = new DocumentCollector();
    const parser = new ProvJsonParser(collector);
    for (let at = 0; at < bytes.length; at += buffer.length) {
      const part = bytes.subarray(at, at + buffer.length);
      buffer.set(part);
      parser.push(buffer.subarray(0, part.length));
      buffer.fill(0);
    }
    parser.end();
    expect(collector.document()).toEqual(parseProvJson(bytes));
  });

  test("readProvJson takes asynchronous chunks and counts records", async () => {
    const bytes = bytesOf(
      prefixed('"entity":{"ex:a":{},"ex:b":[{},{}]},"bundle":{"ex:x":{"entity":{"ex:a":{}}}}'),
    );
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield* cut(bytes, [10]);
    }
    const collector = new DocumentCollector();
    const { counts, warnings } = await readProvJson(chunks(), collector);
    expect(counts).toEqual({ entity: 4 });
    expect(warnings).toEqual([]);
    expect(sameDocument(collector.document(), parseProvJson(bytes))).toBe(true);
  });

  test("what a handler throws is what the caller gets", () => {
    const failure = new Error("disk full");
    const parser = new ProvJsonParser({
      record: () => {
        throw failure;
      },
    });
    expect(() => parser.push(bytesOf(prefixed('"entity":{"ex:a":{}}')))).toThrow(failure);
  });

  test("a parser reads one document", () => {
    const parser = new ProvJsonParser({ record: () => {} });
    parser.push(bytesOf("{}"));
    parser.end();
    expect(() => parser.push(bytesOf("{}"))).toThrow(
      expect.objectContaining({ code: "ERR_CLOSED" }),
    );
  });

  test("kept names and texts do not keep the chunks they came from", () => {
    // 64 MB of white space around 1,000 records: slices of the text would hold all of it.
    const space = " ".repeat(64_000);
    const kept: ProvRecord[] = [];
    const parser = new ProvJsonParser({ record: (record) => kept.push(record) });
    parser.push(bytesOf(`{"prefix":{"ex":"${ex}"},"entity":{"ex:first":{}`));
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1000; i++) {
      const record = `"ex:a-rather-long-identifier-${i}":{"prov:label":"a rather long label ${i}"}`;
      parser.push(bytesOf(`,${record}${space}`));
    }
    parser.push(bytesOf("}}"));
    parser.end();
    expect(kept).toHaveLength(1001);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000);
  });

  test.runIf(fullTier)(
    "a document beyond V8's longest string is read in bounded memory",
    { timeout: 300_000 },
    () => {
      const text = "x".repeat(1000);
      let records = 0;
      let bytes = 0;
      const parser = new ProvJsonParser({
        record: () => {
          records += 1;
        },
      });
      parser.push(bytesOf(`{"prefix":{"ex":"${ex}"},"entity":{"ex:first":{}`));
      for (let i = 0; i < 600; i++) {
        const members = Array.from(
          { length: 1000 },
          (_, j) => `,"ex:entity-${i}-${j}":{"ex:p":"${text}"}`,
        );
        const chunk = bytesOf(members.join(""));
        bytes += chunk.length;
        parser.push(chunk);
      }
      parser.push(bytesOf("}}"));
      expect(parser.end().counts).toEqual({ entity: 600_001 });
      expect(records).toBe(600_001);
      expect(bytes).toBeGreaterThan(2 ** 29);
      // Garbage included; the whole text alone would be more.
      expect(process.memoryUsage().heapUsed).toBeLessThan(0.8 * bytes);
    },
  );
});
