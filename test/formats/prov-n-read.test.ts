import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DocumentError, type Finding, readDocument } from "../../src/formats/index.js";
import {
  langString,
  nameText,
  type ProvDocument,
  provName,
  provTypes,
  typedLiteral,
  uriOf,
  xsdName,
} from "../../src/prov/index.js";
import { runs } from "../support/tier.js";

const head = "document\nprefix ex <http://example.org/>\n";

async function read(body: string, onWarning?: (finding: Finding) => void): Promise<ProvDocument> {
  const text = body.startsWith("document") ? body : `${head}${body}\nendDocument`;
  return await readDocument(text, { format: "prov-n", ...(onWarning && { onWarning }) });
}

async function firstError(text: string): Promise<Finding | undefined> {
  try {
    await readDocument(text, { format: "prov-n" });
    return undefined;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return error.findings.find(({ severity }) => severity === "error");
  }
}

/** A record in one line: kind, id, formal arguments, number of attributes. */
async function shown(body: string): Promise<string[]> {
  const { records } = await read(body);
  return records.map(({ kind, id, attributes, ...formals }) => {
    const parts = Object.entries(formals).map(
      ([property, value]) => `${property}=${typeof value === "string" ? value : nameText(value)}`,
    );
    return `${kind}(${[id === undefined ? "-" : nameText(id), ...parts].join(" ")})${attributes.length}`;
  });
}

describe("expressions", () => {
  test.each([
    ["entity(ex:e)", "entity(ex:e)0"],
    ["entity(ex:e, [])", "entity(ex:e)0"],
    ["agent(ex:a, [ex:p=1, ex:p=2])", "agent(ex:a)2"],
    ["activity(ex:a)", "activity(ex:a)0"],
    ["activity(ex:a, -, -)", "activity(ex:a)0"],
    ["activity(ex:a, 2012-01-01T00:00:00, -)", "activity(ex:a startTime=2012-01-01T00:00:00)0"],
    [
      "activity(ex:a, -, 2012-01-01T00:00:00.5+02:00, [ex:p=1])",
      "activity(ex:a endTime=2012-01-01T00:00:00.5+02:00)1",
    ],
    ["wasGeneratedBy(ex:e)", "wasGeneratedBy(- entity=ex:e)0"],
    ["wasGeneratedBy(ex:e, ex:a, -)", "wasGeneratedBy(- entity=ex:e activity=ex:a)0"],
    ["wasGeneratedBy(ex:g; ex:e, -, -)", "wasGeneratedBy(ex:g entity=ex:e)0"],
    ["wasGeneratedBy(-; ex:e, -, -)", "wasGeneratedBy(- entity=ex:e)0"],
    [
      "used(ex:u ; ex:a, ex:e, 2012-01-01T00:00:00Z, [ex:p=1])",
      "used(ex:u activity=ex:a entity=ex:e time=2012-01-01T00:00:00Z)1",
    ],
    ["used(ex:a, [ex:p=1])", "used(- activity=ex:a)1"],
    ["wasInformedBy(ex:b, ex:a)", "wasInformedBy(- informed=ex:b informant=ex:a)0"],
    [
      "wasStartedBy(ex:a, ex:e, ex:b, -)",
      "wasStartedBy(- activity=ex:a trigger=ex:e starter=ex:b)0",
    ],
    ["wasEndedBy(ex:a, -, ex:b, -)", "wasEndedBy(- activity=ex:a ender=ex:b)0"],
    ["wasInvalidatedBy(ex:e, ex:a, -)", "wasInvalidatedBy(- entity=ex:e activity=ex:a)0"],
    [
      "wasDerivedFrom(ex:e2, ex:e1, ex:a, ex:g, ex:u)",
      "wasDerivedFrom(- generatedEntity=ex:e2 usedEntity=ex:e1 activity=ex:a generation=ex:g usage=ex:u)0",
    ],
    ["wasDerivedFrom(ex:e2, ex:e1)", "wasDerivedFrom(- generatedEntity=ex:e2 usedEntity=ex:e1)0"],
    ["wasAttributedTo(ex:e, ex:ag)", "wasAttributedTo(- entity=ex:e agent=ex:ag)0"],
    ["wasAssociatedWith(ex:a, -, ex:p)", "wasAssociatedWith(- activity=ex:a plan=ex:p)0"],
    ["actedOnBehalfOf(ex:b, ex:a, -)", "actedOnBehalfOf(- delegate=ex:b responsible=ex:a)0"],
    ["actedOnBehalfOf(ex:b, ex:a)", "actedOnBehalfOf(- delegate=ex:b responsible=ex:a)0"],
    ["wasInfluencedBy(ex:b, ex:a)", "wasInfluencedBy(- influencee=ex:b influencer=ex:a)0"],
    ["alternateOf(ex:b, ex:a)", "alternateOf(- alternate1=ex:b alternate2=ex:a)0"],
    ["specializationOf(ex:b, ex:a)", "specializationOf(- specificEntity=ex:b generalEntity=ex:a)0"],
    ["hadMember(ex:c, ex:e)", "hadMember(- collection=ex:c entity=ex:e)0"],
    [
      "mentionOf(ex:b, ex:a, ex:bundle)",
      "mentionOf(- specificEntity=ex:b generalEntity=ex:a bundle=ex:bundle)0",
    ],
    [
      "prov:mentionOf(ex:b, ex:a, ex:bundle)",
      "mentionOf(- specificEntity=ex:b generalEntity=ex:a bundle=ex:bundle)0",
    ],
  ])("%s", async (text, expected) => {
    expect(await shown(text)).toEqual([expected]);
  });

  test.each([
    ["wasRevisionOf", provTypes.Revision],
    ["wasQuotedFrom", provTypes.Quotation],
    ["hadPrimarySource", provTypes.PrimarySource],
  ])("%s is a derivation with a type", async (keyword, type) => {
    const { records } = await read(`${keyword}(ex:b, ex:a, [ex:p=1])`);
    expect(records[0]?.kind).toBe("wasDerivedFrom");
    expect(records[0]?.attributes[1]).toEqual([provName("type"), type]);
  });

  test("an association without a place for the plan is read, with a warning", async () => {
    const rules: string[] = [];
    const { records } = await read("wasAssociatedWith(ex:a, ex:g, [ex:p=1])", ({ rule }) => {
      rules.push(rule);
    });
    expect(records[0]).toMatchObject({ kind: "wasAssociatedWith", agent: { local: "g" } });
    expect(rules).toEqual(["arguments"]);
  });

  test("ProvToolbox's forms with id and attributes are read as these kinds", async () => {
    const { records } = await read(
      [
        "document",
        "prefix ex <http://example.org/>",
        "prefix provext <http://openprovenance.org/prov/extension#>",
        "provext:hadMember(ex:m; ex:c, ex:e, [ex:p=1])",
        "endDocument",
      ].join("\n"),
    );
    expect(records[0]).toMatchObject({ kind: "hadMember", id: { local: "m" } });
    expect(records[0]?.attributes).toHaveLength(1);
  });
});

