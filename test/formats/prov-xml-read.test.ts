import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DocumentError, type Finding, readDocument } from "../../src/formats/index.js";
import {
  langString,
  nameText,
  type ProvDocument,
  qualifiedName,
  typedLiteral,
  uriOf,
  type Value,
  xsdName,
} from "../../src/prov/index.js";
import { runs } from "../support/tier.js";

const open = `<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:ex="http://example.org/">\n`;

async function read(body: string, onWarning?: (finding: Finding) => void): Promise<ProvDocument> {
  const text = `${open}${body}\n</prov:document>`;
  return await readDocument(text, { format: "prov-xml", ...(onWarning && { onWarning }) });
}

async function firstError(text: string): Promise<Finding | undefined> {
  try {
    await readDocument(text, { format: "prov-xml" });
    return undefined;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return error.findings.find(({ severity }) => severity === "error");
  }
}

async function warningsOf(body: string): Promise<string[]> {
  const warnings: Finding[] = [];
  await read(body, (warning) => warnings.push(warning));
  return warnings.map(({ rule }) => rule);
}

async function valueIn(element: string): Promise<Value | undefined> {
  const { records } = await read(`<prov:entity prov:id="ex:e">${element}</prov:entity>`);
  return records[0]?.attributes[0]?.[1];
}

async function typesOf(body: string): Promise<(string | undefined)[]> {
  const { records } = await read(body);
  return records.flatMap(({ kind, attributes }) => [
    kind,
    ...attributes.map(([, value]) =>
      typeof value === "object" && "local" in value ? nameText(value) : String(value),
    ),
  ]);
}

describe("elements", () => {
  test.each([
    ["plan", "entity", "prov:Plan"],
    ["collection", "entity", "prov:Collection"],
    ["emptyCollection", "entity", "prov:EmptyCollection"],
    ["dictionary", "entity", "prov:Dictionary"],
    ["bundle", "entity", "prov:Bundle"],
    ["person", "agent", "prov:Person"],
    ["organization", "agent", "prov:Organization"],
    ["softwareAgent", "agent", "prov:SoftwareAgent"],
  ])("<prov:%s> is an %s with the type %s", async (element, kind, type) => {
    expect(await typesOf(`<prov:${element} prov:id="ex:x"/>`)).toEqual([kind, type]);
  });

  test.each([
    ["wasRevisionOf", "prov:Revision"],
    ["wasQuotedFrom", "prov:Quotation"],
    ["hadPrimarySource", "prov:PrimarySource"],
  ])("<prov:%s> is a derivation with the type %s", async (element, type) => {
    const body = `<prov:${element}><prov:generatedEntity prov:ref="ex:b"/><prov:usedEntity prov:ref="ex:a"/></prov:${element}>`;
    expect(await typesOf(body)).toEqual(["wasDerivedFrom", type]);
  });

  test("xsi:type on an element is a type too", async () => {
    expect(await typesOf('<prov:entity prov:id="ex:e" xsi:type="prov:Plan"/>')).toEqual([
      "entity",
      "prov:Plan",
    ]);
  });

  test("a hadMember with several entities is as many memberships", async () => {
    const { records } = await read(
      '<prov:hadMember><prov:collection prov:ref="ex:c"/><prov:entity prov:ref="ex:a"/><prov:entity prov:ref="ex:b"/></prov:hadMember>',
    );
    expect(records).toMatchObject([
      { kind: "hadMember", collection: { local: "c" }, entity: { local: "a" } },
      { kind: "hadMember", collection: { local: "c" }, entity: { local: "b" } },
    ]);
  });

  test("a member that ProvToolbox wrapped once more is read, with a warning", async () => {
    const body =
      '<prov:hadMember><prov:collection prov:ref="ex:c"/><prov:entity><prov:entity prov:ref="ex:a"/></prov:entity></prov:hadMember>';
    expect((await read(body)).records).toMatchObject([{ entity: { local: "a" } }]);
    expect(await warningsOf(body)).toEqual(["structure"]);
  });

  test("bundles are read, also from <prov:bundle> with records as ProvToolbox wrote it", async () => {
    const record = '<prov:entity prov:id="in:e" xmlns:in="http://in/"/>';
    for (const element of ["bundleContent", "bundle"]) {
      const { bundles } = await read(`<prov:${element} prov:id="ex:b">${record}</prov:${element}>`);
      expect(bundles.map(({ id, records }) => [uriOf(id), records.length])).toEqual([
        ["http://example.org/b", 1],
      ]);
    }
  });

  test("what is not PROV is left out with a warning", async () => {
    const body =
      '<prov:other><a xmlns="http://a/">x<b/></a></prov:other><ex:own><prov:entity/></ex:own>';
    expect((await read(body)).records).toEqual([]);
    expect(await warningsOf(body)).toEqual(["foreign", "foreign"]);
  });

  test("PROV as default namespace, prefixes declared inside, and comments do not matter", async () => {
    const { records } = await readDocument(
      `\uFEFF<?xml version="1.0"?><!-- c --><?pi x?><document xmlns="http://www.w3.org/ns/prov#" xmlns:p="http://www.w3.org/ns/prov#">
        <activity p:id="a:x" xmlns:a="http://a/"><startTime><!-- c -->
          2012-01-01T00:00:00Z </startTime></activity></document>`,
    );
    expect(records).toMatchObject([
      { kind: "activity", id: { local: "x" }, startTime: "2012-01-01T00:00:00Z" },
    ]);
    expect(records[0]?.id && uriOf(records[0].id)).toBe("http://a/x");
  });
});

