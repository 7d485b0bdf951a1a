import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DocumentError,
  type Finding,
  type FormatName,
  guessFormat,
  readDocument,
  writeDocument,
  writeTurtle,
} from "../../src/formats/index.js";
import { type ProvDocument, sameDocument } from "../../src/prov/index.js";
import { mutatedBytes } from "../support/mutated-bytes.js";
import { recordText } from "../support/record-text.js";

const prefixes = `@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix ex: <http://example.org/> .
`;

async function read(
  text: string,
  format: FormatName = "turtle",
): Promise<{ document: ProvDocument; records: string[]; warnings: string[] }> {
  const warnings: string[] = [];
  const onWarning = ({ rule, message }: Finding): void => void warnings.push(`${rule}: ${message}`);
  const document = await readDocument(text, { format, onWarning });
  return { document, records: document.records.map(recordText), warnings };
}

async function errorsOf(text: string | Uint8Array, format: FormatName): Promise<string[]> {
  try {
    await readDocument(text, { format });
  } catch (error) {
    if (error instanceof DocumentError) {
      return error.findings
        .filter(({ severity }) => severity === "error")
        .map(({ rule, message, place }) => `${place?.line}:${place?.column} ${rule}: ${message}`);
    }
    throw error;
  }
  return [];
}

