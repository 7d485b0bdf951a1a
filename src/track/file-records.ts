import type { EpochSeconds } from "../base/clock.js";
import { formatEpochSeconds } from "../base/clock.js";
import type { FileUse } from "../events/attempt-event.js";
import type { QualifiedName } from "../prov/names.js";
import type { Attribute } from "../prov/records.js";
import { typedLiteral } from "../prov/values.js";
import { type FileVersion, wasThere } from "./file-versions.js";
import { integerLiteral } from "./literal-values.js";
import type { LiveTask, RunningAttempt } from "./live-task.js";
import type { RunContext } from "./run-context.js";
import { taskprovAttributes as attr, prov, taskprovTypes as types, xsd } from "./vocabulary.js";

/** An attempt that is over, as its files need it. */
export interface FileAttempt {
  readonly running: RunningAttempt;
  readonly files: readonly FileUse[];
  /** Undefined when it failed before it could be recorded. */
  readonly start: EpochSeconds | undefined;
  readonly end: EpochSeconds | undefined;
}

/**
 * Declares the files of an attempt: what it read it used, what it wrote it generated. Returns the
 * versions that it read, from which its data is derived.
 */
export function writeFiles(
  context: RunContext,
  task: LiveTask,
  attempt: FileAttempt,
): readonly QualifiedName[] {
  const { files } = attempt;
  if (!task.included) return [];
  // Read first: what an attempt changes it has read as it was before.
  const read = files.filter((file) => file.mode === "read");
  const sources = new Set<QualifiedName>();
  const writers = new Set<QualifiedName>();
  for (const file of read) {
    const { entity, writer } = readFile(context, attempt, file);
    sources.add(entity);
    if (writer !== undefined && writer !== attempt.running.name) writers.add(writer);
  }
  const informed = attempt.running.name;
  for (const informant of writers) {
    context.emit({ kind: "wasInformedBy", informed, informant, attributes: [] });
  }
  for (const file of files) if (file.mode === "write") wroteFile(context, attempt, file, sources);
  return [...sources];
}

function readFile(context: RunContext, attempt: FileAttempt, file: FileUse): FileVersion {
  const { version, isNew } = context.files.read(file, attempt.end);
  if (isNew) declare(context, version);
  context.emit({
    kind: "used",
    activity: attempt.running.name,
    entity: version.entity,
    attributes: partAttributes(file),
  });
  return version;
}

function wroteFile(
  context: RunContext,
  attempt: FileAttempt,
  file: FileUse,
  sources: ReadonlySet<QualifiedName>,
): void {
  const { running, start, end } = attempt;
  const { version, before } = context.files.write(file, running.name, start);
  declare(context, version);
  context.emit({
    kind: "wasGeneratedBy",
    entity: version.entity,
    activity: running.name,
    attributes: partAttributes(file),
  });
  if (!context.options.derivations) return;
  if (before !== undefined && wasThere(before, end) && !sources.has(before.entity)) {
    derive(context, version.entity, before.entity, [[prov.type, prov.Revision]]);
  }
  for (const input of running.inputs.values()) derive(context, version.entity, input.entity, []);
  for (const source of sources) derive(context, version.entity, source, []);
}

function derive(
  context: RunContext,
  generatedEntity: QualifiedName,
  usedEntity: QualifiedName,
  attributes: readonly Attribute[],
): void {
  context.emit({ kind: "wasDerivedFrom", generatedEntity, usedEntity, attributes });
}

function declare(context: RunContext, { entity, use }: FileVersion): void {
  context.count("files");
  const attributes: Attribute[] = [
    [prov.label, use.path],
    [prov.type, types.File],
    [attr.path, use.path],
  ];
  if (use.size !== undefined) attributes.push([attr.size, integerLiteral(use.size)]);
  if (use.mtime !== undefined) {
    attributes.push([attr.modified, typedLiteral(formatEpochSeconds(use.mtime), xsd.dateTime)]);
  }
  if (use.sha256 !== undefined) attributes.push([attr.sha256, use.sha256]);
  context.emit({ kind: "entity", id: entity, attributes });
}

function partAttributes(file: FileUse): Attribute[] {
  return (file.parts ?? []).map((part) => [attr.part, part]);
}

/** The file that plain data in a graph stands for: it is derived from it, without an activity. */
export function writeGivenFiles(
  context: RunContext,
  task: LiveTask,
  files: readonly FileUse[] | undefined,
  time: EpochSeconds,
): void {
  if (files === undefined || task.data === undefined || !task.included) return;
  for (const file of files) {
    const { version, isNew } = context.files.read({ ...file, mode: "read" }, time);
    if (isNew) declare(context, version);
    if (context.options.derivations) derive(context, task.data.entity, version.entity, []);
  }
}