describe("values", () => {
  test.each([
    ["<ex:p>a &lt;b&gt; &amp; &#x1F600;<![CDATA[<c>]]></ex:p>", "a <b> & 😀<c>"],
    ["<ex:p/>", ""],
    ["<ex:p>  two  </ex:p>", "  two  "],
    ['<ex:p xsi:type="xsd:string">x</ex:p>', "x"],
    ['<ex:p xsi:type="xsd:int">\n 5 \n</ex:p>', typedLiteral("5", xsdName("int"))],
    ['<prov:label xml:lang="fr">bonjour</prov:label>', langString("bonjour", "fr")],
    [
      '<ex:p xml:lang="fr" xsi:type="prov:InternationalizedString">bonjour</ex:p>',
      langString("bonjour", "fr"),
    ],
    [
      '<ex:p xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xsi:type="rdf:XMLLiteral">\n  <x:a xmlns:x="http://x/">\n    <x:b k="1>0"/> two\n  </x:a>\n</ex:p>',
      typedLiteral(
        '<x:a xmlns:x="http://x/"><x:b k="1>0"/> two\n  </x:a>',
        qualifiedName(
          { prefix: "rdf", uri: "http://www.w3.org/1999/02/22-rdf-syntax-ns#" },
          "XMLLiteral",
        ),
      ),
    ],
  ])("%s", async (element, value) => {
    expect(await valueIn(element)).toEqual(value);
  });

  test.each(['<ex:p xsi:type="xsd:QName"> ex:n </ex:p>', '<ex:p prov:ref="ex:n"/>'])(
    "%s is a name",
    async (element) => {
      expect(await valueIn(element)).toMatchObject({ local: "n" });
    },
  );

  test("a name without prefix or default namespace, as in PROV-XML's own examples, is a string", async () => {
    const element = '<prov:type xsi:type="xsd:QName">Editing</prov:type>';
    expect(await valueIn(element)).toBe("Editing");
    expect(await warningsOf(`<prov:entity prov:id="ex:e">${element}</prov:entity>`)).toEqual([
      "name",
    ]);
  });

  test("an element's name stands for what Python prov escaped in it", async () => {
    const { records } = await read(
      '<prov:entity prov:id="ex:e"><ex:_x0031_st_x005F_x0041_>v</ex:_x0031_st_x005F_x0041_></prov:entity>',
    );
    expect(records[0]?.attributes[0]?.[0].local).toBe("1st_x0041_");
  });

  test("an element in an element is told, and its text is not the value's", async () => {
    const body = '<prov:entity prov:id="ex:e"><ex:p>a<ex:q>b</ex:q>c</ex:p></prov:entity>';
    expect((await read(body)).records[0]?.attributes).toMatchObject([[{ local: "p" }, "ac"]]);
    expect(await warningsOf(body)).toEqual(["structure"]);
  });
});

const bomb = `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n`;

