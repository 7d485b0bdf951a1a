import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DocumentError,
  type Finding,
  readDocument,
  writeDocument,
} from "../../src/formats/index.js";
import { type ProvDocument, type provName, qualifiedName } from "../../src/prov/index.js";
import { mutatedBytes } from "../support/mutated-bytes.js";
import { recordText } from "../support/record-text.js";

const context = `"@context":[{"ex":"http://example.org/","xsd":"http://www.w3.org/2001/XMLSchema#","prov":"http://www.w3.org/ns/prov#"},"https://openprovenance.org/prov-jsonld/context.jsonld"]`;

function graph(...statements: string[]): string {
  return `{${context},\n"@graph":[\n${statements.join(",\n")}\n]}`;
}

async function read(text: string): Promise<{ document: ProvDocument; warnings: Finding[] }> {
  const warnings: Finding[] = [];
  const onWarning = (finding: Finding): void => void warnings.push(finding);
  return { document: await readDocument(text, { format: "prov-jsonld", onWarning }), warnings };
}

async function recordsOf(text: string): Promise<string[]> {
  return (await read(text)).document.records.map(recordText);
}

async function errorsOf(source: string | Uint8Array): Promise<string[]> {
  try {
    await readDocument(source, { format: "prov-jsonld" });
  } catch (error) {
    if (error instanceof DocumentError) {
      return error.findings
        .filter(({ severity }) => severity === "error")
        .map(
          ({ rule, message, place, path = "" }) =>
            `${place?.line}:${place?.column} ${path} ${rule}: ${message}`,
        );
    }
    throw error;
  }
  return [];
}

