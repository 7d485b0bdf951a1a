import { randomInt } from "node:crypto";
import type { Namespace, QualifiedName } from "../../prov/names.js";
import type {
  Activity,
  Agent,
  Attribute,
  Entity,
  ProvRecord,
  WasAssociatedWith,
} from "../../prov/records.js";
import { isQualifiedName } from "../../prov/values.js";
import { AttributeNames } from "./attribute-names.js";
import { Column } from "./column.js";
import { type ElementFacts, elementFacts, textOf } from "./element-facts.js";
import { finishEdges } from "./finish-edges.js";
import { type EdgeKind, edgeCode, nodeTypes, statusCode, typeCode } from "./kinds.js";
import { type FurtherRecord, type LineageIndex, none } from "./lineage-index.js";
import { secondsOf } from "./seconds-of.js";
import { TextPool } from "./text-pool.js";

/** Where the text of a record lies, in bytes. */
export interface RecordSpan {
  readonly at: number;
  readonly bytes: number;
}

/** Takes the records of a document one by one and keeps what lineage needs as typed arrays. */
export class IndexBuilder {
  readonly #names = new AttributeNames();
  readonly #spaces: Namespace[] = [];
  readonly #spaceOf = new Map<string, number>();
  readonly #spaceOfObject = new Map<Namespace, number>();
  readonly #ids: TextPool;
  readonly #texts: TextPool;
  readonly #type = new Column(Uint8Array);
  readonly #key = new Column(Uint32Array);
  readonly #label = new Column(Uint32Array);
  readonly #at = new Column(Float64Array);
  readonly #bytes = new Column(Uint32Array);
  readonly #printLow = new Column(Uint32Array);
  readonly #printHigh = new Column(Uint32Array);
  readonly #row = new Column(Uint32Array);
  readonly #node = new Column(Uint32Array);
  readonly #start = new Column(Float64Array);
  readonly #end = new Column(Float64Array);
  readonly #status = new Column(Uint8Array);
  readonly #group = new Column(Uint32Array);
  readonly #name = new Column(Uint32Array);
  readonly #cell = new Column(Uint32Array);
  readonly #plan = new Column(Uint32Array);
  readonly #worker = new Column(Uint32Array);
  readonly #site = new Column(Uint32Array);
  readonly #attempt = new Column(Uint32Array);
  readonly #transfer = new Column(Float32Array);
  readonly #from = new Column(Uint32Array);
  readonly #to = new Column(Uint32Array);
  readonly #kind = new Column(Uint8Array);
  readonly #role = new Column(Uint32Array);
  readonly #scopes: Namespace[][] = [[]];
  readonly #scopeOf = new Map<number, number>();
  readonly #more = new Map<number, FurtherRecord[]>();
  #scope = 0;
  #run = none;

  constructor() {
    // Identity is the whole URI: names are split after the last `/` or `#`, wherever a document's
    // prefixes end. The first space is for URIs without either.
    const seed = randomInt(2 ** 32);
    this.#ids = new TextPool(seed);
    this.#texts = new TextPool(seed);
    this.#spaceNumber("");
  }

  /** Declares a prefix of the document or of the open bundle. */
  namespace(namespace: Namespace): void {
    this.#scopes[this.#scope]?.push(namespace);
  }

  /** Opens a bundle: what follows is spelt with its prefixes. */
  startBundle(): void {
    this.#scope = this.#scopes.push([...(this.#scopes[0] ?? [])]) - 1;
  }

  /** Closes the bundle. */
  endBundle(): void {
    this.#scope = 0;
  }