describe("errors", () => {
  test.each([
    ["", 1, 1, /document is empty/],
    ["<html/>", 1, 1, /Expected the element <prov:document>.*got <html>/],
    ["<prov:document/>", 1, 16, /unbound namespace prefix/],
    ["hello", 1, 1, /Expected XML/],
    [`${bomb}${open}</prov:document>`, 1, 1, /declares entities or elements is not read/],
    ['<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', 1, 1, /is not read/],
    [`${open}&undefined;</prov:document>`, 2, 11, /undefined entity/],
    [`${open}<prov:entity prov:id="ey:e"/></prov:document>`, 2, 1, /"ey".*not declared/],
    [`${open}<prov:entity prov:id="e"/></prov:document>`, 2, 1, /no default namespace/],
    [`${open}<prov:entity/></prov:document>`, 2, 1, /prov:id of <entity>/],
    [`${open}<prov:entty/></prov:document>`, 2, 1, /did you mean <prov:entity>/],
    [
      `${open}<prov:used>\n<prov:activity prov:ref="ex:a"/><prov:time>soon</prov:time></prov:used></prov:document>`,
      3,
      33,
      /"soon"/,
    ],
    [
      `${open}<prov:used>\n<prov:activity/></prov:used></prov:document>`,
      3,
      1,
      /prov:ref of <activity>/,
    ],
    [
      `${open}<prov:used><prov:activity prov:ref="ex:a"/>\n<prov:activity prov:ref="ex:a"/></prov:used></prov:document>`,
      3,
      1,
      /stands twice/,
    ],
    [
      `${open}<prov:bundleContent prov:id="ex:b">\n<prov:bundleContent prov:id="ex:c"/></prov:bundleContent></prov:document>`,
      3,
      1,
      /cannot hold bundles/,
    ],
    [`${open}<prov:entity prov:id="ex:e">`, 2, 29, /unclosed tag/],
    [`${open}<prov:entity prov:id="ex:e"></prov:agent>`, 2, 41, /unexpected close tag/],
    [`${open}<prov:entity prov:id="ex:e"><p/></prov:entity></prov:document>`, 2, 29, /namespace/],
  ])("%j at line %d, column %d", async (text, line, column, message) => {
    const error = await firstError(text);
    expect(error?.message).toMatch(message);
    expect(error?.place).toMatchObject({ line, column });
  });

  test("all wrong records are told at once", async () => {
    const error = await read(
      '<prov:entity/><prov:agent prov:id="no:a"/><prov:entity prov:id="ex:e"/>',
    ).catch((caught: unknown) => caught);
    expect(error instanceof DocumentError && error.findings.map(({ rule }) => rule)).toEqual([
      "required",
      "name",
      "required",
    ]);
  });

  test.each([
    ["deep nesting", `${open}${"<prov:other>".repeat(100_000)}`],
    ["deep nesting in a record", `${open}<prov:entity prov:id="ex:e">${"<ex:p>".repeat(100_000)}`],
    ["a long attribute", `${open}<prov:entity prov:id="${"a".repeat(5_000_000)}`],
    [
      "many attributes",
      `${open}<prov:entity ${Array.from({ length: 20_000 }, (_, i) => `a${i}="x"`).join(" ")}`,
    ],
    ["many entities", `${open}<prov:other>${"&amp;".repeat(500_000)}`],
  ])("%s ends in an error, soon", async (_, text) => {
    expect((await firstError(text))?.place).toBeDefined();
  });
});

const sample = `<?xml version="1.0" encoding="UTF-8"?>
${open}<prov:entity prov:id="ex:e"><prov:label xml:lang="de">größe</prov:label><ex:p xsi:type="xsd:int">5</ex:p></prov:entity>
<prov:wasGeneratedBy prov:id="ex:g"><prov:entity prov:ref="ex:e"/><prov:time>2012-01-01T00:00:00Z</prov:time></prov:wasGeneratedBy>
<prov:hadDictionaryMember><prov:dictionary prov:ref="ex:d"/><prov:keyEntityPair><prov:key>k</prov:key><prov:entity prov:ref="ex:e"/></prov:keyEntityPair></prov:hadDictionaryMember>
<prov:bundleContent prov:id="ex:b"><prov:entity prov:id="ex:e"/></prov:bundleContent><!-- x --></prov:document>`;