describe("values", () => {
  test.each([
    ['"text"', "text"],
    ['""', ""],
    ['"a \\"b\\" \\\\ \\t\\n"', 'a "b" \\ \t\n'],
    ['"""two\nlines and "quotes" """', 'two\nlines and "quotes" '],
    ['"// no comment /* here */"', "// no comment /* here */"],
    ['"caf\\u00e9"', "café"],
    ['"bonjour"@fr', langString("bonjour", "fr")],
    ['"bonjour" @fr-CA', langString("bonjour", "fr-CA")],
    ['"hi"@en %% xsd:string', langString("hi", "en")],
    ['"hi"@en %% prov:InternationalizedString', langString("hi", "en")],
    ['"5" %% xsd:unsignedInt', typedLiteral("5", xsdName("unsignedInt"))],
    ['"5"%%xsd:int', typedLiteral("5", xsdName("int"))],
    ['"x" %% xsd:string', "x"],
    ["42", typedLiteral("42", xsdName("int"))],
    ["-7", typedLiteral("-7", xsdName("int"))],
    ["9007199254740993", typedLiteral("9007199254740993", xsdName("long"))],
  ])("%s", async (text, value) => {
    const { records } = await read(`entity(ex:e, [ex:p=${text}])`);
    expect(records[0]?.attributes[0]?.[1]).toEqual(value);
  });

  test.each(["'ex:n'", '"ex:n" %% prov:QUALIFIED_NAME', '"ex:n" %% xsd:QName'])(
    "%s is a name",
    async (text) => {
      const { records } = await read(`entity(ex:e, [ex:p=${text}])`);
      expect(records[0]?.attributes[0]?.[1]).toMatchObject({ local: "n" });
    },
  );

  test("a string that ProvToolbox broke over lines is read, with a warning", async () => {
    const warnings: Finding[] = [];
    const { records } = await read('entity(ex:e, [ex:p="a\nb"])', (w) => warnings.push(w));
    expect(records[0]?.attributes[0]?.[1]).toBe("a\nb");
    expect(warnings.map(({ rule, place }) => [rule, place?.line])).toEqual([["string", 3]]);
  });
});

