import {
  DocumentError,
  type DocumentSource,
  ProvJsonParser,
  type RecordPlace,
} from "../formats/index.js";
import { pointerTo } from "../formats/prov-json/json-pointer.js";
import { quoted } from "../formats/quoted.js";
import type { RecordKind } from "../prov/index.js";
import { type DocumentChecker, missingFormal } from "./document-checker.js";
import { dictionarySections } from "./prov-json-schema.js";
import type { SchemaCheck } from "./schema-check.js";

/**
 * Reads PROV-JSON into a checker, and checks the text against the schema on the way. Goes on after
 * errors as long as the text is JSON.
 *
 * @param schema - absent to leave the schema out.
 * @returns whether the text was read to its end.
 */
export async function checkJson(
  source: DocumentSource,
  checker: DocumentChecker,
  schema: SchemaCheck | undefined,
  maxFindings: number,
): Promise<boolean> {
  let readerErrors = 0;
  const member = (kind: RecordKind, text: string, at: RecordPlace): void => {
    checker.portability?.member(kind, text, at);
    const isReported = parser.errors > readerErrors;
    readerErrors = parser.errors;
    // What the reader rejects it has explained better.
    const problem = isReported ? undefined : schema?.problemOf(kind, text);
    if (problem !== undefined) {
      const path = at.path() + problem.path;
      const place = at.place();
      checker.report({ severity: "error", rule: "schema", message: problem.message, path, place });
    }
  };
  const extraSection = (name: string): void => {
    checker.extraSection(name);
    if (schema !== undefined && !dictionarySections.includes(name)) {
      const message = `The PROV-JSON schema does not know the section ${quoted(name)}.`;
      checker.report({ severity: "error", rule: "schema", message, path: pointerTo("", name) });
    }
  };
  const parser = new ProvJsonParser(
    {
      record: (record, at) => checker.record(record, at),
      namespace: (namespace) => checker.namespace(namespace),
      startBundle: (id) => checker.startBundle(id),
      endBundle: () => checker.endBundle(),
      member,
      extraSection,
    },
    { maxFindings },
  );
  try {
    await readAll(parser, source);
  } catch (error) {
    // Everything that is wrong with the document is among the parser's findings.
    if (!(error instanceof DocumentError)) {
      throw error;
    }
  }
  for (const finding of parser.findings) {
    if (finding.rule !== missingFormal) {
      checker.report(finding);
    }
  }
  return parser.complete;
}

async function readAll(parser: ProvJsonParser, source: DocumentSource): Promise<void> {
  if (typeof source === "string") {
    parser.readText(source);
    return;
  }
  if (source instanceof Uint8Array) {
    parser.push(source);
  } else {
    for await (const chunk of source) {
      parser.push(chunk);
    }
  }
  parser.end();
}