describe("damaged text", () => {
  test("every beginning is an error with a place", async () => {
    for (let length = 0; length < sample.length; length += 1) {
      expect((await firstError(sample.slice(0, length)))?.place, `${length}`).toBeDefined();
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
          await readDocument(damaged, { format: "prov-xml" });
        } catch (error) {
          if (!(error instanceof DocumentError)) throw error;
          expect(error.findings.every(({ place }) => place !== undefined)).toBe(true);
        }
      }),
      { numRuns: runs(1500) },
    );
  });
});

test("specialization, alternate and membership with an id are read as ProvToolbox writes them", async () => {
  const { records } = await read(`<prov:QualifiedAlternate prov:id="ex:i">
      <prov:alternate1 prov:ref="ex:a"/><prov:alternate2 prov:ref="ex:b"/><ex:p>1</ex:p>
    </prov:QualifiedAlternate>
    <prov:QualifiedSpecialization prov:id="ex:j">
      <prov:specificEntity prov:ref="ex:a"/><prov:generalEntity prov:ref="ex:b"/>
    </prov:QualifiedSpecialization>
    <prov:QualifiedMembership prov:id="ex:k">
      <prov:collection prov:ref="ex:c"/><prov:entity><prov:entity prov:ref="ex:a"/></prov:entity>
    </prov:QualifiedMembership>
    <prov:QualifiedHadMember>
      <prov:collection prov:ref="ex:c"/><prov:entity><prov:entity prov:ref="ex:a"/></prov:entity><ex:p>1</ex:p>
    </prov:QualifiedHadMember>`);
  expect(records).toMatchObject([
    {
      kind: "alternateOf",
      id: { local: "i" },
      alternate1: { local: "a" },
      alternate2: { local: "b" },
    },
    { kind: "specializationOf", id: { local: "j" }, specificEntity: { local: "a" } },
    { kind: "hadMember", id: { local: "k" }, collection: { local: "c" }, entity: { local: "a" } },
    {
      kind: "hadMember",
      collection: { local: "c" },
      entity: { local: "a" },
      attributes: [[{}, "1"]],
    },
  ]);
  expect(records[0]?.attributes).toHaveLength(1);
});

describe("names that ProvToolbox escapes", () => {
  const declared = `xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:prov="http://www.w3.org/ns/prov#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:ex="http://example.org/"`;
  const entity = (id: string, attribute: string, value: string, prov = "prov:"): string =>
    `<${prov}entity prov:id="ex:${id}"><ex:${attribute} xsi:type="xsd:QName">ex:${value}</ex:${attribute}></${prov}entity>`;
  const localsOf = ({ records }: ProvDocument): (string | undefined)[] =>
    records.flatMap(({ id, attributes }) => [
      id?.local,
      ...attributes.flatMap(([name, value]) => [
        name.local,
        typeof value === "object" && "local" in value ? value.local : undefined,
      ]),
    ]);

  test("are read in the form of its own writer, with one warning", async () => {
    const text = `<document xmlns="http://www.w3.org/ns/prov#" ${declared}>${entity("a_2Fb", "n_2Fx", "a\\(__b", "")}${entity("_a", "_2D", "c\\,", "")}</document>`;
    const warnings: string[] = [];
    const document = await readDocument(text, {
      format: "prov-xml",
      onWarning: ({ message }) => warnings.push(message),
    });
    expect(localsOf(document)).toEqual(["a_2Fb", "n/x", "a(__b", "_a", "2D", "c,"]);
    expect(warnings).toEqual([
      'Names were read as ProvToolbox writes them: "a\\\\(__b" is "a(__b".',
    ]);
  });

  const old = `<prov:document ${declared}>${entity("a_2Fb__c", "n_2Fx", "_2D")}${entity("_", "a___b", "v")}</prov:document>`;

  test("before 2.0 are read when that is asked for", async () => {
    const document = await readDocument(old, { format: "prov-xml", provToolboxNames: true });
    // Its order: "__" is an underscore wherever it comes first.
    expect(localsOf(document)).toEqual(["a/b_c", "n/x", "2D", "", "a__b", "v"]);
  });

  test("before 2.0 are read as they stand otherwise, for names of others look the same", async () => {
    const document = await readDocument(old, { format: "prov-xml" });
    expect(localsOf(document)).toEqual(["a_2Fb__c", "n_2Fx", "_2D", "_", "a___b", "v"]);
  });
});
