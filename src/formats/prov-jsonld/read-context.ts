import { quoted } from "../quoted.js";
import { isKnownContext } from "./context.js";
import type { ContextScope } from "./context-scope.js";
import type { JsonNode } from "./json-tree.js";
import { typesByName } from "./statement-types.js";

/** Takes what is wrong or doubtful, with its index into the text. */
export type ReportJson = (
  severity: "error" | "warning",
  rule: string,
  message: string,
  at: number,
) => void;

const ignoredKeywords: ReadonlySet<string> = new Set([
  "@version",
  "@language",
  "@direction",
  "@protected",
]);

/**
 * Declares the prefixes of a `@context`. Contexts are never fetched: the terms of PROV-JSONLD are
 * built in, every other remote context is an error.
 */
export function readContext(node: JsonNode, scope: ContextScope, report: ReportJson): void {
  switch (node.type) {
    case "array":
      for (const item of node.items) {
        readContext(item, scope, report);
      }
      break;
    case "string":
      if (!isKnownContext(node.text)) {
        report(
          "error",
          "remote-context",
          `The context ${quoted(node.text)} is not one of PROV-JSONLD, and contexts are not fetched. Put its prefixes into the document.`,
          node.at,
        );
      }
      break;
    case "object":
      for (const { key, at, value } of node.members) {
        readEntry(key, at, value, scope, report);
      }
      break;
    case "null":
      break;
    default:
      report("error", "context", "Expected an address or an object as context.", node.at);
  }
}

function readEntry(
  key: string,
  at: number,
  value: JsonNode,
  scope: ContextScope,
  report: ReportJson,
): void {
  if (key === "@base" || key === "@vocab") {
    if (value.type === "string" && value.text !== "") {
      scope.declareDefault(key, value.text);
    }
    return;
  }
  if (key.startsWith("@")) {
    if (!ignoredKeywords.has(key)) {
      report("warning", "context", `${quoted(key)} in a context is not used.`, at);
    }
    return;
  }
  const uri = value.type === "string" ? value.text : prefixOf(value);
  if (uri === undefined) {
    if (!isProvTerm(key, value)) {
      report("warning", "context", `The term ${quoted(key)} of the context is not used.`, at);
    }
  } else if (uri === "") {
    report("error", "prefix", `The prefix ${quoted(key)} has an empty IRI.`, value.at);
  } else if (!uri.startsWith("@")) {
    scope.declare(key, uri);
  }
}

// {"@id": IRI, "@prefix": true}
function prefixOf(node: JsonNode): string | undefined {
  if (node.type !== "object") {
    return undefined;
  }
  const id = node.members.find(({ key }) => key === "@id")?.value;
  const prefix = node.members.find(({ key }) => key === "@prefix")?.value;
  return id?.type === "string" && prefix?.type === "boolean" && prefix.text === "true"
    ? id.text
    : undefined;
}

const provTerms: ReadonlySet<string> = new Set([
  "role",
  "type",
  "label",
  "location",
  "entity",
  "activity",
  "agent",
  ...typesByName.keys(),
]);

// The context of PROV-JSONLD may stand in the document itself; its terms are known.
function isProvTerm(key: string, value: JsonNode): boolean {
  return value.type === "object" && provTerms.has(key);
}
