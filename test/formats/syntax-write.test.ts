import { describe, expect, test } from "vitest";
import {
  type Finding,
  type FormatName,
  readDocument,
  writeDocument,
} from "../../src/formats/index.js";
import {
  type Attribute,
  blankNamespace,
  langString,
  type ProvDocument,
  type ProvRecord,
  provName,
  qualifiedName,
  sameDocument,
  typedLiteral,
  xsdName,
} from "../../src/prov/index.js";

const ex = { prefix: "ex", uri: "http://example.org/" };
const name = (local: string) => qualifiedName(ex, local);

function documentOf(...records: ProvRecord[]): ProvDocument {
  return { namespaces: [ex], records, bundles: [] };
}

function entity(...attributes: Attribute[]): ProvRecord {
  return { kind: "entity", id: name("e"), attributes };
}

interface Writing {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

function written(document: ProvDocument, format: FormatName, compact: boolean = false): Writing {
  const warnings: string[] = [];
  const onWarning = ({ message }: Finding): void => {
    warnings.push(message);
  };
  const text = [...writeDocument(document, { format, compact, onWarning })].join("");
  return { lines: text.trimEnd().split("\n"), warnings };
}

const everything = documentOf(
  entity(
    [name("a"), "x"],
    [provName("value"), "v"],
    [provName("type"), provName("Plan")],
    [provName("label"), langString("größe", "de")],
    [provName("location"), typedLiteral("5", xsdName("int"))],
  ),
  { kind: "used", activity: name("a"), entity: name("e"), attributes: [] },
  { kind: "wasAssociatedWith", activity: name("a"), attributes: [] },
  {
    kind: "wasGeneratedBy",
    id: name("g"),
    entity: name("e"),
    time: "2026-11-20T10:00:00Z",
    attributes: [[provName("role"), "r"]],
  },
);

describe("PROV-N", () => {
  test("is written one expression a line, indented, with the prefixes it needs", () => {
    expect(written(everything, "prov-n")).toEqual({
      lines: [
        "document",
        "  prefix ex <http://example.org/>",
        "",
        '  entity(ex:e, [ex:a="x", prov:value="v", prov:type=\'prov:Plan\', prov:label="größe"@de, prov:location=5])',
        "  used(ex:a, ex:e, -)",
        "  wasAssociatedWith(ex:a, -, -)",
        '  wasGeneratedBy(ex:g; ex:e, -, 2026-11-20T10:00:00Z, [prov:role="r"])',
        "endDocument",
      ],
      warnings: [],
    });
  });

  test("is written without indentation on request", () => {
    const { lines } = written(everything, "prov-n", true);
    expect(lines.every((line) => !line.startsWith(" ") && line !== "")).toBe(true);
  });

  test.each([
    ["a b", "ex:a%20b", /"a b"; it is written as a%20b, another name \(record entity\(ex:a b\)\)/],
    ["100%", "ex:100%25", /"100%"/],
    ["(a,0).", "ex:\\(a\\,0\\)\\.", undefined],
    ["-a", "ex:\\-a", undefined],
    ["%41", "ex:%41", undefined],
  ])("the local name %s", (local, spelt, warning) => {
    const { lines, warnings } = written(
      documentOf({ kind: "entity", id: name(local), attributes: [] }),
      "prov-n",
    );
    expect(lines[3]).toBe(`  entity(${spelt})`);
    expect(warnings).toHaveLength(warning === undefined ? 0 : 1);
    if (warning !== undefined) expect(warnings[0]).toMatch(warning);
  });

  test("relations that PROV-N gives no id keep theirs in ProvToolbox's form", async () => {
    const document = documentOf({
      kind: "hadMember",
      id: name("m"),
      collection: name("c"),
      entity: name("e"),
      attributes: [[name("p"), "x"]],
    });
    const { lines } = written(document, "prov-n");
    expect(lines).toContain('  provext:hadMember(ex:m; ex:c, ex:e, [ex:p="x"])');
    expect(sameDocument(await readDocument(lines.join("\n")), document)).toBe(true);
  });

  test("anonymous ids are written only where something refers to them", () => {
    const blank = qualifiedName(blankNamespace, "u1");
    const use: ProvRecord = { kind: "used", id: blank, activity: name("a"), attributes: [] };
    expect(written(documentOf(use), "prov-n").lines).toContain("  used(ex:a)");
    const derivation: ProvRecord = {
      kind: "wasDerivedFrom",
      generatedEntity: name("b"),
      usedEntity: name("e"),
      usage: blank,
      attributes: [],
    };
    const { lines } = written(documentOf(use, derivation), "prov-n");
    expect(lines).toContain("  prefix ns1 <_:>");
    expect(lines).toContain("  used(ns1:u1; ex:a)");
    expect(lines).toContain("  wasDerivedFrom(ex:b, ex:e, -, -, ns1:u1)");
  });

  test("the default namespace gets a prefix, and so does one named like a keyword", () => {
    const { lines } = written(
      {
        namespaces: [
          { prefix: "", uri: "http://d/" },
          { prefix: "entity", uri: "http://k/" },
        ],
        records: [],
        bundles: [],
      },
      "prov-n",
    );
    expect(lines.slice(1, 3)).toEqual(["  prefix ns1 <http://d/>", "  prefix ns2 <http://k/>"]);
  });
});

describe("PROV-XML", () => {
  test("is written in the order of the W3C's schema", () => {
    const { lines, warnings } = written(everything, "prov-xml");
    expect(warnings).toEqual([]);
    expect(lines.slice(lines.indexOf('  <prov:entity prov:id="ex:e">'))).toEqual([
      '  <prov:entity prov:id="ex:e">',
      '    <prov:label xml:lang="de">größe</prov:label>',
      '    <prov:location xsi:type="xsd:int">5</prov:location>',
      '    <prov:type xsi:type="xsd:QName">prov:Plan</prov:type>',
      "    <prov:value>v</prov:value>",
      "    <ex:a>x</ex:a>",
      "  </prov:entity>",
      "  <prov:used>",
      '    <prov:activity prov:ref="ex:a"/>',
      '    <prov:entity prov:ref="ex:e"/>',
      "  </prov:used>",
      "  <prov:wasAssociatedWith>",
      '    <prov:activity prov:ref="ex:a"/>',
      "  </prov:wasAssociatedWith>",
      '  <prov:wasGeneratedBy prov:id="ex:g">',
      '    <prov:entity prov:ref="ex:e"/>',
      "    <prov:time>2026-11-20T10:00:00Z</prov:time>",
      "    <prov:role>r</prov:role>",
      "  </prov:wasGeneratedBy>",
      "</prov:document>",
    ]);
  });

  test("is written in two lines on request", () => {
    expect(written(everything, "prov-xml", true).lines).toHaveLength(2);
  });

  test.each([
    ["<&>\r", "&lt;&amp;&gt;&#13;", 0],
    ["two\nlines\t", "two\nlines\t", 0],
    ["a\u0000b", "a\uFFFDb", 1],
    ["\uD800", "\uFFFD", 1],
  ])("the text %j", (text, expected, warned) => {
    const { lines, warnings } = written(documentOf(entity([name("p"), text])), "prov-xml", true);
    expect(lines.slice(1).join("\n")).toContain(`<ex:p>${expected}</ex:p>`);
    expect(warnings).toHaveLength(warned);
    for (const warning of warnings) expect(warning).toMatch(/cannot carry.*record entity\(ex:e\)/);
  });

  test("names of attributes that XML does not allow are escaped as Python prov does", async () => {
    const document = documentOf(
      entity([name("1st (a)"), "x"], [name("_x0041_"), "y"], [name(""), "z"]),
    );
    const { lines, warnings } = written(document, "prov-xml");
    expect(warnings).toEqual([]);
    const text = lines.join("\n");
    expect(text).toContain("<ex:_x0031_st_x0020__x0028_a_x0029_>");
    expect(text).toContain("<ex:_x005F_x0041_>");
    expect(sameDocument(await readDocument(text), document)).toBe(true);
  });

  test("ids that are no QName are written as they are, told once", () => {
    const records = ["a/1", "a/2"].map(
      (local): ProvRecord => ({ kind: "entity", id: name(local), attributes: [] }),
    );
    const { lines, warnings } = written(documentOf(...records), "prov-xml");
    expect(lines).toContain('  <prov:entity prov:id="ex:a/1"/>');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/"ex:a\/1".*no QName/);
  });
});

