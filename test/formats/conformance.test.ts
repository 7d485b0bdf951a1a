import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { documentExtensions } from "../../src/formats/extension-document.js";
import { type FormatName, readDocument, writeDocument } from "../../src/formats/index.js";
import {
  type ProvDocument,
  type QualifiedName,
  sameDocument,
  uriOf,
} from "../../src/prov/index.js";

const formats = [
  "prov-json",
  "prov-n",
  "prov-xml",
  "turtle",
  "trig",
  "nquads",
  "prov-jsonld",
] as const satisfies readonly FormatName[];

/** What every row of docs/conformance.md is about, in PROV-N. */
const concepts: readonly (readonly [concept: string, provn: string])[] = [
  ["entity", "entity(ex:e)"],
  [
    "activity, with times",
    "activity(ex:a, 2026-11-20T10:00:00.123456789Z, 2026-11-20T11:00:00+02:00)",
  ],
  ["agent", "agent(ex:ag)"],
  ["generation", "wasGeneratedBy(ex:g; ex:e, ex:a, 2026-11-20T10:00:00Z, [prov:role='ex:r'])"],
  ["usage", "used(ex:u; ex:a, ex:e, 2026-11-20T10:00:00Z, [prov:role='ex:r'])"],
  ["communication", "wasInformedBy(ex:i; ex:a2, ex:a1, [ex:p=1])"],
  ["start", "wasStartedBy(ex:s; ex:a, ex:e, ex:a2, 2026-11-20T10:00:00Z, [prov:role='ex:r'])"],
  ["end", "wasEndedBy(ex:s; ex:a, ex:e, ex:a2, 2026-11-20T10:00:00Z, [prov:role='ex:r'])"],
  ["invalidation", "wasInvalidatedBy(ex:i; ex:e, ex:a, 2026-11-20T10:00:00Z, [prov:role='ex:r'])"],
  ["derivation", "wasDerivedFrom(ex:d; ex:e2, ex:e1, ex:a, ex:g, ex:u, [ex:p=1])"],
  [
    "revision, quotation, primary source",
    "wasRevisionOf(ex:e2, ex:e1) wasQuotedFrom(ex:e3, ex:e1) hadPrimarySource(ex:e4, ex:e1)",
  ],
  ["attribution", "wasAttributedTo(ex:t; ex:e, ex:ag, [ex:p=1])"],
  ["association, with a plan", "wasAssociatedWith(ex:s; ex:a, ex:ag, ex:plan, [prov:role='ex:r'])"],
  ["delegation", "actedOnBehalfOf(ex:d; ex:ag2, ex:ag1, ex:a, [ex:p=1])"],
  ["influence", "wasInfluencedBy(ex:i; ex:e2, ex:e1, [ex:p=1])"],
  ["specialization", "specializationOf(ex:e2, ex:e1)"],
  ["alternate", "alternateOf(ex:e2, ex:e1)"],
  ["membership", "hadMember(ex:c, ex:e1) hadMember(ex:c, ex:e2)"],
  ["mention (PROV-Links)", "mentionOf(ex:e2, ex:e1, ex:b)"],
  [
    "id and attributes of a specialization, alternate or membership",
    "provext:specializationOf(ex:s; ex:e2, ex:e1, [ex:p=1]) provext:alternateOf(ex:t; ex:e2, ex:e1) provext:hadMember(ex:m; ex:c, ex:e1, [ex:p=1])",
  ],
  ["id and attributes of a mention", "provext:mentionOf(ex:m; ex:e2, ex:e1, ex:b, [ex:p=1])"],
  ["optional arguments left out", "used(ex:a) wasGeneratedBy(ex:e) wasAssociatedWith(ex:a, -, -)"],
  [
    "plan, person, organization, software agent, collection, empty collection",
    "entity(ex:e, [prov:type='prov:Plan', prov:type='prov:Collection', prov:type='prov:EmptyCollection']) agent(ex:ag, [prov:type='prov:Person', prov:type='prov:Organization', prov:type='prov:SoftwareAgent'])",
  ],
  ["label, in a language", 'entity(ex:e, [prov:label="one", prov:label="un"@fr])'],
  ["type: name or literal", "entity(ex:e, [prov:type='ex:T', prov:type=\"text\", prov:type=5])"],
  ["value", 'entity(ex:e, [prov:value="1.50" %% xsd:decimal])'],
  ["location", "activity(ex:a, -, -, [prov:location='ex:here', prov:location=\"there\"])"],
  ["role: name or literal", "used(ex:a, ex:e, -, [prov:role='ex:r', prov:role=\"text\"])"],
  ["own attributes, several values", "entity(ex:e, [ex:p=1, ex:p=2, ex:p='ex:n', ex:p=\"x\"@en])"],
  [
    "literals of any datatype, lexical forms kept",
    'entity(ex:e, [ex:p="007" %% xsd:int, ex:p="1e0" %% xsd:double, ex:p="true" %% xsd:boolean, ex:p="http://e/" %% xsd:anyURI, ex:p="x" %% ex:own, ex:p="NaN" %% xsd:double])',
  ],
  ["any Unicode text, line ends, tabs", 'entity(ex:e, [ex:p="größe 名前 😀 \\"\\\\ \\r\\n\\t"])'],
  ["bundles", "bundle ex:b entity(ex:e) endBundle bundle ex:c endBundle"],
  ["a bundle's own namespaces", "bundle ex:b prefix ex <http://other/> entity(ex:e) endBundle"],
  ["several records of one id", "entity(ex:e, [ex:p=1]) entity(ex:e, [ex:p=2])"],
  ["names in any script", "entity(ex:größe) entity(ex:名前, [ex:ключ=1])"],
  ["names with `/`, digits first", "entity(ex:2026/11/20)"],
  ["names with `(`, `,`, `=`", "entity(ex:\\(a\\,\\ 0\\)\\=)".replace("\\ ", "")],
  [
    "PROV-Dictionary",
    'prov:derivedByInsertionFrom(ex:d2, ex:d1, {("k", ex:e)}) prov:derivedByRemovalFrom(ex:d3, ex:d2, {"k"}) prov:hadDictionaryMember(ex:d1, ex:e, "k")',
  ],
  ["extensibility expressions", 'ex:watched(ex:a, "x", -, {1, 2})'],
];

