import { taskprovNamespace, yprovPrefix } from "../formats/prov-json/terms.js";
import type { Namespace, QualifiedName } from "../prov/names.js";
import { provNamespace, qualifiedName, xsdNamespace } from "../prov/names.js";

/** `yprov4wfs:`, the terms of yProv4DASK's documents, kept with their meaning. */
export const yprovNamespace: Namespace = {
  prefix: yprovPrefix,
  uri: "https://github.com/HPCI-Lab/yProv4WFs#",
};

/** `provone:`, the ProvONE types that fit. */
export const provoneNamespace: Namespace = {
  prefix: "provone",
  uri: "http://purl.dataone.org/provone/2015/01/15/ontology#",
};

function terms<const Name extends string>(
  namespace: Namespace,
  names: readonly Name[],
): Readonly<Record<Name, QualifiedName>> {
  const entries = names.map((name) => [name, qualifiedName(namespace, name)] as const);
  // Object.fromEntries forgets the literal names of the keys.
  return Object.fromEntries(entries) as Record<Name, QualifiedName>;
}

/** Types of our own; every one stands in `docs/vocabulary.md`. */
export const taskprovTypes: Readonly<Record<TaskprovType, QualifiedName>> = terms(
  taskprovNamespace,
  [
    "CallSite",
    "Cell",
    "CellExecution",
    "Client",
    "Data",
    "Exception",
    "Excluded",
    "ExecutionSource",
    "File",
    "Function",
    "FusedPlan",
    "Literal",
    "Notebook",
    "Output",
    "Run",
    "Scattered",
    "Scheduler",
    "Step",
    "Submission",
    "TaskAttempt",
    "Worker",
  ],
);

/** Name of a type of ours. */
export type TaskprovType =
  | "CallSite"
  | "Cell"
  | "CellExecution"
  | "Client"
  | "Data"
  | "Exception"
  | "Excluded"
  | "ExecutionSource"
  | "File"
  | "Function"
  | "FusedPlan"
  | "Literal"
  | "Notebook"
  | "Output"
  | "Run"
  | "Scattered"
  | "Scheduler"
  | "Step"
  | "Submission"
  | "TaskAttempt"
  | "Worker";

const attributeNames = [
  "address",
  "annotation",
  "attempt",
  "blamed",
  "call",
  "callStatus",
  "cell",
  "cellId",
  "cellIndex",
  "chunks",
  "clamped",
  "code",
  "column",
  "columns",
  "commandLine",
  "confidence",
  "configuration",
  "counts",
  "cpuCount",
  "cpuModel",
  "cwd",
  "digest",
  "dims",
  "dropped",
  "dtype",
  "endColumn",
  "endLine",
  "engine",
  "exceptionType",
  "executionCount",
  "file",
  "gitCommit",
  "gitDirty",
  "gitRemote",
  "head",
  "host",
  "incomplete",
  "kernel",
  "key",
  "keyJson",
  "kind",
  "language",
  "len",
  "line",
  "logMessage",
  "match",
  "maxAttempts",
  "memoryLimit",
  "message",
  "modified",
  "module",
  "nbytes",
  "omittedChars",
  "omittedMessages",
  "options",
  "part",
  "partOf",
  "path",
  "pid",
  "problem",
  "queueSeconds",
  "reason",
  "redacted",
  "retriesLeft",
  "runId",
  "sha256",
  "shape",
  "site",
  "size",
  "stack",
  "status",
  "stepKey",
  "steps",
  "stream",
  "threads",
  "traceback",
  "transferSeconds",
  "transferredFrom",
  "type",
  "unknownInputs",
  "user",
  "version",
] as const;

/** Name of an attribute of ours. */
export type TaskprovAttribute = (typeof attributeNames)[number];

/** Attributes of our own; every one stands in `docs/vocabulary.md`. */
export const taskprovAttributes: Readonly<Record<TaskprovAttribute, QualifiedName>> = terms(
  taskprovNamespace,
  attributeNames,
);

const yprovNames = [
  "attempt_count",
  "attempt_history",
  "blamed_task",
  "dtype",
  "engine",
  "error_severity",
  "exception_text",
  "failure_input_summary",
  "group",
  "is_error",
  "jupyter_cell",
  "jupyter_cell_index",
  "jupyter_cell_line",
  "jupyter_cell_line_end",
  "jupyter_cell_line_start",
  "level",
  "module",
  "name",
  "nbytes",
  "nice_name",
  "processed_on",
  "retry_count",
  "similar_successful_runs",
  "status",
  "traceback",
  "value",
] as const;

/** The attributes of yProv4DASK that we write. */
export const yprovAttributes: Readonly<Record<(typeof yprovNames)[number], QualifiedName>> = terms(
  yprovNamespace,
  yprovNames,
);

/** W3C PROV names that we write. */
export const prov: Readonly<
  Record<
    | "label"
    | "type"
    | "value"
    | "role"
    | "Collection"
    | "Plan"
    | "Person"
    | "Revision"
    | "SoftwareAgent",
    QualifiedName
  >
> = terms(provNamespace, [
  "label",
  "type",
  "value",
  "role",
  "Collection",
  "Plan",
  "Person",
  "Revision",
  "SoftwareAgent",
]);

/** ProvONE types that we write. */
export const provone: Readonly<Record<"Execution" | "Program" | "Workflow", QualifiedName>> = terms(
  provoneNamespace,
  ["Execution", "Program", "Workflow"],
);

/** XML Schema datatypes that we write. */
export const xsd: Readonly<
  Record<"int" | "long" | "integer" | "double" | "boolean" | "dateTime" | "string", QualifiedName>
> = terms(xsdNamespace, ["int", "long", "integer", "double", "boolean", "dateTime", "string"]);
