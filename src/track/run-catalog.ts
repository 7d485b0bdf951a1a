import type { FunctionEvent } from "../events/graph-event.js";
import type { SiteEvent } from "../events/place-event.js";
import type { WorkerAddedEvent } from "../events/run-event.js";
import type { QualifiedName } from "../prov/names.js";
import type { Attribute } from "../prov/records.js";
import { writeClient, writeWorker } from "./agent-records.js";
import type { FusedPlan } from "./fused-plan.js";
import { integerLiteral } from "./literal-values.js";
import type { RecordedFunction } from "./live-task.js";
import type { RecordSink } from "./record-sink.js";
import type { RunNames } from "./run-names.js";
import { taskprovAttributes as attr, prov, provone, taskprovTypes as types } from "./vocabulary.js";

/** A worker as attempts name it. */
export interface RecordedWorker {
  readonly id: QualifiedName;
  readonly address: string;
}

/** What events announce once and name by number afterwards: clients, workers, functions, sites. */
export class RunCatalog {
  /** What fused tasks run, by their steps. */
  readonly fusedPlans: Map<string, FusedPlan> = new Map<string, FusedPlan>();
  readonly #emit: RecordSink;
  readonly #names: RunNames;
  readonly #functions = new Map<number, RecordedFunction>();
  readonly #planHashes = new Map<string, string | undefined>();
  readonly #clients = new Map<number, QualifiedName>();
  readonly #workers = new Map<number, RecordedWorker>();
  readonly #workersByAddress = new Map<string, QualifiedName>();
  readonly #sites = new Map<number, QualifiedName>();
  readonly #agentIds = new Map<string, string>();

  /**
   * @param names - the names of the run.
   * @param emit - takes the agents, plans and call sites.
   */
  constructor(names: RunNames, emit: RecordSink) {
    this.#names = names;
    this.#emit = emit;
  }

  /** The agent of a client, if it was announced. */
  clientOf(client: number | null): QualifiedName | undefined {
    return client === null ? undefined : this.#clients.get(client);
  }

  /** A worker, if it was announced. */
  workerOf(worker: number): RecordedWorker | undefined {
    return this.#workers.get(worker);
  }

  /** The agent of the worker that was last at an address. */
  workerAt(address: string): QualifiedName | undefined {
    return this.#workersByAddress.get(address);
  }

  /** A function, if it was announced. */
  functionOf(fn: number | null): RecordedFunction | undefined {
    return fn === null ? undefined : this.#functions.get(fn);
  }

  /** The entity of a place in the code. */
  siteOf(site: number): QualifiedName {
    let name = this.#sites.get(site);
    if (name === undefined) {
      name = this.#names.run(`site.${site}`);
      this.#sites.set(site, name);
    }
    return name;
  }

  /** Takes a client. */
  addClient(client: number, name: string): void {
    const id = this.#names.agent("client", name);
    this.#clients.set(client, id);
    if (this.#claimAgent(`client ${name}`, name)) writeClient(this.#emit, this.#names, id, name);
  }

  /** Takes a worker. */
  addWorker(worker: WorkerAddedEvent): void {
    const name = worker.name ?? worker.address;
    // A worker that comes back under its name from another address is another agent.
    const taken = this.#agentIds.get(`worker ${name}`);
    const ownName =
      taken === undefined || taken === worker.address ? name : `${name} ${worker.address}`;
    const id = this.#names.agent("worker", ownName);
    this.#workers.set(worker.worker, { id, address: worker.address });
    this.#workersByAddress.set(worker.address, id);
    if (this.#claimAgent(`worker ${ownName}`, worker.address)) {
      writeWorker(this.#emit, this.#names, id, worker);
    }
  }

  /** One object per id: true the first time. */
  #claimAgent(what: string, address: string): boolean {
    if (this.#agentIds.has(what)) return false;
    this.#agentIds.set(what, address);
    return true;
  }

  /** Takes a function; one redefined under its name is another plan. */
  addFunction(event: FunctionEvent): void {
    const full = event.module === undefined ? event.name : `${event.module}.${event.name}`;
    const taken = this.#planHashes.has(full);
    const isOther = taken && this.#planHashes.get(full) !== event.sourceHash;
    const plan = this.#names.plan(full, isOther ? event.sourceHash : undefined);
    const fn = { plan, name: event.name, module: event.module, successes: [] };
    this.#functions.set(event.function, fn);
    const claim = isOther ? `${full}#${event.sourceHash ?? ""}` : full;
    if (this.#planHashes.has(claim)) return;
    this.#planHashes.set(claim, event.sourceHash);
    const attributes: Attribute[] = [
      [prov.label, full],
      [prov.type, prov.Plan],
      [prov.type, provone.Program],
      [prov.type, types.Function],
    ];
    if (event.module !== undefined) attributes.push([attr.module, event.module]);
    if (event.kind !== undefined) attributes.push([attr.kind, event.kind]);
    if (event.sourceHash !== undefined) attributes.push([attr.sha256, event.sourceHash]);
    this.#emit({ kind: "entity", id: plan, attributes });
  }

  /** Takes a place in the code. */
  addSite(event: SiteEvent): void {
    const { span } = event;
    const place = event.cell ?? event.file ?? "";
    const attributes: Attribute[] = [
      [prov.label, `${place}:${span.startLine}:${span.startColumn}`],
      [prov.type, types.CallSite],
      [attr.line, integerLiteral(span.startLine)],
      [attr.column, integerLiteral(span.startColumn)],
    ];
    if (event.file !== undefined) attributes.push([attr.file, event.file]);
    for (const frame of event.stack) {
      const where = `${frame.file ?? frame.cell ?? ""}:${frame.startLine}:${frame.startColumn}`;
      attributes.push([
        attr.stack,
        frame.function === undefined ? where : `${frame.function} (${where})`,
      ]);
    }
    this.#emit({ kind: "entity", id: this.siteOf(event.site), attributes });
  }
}
