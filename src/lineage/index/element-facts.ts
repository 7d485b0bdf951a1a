import { type QualifiedName, uriOf } from "../../prov/names.js";
import type { Activity, Agent, Entity } from "../../prov/records.js";
import { valueKey } from "../../prov/value-key.js";
import { isQualifiedName, type Value } from "../../prov/values.js";
import { fillImplied, impliedStatus } from "../../track/implied.js";
import { type AttributeNames, knownName } from "./attribute-names.js";
import { type NodeType, type Status, statuses } from "./kinds.js";

/** What the index keeps of an element; the rest stays in the document. */
export interface ElementFacts {
  type: NodeType;
  key: string | undefined;
  hasKeyJson: boolean;
  label: string | undefined;
  status: Status;
  group: string | undefined;
  name: string | undefined;
  cell: string | undefined;
  site: QualifiedName | undefined;
  attempt: number;
  transferSeconds: number;
  printLow: number;
  printHigh: number;
}

const typeOfTerm: ReadonlyMap<string, NodeType> = new Map<string, NodeType>([
  ["TaskAttempt", "attempt"],
  ["Run", "run"],
  ["CellExecution", "cell"],
  ["Data", "data"],
  ["Scattered", "scattered"],
  ["Literal", "literal"],
  ["Exception", "exception"],
  ["Excluded", "excluded"],
  ["Function", "function"],
  ["CallSite", "site"],
  ["ExecutionSource", "source"],
  ["Worker", "worker"],
  ["Scheduler", "scheduler"],
  ["Client", "client"],
]);

/** Reads what the index keeps of an element. */
export function elementFacts(
  record: Entity | Activity | Agent,
  names: AttributeNames,
): ElementFacts {
  const facts: ElementFacts = {
    type: record.kind,
    key: undefined,
    hasKeyJson: false,
    label: undefined,
    status: "",
    group: undefined,
    name: undefined,
    cell: undefined,
    site: undefined,
    attempt: 1,
    transferSeconds: 0,
    printLow: 0,
    printHigh: 0,
  };
  let blamed: string | undefined;
  let isExact = false;
  let digest: Value | undefined;
  let modified: Value | undefined;
  let isHashed = false;
  for (const [name, value] of record.attributes) {
    const known = names.of(name);
    if (known === "taskprov:digest") digest = value;
    else if (known === "taskprov:modified") modified = value;
    else if (!take(facts, known, value, record.kind) && record.kind === "entity") {
      addPrint(facts, known === "" ? name.namespace.uri + name.local : known, value);
    }
    isHashed ||= known === "taskprov:sha256";
    if (known === "yprov:blamed_task") blamed = textOf(value);
    isExact ||= known === "taskprov:status";
  }
  if (hasKey(facts.type)) fillImplied(facts, uriOf(record.id));
  // The digest is the content; of a file its hash is, and not when it was written.
  if (digest !== undefined) {
    facts.printLow = 0;
    facts.printHigh = 0;
    addPrint(facts, "taskprov:digest", digest);
  } else if (modified !== undefined && !isHashed) addPrint(facts, "taskprov:modified", modified);
  // yProv calls a task that never ran because of another one a failure too.
  const isBlocked = blamed !== undefined && blamed !== facts.label && blamed !== record.id.local;
  if (isBlocked && !isExact && facts.status === "error") facts.status = "blocked";
  return facts;
}

function hasKey(type: NodeType): boolean {
  return type === "attempt" || type === "data" || type === "scattered";
}

/** Takes an attribute; false when it also describes the element's content. */
function take(
  facts: ElementFacts,
  name: string,
  value: Value,
  kind: "entity" | "activity" | "agent",
): boolean {
  switch (name) {
    case "prov:label":
      facts.label ??= textOf(value);
      return true;
    case "prov:type":
    case "taskprov:type":
      takeType(facts, value);
      return true;
    case "taskprov:key":
      facts.key = textOf(value);
      return true;
    case "taskprov:keyJson":
      facts.hasKeyJson = true;
      return true;
    case "yprov:is_error":
      if (textOf(value).toLowerCase() === "true" && kind === "entity") facts.type = "exception";
      return false;
    default:
      return kind === "activity" && takeOfActivity(facts, name, value);
  }
}

function takeOfActivity(facts: ElementFacts, name: string, value: Value): boolean {
  switch (name) {
    case "taskprov:status":
      facts.status = statuses.find((status) => status === textOf(value)) ?? facts.status;
      break;
    case "yprov:status":
      if (facts.status === "") facts.status = impliedStatus(textOf(value)) ?? "";
      break;
    case "yprov:level":
      if (textOf(value) === "0") facts.type = "run";
      break;
    case "yprov:group":
      facts.group = textOf(value);
      break;
    case "yprov:name":
      facts.name = textOf(value);
      break;
    case "yprov:nice_name":
      facts.name ??= textOf(value);
      break;
    case "yprov:jupyter_cell_index":
    case "yprov:jupyter_cell":
    case "taskprov:cell":
      facts.cell = textOf(value);
      break;
    case "taskprov:site":
      if (typeof value !== "string" && isQualifiedName(value)) facts.site = value;
      break;
    case "taskprov:attempt":
      facts.attempt = Number(textOf(value)) || 1;
      break;
    case "taskprov:transferSeconds":
      facts.transferSeconds = Number(textOf(value)) || 0;
      break;
  }
  return true;
}

function takeType(facts: ElementFacts, value: Value): void {
  const term = termOf(value);
  const type = term === undefined ? undefined : typeOfTerm.get(term);
  // Scattered data is also Data: the narrower type stays.
  if (type !== undefined && facts.type !== "scattered") facts.type = type;
}

function termOf(value: Value): string | undefined {
  if (typeof value === "string") return /^taskprov:(\w+)$/.exec(value)?.[1];
  if (!isQualifiedName(value)) return undefined;
  const name = knownName(value);
  return name.startsWith("taskprov:") ? name.slice("taskprov:".length) : undefined;
}

/** A value as text: names as `prefix:local`. */
export function textOf(value: Value): string {
  if (typeof value === "string") return value;
  if (!isQualifiedName(value)) return value.text;
  const { prefix } = value.namespace;
  return prefix === "" ? value.local : `${prefix}:${value.local}`;
}

/** Adds up, so that the order of attributes does not matter. */
function addPrint(facts: ElementFacts, name: string, value: Value): void {
  const text = `${name}=${valueKey(value)}`;
  let low = 0x811c9dc5;
  let high = 0x4f6cdd1d;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5f356495);
    high ^= high >>> 13;
  }
  facts.printLow = (facts.printLow + (low >>> 0)) >>> 0;
  facts.printHigh = (facts.printHigh + (high >>> 0)) >>> 0;
}
