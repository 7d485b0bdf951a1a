import fc from "fast-check";
// @ts-expect-error: the package has no types.
import jsonld from "jsonld";
import { Parser, type Quad } from "n3";
import { isomorphic } from "rdf-isomorphic";
import { expect, test } from "vitest";
import { provJsonldContext, readDocument, writeDocument } from "../../src/formats/index.js";
import {
  datatypes,
  type ProvDocument,
  provAttributes,
  provTypes,
  qualifiedName,
  sameDocument,
  typedLiteral,
} from "../../src/prov/index.js";
import { rdfDocuments } from "./tame-documents.js";

// Nothing is fetched: every address is answered with the context that is built in.
const documentLoader = async (url: string): Promise<object> => ({
  documentUrl: url,
  contextUrl: null,
  document: { "@context": provJsonldContext() },
});

async function quadsOf(document: ProvDocument): Promise<string> {
  const text = [...writeDocument(document, { format: "prov-jsonld" })].join("");
  const options = { documentLoader, format: "application/n-quads" };
  return String(await jsonld.toRDF(JSON.parse(text), options));
}

const ex = { prefix: "ex", uri: "http://example.org/" };
const name = (local: string): ReturnType<typeof qualifiedName> => qualifiedName(ex, local);

test("a JSON-LD processor makes of PROV-JSONLD what N-Quads says", async () => {
  const time = "2026-11-20T10:00:00.500Z";
  const document: ProvDocument = {
    namespaces: [ex],
    records: [
      {
        kind: "entity",
        id: name("e"),
        attributes: [
          [provAttributes.type, provTypes.Plan],
          [provAttributes.label, { text: "une entité", lang: "fr" }],
          [provAttributes.value, "v"],
          [provAttributes.location, name("here")],
          [name("n"), typedLiteral("1.50", datatypes.decimal)],
        ],
      },
      { kind: "activity", id: name("a"), startTime: time, endTime: time, attributes: [] },
      { kind: "agent", id: name("g"), attributes: [[provAttributes.type, "a string"]] },
      {
        kind: "used",
        id: name("u"),
        activity: name("a"),
        entity: name("e"),
        time,
        attributes: [[provAttributes.role, name("input")]],
      },
      {
        kind: "wasStartedBy",
        activity: name("a"),
        trigger: name("e"),
        starter: name("b"),
        time,
        attributes: [],
      },
      {
        kind: "wasDerivedFrom",
        generatedEntity: name("f"),
        usedEntity: name("e"),
        activity: name("a"),
        generation: name("w"),
        usage: name("u"),
        attributes: [],
      },
    ],
    bundles: [
      {
        id: name("bundle"),
        namespaces: [],
        records: [{ kind: "wasGeneratedBy", entity: name("f"), time, attributes: [] }],
      },
    ],
  };
  const parse = (text: string): Quad[] => new Parser({ format: "N-Quads" }).parse(text);
  const ours = [...writeDocument(document, { format: "nquads" })].join("");
  const theirs = await quadsOf(document);
  expect(parse(theirs).length).toBe(parse(ours).length);
  expect(isomorphic(parse(theirs), parse(ours))).toBe(true);
});

test("what a JSON-LD processor makes of PROV-JSONLD reads as the same document", async () => {
  await fc.assert(
    fc.asyncProperty(rdfDocuments({ shared: true }), async (document) => {
      // Without bundles N-Quads are Turtle, which can declare the prefixes of names in literals.
      const prefixes = document.namespaces
        .map(({ prefix, uri }) => `@prefix ${prefix}: <${uri}> .\n`)
        .join("");
      // The processor writes languages in small letters.
      const quads = (await quadsOf(document)).replaceAll("@fr-ca", "@fr-CA");
      const back = await readDocument(prefixes + quads, { format: "turtle" });
      expect(sameDocument(back, document)).toBe(true);
    }),
    { numRuns: 40 },
  );
});
