import { taskprovNamespace } from "../formats/prov-json/terms.js";
import type { Namespace, QualifiedName } from "../prov/names.js";
import { provNamespace, qualifiedName, xsdNamespace } from "../prov/names.js";
import { escapeName } from "./ids.js";
import { provoneNamespace, yprovNamespace } from "./vocabulary.js";

/** The names of everything in one run (docs/contracts.md, Identity). */
export interface RunNames {
  /** Every namespace the run's document uses, in the order they are declared. */
  readonly namespaces: readonly Namespace[];
  /** `run:workflow`, `run:user`, `run:scheduler`, `run:site.N`. */
  readonly run: (local: string) => QualifiedName;
  /** `run:KIND.X`; X is escaped. */
  readonly agent: (kind: "client" | "worker", name: string) => QualifiedName;
  /** `fn:NAME`, with `.hSHA12` when the name was taken by other source. */
  readonly plan: (name: string, redefinedHash?: string) => QualifiedName;
  /** `fn:NAME.fSHA12`: what a fused task runs, named by its last function. */
  readonly fusedPlan: (name: string, hash: string) => QualifiedName;
  /** `task:KEY.sN` or `task:KEY.M.sN`: step N of a fused task, from 1. */
  readonly step: (keyName: string, attempt: number, step: number) => QualifiedName;
  /** `data:KEY.sN` or `data:KEY.gM.sN`: what step N made. */
  readonly stepData: (keyName: string, generation: number, step: number) => QualifiedName;
  /** `task:KEY` for the first attempt, `task:KEY.N` for later ones. */
  readonly attempt: (keyName: string, attempt: number) => QualifiedName;
  /** `data:KEY` for the first generation, `data:KEY.gN` for later ones. */
  readonly data: (keyName: string, generation: number) => QualifiedName;
  /** `data:KEY.eN`: what attempt N threw. */
  readonly exception: (keyName: string, attempt: number) => QualifiedName;
  /** `data:KEY.oN` or `data:KEY.oN.M`: the Mth piece of what attempt N printed. */
  readonly output: (keyName: string, attempt: number, piece: number) => QualifiedName;
  /** `data:KEY.aPATH` or `data:KEY.gN.aPATH`: a literal argument. */
  readonly literal: (keyName: string, generation: number, path: string) => QualifiedName;
}

/** Makes the names of one run. */
export function createRunNames(runId: string): RunNames {
  const base = `urn:uuid:${runId}#`;
  const run: Namespace = { prefix: "run", uri: base };
  const task: Namespace = { prefix: "task", uri: `${base}task/` };
  const data: Namespace = { prefix: "data", uri: `${base}data/` };
  const fn: Namespace = { prefix: "fn", uri: `${base}fn/` };
  const numbered = (letter: string, n: number): string => (n < 2 ? "" : `.${letter}${n}`);
  return {
    namespaces: [
      provNamespace,
      xsdNamespace,
      run,
      task,
      data,
      fn,
      taskprovNamespace,
      provoneNamespace,
      yprovNamespace,
    ],
    run: (local) => qualifiedName(run, local),
    agent: (kind, name) => qualifiedName(run, `${kind}.${escapeName(name)}`),
    plan: (name, redefinedHash) =>
      qualifiedName(
        fn,
        escapeName(name) + (redefinedHash === undefined ? "" : `.h${redefinedHash.slice(0, 12)}`),
      ),
    fusedPlan: (name, hash) => qualifiedName(fn, `${escapeName(name)}.f${hash.slice(0, 12)}`),
    step: (keyName, attempt, step) =>
      qualifiedName(task, `${keyName}${numbered("", attempt)}.s${step}`),
    stepData: (keyName, generation, step) =>
      qualifiedName(data, `${keyName}${numbered("g", generation)}.s${step}`),
    attempt: (keyName, attempt) => qualifiedName(task, keyName + numbered("", attempt)),
    data: (keyName, generation) => qualifiedName(data, keyName + numbered("g", generation)),
    exception: (keyName, attempt) => qualifiedName(data, `${keyName}.e${attempt}`),
    output: (keyName, attempt, piece) =>
      qualifiedName(data, `${keyName}.o${attempt}${numbered("", piece)}`),
    literal: (keyName, generation, path) =>
      qualifiedName(data, `${keyName}${numbered("g", generation)}.a${path}`),
  };
}