describe("PROV-O as people write it", () => {
  test.each<[string, string, string[]]>([
    [
      "an unqualified statement that a qualified one repeats",
      `ex:a prov:used ex:e ; prov:qualifiedUsage [ a prov:Usage ; prov:entity ex:e ; prov:hadRole ex:input ] .`,
      ["used(ex:a, ex:e, [prov:role=ex:input])"],
    ],
    [
      "an unqualified statement beside a qualified one about something else",
      `ex:a prov:used ex:e1, ex:e2 ; prov:qualifiedUsage [ prov:entity ex:e2 ] .`,
      ["used(ex:a, ex:e2)", "used(ex:a, ex:e1)"],
    ],
    [
      "an agent beside the qualification that has the plan, as Python's older prov wrote it",
      `ex:a prov:wasAssociatedWith ex:g ; prov:qualifiedAssociation [ a prov:Association ; prov:hadPlan ex:p ] .`,
      ["wasAssociatedWith(ex:a, ex:g, plan=ex:p)"],
    ],
    [
      "agents beside several qualifications without one, where RDF does not say which is which",
      `ex:a prov:wasAssociatedWith ex:g ; prov:qualifiedAssociation [ prov:hadPlan ex:p ], [ prov:hadPlan ex:q ] .`,
      [
        "wasAssociatedWith(ex:a, plan=ex:p)",
        "wasAssociatedWith(ex:a, plan=ex:q)",
        "wasAssociatedWith(ex:a, ex:g)",
      ],
    ],
    [
      "a revision said twice, qualified and not",
      `ex:e2 prov:wasRevisionOf ex:e1 ; prov:wasDerivedFrom ex:e1 ; prov:qualifiedRevision [ a prov:Revision ; prov:entity ex:e1 ] .`,
      ["wasDerivedFrom(ex:e2, ex:e1, [prov:type=prov:Revision])"],
    ],
    [
      "each subtype of derivation",
      `ex:a prov:wasRevisionOf ex:e . ex:b prov:wasQuotedFrom ex:e . ex:c prov:hadPrimarySource ex:e .`,
      [
        "wasDerivedFrom(ex:a, ex:e, [prov:type=prov:Revision])",
        "wasDerivedFrom(ex:b, ex:e, [prov:type=prov:Quotation])",
        "wasDerivedFrom(ex:c, ex:e, [prov:type=prov:PrimarySource])",
      ],
    ],
    [
      "inverse properties",
      `ex:a prov:generated ex:e ; prov:invalidated ex:e0 ; prov:influenced ex:x .
       ex:e1 prov:wasUsedBy ex:a . ex:e2 prov:hadDerivation ex:e3 . ex:e4 prov:wasMemberOf ex:c .
       ex:g prov:hadDelegate ex:h .`,
      [
        "wasGeneratedBy(ex:e, ex:a)",
        "wasInvalidatedBy(ex:e0, ex:a)",
        "wasInfluencedBy(ex:x, ex:a)",
        "used(ex:a, ex:e1)",
        "wasDerivedFrom(ex:e3, ex:e2)",
        "hadMember(ex:c, ex:e4)",
        "actedOnBehalfOf(ex:h, ex:g)",
      ],
    ],
    [
      "the inverse of a qualified property",
      `ex:u a prov:Usage ; prov:qualifiedUsingActivity ex:a ; prov:entity ex:e .`,
      ["used(ex:a, ex:e, ex:u)"],
    ],
    [
      "a qualified influence of a kind that its class tells",
      `ex:e prov:qualifiedInfluence [ a prov:Influence, prov:Generation ; prov:activity ex:a ] .
       ex:f prov:qualifiedInfluence [ a prov:Influence ; prov:influencer ex:a ] .`,
      ["wasGeneratedBy(ex:e, ex:a, [prov:type=prov:Influence])", "wasInfluencedBy(ex:f, ex:a)"],
    ],
    [
      "prov:influencer in place of the exact property",
      `ex:a prov:qualifiedUsage [ prov:influencer ex:e ] .`,
      ["used(ex:a, ex:e)"],
    ],
    [
      "every formal of a derivation",
      `ex:e2 prov:qualifiedDerivation ex:d . ex:d a prov:Derivation ; prov:entity ex:e1 ;
         prov:hadActivity ex:a ; prov:hadGeneration ex:g ; prov:hadUsage ex:u .`,
      ["wasDerivedFrom(ex:e2, ex:e1, ex:a, ex:g, ex:u, ex:d)"],
    ],
    [
      "an association with its plan, an attribution, a delegation",
      `ex:a prov:qualifiedAssociation [ a prov:Association ; prov:agent ex:g ; prov:hadPlan ex:p ] .
       ex:e prov:qualifiedAttribution [ prov:agent ex:g ; ex:share 1 ] .
       ex:g prov:qualifiedDelegation [ prov:agent ex:h ; prov:hadActivity ex:a ] .`,
      [
        "wasAssociatedWith(ex:a, ex:g, plan=ex:p)",
        "wasAttributedTo(ex:e, ex:g, [ex:share=1^^xsd:integer])",
        "actedOnBehalfOf(ex:g, ex:h, ex:a)",
      ],
    ],
    [
      "starts and ends with trigger, starter and time",
      `ex:a prov:wasStartedBy ex:t ; prov:qualifiedStart [ a prov:Start ; prov:entity ex:t ;
         prov:hadActivity ex:s ; prov:atTime "2026-11-20T10:00:00Z"^^xsd:dateTime ] ; prov:wasEndedBy ex:u .`,
      ["wasStartedBy(ex:a, ex:t, ex:s, time=2026-11-20T10:00:00Z)", "wasEndedBy(ex:a, ex:u)"],
    ],
    [
      "the time of a generation by prov:generatedAtTime",
      `ex:e prov:wasGeneratedBy ex:a ; prov:generatedAtTime "2026-11-20T10:00:00.5Z"^^xsd:dateTime .
       ex:f a prov:Entity ; prov:generatedAtTime "2026-11-20T10:00:00Z"^^xsd:dateTime ;
         prov:invalidatedAtTime "2026-11-21T10:00:00Z"^^xsd:dateTime .`,
      [
        "wasGeneratedBy(ex:e, ex:a, time=2026-11-20T10:00:00.5Z)",
        "entity(ex:f)",
        "wasGeneratedBy(ex:f, time=2026-11-20T10:00:00Z)",
        "wasInvalidatedBy(ex:f, time=2026-11-21T10:00:00Z)",
      ],
    ],
    [
      "the times of an activity, its type told by them",
      `ex:a prov:startedAtTime "2026-11-20T10:00:00+02:00"^^xsd:dateTime ; rdfs:label "a"@en .`,
      ["activity(ex:a, startTime=2026-11-20T10:00:00+02:00, [prov:label=a@en])"],
    ],
    [
      "subclasses that imply the element",
      `ex:g a prov:Person ; foaf:name "Derek" . ex:p a prov:Plan . ex:c a prov:EmptyCollection .`,
      [
        'agent(ex:g, [prov:type=prov:Person, foaf:name="Derek"])',
        "entity(ex:p, [prov:type=prov:Plan])",
        "entity(ex:c, [prov:type=prov:EmptyCollection])",
      ],
    ],
    [
      "something that is an entity and an agent",
      `ex:g a prov:Entity, prov:Agent, prov:Person .`,
      ["entity(ex:g)", "agent(ex:g, [prov:type=prov:Person])"],
    ],
    [
      "attributes of what only its place in a relation makes an agent",
      `ex:e prov:wasAttributedTo ex:g . ex:g a foaf:Person ; foaf:name "Ada" .`,
      ["wasAttributedTo(ex:e, ex:g)", 'agent(ex:g, [prov:type=foaf:Person, foaf:name="Ada"])'],
    ],
    [
      "a value, a location, a literal as type",
      `ex:e a prov:Entity, "draft" ; prov:value "1.50"^^xsd:decimal ; prov:atLocation ex:here .`,
      ['entity(ex:e, [prov:type="draft", prov:value=1.50^^xsd:decimal, prov:location=ex:here])'],
    ],
    [
      "a mention and the bundle it is in",
      `ex:e2 prov:mentionOf ex:e1 ; prov:asInBundle ex:b .`,
      ["mentionOf(ex:e2, ex:e1, ex:b)"],
    ],
    [
      "literals in every short form, lexical forms kept",
      `ex:e a prov:Entity ; ex:n 007, 1.50, 1e0, true, "x"@fr-CA, '''a "b"''' .`,
      [
        'entity(ex:e, [ex:n=007^^xsd:integer, ex:n=1.50^^xsd:decimal, ex:n=1e0^^xsd:double, ex:n=true^^xsd:boolean, ex:n=x@fr-CA, ex:n="a \\"b\\""])',
      ],
    ],
    [
      "names as literals, with a prefix of the text",
      `ex:e a prov:Entity ; ex:q "ex:v"^^xsd:QName .`,
      ["entity(ex:e, [ex:q=ex:v])"],
    ],
    [
      "records that share an id and differ in one place",
      `ex:e prov:qualifiedGeneration ex:g . ex:g a prov:Generation ; prov:activity ex:a ;
         prov:atTime "2026-11-20T10:00:00Z"^^xsd:dateTime, "2026-11-21T10:00:00Z"^^xsd:dateTime .`,
      [
        "wasGeneratedBy(ex:e, ex:a, time=2026-11-20T10:00:00Z, ex:g)",
        "wasGeneratedBy(ex:e, ex:a, time=2026-11-21T10:00:00Z, ex:g)",
      ],
    ],
  ])("reads %s", async (_, text, expected) => {
    const { records, warnings } = await read(prefixes + text);
    expect(records).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  test("reads a relation of PROV-Dictionary into a section of its own", async () => {
    const { document } = await read(`${prefixes}
      ex:d prov:hadDictionaryMember [ prov:pairKey "k" ; prov:pairEntity ex:e ] .
      ex:d3 prov:derivedByInsertionFrom ex:d, ex:d2 ; prov:qualifiedInsertion [ a prov:Insertion ;
        prov:dictionary ex:d2 ; prov:insertedKeyEntityPair [ prov:pairKey 1 ; prov:pairEntity ex:e ] ] .
      ex:d2 prov:qualifiedRemoval ex:r . ex:r a prov:Removal ; prov:dictionary ex:d ; prov:removedKey "k" .`);
    expect(document.extraSections?.map(({ name, json }) => [name, JSON.parse(json)])).toEqual([
      [
        "hadDictionaryMember",
        { "_:x1": { "prov:dictionary": "ex:d", "prov:key-entity-set": [{ key: "k", $: "ex:e" }] } },
      ],
      [
        "derivedByInsertionFrom",
        {
          "_:x2": { "prov:after": "ex:d3", "prov:before": "ex:d", "prov:key-entity-set": [] },
          "_:x3": {
            "prov:after": "ex:d3",
            "prov:before": "ex:d2",
            "prov:key-entity-set": [{ key: { $: "1", type: "xsd:integer" }, $: "ex:e" }],
          },
        },
      ],
      [
        "derivedByRemovalFrom",
        { "ex:r": { "prov:after": "ex:d2", "prov:before": "ex:d", "prov:key-set": ["k"] } },
      ],
    ]);
    const trig = [...writeDocument(document, { format: "trig" })].join("");
    expect((await read(trig, "trig")).document.extraSections).toEqual(document.extraSections);
  });
});

describe("names", () => {
  test("get the longest prefix of the text, and a generated one where there is none", async () => {
    const { document } = await read(`@prefix a: <http://a/> . @prefix ab: <http://a/b/> .
      @prefix prov: <http://www.w3.org/ns/prov#> .
      a:x a prov:Entity . <http://a/b/y> a prov:Entity . <http://c/d#z> a prov:Entity .
      <urn:uuid:1> a prov:Entity .`);
    expect(document.records.map(recordText)).toEqual([
      "entity(a:x)",
      "entity(ab:y)",
      "entity(ns1:z)",
      "entity(ns2:1)",
    ]);
    expect(document.namespaces).toContainEqual({ prefix: "ns1", uri: "http://c/d#" });
    expect(document.namespaces).toContainEqual({ prefix: "ns2", uri: "urn:uuid:" });
  });

  test("are resolved against the base of the text, the given one, or file:/// with a warning", async () => {
    const text = "<e> a <http://www.w3.org/ns/prov#Entity> .";
    const uriWith = async (source: string, baseIri?: string): Promise<string[]> => {
      const warnings: Finding[] = [];
      const document = await readDocument(source, {
        format: "turtle",
        onWarning: (finding) => warnings.push(finding),
        ...(baseIri !== undefined && { baseIri }),
      });
      return [
        ...document.records.map(({ id }) => `${id?.namespace.uri}${id?.local}`),
        ...warnings.map(({ rule }) => rule),
      ];
    };
    expect(await uriWith(`@base <http://b/c/> . ${text}`)).toEqual(["http://b/c/e"]);
    expect(await uriWith(text, "http://d/f/doc.ttl")).toEqual(["http://d/f/e"]);
    expect(await uriWith(text)).toEqual(["file:///e", "relative-iri"]);
  });

  test("of blank nodes are kept where something refers to them", async () => {
    const { records, document } = await read(`${prefixes}
      [] a prov:Entity ; ex:n "1" .
      _:b1 a prov:Entity .
      ex:e2 prov:qualifiedDerivation [ prov:entity ex:e1 ; prov:hadUsage _:u ] .
      ex:a prov:qualifiedUsage _:u . _:u prov:entity ex:e1 .`);
    expect(records).toHaveLength(4);
    const ids = document.records.map(({ id }) => id?.local);
    expect(ids[1]).toBe("b1");
    expect(ids[0]).not.toBe("b1");
    expect(document.records.find(({ kind }) => kind === "used")?.id?.local).toBe("u");
  });
});

describe("bundles", () => {
  test("are named graphs, declared as prov:Bundle or not", async () => {
    const { document } = await read(
      `${prefixes}
      ex:b1 a prov:Bundle . ex:b2 a prov:Bundle, prov:Entity ; prov:wasAttributedTo ex:g .
      ex:b1 { ex:e a prov:Entity . } GRAPH ex:b2 { ex:e a prov:Entity . } ex:b3 { ex:b3 a prov:Bundle . }`,
      "trig",
    );
    expect(document.records.map(recordText)).toEqual([
      "entity(ex:b2, [prov:type=prov:Bundle])",
      "wasAttributedTo(ex:b2, ex:g)",
    ]);
    expect(document.bundles.map(({ id, records }) => [id.local, records.map(recordText)])).toEqual([
      ["b1", ["entity(ex:e)"]],
      ["b2", ["entity(ex:e)"]],
      ["b3", []],
    ]);
  });

  test("are written among the records of the document in Turtle, with a warning", async () => {
    const { document } = await read(`${prefixes} ex:b { ex:e a prov:Entity . }`, "trig");
    const warnings: Finding[] = [];
    const text = [
      ...writeDocument(document, { format: "turtle", onWarning: (each) => warnings.push(each) }),
    ].join("");
    expect((await read(text)).records).toEqual(["entity(ex:e)"]);
    expect(warnings.map(({ message }) => message)).toEqual([
      "Turtle cannot carry bundles; its records are written among those of the document (TriG keeps them apart) (record bundle(ex:b)).",
    ]);
  });
});

describe("a relation that lacks an argument it needs", () => {
  test.each([
    [
      "ex:e prov:qualifiedDerivation [ a prov:Derivation ] .",
      "wasDerivedFrom(ex:e)",
      'A wasDerivedFrom needs "prov:usedEntity"; taken to be unknown.',
    ],
    [
      "ex:u a prov:Usage ; prov:entity ex:e .",
      "used(ex:e, ex:u)",
      'A used needs "prov:activity"; taken to be unknown.',
    ],
    [
      "ex:e prov:mentionOf ex:f .",
      "mentionOf(ex:e, ex:f)",
      'A mentionOf needs "prov:bundle"; taken to be unknown.',
    ],
  ])("is read with a warning from %s", async (text, record, warning) => {
    const { records, warnings } = await read(prefixes + text);
    expect(records).toEqual([record]);
    expect(warnings).toEqual([`missing-formal: ${warning}`]);
  });
});

describe("what is left out is told", () => {
  test.each<[string, string, string]>([
    ["resources that are not of PROV", "ex:x a foaf:Document .", "not-prov"],
    [
      "a pair without entity",
      'ex:d prov:hadDictionaryMember [ prov:pairKey "k" ] .',
      "incomplete-relation",
    ],
    [
      "formals that contradict each other in two places",
      "ex:a prov:qualifiedStart ex:s . ex:s a prov:Start ; prov:entity ex:e, ex:f ; prov:hadActivity ex:b, ex:c .",
      "ambiguous-relation",
    ],
    [
      "a time that is no xsd:dateTime",
      'ex:a a prov:Activity ; prov:startedAtTime "2026-11-20T10:00:00Z" .',
      "time-type",
    ],
    [
      "a time that is none at all",
      'ex:a a prov:Activity ; prov:startedAtTime "yesterday" .',
      "time-type",
    ],
    [
      "a name whose prefix is unknown",
      'ex:e a prov:Entity ; ex:q "no:v"^^xsd:QName .',
      "unknown-prefix",
    ],
  ])("%s", async (_, text, rule) => {
    const { warnings } = await read(prefixes + text);
    expect(warnings.map((each) => each.split(":")[0])).toContain(rule);
  });
});

describe("errors", () => {
  test.each<[string, FormatName, string]>([
    ["ex:e a prov:Entity .", "turtle", '1:1 rdf-syntax: Not Turtle: Undefined prefix "ex:".'],
    ['@prefix a: <b:c> .\na:b a "x', "turtle", '2:7 rdf-syntax: Not Turtle: Unexpected ""x".'],
    ["<a:b> <c:d> <e f> .", "turtle", '1:13 rdf-syntax: Not Turtle: Unexpected "<e".'],
    ["<a:b> <c:d>", "trig", "1:12 rdf-syntax: Not TriG: Expected entity but got eof."],
    [
      "<a:b> { <c:d> <e:f> <g:h> .",
      "turtle",
      "1:7 rdf-syntax: Not Turtle: Expected entity but got {.",
    ],
    [
      '<a:b> <c:d> "e" .\n<a:b> <c:d> e .',
      "nquads",
      '2:13 rdf-syntax: Not N-Quads: Unexpected "e".',
    ],
    [
      '@prefix prov: <http://www.w3.org/ns/prov#> .\n<a:b> prov:startedAtTime "2026-13-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .',
      "turtle",
      '2:94 time: Expected an xsd:dateTime such as "2026-11-20T10:00:00.5Z" as "prov:startedAtTime", got "2026-13-01T00:00:00Z".',
    ],
  ])("%j as %s has its place", async (text, format, expected) => {
    expect(await errorsOf(text, format)).toEqual([expected]);
  });

  test("bytes that are no UTF-8 have their place", async () => {
    const bytes = new Uint8Array([...Buffer.from('<a:b> <c:d> "\n'), 0xe9, 0x22, 0x20, 0x2e]);
    expect(await errorsOf(bytes, "turtle")).toEqual([
      expect.stringMatching(/^2:1 encoding: The byte 0xE9 is not UTF-8/),
    ]);
  });

  test("of mutated texts are document errors, never anything else", async () => {
    const text = `${prefixes}
ex:e a prov:Entity ; rdfs:label "a \\u00e9" ; prov:wasGeneratedBy ex:a .
ex:a prov:qualifiedUsage [ a prov:Usage ; prov:entity ex:e ; prov:atTime "2026-11-20T10:00:00Z"^^xsd:dateTime ] .
ex:b { ex:e2 prov:wasRevisionOf ex:e ; prov:mentionOf ex:e ; prov:asInBundle ex:b . }
ex:d2 prov:qualifiedInsertion [ prov:dictionary ex:d ; prov:insertedKeyEntityPair [ prov:pairKey "k" ; prov:pairEntity ex:e ] ] .`;
    const formats = fc.constantFrom<FormatName>("turtle", "trig", "nquads");
    await fc.assert(
      fc.asyncProperty(
        mutatedBytes(text, '.;,[]{}"<>@:^# \n\\'),
        formats,
        async (source, format) => {
          const found = await errorsOf(source, format);
          for (const each of found) expect(each).toMatch(/^\d+:\d+ /);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("are found where the parser stumbles as well", async () => {
    expect(await errorsOf("@prefix ex: <#", "turtle")).toHaveLength(1);
    expect(await errorsOf("@prefix ex: <a b> .", "nquads")).toHaveLength(1);
  });

  test("do not take long to find, however a text is made", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => i);
    const texts = [
      `${prefixes}ex:e ${"prov:wasDerivedFrom ex:f ; ".repeat(5000)} prov:wasRevisionOf ex:f .`,
      `${prefixes}${many.map((i) => `ex:s${i} prov:qualifiedUsage ex:u .`).join("\n")}`,
      `${prefixes}ex:a ${many.map((i) => `prov:generatedAtTime "2026-11-20T10:00:00.${i}Z"^^xsd:dateTime`).join(" ; ")} .`,
      `${prefixes}ex:a prov:qualifiedStart ex:s . ex:s prov:entity ${many.map((i) => `ex:e${i}`).join(",")} ; prov:hadActivity ex:b, ex:c .`,
      `${prefixes}ex:e a prov:Entity ; ex:p ${"[ ex:p ".repeat(5000)}`,
      `${prefixes}ex:e a prov:Entity ; ex:p ${"( ".repeat(5000)}`,
    ];
    const before = process.cpuUsage();
    for (const text of texts) await errorsOf(text, "turtle");
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(10);
  });
});

test.each<[string, FormatName | undefined]>([
  ["@prefix prov: <http://www.w3.org/ns/prov#> .", "trig"],
  ["# a comment\n\nPREFIX prov: <http://www.w3.org/ns/prov#>", "trig"],
  ["<http://a/b> a <http://www.w3.org/ns/prov#Entity> .", "trig"],
  ['<http://a/b> <http://c/d> "e \\"f\\""@en <http://g/h> .\n', "nquads"],
  ["_:a <http://c/d> _:b .\n", "nquads"],
  ["<prov:document xmlns:prov='http://www.w3.org/ns/prov#'>", "prov-xml"],
  ['{"@context": [{}], "@graph": []}', "prov-jsonld"],
  ['{"prefix": {}}', "prov-json"],
])("%j is guessed to be %s", (head, format) => {
  expect(guessFormat(head)?.name).toBe(format);
});

test("an unqualified statement is written beside every qualified one only when it is asked for", async () => {
  const { document } = await read(
    `${prefixes}ex:a prov:qualifiedUsage [ prov:entity ex:e ; prov:hadRole "r" ] .`,
  );
  const direct = /ex:a prov:used ex:e/;
  expect([...writeTurtle(document)].join("")).not.toMatch(direct);
  const both = [...writeTurtle(document, { unqualified: true })].join("");
  expect(both).toMatch(direct);
  expect(sameDocument((await read(both)).document, document)).toBe(true);
});
