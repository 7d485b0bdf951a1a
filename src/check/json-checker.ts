import { DocumentError, type DocumentSource, ProvJsonParser } from "../formats/index.js";
import { pointerTo } from "../formats/prov-json/json-pointer.js";
import { quoted } from "../formats/quoted.js";
import { chunksOf } from "../formats/source.js";
import { type DocumentChecker, missingFormal } from "./document-checker.js";
import { dictionarySections } from "./prov-json-schema.js";
import { SchemaCheck } from "./schema-check.js";

/** What of PROV-JSON is checked. */
export interface JsonCheckerSettings {
  /** Whether to look at the schema. */
  readonly schema: boolean;
  readonly maxFindings: number;
}

// So many bytes are read before what waits for the schema is looked at.
const pieceBytes = 65_536;

/**
 * Reads PROV-JSON into a checker, and checks the text against the schema on the way. Goes on after
 * errors as long as the text is JSON.
 *
 * @returns whether the text was read to its end.
 */
export async function checkJson(
  source: DocumentSource,
  checker: DocumentChecker,
  { schema: wantsSchema, maxFindings }: JsonCheckerSettings,
): Promise<boolean> {
  const { portability } = checker;
  const schema = wantsSchema ? new SchemaCheck(checker.report) : undefined;
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
      parts: (parts, at) => checker.parts(parts, at),
      namespace: (namespace) => checker.namespace(namespace),
      startBundle: (id) => checker.startBundle(id),
      endBundle: () => checker.endBundle(),
      ...(portability !== undefined && {
        member: (kind, text, at) => portability.member(kind, text, at),
      }),
      ...(schema !== undefined && { oddMember: (kind, text, at) => schema.add(kind, text, at) }),
      extraSection,
    },
    { maxFindings },
  );
  try {
    await readAll(parser, source, schema);
  } catch (error) {
    // Everything that is wrong with the document is among the parser's findings.
    if (!(error instanceof DocumentError)) {
      throw error;
    }
  }
  await schema?.settle();
  for (const finding of parser.findings) {
    if (finding.rule !== missingFormal) {
      checker.report(finding);
    }
  }
  return parser.complete;
}

async function readAll(
  parser: ProvJsonParser,
  source: DocumentSource,
  schema: SchemaCheck | undefined,
): Promise<void> {
  if (typeof source === "string") {
    parser.readText(source);
    return;
  }
  for await (const chunk of chunksOf(source)) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      parser.push(chunk.subarray(at, at + pieceBytes));
      if (schema?.isWaiting === true) {
        await schema.settle();
      }
    }
  }
  parser.end();
}