describe("names", () => {
  test.each([
    ["ex:", "http://example.org/"],
    ["ex:0000", "http://example.org/0000"],
    ["ex:abc.html", "http://example.org/abc.html"],
    ["ex:a----", "http://example.org/a----"],
    ["ex:a/b@c~d&e+f*g?h#i$j!k", "http://example.org/a/b@c~d&e+f*g?h#i$j!k"],
    ["ex:a%20b", "http://example.org/a%20b"],
    ["ex:\\=\\'\\(\\)\\,\\-\\:\\;\\[\\]\\.", "http://example.org/='(),-:;[]."],
    ["ex:größe.名前", "http://example.org/größe.名前"],
    ["ex:a.ö", "http://example.org/a.ö"],
    ["ex:😀", "http://example.org/😀"],
    ["ex://a", "http://example.org///a"],
  ])("%s", async (text, uri) => {
    const { records } = await read(`entity(${text})`);
    expect(records.map(({ id }) => id && uriOf(id))).toEqual([uri]);
  });

  test("names without prefix are of the default namespace, also digits and keywords", async () => {
    const { records } = await read(
      "document default <http://d/> entity(e) entity(0001) entity(entity) entity(_a) endDocument",
    );
    expect(records.map(({ id }) => id && uriOf(id))).toEqual([
      "http://d/e",
      "http://d/0001",
      "http://d/entity",
      "http://d/_a",
    ]);
  });

  test("a bundle has the prefixes of its document and may change them, its id included", async () => {
    const { bundles } = await read(
      [
        "document",
        "prefix ex <http://example.org/>",
        "prefix other <http://other.org/>",
        "bundle ex:b prefix ex <http://changed.org/> entity(ex:e) entity(other:e) endBundle",
        "endDocument",
      ].join("\n"),
    );
    expect(bundles.map(({ id }) => uriOf(id))).toEqual(["http://changed.org/b"]);
    expect(bundles[0]?.records.map(({ id }) => id && uriOf(id))).toEqual([
      "http://changed.org/e",
      "http://other.org/e",
    ]);
  });
});

describe("the text around", () => {
  test("comments, white space of all kinds and a byte order mark do not matter", async () => {
    const text = `\uFEFF// first
/* a comment
   of lines */ document // prefix no <http://no/>
\tprefix\r\nex/**/<http://example.org/>entity(ex:e)entity ( ex:f , [ ex:p = 1 , ex:q=2 ] )
endDocument // last`;
    expect(
      await readDocument(new TextEncoder().encode(text)).then(({ records }) => records),
    ).toHaveLength(2);
  });

  test("an expression of no known kind is kept as an extra section, with a warning", async () => {
    const warnings: Finding[] = [];
    const body =
      'ex:watched(ex:id; ex:a, "x", -, 2012-01-01T00:00:00, {("k", ex:e)}, ex:f(1), [ex:p=1])';
    const document = await read(body, (warning) => warnings.push(warning));
    expect(document.records).toEqual([]);
    expect(document.extraSections?.map(({ name }) => name)).toEqual(["ex:watched"]);
    expect(warnings.map(({ rule }) => rule)).toEqual(["extension"]);
  });
});

