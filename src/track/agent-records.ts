import type { RunEvent, WorkerAddedEvent } from "../events/run-event.js";
import type { QualifiedName } from "../prov/names.js";
import type { Attribute } from "../prov/records.js";
import { optional, optionalInteger } from "./optional-attributes.js";
import type { RecordSink } from "./record-sink.js";
import type { RunNames } from "./run-names.js";
import { taskprovAttributes as attr, prov, taskprovTypes as types } from "./vocabulary.js";

/** Writes the user and the scheduler, and who acts for whom. */
export function writeRunAgents(emit: RecordSink, names: RunNames, run: RunEvent): void {
  const user = names.run("user");
  const scheduler = names.run("scheduler");
  const userName = run.user ?? "unknown";
  emit({
    kind: "agent",
    id: user,
    attributes: [
      [prov.label, userName],
      [prov.type, prov.Person],
      [attr.user, userName],
    ],
  });
  emit({
    kind: "agent",
    id: scheduler,
    attributes: [
      [prov.label, "scheduler"],
      [prov.type, prov.SoftwareAgent],
      [prov.type, types.Scheduler],
      ...optional(attr.address, run.address),
      ...Object.entries(run.versions).map(
        ([name, version]): Attribute => [attr.version, `${name} ${version}`],
      ),
    ],
  });
  emit({ kind: "actedOnBehalfOf", delegate: scheduler, responsible: user, attributes: [] });
}

/** Writes a client as an agent that acts for the user. */
export function writeClient(
  emit: RecordSink,
  names: RunNames,
  id: QualifiedName,
  name: string,
): void {
  emit({
    kind: "agent",
    id,
    attributes: [
      [prov.label, name],
      [prov.type, prov.SoftwareAgent],
      [prov.type, types.Client],
    ],
  });
  emit({
    kind: "actedOnBehalfOf",
    delegate: id,
    responsible: names.run("user"),
    attributes: [],
  });
}

/** Writes a worker as an agent that acts for the scheduler. */
export function writeWorker(
  emit: RecordSink,
  names: RunNames,
  id: QualifiedName,
  worker: WorkerAddedEvent,
): void {
  emit({
    kind: "agent",
    id,
    attributes: [
      [prov.label, worker.name ?? worker.address],
      [prov.type, prov.SoftwareAgent],
      [prov.type, types.Worker],
      [attr.address, worker.address],
      ...optional(attr.host, worker.host),
      ...optionalInteger(attr.pid, worker.pid),
      ...optionalInteger(attr.threads, worker.threads),
      ...optionalInteger(attr.memoryLimit, worker.memoryLimit),
      ...optionalInteger(attr.cpuCount, worker.cpuCount),
      ...optional(attr.cpuModel, worker.cpuModel),
      ...Object.entries(worker.versions ?? {}).map(
        ([name, version]): Attribute => [attr.version, `${name} ${version}`],
      ),
    ],
  });
  emit({
    kind: "actedOnBehalfOf",
    delegate: id,
    responsible: names.run("scheduler"),
    attributes: [],
  });
}
