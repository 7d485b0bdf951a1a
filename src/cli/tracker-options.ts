import { TaskprovError } from "../base/errors.js";
import { defaultOptions, type ProvTrackerOptions } from "../track/options.js";
import type { CommandOption, Parsed } from "./command.js";

/** The options that decide what a document says, with their help; names as in the API. */
const contentHelp: Readonly<Partial<Record<keyof ProvTrackerOptions, string>>> = {
  name: "label of the workflow activity",
  dialect: "spelling of the PROV-JSON: shared, portable or yprov",
  formats: "further formats beside PROV-JSON: prov-n, trig, svg …; repeat for several",
  derivations: "write wasDerivedFrom between results and inputs",
  expandFused: "show the steps of tasks that Dask fused as activities of their own",
  errorTracking: "attempt history and similar successful runs on failures",
  includeGroups: "only tasks whose group matches; repeat for several",
  excludeGroups: "no tasks whose group matches; repeat for several",
  notebookMode: "how calls in notebook cells are judged: semantic or strict",
  generatingNames: "change the names of generating functions: +foo or -get; repeat for several",
};

/** The options that only matter while a run is recorded. */
const recordingHelp: Readonly<Partial<Record<keyof ProvTrackerOptions, string>>> = {
  destination: "folder for document and journal",
  fileName: "name of the document",
  keepTraceback: "record stack traces of failures",
  richTypes: "element types, shapes, chunks and columns of results",
  fileTracking: "watch the files that tasks open",
  digest: "digests of results, SHA-256 of files",
  captureOutput: "what tasks print",
  sampleSeconds: "seconds between samples of memory, CPU and traffic; 0: none (default 1)",
  recordLogs: "least level of the log records of scheduler and workers; none (default info)",
  profileSeconds: "seconds between two collections of the workers' profile; 0: none (default 60)",
  executionSource: "a file or folder to copy beside the document",
  jupyterTimeout: "seconds to wait at the end for what a notebook still has to tell",
  values: "values of arguments: summary, none or full",
  maxValueBytes: "longest text recorded as it is, in bytes",
  redact: "hide values by name pattern, or a text; repeat for several",
  metricsPort: "port of an endpoint /metrics for Prometheus while it runs; 0: any that is free",
  metricsHost: "address that the endpoint listens on (default 127.0.0.1)",
  metricsFile: "file for Prometheus's textfile collector, written anew while it runs",
  journal: "keep the journal beside the document",
  overwrite: "replace an older document instead of renaming it",
};

/** How values are shown in the help, where the option's own name says too little. */
const valueNames: Readonly<Record<string, string>> = {
  destination: "FOLDER",
  fileName: "FILE",
  executionSource: "PATH",
  maxValueBytes: "BYTES",
  sampleSeconds: "SECONDS",
  recordLogs: "LEVEL",
  profileSeconds: "SECONDS",
  formats: "FORMAT",
  metricsPort: "PORT",
  metricsHost: "HOST",
  metricsFile: "FILE",
  notebookMode: "MODE",
  generatingNames: "NAME",
};

type Help = Readonly<Partial<Record<keyof ProvTrackerOptions, string>>>;

function optionsFor(help: Help): Readonly<Record<string, CommandOption>> {
  return Object.fromEntries(
    Object.entries(help).map(([name, line]) => [kebabCase(name), optionFor(name, line)]),
  );
}

/** The command line's form of the tracker's options that change the document. */
export const contentOptions: Readonly<Record<string, CommandOption>> = optionsFor(contentHelp);

/** The command line's form of the tracker's options that matter for a run on Dask. */
export const runOptions: Readonly<Record<string, CommandOption>> = optionsFor({
  ...contentHelp,
  ...recordingHelp,
});

/** Reads tracker options back from the command line; options not given are left out. */
export function contentOptionsOf(parsed: Parsed): ProvTrackerOptions {
  return givenOptions(parsed, contentHelp);
}

/** Reads the options of {@link runOptions} back from the command line. */
export function runOptionsOf(parsed: Parsed): ProvTrackerOptions {
  return givenOptions(parsed, { ...contentHelp, ...recordingHelp });
}

function givenOptions(parsed: Parsed, help: Help): ProvTrackerOptions {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(help)) {
    const value = givenValue(name, parsed);
    if (value !== undefined) given[name] = value;
  }
  // Checked by settleOptions, which names the option and what it expects.
  return given;
}

function givenValue(name: string, parsed: Parsed): unknown {
  const option = kebabCase(name);
  const standard: unknown = Reflect.get(defaultOptions, name);
  if (typeof standard === "boolean") return parsed.flag(option);
  if (Array.isArray(standard)) {
    const values = parsed.texts(option);
    return values.length === 0 ? undefined : values;
  }
  const text = parsed.text(option);
  // What is no number stays as it is, so that the message shows what was typed.
  if (name.endsWith("Seconds") || name === "metricsPort")
    return /^\d+(\.\d+)?$/.test(text ?? "") ? Number(text) : text;
  return typeof standard === "number" && /^\d+$/.test(text ?? "") ? Number(text) : text;
}

function optionFor(name: string, help: string): CommandOption {
  const standard: unknown = Reflect.get(defaultOptions, name);
  if (typeof standard === "boolean") return { type: "boolean", negatable: true, help };
  if (Array.isArray(standard))
    return { type: "string", multiple: true, value: valueNames[name] ?? "PATTERN", help };
  return { type: "string", value: valueNames[name] ?? name.toUpperCase(), help };
}

/** `keepTraceback` as `keep-traceback`. */
function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * The one positional argument of a command that reads a file.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` when it is missing.
 */
export function fileArgument(parsed: Parsed): string {
  const [file] = parsed.positionals;
  if (file === undefined) throw new TaskprovError("ERR_USAGE", "A file is missing.");
  return file;
}
