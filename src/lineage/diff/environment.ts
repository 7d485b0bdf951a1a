import { typeCode } from "../index/kinds.js";
import { none } from "../index/lineage-index.js";
import type { ItemReader, KnownAttributes } from "../item-facts.js";
import type { ChangeList } from "./change-list.js";

/** Facts about a run that should be the same in two that are compared. */
const runAttributes: readonly (readonly [attribute: string, name: string])[] = [
  ["taskprov:engine", "engine"],
  ["taskprov:host", "machine"],
  ["taskprov:commandLine", "command line"],
  ["taskprov:gitCommit", "git commit"],
  ["taskprov:gitRemote", "git remote"],
];

/** Compares machines, versions, command lines and commits. */
export function compareEnvironment(a: ItemReader, b: ItemReader, changes: ChangeList): void {
  const [runA, runB] = [runOf(a), runOf(b)];
  for (const [attribute, name] of runAttributes) {
    tell(changes, name, runA.get(attribute)?.[0], runB.get(attribute)?.[0]);
  }
  const [versionsA, versionsB] = [versionsOf(a), versionsOf(b)];
  for (const name of new Set([...versionsA.keys(), ...versionsB.keys()])) {
    tell(changes, name, versionsA.get(name), versionsB.get(name));
  }
  const [workersA, workersB] = [workersOf(a), workersOf(b)];
  for (const name of Object.keys(workersA) as (keyof WorkerFacts)[]) {
    tell(changes, workerNames[name], workersA[name], workersB[name]);
  }
}

function tell(
  changes: ChangeList,
  subject: string,
  before: string | undefined,
  after: string | undefined,
): void {
  if (before === after) return;
  changes.add({
    kind: "environment",
    subject,
    what: "differs",
    before: before ?? "(not recorded)",
    after: after ?? "(not recorded)",
  });
}

function runOf(reader: ItemReader): KnownAttributes {
  const { run } = reader.index;
  return run === none ? new Map() : reader.shared(run);
}

/** `node 20.20.2` as name and version; of scheduler and workers. */
function versionsOf(reader: ItemReader): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const node of nodesOf(reader, typeCode.scheduler)) {
    for (const text of reader.shared(node).get("taskprov:version") ?? []) {
      const space = text.indexOf(" ");
      versions.set(`version of ${text.slice(0, space)}`, text.slice(space + 1));
    }
  }
  return versions;
}

/** The workers of a run, in words that two runs can share. */
export interface WorkerFacts {
  readonly count: string;
  readonly threads: string;
  readonly memory: string;
  readonly processors: string;
}

const workerNames: Readonly<Record<keyof WorkerFacts, string>> = {
  count: "number of workers",
  threads: "threads of a worker",
  memory: "memory of a worker",
  processors: "processors",
};

/** What is known of the machines. */
function workersOf(reader: ItemReader): WorkerFacts {
  const workers = nodesOf(reader, typeCode.worker).map((node) => reader.shared(node));
  const all = (attribute: string): string =>
    [...new Set(workers.flatMap((worker) => worker.get(attribute) ?? []))]
      .sort((x, y) => x.localeCompare(y, "en", { numeric: true }))
      .join(", ");
  return {
    count: String(workers.length),
    threads: all("taskprov:threads"),
    memory: all("taskprov:memoryLimit"),
    processors: [all("taskprov:cpuModel"), all("taskprov:cpuCount")].filter(Boolean).join(" × "),
  };
}

function nodesOf({ index }: ItemReader, type: number): number[] {
  const found: number[] = [];
  index.nodes.type.forEach((each, node) => {
    if (each === type) found.push(node);
  });
  return found;
}

/** Workers and their threads, as numbers. */
export function workerFigures(reader: ItemReader): {
  readonly workers: number;
  readonly threads: number;
} {
  const nodes = nodesOf(reader, typeCode.worker);
  const threads = nodes.map(
    (node) => Number(reader.shared(node).get("taskprov:threads")?.[0] ?? 1) || 1,
  );
  return { workers: nodes.length, threads: threads.reduce((sum, each) => sum + each, 0) };
}