describe("PROV-Dictionary and other expressions that are not of PROV-DM", () => {
  const provn = [
    "document",
    "  prefix ex <http://example.org/>",
    "",
    "  entity(ex:e)",
    "  prov:derivedByInsertionFrom(ex:i; ex:d2, ex:d1, {(\"k\", ex:e), (5, ex:f)}, [ex:p='ex:q'])",
    "  prov:derivedByRemovalFrom(ex:d3, ex:d2, {\"k\", 'ex:key'})",
    '  prov:hadDictionaryMember(ex:d1, ex:e, "k"@en)',
    "endDocument",
  ];

  test("pass from PROV-N through PROV-JSON and PROV-XML and back", async () => {
    const document = await readDocument(provn.join("\n"));
    expect(document.extraSections?.map(({ name: section }) => section)).toEqual([
      "derivedByInsertionFrom",
      "derivedByRemovalFrom",
      "hadDictionaryMember",
    ]);
    for (const format of ["prov-json", "prov-xml"] as const) {
      const { lines, warnings } = written(document, format);
      expect(warnings).toEqual([]);
      const back = await readDocument(lines.join("\n"));
      expect(written(back, "prov-n").lines).toEqual(provn);
    }
  });

  test("have ProvToolbox's form in PROV-JSON", async () => {
    const document = await readDocument(provn.join("\n"));
    const json: unknown = JSON.parse(document.extraSections?.[2]?.json ?? "");
    expect(Object.values(json ?? {})).toEqual([
      {
        "prov:dictionary": "ex:d1",
        "prov:key-entity-set": [{ key: { $: "k", lang: "en" }, $: "ex:e" }],
      },
    ]);
  });

  test("are kept in bundles too, and with prefixes that had to change", async () => {
    const text = [
      "document",
      "default <http://d/>",
      "bundle b prefix in <http://in/> prov:hadDictionaryMember(d, in:e, 1) endBundle",
      "prov:hadDictionaryMember(d, e, 2)",
      "endDocument",
    ].join("\n");
    const document = await readDocument(text);
    for (const format of ["prov-n", "prov-json", "prov-xml"] as const) {
      const back = await readDocument(written(document, format).lines.join("\n"));
      const { lines } = written(back, "prov-n");
      expect(lines.filter((line) => line.includes("hadDictionaryMember"))).toEqual([
        "  prov:hadDictionaryMember(ns1:d, ns1:e, 2)",
        "    prov:hadDictionaryMember(ns1:d, in:e, 1)",
      ]);
    }
  });

  test("come back from PROV-JSON, if they have a form only we know; other formats tell the loss", async () => {
    const lines = [
      "document",
      "  prefix ex <http://example.org/>",
      "",
      '  ex:watched(ex:id; ex:a, "x", -, 2012-01-01T00:00:00, {("k", ex:e), {}}, ex:f(-5), [ex:p=1, ex:p=2])',
      "endDocument",
    ];
    const document = await readDocument(lines.join("\n"));
    const json = written(document, "prov-json");
    expect(written(await readDocument(json.lines.join("\n")), "prov-n").lines).toEqual(lines);
    const xml = written(document, "prov-xml");
    expect(xml.warnings).toEqual([expect.stringMatching(/left out \(record ex:watched\)/)]);
  });

  test("a section of PROV-JSON that means nothing to us is told where it cannot go", async () => {
    const document = await readDocument('{"prefix":{"ex":"http://e/"},"x":{"a":[1,null]}}');
    for (const format of ["prov-n", "prov-xml"] as const) {
      expect(written(document, format).warnings).toEqual([
        expect.stringMatching(/left out \(record "x"\)/),
      ]);
    }
  });
});

describe("PROV-JSON", () => {
  test("has its shortest literals on request, and reads back the same", async () => {
    const values = [
      typedLiteral("5", xsdName("int")),
      typedLiteral("9007199254740993", xsdName("long")),
      typedLiteral("1.5", xsdName("double")),
      typedLiteral("true", xsdName("boolean")),
      typedLiteral("5", xsdName("long")),
      typedLiteral("1.5", xsdName("decimal")),
      "text",
      name("n"),
    ];
    const document = documentOf(entity(...values.map((value): Attribute => [name("p"), value])));
    const { lines } = written(document, "prov-json", true);
    const text = lines.join("\n");
    expect(text).toContain(
      '[5,9007199254740993,1.5,true,{"$":"5","type":"xsd:long"},{"$":"1.5","type":"xsd:decimal"},"text",{"$":"ex:n","type":"prov:QUALIFIED_NAME"}]',
    );
    expect(sameDocument(await readDocument(text), document, { strict: true })).toBe(true);
    const single = written(
      documentOf(entity([name("p"), typedLiteral("5", xsdName("int"))])),
      "prov-json",
      true,
    );
    expect(single.lines.join("")).toContain('"ex:p":5');
  });
});