describe("statements", () => {
  test.each<[string, string, string[]]>([
    [
      "an element with every kind of value",
      `{"@type":"Entity","@id":"ex:e","type":["ex:T",{"@value":"draft"}],"label":[{"@value":"une","@language":"fr"}],"location":["ex:here"],"value":[{"@value":"1.50","@type":"xsd:decimal"}],"ex:q":[{"@value":"ex:v","@type":"prov:QUALIFIED_NAME"},{"@value":"ex:w","@type":"xsd:QName"},{"@value":"plain"}]}`,
      [
        'entity(ex:e, [prov:type=ex:T, prov:type="draft", prov:label=une@fr, prov:location=ex:here, prov:value=1.50^^xsd:decimal, ex:q=ex:v, ex:q=ex:w, ex:q="plain"])',
      ],
    ],
    [
      "a derivation with all its formals",
      `{"@type":"Derivation","@id":"ex:d","generatedEntity":"ex:e2","usedEntity":"ex:e1","activity":"ex:a","generation":"ex:g","usage":"ex:u"}`,
      ["wasDerivedFrom(ex:e2, ex:e1, ex:a, ex:g, ex:u, ex:d)"],
    ],
    [
      "a usage with time and role",
      `{"@type":"Usage","activity":"ex:a","entity":"ex:e","time":"2026-11-20T10:00:00.123456789Z","role":["ex:input"]}`,
      ["used(ex:a, ex:e, time=2026-11-20T10:00:00.123456789Z, [prov:role=ex:input])"],
    ],
    [
      "a membership of several, one or none",
      `{"@type":"Membership","collection":"ex:c","entity":["ex:e","ex:f"]},{"@type":"Membership","collection":"ex:c","entity":"ex:g"}`,
      ["hadMember(ex:c, ex:e)", "hadMember(ex:c, ex:f)", "hadMember(ex:c, ex:g)"],
    ],
    [
      "the names that older ProvToolbox releases give types and terms",
      `{"@type":"prov:Agent","@id":"ex:g","prov:type":["prov:Person"],"ex:name":[{"@value":"Derek"}]}`,
      ['agent(ex:g, [prov:type=prov:Person, ex:name="Derek"])'],
    ],
    [
      "names that ProvToolbox writes without a type",
      `{"@type":"Entity","@id":"ex:e","ex:q":["ex:v"],"ex:s":["mailto:x"]}`,
      ['entity(ex:e, [ex:q=ex:v, ex:s="mailto:x"])'],
    ],
    [
      "relations without an id to which ProvToolbox gives attributes",
      `{"@type":"QualifiedHadMember","collection":"ex:c","entity":["ex:e"],"ex:k":["ex:v"]},{"@type":"QualifiedAlternateOf","alternate1":"ex:a","alternate2":"ex:b"},{"@type":"QualifiedSpecializationOf","specificEntity":"ex:a","generalEntity":"ex:b"}`,
      [
        "hadMember(ex:c, ex:e, [ex:k=ex:v])",
        "alternateOf(ex:a, ex:b)",
        "specializationOf(ex:a, ex:b)",
      ],
    ],
    [
      "texts that only begin like a name",
      `{"@type":"Entity","@id":"ex:e","label":["ex:shed"],"ex:s":["ex:shed is red",{"@value":"ex:shed"}]}`,
      ['entity(ex:e, [prov:label="ex:shed", ex:s="ex:shed is red", ex:s="ex:shed"])'],
    ],
    [
      "values that JSON types itself, without an array",
      `{"@type":"Entity","@id":"ex:e","ex:n":5,"ex:b":true,"ex:o":{"@id":"ex:v"},"label":"plain"}`,
      ['entity(ex:e, [ex:n=5^^xsd:int, ex:b=true^^xsd:boolean, ex:o=ex:v, prov:label="plain"])'],
    ],
    [
      "a subtype as type",
      `{"@type":["Entity","prov:Plan"],"@id":"ex:p"},{"@type":"Revision","generatedEntity":"ex:b","usedEntity":"ex:a"}`,
      [
        "entity(ex:p, [prov:type=prov:Plan])",
        "wasDerivedFrom(ex:b, ex:a, [prov:type=prov:Revision])",
      ],
    ],
    [
      "IRIs in place of names",
      `{"@type":"Entity","@id":"http://example.org/x"},{"@type":"Entity","@id":"urn:uuid:1"}`,
      ["entity(ex:x)", "entity(ns1:1)"],
    ],
  ])("reads %s", async (_, statements, expected) => {
    expect(await recordsOf(graph(statements))).toEqual(expected);
  });

  test("may stand alone, and before their context", async () => {
    expect(await recordsOf(`{${context},"@type":"Entity","@id":"ex:e"}`)).toEqual(["entity(ex:e)"]);
    const late = `{"@graph":[{"@type":"Entity","@id":"ex:e"}],${context}}`;
    expect(await recordsOf(late)).toEqual(["entity(ex:e)"]);
  });
});

describe("contexts", () => {
  test.each<[string, string, string]>([
    ["@base", `{"@base":"http://d/"}`, "http://d/e"],
    ["@vocab", `{"@vocab":"http://v/"}`, "http://v/e"],
    ["@base before @vocab", `{"@vocab":"http://v/","@base":"http://d/"}`, "http://d/e"],
  ])("%s is the default namespace", async (_, entry, uri) => {
    const { document } = await read(
      `{"@context":[${entry},"https://openprovenance.org/prov-jsonld/context.jsonld"],"@graph":[{"@type":"Entity","@id":"e"}]}`,
    );
    const id = document.records[0]?.id;
    expect(`${id?.namespace.uri}${id?.local}`).toBe(uri);
  });

  test.each([
    "https://openprovenance.org/prov-jsonld/context.jsonld",
    "http://openprovenance.org/prov-jsonld.json",
    "https://openprovenance.org/prov-jsonld/context-2024-06-19.json",
    "http://openprovenance.org/prov.jsonld",
  ])("%s is known", async (url) => {
    const text = `{"@context":[{"ex":"http://e/"},"${url}"],"@graph":[{"@type":"Entity","@id":"ex:e"}]}`;
    expect(await recordsOf(text)).toEqual(["entity(ex:e)"]);
  });

  test("other remote contexts are refused, not fetched", async () => {
    expect(await errorsOf(`{"@context":"https://schema.org","@graph":[]}`)).toEqual([
      '1:13 /@context remote-context: The context "https://schema.org" is not one of PROV-JSONLD, and contexts are not fetched. Put its prefixes into the document.',
    ]);
  });

  test("the context of PROV-JSONLD may stand in the document", async () => {
    const { provJsonldContext } = await import("../../src/formats/index.js");
    const text = JSON.stringify({
      "@context": [{ ex: "http://e/" }, provJsonldContext()],
      "@graph": [{ "@type": "Entity", "@id": "ex:e", label: [{ "@value": "x" }] }],
    });
    const { document, warnings } = await read(text);
    expect(document.records.map(recordText)).toEqual(['entity(ex:e, [prov:label="x"])']);
    expect(warnings).toEqual([]);
  });
});