describe("errors", () => {
  test.each([
    ["", 1, 1, /document is empty/],
    ["hello", 1, 1, /Expected "document"/],
    [`${head}entity(ex:e)`, 3, 13, /"bundle" or "endDocument", got the end/],
    [`${head}entity(ex:e\nendDocument`, 4, 1, /Expected "," or "\)", got "endDocument"/],
    [`${head}entity(ex:e))\nendDocument`, 3, 13, /Expected an expression/],
    [`${head}entty(ex:e)\nendDocument`, 3, 1, /did you mean entity\?/],
    [`${head}entity(ey:e)\nendDocument`, 3, 8, /prefix "ey" of "ey:e" is not declared/],
    [`${head}entity(e)\nendDocument`, 3, 8, /no prefix, and no default namespace/],
    [`${head}used(ex:a, ex:e)\nendDocument`, 3, 1, /Expected 1 or 3 arguments of used.*got 2/],
    [`${head}used(ex:a, ex:e, -, -)\nendDocument`, 3, 21, /no more than 3 arguments of used/],
    [`${head}activity(ex:a, 2012-13-01T00:00:00, -)\nendDocument`, 3, 16, /"2012-13-01T00:00:00"/],
    [`${head}activity(ex:a, soon, -)\nendDocument`, 3, 16, /startTime, an xsd:dateTime/],
    [`${head}entity(ex:e, [ex:p=1.5])\nendDocument`, 3, 20, /Expected a value/],
    [`${head}entity(ex:e, [ex:p=true])\nendDocument`, 3, 20, /Expected a value/],
    [`${head}entity(ex:e, [ex:p="a])\nendDocument`, 3, 24, /no closing/],
    [`${head}entity(ex:e, [ex:p="a\\q"])\nendDocument`, 3, 22, /Expected an escape/],
    [`${head}entity(ex:e, [ex:p 1])\nendDocument`, 3, 20, /Expected "="/],
    [`${head}used(ex:a, -, -, [prov:time="x"])\nendDocument`, 3, 1, /argument of used/],
    [
      `${head}bundle ex:b bundle ex:c endBundle endBundle\nendDocument`,
      3,
      13,
      /cannot hold bundles/,
    ],
    [`${head}bundle ex:b entity(ex:e)\nendDocument`, 4, 1, /"endBundle"/],
    [`${head}/* endDocument`, 3, 1, /comment.*no closing/],
    [`${head}endDocument\nentity(ex:e)`, 4, 1, /nothing after "endDocument"/],
    ["document prefix prov <http://not-prov/> endDocument", 1, 10, /reserved/],
    ["document prefix a <http://a/> prefix a <http://b/> endDocument", 1, 31, /declared twice/],
    ["document prefix a http://a/ endDocument", 1, 19, /IRI in angle brackets/],
  ])("%j at line %d, column %d", async (text, line, column, message) => {
    const error = await firstError(text);
    expect(error?.message).toMatch(message);
    expect(error?.place).toMatchObject({ line, column });
  });

  test("all wrong names and times are told at once", async () => {
    const error = await read(
      "entity(a:x) entity(b:x) activity(ex:a, 2012-00-00T00:00:00, -) used(c:x, -, -)",
    ).catch((caught: unknown) => caught);
    expect(error instanceof DocumentError && error.findings.map(({ rule }) => rule)).toEqual([
      "name",
      "name",
      "time",
      "name",
    ]);
  });

  test("bytes that are not UTF-8 are told with their place", async () => {
    const bytes = new TextEncoder().encode(`${head}entity(ex:e, [ex:p="x"])\nendDocument`);
    bytes[bytes.indexOf(0x78, 60)] = 0xe9;
    await expect(readDocument(bytes)).rejects.toThrow(/0xE9 is not UTF-8.*Latin-1/);
  });

  test.each([
    ["nested expressions", `${head}ex:f(${"ex:f(".repeat(10_000)}`],
    ["nested braces", `${head}ex:f(${"{".repeat(100_000)}`],
    ["a long name", `${head}entity(ex:${"a".repeat(5_000_000)}`],
    ["a long name of dots", `${head}entity(ex:${".".repeat(1_000_000)}`],
    ["a long name of escapes", `${head}entity(ex:${"\\=".repeat(2_000_000)}`],
    ["a long string", `${head}entity(ex:a, [ex:p="${"\\\\".repeat(2_000_000)}`],
    ["many comments", `${head}${"/**/".repeat(1_000_000)}`],
  ])("%s end in an error, soon", async (_, text) => {
    expect((await firstError(text))?.place).toBeDefined();
  });
});

const sample = `document
  default <http://d/>
  prefix ex <http://example.org/>
  // comment
  entity(ex:e, [prov:label="größe"@de, ex:p="""a
b""", ex:q='ex:n', ex:r=5, ex:s="1" %% xsd:long])
  activity(a, 2012-01-01T00:00:00Z, -)
  wasGeneratedBy(ex:g; ex:e, a, -)
  prov:hadDictionaryMember(ex:d, ex:e, "k")
  bundle ex:b
    prefix in <http://in/>
    hadMember(in:c, ex:e) /* x */
  endBundle
endDocument`;

describe("damaged text", () => {
  test("every beginning is an error with a place near its end, or the whole", async () => {
    for (let length = 0; length < sample.length; length += 1) {
      const error = await firstError(sample.slice(0, length));
      expect(error?.place, `${length} characters`).toBeDefined();
    }
    expect(await firstError(sample)).toBeUndefined();
  });

  test("changed bytes give a document or a DocumentError with a place, nothing else", async () => {
    const bytes = new TextEncoder().encode(sample);
    const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const damaged = bytes.slice();
        for (const [at, byte] of changes) {
          damaged[at] = byte;
        }
        try {
          await readDocument(damaged, { format: "prov-n" });
        } catch (error) {
          if (!(error instanceof DocumentError)) throw error;
          expect(error.findings.every(({ place }) => place !== undefined)).toBe(true);
        }
      }),
      { numRuns: runs(1500) },
    );
  });
});
