import { type CheckResult, checkDocument, findingText } from "../../check/index.js";
import { fileChunks } from "../../track/document-files.js";
import type { Command } from "../command.js";
import { fileArgument } from "../tracker-options.js";

/** `taskprov check FILE`. */
export const checkCommand: Command = {
  name: "check",
  summary: "check a PROV-JSON document: well-formed, schema, references",
  arguments: "FILE",
  count: [1, 1],
  about: [
    "Checks a PROV-JSON document of any size: well-formed JSON, true to the PROV-JSON schema, every",
    "prefix and every id declared, nothing both an entity and an activity. Findings are printed",
    "with line, column and path; exit status 1 when there is an error, or with --strict a warning.",
    "FILE is a document, or - for standard input.",
  ].join("\n"),
  options: {
    json: { type: "boolean", help: "the result as JSON" },
    strict: { type: "boolean", help: "count warnings as errors" },
    schema: { type: "boolean", negatable: true, help: "check the schema too (default)" },
  },
  examples: ["taskprov check output/yprov4wfs.json", "taskprov check --json run.json | jq .counts"],
  run: async (parsed, io) => {
    const file = fileArgument(parsed);
    const source = file === "-" ? io.input : fileChunks(file);
    const result = await checkDocument(source, { schema: parsed.flag("schema") !== false });
    const name = file === "-" ? "standard input" : file;
    await io.out(
      parsed.flag("json") === true ? `${JSON.stringify(result, null, 2)}\n` : told(result, name),
    );
    const isFine = parsed.flag("strict") === true ? result.findings.length === 0 : result.valid;
    return isFine ? 0 : 1;
  },
};

function told(result: CheckResult, name: string): string {
  const counts = Object.entries(result.counts).map(([kind, count]) => `${count} ${kind}`);
  const lines = result.findings.map((finding) => `${name}: ${findingText(finding)}`);
  const records = counts.length === 0 ? "no records" : counts.join(", ");
  lines.push(`${name}: ${result.valid ? "valid" : "not valid"}; ${records}`);
  return `${lines.join("\n")}\n`;
}