describe("bundles", () => {
  test("have prefixes of their own, also for their id", async () => {
    const { document } = await read(
      graph(
        `{"@type":"Bundle","@id":"ex:b","@context":[{"ex":"http://other/"}],"@graph":[{"@type":"Entity","@id":"ex:e"}]}`,
        `{"@type":"Entity","@id":"ex:e"}`,
      ),
    );
    const [bundle] = document.bundles;
    expect(bundle?.id.namespace.uri).toBe("http://other/");
    expect(bundle?.records[0]?.id?.namespace.uri).toBe("http://other/");
    expect(document.records[0]?.id?.namespace.uri).toBe("http://example.org/");
  });

  test("cannot stand in bundles", async () => {
    const inner = `{"@type":"Bundle","@id":"ex:c","@graph":[]}`;
    expect(await errorsOf(graph(`{"@type":"Bundle","@id":"ex:b","@graph":[${inner}]}`))).toEqual([
      expect.stringMatching(/^3:42 \/@graph\/0\/@graph\/0 nested-bundle: /),
    ]);
  });
});

describe("errors", () => {
  test.each<[string, string]>([
    [`{"@type":"Entity"}`, '3:1 /@graph/0 element-id: The entity needs an "@id".'],
    [
      `{"@type":"Thing","@id":"ex:e"}`,
      '3:10 /@graph/0 statement-type: Expected a type of PROV-JSONLD (Entity, Activity, Usage …) as "@type", got "Thing".',
    ],
    [`{"@id":"ex:e"}`, '3:1 /@graph/0 statement-type: A statement needs an "@type".'],
    [
      `{"@type":"Entity","@id":"no:e"}`,
      '3:25 /@graph/0 name: The prefix "no" of "no:e" is not declared. Declare it in the context.',
    ],
    [
      `{"@type":"Usage","activity":["ex:a","ex:b"]}`,
      '3:29 /@graph/0 formal: Expected one name as "activity", got 2.',
    ],
    [
      `{"@type":"Activity","@id":"ex:a","startTime":"2026-13-01"}`,
      '3:46 /@graph/0 time: Expected an xsd:dateTime such as "2026-11-20T10:00:00.5Z", got "2026-13-01".',
    ],
    [
      `{"@type":"Entity","@id":"ex:e","ex:n":[null]}`,
      "3:40 /@graph/0 attribute-value: Expected a value, got null.",
    ],
    [
      `{"@type":"Entity","@id":"ex:e","@id":"ex:f"}`,
      '3:32 /@graph/0 duplicate-key: The key "@id" stands twice.',
    ],
    [
      `{"@type":"Entity","@id":"ex:e","ex:n":[{"@value":"5","@type":"no:t"}]}`,
      '3:62 /@graph/0 datatype: The prefix "no" of "no:t" is not declared. Declare it in the context.',
    ],
    [
      `{"@type":"Entity","@id":"ex:e","prov:wasGeneratedBy":{"@id":"ex:a"}}`,
      '3:32 /@graph/0 jsonld-form: "prov:wasGeneratedBy" is a property of PROV-O, not of PROV-JSONLD, where a relation is a statement of its own. Turn the document into N-Quads with a JSON-LD processor, and read these.',
    ],
    ["5", "3:1 /@graph/0 jsonld-form: Expected a statement, an object."],
  ])("%s has its place", async (statement, expected) => {
    expect(await errorsOf(graph(statement))).toEqual([expected]);
  });

  test.each<[string, string]>([
    ["", "1:1  json-syntax: Expected a JSON object, but the text ends here: it is truncated."],
    [`{${context}`, expect.stringMatching(/json-syntax: .* truncated\.$/)],
    [`{${context},"@graph":[]} x`, expect.stringMatching(/nothing after the document, got "x"\.$/)],
    [`{"@graph":[]}`, '1:1  jsonld-form: A PROV-JSONLD document needs a "@context".'],
    [
      `{${context},"@graph":{}}`,
      expect.stringMatching(/jsonld-form: Expected an array as "@graph"/),
    ],
    [`"text"`, expect.stringMatching(/^1:1 {2}jsonld-form: /)],
  ])("the document %j has its place", async (text, expected) => {
    expect(await errorsOf(text)).toEqual([expected]);
  });

  test("of mutated texts are document errors, never anything else", async () => {
    const text = graph(
      `{"@type":"Entity","@id":"ex:e","type":["ex:T",{"@value":"\\u00e9"}],"ex:n":[{"@value":"5","@type":"xsd:int"}]}`,
      `{"@type":"Usage","activity":"ex:a","entity":"ex:e","time":"2026-11-20T10:00:00Z"}`,
      `{"@type":"Membership","collection":"ex:c","entity":["ex:e"]}`,
      `{"@type":"Bundle","@id":"ex:b","@context":[{}],"@graph":[{"@type":"Agent","@id":"ex:g"}]}`,
    );
    await fc.assert(
      fc.asyncProperty(mutatedBytes(text, '{}[]",:@\\ 0n'), async (source) => {
        const found = await errorsOf(source);
        for (const each of found) expect(each).toMatch(/^\d+:\d+ /);
      }),
      { numRuns: 1000 },
    );
  });

  test("of deep nesting come before the stack ends", async () => {
    const deep = "[".repeat(100_000);
    expect(await errorsOf(graph(`{"@type":"Entity","@id":"ex:e","ex:n":${deep}`))).toEqual([
      expect.stringMatching(/json-syntax: Nested deeper than \d+ levels\.$/),
    ]);
    expect(await errorsOf(`{"@context":${deep}`)).toHaveLength(1);
    expect(await errorsOf(`{${context},"@graph":${deep}`)).toHaveLength(1);
  });
});

test("a mentionOf and a section that is not of PROV-DM are left out with a warning", () => {
  const name = (local: string): ReturnType<typeof provName> =>
    qualifiedName({ prefix: "ex", uri: "http://example.org/" }, local);
  const warnings: Finding[] = [];
  const text = [
    ...writeDocument(
      {
        namespaces: [],
        records: [
          {
            kind: "mentionOf",
            specificEntity: name("a"),
            generalEntity: name("b"),
            bundle: name("c"),
            attributes: [],
          },
        ],
        bundles: [],
        extraSections: [{ name: "hadDictionaryMember", json: "{}" }],
      },
      { format: "prov-jsonld", onWarning: (finding) => warnings.push(finding) },
    ),
  ].join("");
  expect(JSON.parse(text)["@graph"]).toEqual([]);
  expect(warnings.map(({ message }) => message)).toEqual([
    'PROV-JSONLD cannot carry sections that are not of PROV-DM; it is left out (record "hadDictionaryMember").',
    "PROV-JSONLD cannot carry a mentionOf; it is left out (record mentionOf(-; ex:a, ex:b, ex:c)).",
  ]);
});
