import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anonymousId,
  type Dialect,
  DocumentError,
  dialects,
  documentHead,
  documentTail,
  memberSeparator,
  parseProvJson,
  recordMember,
  sectionHead,
  sectionOrder,
  sectionTail,
  writeProvJson,
} from "../../src/formats/index.js";
import {
  type Attribute,
  isElementKind,
  type ProvDocument,
  type ProvRecord,
  provName,
  qualifiedName,
  sameDocument,
  uriOf,
} from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { runs } from "../support/tier.js";

function written(document: ProvDocument, dialect: Dialect): string {
  return [...writeProvJson(document, { dialect })].join("");
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the yprov dialect makes of a document by design: flat, plain types beside true ones. */
function yprovView({ namespaces, records, bundles }: ProvDocument): ProvDocument {
  const all = [...records, ...bundles.flatMap((bundle) => bundle.records)];
  return { namespaces, records: all.map(withPlainType), bundles: [] };
}

function withPlainType(record: ProvRecord): ProvRecord {
  if (!isElementKind(record.kind)) {
    return record;
  }
  const taskprovType = qualifiedName(
    { prefix: "taskprov", uri: "https://w3id.org/taskprov/terms#" },
    "type",
  );
  const moved = record.attributes.map(
    ([name, value]): Attribute => [
      uriOf(name) === uriOf(provName("type")) ? taskprovType : name,
      value,
    ],
  );
  const plain = `prov:${record.kind.charAt(0).toUpperCase()}${record.kind.slice(1)}`;
  return { ...record, attributes: [...moved, [provName("type"), plain]] };
}

describe("writeProvJson and parseProvJson", () => {
  test.each(["shared", "portable"] as const)("a document survives the %s dialect", (dialect) => {
    fc.assert(
      fc.property(provDocuments(), (document) => {
        const text = written(document, dialect);
        const read = parseProvJson(bytesOf(text));
        expect(sameDocument(read, document, { strict: true })).toBe(true);
        expect(sameDocument(parseProvJson(text), read, { strict: true })).toBe(true);
      }),
      { numRuns: runs(400) },
    );
  });

  test("a document survives the yprov dialect but for its types and bundles", () => {
    fc.assert(
      fc.property(provDocuments(), (document) => {
        const read = parseProvJson(bytesOf(written(document, "yprov")));
        expect(sameDocument(read, yprovView(document), { strict: true })).toBe(true);
      }),
      { numRuns: runs(200) },
    );
  });

  test.each(dialects)("what the %s dialect writes is JSON that writes to itself", (dialect) => {
    fc.assert(
      fc.property(provDocuments({ shared: true }), (document) => {
        const text = written(document, dialect);
        JSON.parse(text);
        expect(text).not.toMatch(/\p{Surrogate}/u);
        if (dialect !== "yprov") {
          expect(written(parseProvJson(text), dialect)).toBe(text);
        }
      }),
    );
  });

  test("records joined one by one give the same bytes as the whole document", () => {
    fc.assert(
      fc.property(
        provDocuments({ shared: true }),
        fc.constantFrom(...dialects),
        (document, dialect) => {
          let text = documentHead(document.namespaces, dialect);
          for (const kind of sectionOrder) {
            const records = document.records.filter((record) => record.kind === kind);
            let anonymous = 0;
            const members = records.map((record) => {
              anonymous += record.id === undefined ? 1 : 0;
              return recordMember(record, dialect, anonymousId(kind, anonymous));
            });
            if (members.length > 0) {
              text += sectionHead(kind) + members.join(memberSeparator) + sectionTail;
            }
          }
          expect(text + documentTail).toBe(written(document, dialect));
        },
      ),
    );
  });

  test("what is generated for all readers brings no warning", () => {
    fc.assert(
      fc.property(provDocuments({ shared: true }), (document) => {
        parseProvJson(written(document, "shared"), {
          onWarning: (warning) => expect.unreachable(JSON.stringify(warning)),
        });
      }),
    );
  });
});

const sample = written(
  {
    namespaces: [{ prefix: "ex", uri: "http://example.org/" }],
    records: [
      {
        kind: "activity",
        id: qualifiedName({ prefix: "ex", uri: "http://example.org/" }, "größe😀\ud800"),
        startTime: "2026-11-20T10:00:00.123456Z",
        attributes: [
          [provName("label"), 'a "label"\n'],
          [provName("type"), provName("Plan")],
        ],
      },
    ],
    bundles: [
      {
        id: qualifiedName({ prefix: "b", uri: "http://example.org/b#" }, "1"),
        namespaces: [],
        records: [
          {
            kind: "used",
            activity: qualifiedName({ prefix: "ex", uri: "http://example.org/" }, "a"),
            attributes: [],
          },
        ],
      },
    ],
  },
  "shared",
).replace(
  '{\n"prefix"',
  '\ufeff {"hadDictionaryMember":{"a":[1,-2.5e3,true,false,null,{}]},\n"prefix"',
);

describe("truncated and damaged text", () => {
  test("every beginning of a document is a DocumentError with a place at its end", () => {
    const bytes = bytesOf(sample.trimEnd());
    for (let length = 0; length < bytes.length; length++) {
      const error = documentErrorOf(bytes.subarray(0, length));
      const last = error?.findings.at(-1);
      expect(last?.severity, `${length} bytes`).toBe("error");
      expect(last?.place, `${length} bytes`).toBeDefined();
      // An incomplete character is a finding where it begins.
      expect(length - (last?.place?.offset ?? -1)).toBeLessThan(4);
    }
    expect(documentErrorOf(bytes)).toBeUndefined();
  });

  test("changed bytes give a DocumentError or a document, nothing else", () => {
    const bytes = bytesOf(sample);
    const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const damaged = bytes.slice();
        for (const [at, byte] of changes) {
          damaged[at] = byte;
        }
        documentErrorOf(damaged);
      }),
      { numRuns: runs(3000) },
    );
  });

  test("changed characters give the same findings in text and bytes", () => {
    const pieces = ['"', "{", "}", "[", "]", ",", ":", "null", "1.5", "\\u00", '"ex:a"', "\n", ""];
    const change = fc.tuple(fc.nat({ max: sample.length - 1 }), fc.constantFrom(...pieces));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let text = sample;
        for (const [at, piece] of changes) {
          text = text.slice(0, at) + piece + text.slice(at + 1);
        }
        // Half a pair left over by a cut cannot be written as bytes.
        const wellFormed = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(text));
        expect(documentErrorOf(bytesOf(wellFormed))?.findings).toEqual(
          documentErrorOf(wellFormed)?.findings,
        );
      }),
      { numRuns: runs(1000) },
    );
  });
});

function documentErrorOf(source: string | Uint8Array): DocumentError | undefined {
  try {
    parseProvJson(source);
    return undefined;
  } catch (error) {
    if (error instanceof DocumentError) {
      return error;
    }
    throw error;
  }
}