/** What PROV-N has no form for, as PROV-JSON. */
const others: readonly (readonly [concept: string, json: string])[] = [
  ["names with a blank", '"entity":{"ex:a b":{}}'],
  ["control characters in a text", '"entity":{"ex:e":{"ex:p":"a\\u0000b"}}'],
  ["halves of surrogate pairs", '"entity":{"ex:e":{"ex:p":"a\\ud800"}}'],
  ["languages that are no language tag", '"entity":{"ex:e":{"ex:p":{"$":"x","lang":"de_DE"}}}'],
];

async function document(source: string): Promise<ProvDocument> {
  return await readDocument(source);
}

function provn(body: string): string {
  return `document prefix ex <http://example.org/> prefix provext <http://openprovenance.org/prov/extension#> ${body} endDocument`;
}

/** `yes` when the document comes back as it was, `told` when a warning says that it does not. */
async function carried(original: ProvDocument, format: FormatName): Promise<string> {
  let losses = 0;
  const text = [
    ...writeDocument(original, {
      format,
      onWarning: ({ rule }) => {
        losses += rule === "not-carried" ? 1 : 0;
      },
    }),
  ].join("");
  const back = await readDocument(text, { format });
  const isSame =
    sameDocument(back, original, { strict: true }) && extensions(back) === extensions(original);
  return isSame ? "yes" : losses > 0 ? "told" : "LOST";
}

// What the extra sections say, whatever the prefixes are.
function extensions(source: ProvDocument): string {
  const { records } = documentExtensions(source, source.namespaces);
  return records
    .map((record) =>
      JSON.stringify(record, (_, value: unknown) => (isName(value) ? uriOf(value) : value)),
    )
    .sort()
    .join("\n");
}

function isName(value: unknown): value is QualifiedName {
  return typeof value === "object" && value !== null && "namespace" in value && "local" in value;
}

async function row(concept: string, source: string): Promise<string> {
  const original = await document(source);
  const cells = await Promise.all(formats.map((format) => carried(original, format)));
  return `| ${concept} | ${cells.join(" | ")} |`;
}

describe("docs/conformance.md", () => {
  const page = readFileSync("docs/conformance.md", "utf8");
  const rows = [
    ...concepts.map(([concept, body]) => [concept, provn(body)] as const),
    ...others.map(
      ([concept, json]) => [concept, `{"prefix":{"ex":"http://example.org/"},${json}}`] as const,
    ),
  ];

  test.each(rows)("says what becomes of: %s", async (concept, source) => {
    expect(page).toContain(await row(concept, source));
  });

  test("has no other rows, and no concept is lost without a word", () => {
    const found = page.split("\n").filter((line) => /^\| .*\| (yes|told) \|/.test(line));
    expect(found).toHaveLength(rows.length);
    expect(page).not.toContain("LOST");
    expect(page).toContain(`| concept | ${formats.map((name) => `\`${name}\``).join(" | ")} |`);
  });
});