  /**
   * Takes a record.
   *
   * @param span - where the text of an element lies; not needed for relations.
   */
  add(record: ProvRecord, span?: RecordSpan): void {
    switch (record.kind) {
      case "entity":
      case "activity":
      case "agent":
        this.#addElement(record, span);
        break;
      case "wasGeneratedBy":
        this.#addEdge("wasGeneratedBy", record.entity, record.activity, record.attributes);
        break;
      case "used":
        this.#addEdge("used", record.activity, record.entity, record.attributes);
        break;
      case "wasInformedBy":
        this.#addEdge("wasInformedBy", record.informed, record.informant, record.attributes);
        break;
      case "wasStartedBy":
        this.#addEdge("wasStartedBy", record.activity, record.trigger, record.attributes);
        this.#addEdge("wasStartedBy", record.activity, record.starter, record.attributes);
        break;
      case "wasEndedBy":
        this.#addEdge("wasEndedBy", record.activity, record.trigger, record.attributes);
        this.#addEdge("wasEndedBy", record.activity, record.ender, record.attributes);
        break;
      case "wasInvalidatedBy":
        this.#addEdge("wasInvalidatedBy", record.entity, record.activity, record.attributes);
        break;
      case "wasDerivedFrom":
        this.#addEdge(
          "wasDerivedFrom",
          record.generatedEntity,
          record.usedEntity,
          record.attributes,
        );
        break;
      case "wasAttributedTo":
        this.#addEdge("wasAttributedTo", record.entity, record.agent, record.attributes);
        break;
      case "wasAssociatedWith":
        this.#addAssociation(record);
        break;
      case "actedOnBehalfOf":
        this.#addEdge("actedOnBehalfOf", record.delegate, record.responsible, record.attributes);
        break;
      case "wasInfluencedBy":
        this.#addEdge("wasInfluencedBy", record.influencee, record.influencer, record.attributes);
        break;
      case "specializationOf":
      case "mentionOf":
        this.#addEdge("specializationOf", record.specificEntity, record.generalEntity, []);
        break;
      case "alternateOf":
        this.#addEdge("alternateOf", record.alternate1, record.alternate2, record.attributes);
        break;
      case "hadMember":
        this.#addEdge("hadMember", record.collection, record.entity, record.attributes);
        break;
    }
  }

  /**
   * The index of what was added; the builder is of no more use.
   *
   * @param problems - what was missing from what was read, in words.
   */
  finish(problems: readonly string[] = []): LineageIndex {
    const type = this.#type.trimmed();
    const key = this.#key.trimmed();
    const { firstOfKey, nextOfKey } = chains(key, this.#texts.size);
    return {
      spaces: this.#displaySpaces(),
      ids: this.#ids,
      texts: this.#texts,
      nodes: {
        type,
        key,
        nextOfKey,
        label: this.#label.trimmed(),
        at: this.#at.trimmed(),
        bytes: this.#bytes.trimmed(),
        printLow: this.#printLow.trimmed(),
        printHigh: this.#printHigh.trimmed(),
        row: this.#row.trimmed(),
      },
      activities: {
        node: this.#node.trimmed(),
        start: this.#start.trimmed(),
        end: this.#end.trimmed(),
        status: this.#status.trimmed(),
        group: this.#group.trimmed(),
        name: this.#name.trimmed(),
        cell: this.#cell.trimmed(),
        plan: this.#plan.trimmed(),
        worker: this.#worker.trimmed(),
        site: this.#site.trimmed(),
        attempt: this.#attempt.trimmed(),
        transferSeconds: this.#transfer.trimmed(),
      },
      edges: finishEdges({
        nodeCount: this.#ids.size,
        from: this.#from.trimmed(),
        to: this.#to.trimmed(),
        kind: this.#kind.trimmed(),
        role: this.#role.trimmed(),
        type,
        key,
        row: this.#row.trimmed(),
      }),
      firstOfKey,
      scopes: this.#scopes,
      scopeOf: this.#scopeOf,
      more: this.#more,
      run: this.#run,
      problems,
    };
  }

  #addElement(record: Entity | Activity | Agent, span: RecordSpan | undefined): void {
    const facts = elementFacts(record, this.#names);
    const node = this.#nodeOf(record.id);
    const before = elementKindOf(this.#type.values[node] ?? typeCode.unknown);
    if (before !== undefined) {
      // What is an activity too is shown as one, whichever comes first.
      if (record.kind !== "activity" || before === "activity") {
        this.#addFurther(node, record, span);
        return;
      }
      this.#setAside(node, before);
    }
    this.#type.values[node] = typeCode[facts.type];
    this.#setNode(node, record.id, facts);
    if (span !== undefined) {
      this.#at.values[node] = span.at;
      this.#bytes.values[node] = span.bytes;
    }
    if (this.#scope > 0) this.#scopeOf.set(node, this.#scope);
    if (record.kind === "activity") this.#setActivity(node, record, facts);
  }

  #addFurther(node: number, record: Entity | Activity | Agent, span: RecordSpan | undefined): void {
    const list = this.#more.get(node) ?? [];
    if (span !== undefined) list.push([span.at, span.bytes, this.#scope, record.kind]);
    if (list.length > 0) this.#more.set(node, list);
    if (record.kind !== "activity") return;
    const row = this.#rowOf(node);
    fillTime(this.#start.values, row, record.startTime);
    fillTime(this.#end.values, row, record.endTime);
  }

  /** What was read first of an element becomes a further record of it. */
  #setAside(node: number, kind: "entity" | "activity" | "agent"): void {
    const [at, bytes] = [this.#at.values[node] ?? 0, this.#bytes.values[node] ?? 0];
    if (bytes === 0) return;
    const list = this.#more.get(node) ?? [];
    list.push([at, bytes, this.#scopeOf.get(node) ?? 0, kind]);
    this.#more.set(node, list);
    this.#scopeOf.delete(node);
  }

  #setNode(node: number, id: QualifiedName, facts: ElementFacts): void {
    const { key, label } = facts;
    // A tuple and a string that look alike are two keys: the NUL keeps them apart.
    if (key !== undefined) {
      this.#key.values[node] = this.#texts.intern(facts.hasKeyJson ? `${key}\0` : key);
    }
    const saysMore = label !== undefined && label !== id.local && label !== key;
    if (saysMore && !(key !== undefined && label.startsWith(`${key} #`))) {
      this.#label.values[node] = this.#texts.intern(label);
    }
    this.#printLow.values[node] = facts.printLow;
    this.#printHigh.values[node] = facts.printHigh;
  }

  #setActivity(node: number, record: Activity, facts: ElementFacts): void {
    const row = this.#rowOf(node);
    fillTime(this.#start.values, row, record.startTime);
    fillTime(this.#end.values, row, record.endTime);
    this.#status.values[row] = statusCode[facts.status];
    this.#group.values[row] = this.#textOrNone(facts.group);
    this.#name.values[row] = this.#textOrNone(facts.name);
    this.#cell.values[row] = this.#textOrNone(facts.cell);
    this.#site.values[row] = facts.site === undefined ? none : this.#nodeOf(facts.site);
    this.#attempt.values[row] = facts.attempt;
    this.#transfer.values[row] = facts.transferSeconds;
    if (facts.type === "run" && this.#run === none) this.#run = node;
  }

  #addAssociation({ activity, agent, plan, attributes }: WasAssociatedWith): void {
    const row = this.#rowOf(this.#nodeOf(activity));
    if (this.#worker.values[row] === none && this.#plan.values[row] === none) {
      this.#worker.values[row] = agent === undefined ? none : this.#nodeOf(agent);
      this.#plan.values[row] = plan === undefined ? none : this.#nodeOf(plan);
      return;
    }
    this.#addEdge("wasAssociatedWith", activity, agent, attributes);
    this.#addEdge("hadPlan", activity, plan, attributes);
  }

  #addEdge(
    kind: EdgeKind,
    from: QualifiedName,
    to: QualifiedName | undefined,
    attributes: readonly Attribute[],
  ): void {
    if (to === undefined) return;
    this.#from.push(this.#nodeOf(from));
    this.#to.push(this.#nodeOf(to));
    this.#kind.push(edgeCode[kind]);
    this.#role.push(attributes.length === 0 ? none : this.#roleOf(attributes));
  }

  #roleOf(attributes: readonly Attribute[]): number {
    let role = "";
    for (const [name, value] of attributes) {
      const known = this.#names.of(name);
      if (known === "prov:role") role += role === "" ? textOf(value) : `, ${textOf(value)}`;
      else if (known === "prov:type" && typeof value !== "string" && isQualifiedName(value)) {
        if (value.local === "Submission") role = "submission";
      }
    }
    return this.#textOrNone(role === "" ? undefined : role);
  }

  #textOrNone(text: string | undefined): number {
    return text === undefined ? none : this.#texts.intern(text);
  }

  #nodeOf({ namespace, local }: QualifiedName): number {
    const space = this.#spaceOfObject.get(namespace) ?? this.#spaceOfNamespace(namespace);
    let node: number;
    if (space >= 0 && !local.includes("/") && !local.includes("#")) {
      node = this.#ids.intern(local, space);
    } else {
      const uri = namespace.uri + local;
      const end = Math.max(uri.lastIndexOf("/"), uri.lastIndexOf("#")) + 1;
      node = this.#ids.intern(uri.slice(end), this.#spaceNumber(uri.slice(0, end)));
    }
    if (node === this.#type.length) this.#pushNode();
    return node;
  }

  /** The space of names whose local part has no `/` or `#`; -1 where it depends on the name. */
  #spaceOfNamespace(namespace: Namespace): number {
    const space = /[/#]$/.test(namespace.uri) ? this.#spaceNumber(namespace.uri, namespace) : -1;
    this.#spaceOfObject.set(namespace, space);
    return space;
  }

  #spaceNumber(uri: string, namespace: Namespace = { prefix: "", uri }): number {
    const known = this.#spaceOf.get(uri);
    if (known !== undefined) return known;
    const number = this.#spaces.push(namespace) - 1;
    this.#spaceOf.set(uri, number);
    return number;
  }

  #pushNode(): void {
    this.#type.push(typeCode.unknown);
    this.#key.push(none);
    this.#label.push(none);
    this.#at.push(-1);
    this.#bytes.push(0);
    this.#printLow.push(0);
    this.#printHigh.push(0);
    this.#row.push(none);
  }

  /** The row of an activity, also of one that is only mentioned so far. */
  #rowOf(node: number): number {
    const row = this.#row.values[node] ?? none;
    if (row !== none) return row;
    this.#row.values[node] = this.#node.push(node);
    this.#start.push(Number.NaN);
    this.#end.push(Number.NaN);
    this.#status.push(0);
    for (const column of [this.#group, this.#name, this.#cell]) column.push(none);
    for (const column of [this.#plan, this.#worker, this.#site]) column.push(none);
    this.#attempt.push(1);
    return this.#transfer.push(0);
  }

  /** Spaces with the prefixes that people know them by. */
  #displaySpaces(): Namespace[] {
    const declared = this.#scopes.flat();
    return this.#spaces.map(
      (space) =>
        declared.find(({ uri }) => uri === space.uri) ?? longestPrefix(space.uri, declared),
    );
  }
}

/** `ex:dir/` for a space inside a declared one: its ids read as the document spells them. */
function longestPrefix(uri: string, declared: readonly Namespace[]): Namespace {
  const best = declared
    .filter((namespace) => uri.startsWith(namespace.uri))
    .sort((a, b) => b.uri.length - a.uri.length)[0];
  if (best === undefined) return { prefix: "", uri };
  return { prefix: `${best.prefix}:${uri.slice(best.uri.length)}`, uri };
}

function fillTime(column: Float64Array, row: number, time: string | undefined): void {
  if (time !== undefined && Number.isNaN(column[row])) column[row] = secondsOf(time);
}

/** Chains the nodes of a key, in the order they were declared. */
function chains(
  key: Uint32Array,
  texts: number,
): { readonly firstOfKey: Uint32Array; readonly nextOfKey: Uint32Array } {
  const firstOfKey = new Uint32Array(texts).fill(none);
  const nextOfKey = new Uint32Array(key.length).fill(none);
  for (let node = key.length - 1; node >= 0; node--) {
    const text = key[node] ?? none;
    if (text === none) continue;
    nextOfKey[node] = firstOfKey[text] ?? none;
    firstOfKey[text] = node;
  }
  return { firstOfKey, nextOfKey };
}

/** The kind of element that a type belongs to; undefined for `unknown`. */
export function elementKindOf(type: number): "entity" | "activity" | "agent" | undefined {
  switch (nodeTypes[type]) {
    case "activity":
    case "attempt":
    case "run":
    case "cell":
      return "activity";
    case "agent":
    case "worker":
    case "scheduler":
    case "client":
      return "agent";
    case "unknown":
    case undefined:
      return undefined;
    default:
      return "entity";
  }
}
