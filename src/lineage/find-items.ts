import { TaskprovError } from "../base/errors.js";
import { compileFnmatch, hasWildcard } from "../base/fnmatch.js";
import { nearestName } from "../base/nearest-name.js";
import { typeCode } from "./index/kinds.js";
import { type LineageIndex, none } from "./index/lineage-index.js";

/** Something that a question can be about: all nodes of a task's key, or one node. */
export interface Target {
  /** Its key, or its id where it has none. */
  readonly name: string;
  /** In the order of the document. */
  readonly nodes: readonly number[];
  /** Whether it is a key: attempts and data of one task. */
  readonly isKey: boolean;
}

/** The nodes of a key, by the number of its text: attempts, then data, each as declared. */
export function nodesOfKey(index: LineageIndex, text: number): number[] {
  const attempts: number[] = [];
  const others: number[] = [];
  const { nextOfKey, row } = index.nodes;
  const rowOf = (node: number): number => row[node] ?? none;
  for (let node = index.firstOfKey[text] ?? none; node !== none; node = nextOfKey[node] ?? none) {
    (rowOf(node) === none ? others : attempts).push(node);
  }
  if (attempts.length > 1) attempts.sort((a, b) => rowOf(a) - rowOf(b));
  return [...attempts, ...others];
}

/** The key of a node as people write it; undefined for what has none. */
export function keyOfNode(index: LineageIndex, node: number): string | undefined {
  const key = index.nodes.key[node] ?? none;
  return key === none ? undefined : keyText(index, key);
}

/** The text of a key without the mark of keys that are no strings. */
function keyText({ texts }: LineageIndex, key: number): string {
  const text = texts.text(key);
  return text.endsWith("\0") ? text.slice(0, -1) : text;
}

/** The id of a node as the document spells it. */
export function idOfNode({ ids, spaces }: LineageIndex, node: number): string {
  const space = spaces[ids.tag(node)];
  const local = ids.text(node);
  if (space === undefined || space.prefix === "")
    return space?.uri === "" ? local : (space?.uri ?? "") + local;
  // A space below a declared one bears the rest of its URI behind the prefix.
  return space.prefix.includes(":") ? space.prefix + local : `${space.prefix}:${local}`;
}

/** At most so many are listed; more would not be read. */
const maxFound = 1000;

/**
 * Everything that a name may mean, by the first of these that gives anything: exact key, id or
 * full URI, label; glob on keys, else on ids and labels; beginning of a key; id without prefix;
 * beginning of an id.
 */
export function findTargets(index: LineageIndex, name: string): readonly Target[] {
  for (const find of [byKey, byId, byLabel, byGlob, byKeyPrefix, byLocalName, byPrefix]) {
    const found = find(index, name);
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * The one thing that a name means.
 *
 * @throws {@link TaskprovError} `ERR_ITEM` when there is none, with the nearest name, or when there
 *   are several, with the first ten.
 */
export function findTarget(index: LineageIndex, name: string): Target {
  const found = findTargets(index, name);
  const [first] = found;
  if (first === undefined) throw unknownItem(index, name);
  if (found.length === 1) return first;
  const shown = found.slice(0, 10).map((target) => target.name);
  const more = found.length > shown.length ? " …" : "";
  const count = found.length >= maxFound ? `at least ${maxFound}` : String(found.length);
  throw new TaskprovError(
    "ERR_ITEM",
    `${JSON.stringify(name)} may mean ${count} items: ${shown.join(", ")}${more}. Give one of them in full, or its id.`,
  );
}

function unknownItem(index: LineageIndex, name: string): TaskprovError {
  const nearest = nearestName(name, knownNames(index));
  const hint =
    nearest === undefined
      ? "`taskprov list` shows what there is."
      : `The nearest name is ${JSON.stringify(nearest)}; \`taskprov list\` shows all.`;
  return new TaskprovError(
    "ERR_ITEM",
    `Nothing here is called ${JSON.stringify(name)} or begins so. ${hint}`,
  );
}

/** Comparing costs about a microsecond a name: enough of them to be of use, and no more. */
const maxCompared = 50_000;

function* knownNames(index: LineageIndex): Generator<string> {
  let count = 0;
  for (let text = 0; text < index.firstOfKey.length && count < maxCompared; text++) {
    if (index.firstOfKey[text] === none) continue;
    count++;
    yield keyText(index, text);
  }
  for (let node = 0; node < index.ids.size && count < maxCompared; node++) {
    if (index.nodes.key[node] !== none || index.nodes.type[node] === typeCode.literal) continue;
    count++;
    yield idOfNode(index, node);
    yield index.ids.text(node);
  }
}

function byKey(index: LineageIndex, name: string): Target[] {
  return [name, `${name}\0`]
    .map((text) => index.texts.find(text))
    .filter((text) => text >= 0 && (index.firstOfKey[text] ?? none) !== none)
    .map((text) => keyTarget(index, text));
}

function keyTarget(index: LineageIndex, text: number): Target {
  return { name: keyText(index, text), nodes: nodesOfKey(index, text), isKey: true };
}

function nodeTarget(index: LineageIndex, node: number): Target {
  return { name: idOfNode(index, node), nodes: [node], isKey: false };
}

function byId(index: LineageIndex, name: string): Target[] {
  const nodes = new Set<number>();
  index.spaces.forEach(({ prefix, uri }, tag) => {
    const own = prefix.includes(":") ? prefix : `${prefix}:`;
    for (const start of [uri, prefix === "" ? undefined : own]) {
      if (start === undefined || !name.startsWith(start)) continue;
      const node = index.ids.find(name.slice(start.length), tag);
      if (node >= 0) nodes.add(node);
    }
  });
  return [...nodes].map((node) => nodeTarget(index, node));
}

/** An id without its prefix. */
function byLocalName(index: LineageIndex, name: string): Target[] {
  return index.spaces
    .map((_, tag) => index.ids.find(name, tag))
    .filter((node) => node >= 0)
    .map((node) => nodeTarget(index, node));
}

function byLabel(index: LineageIndex, name: string): Target[] {
  const numbered = /^(.*) #(\d+)$/s.exec(name);
  if (numbered !== null) {
    const [, key = "", number] = numbered;
    const attempt = byKey(index, key)
      .flatMap(({ nodes }) => nodes)
      .find((node) => attemptOf(index, node) === Number(number));
    if (attempt !== undefined) return [nodeTarget(index, attempt)];
  }
  const text = index.texts.find(name);
  if (text < 0) return [];
  const found: Target[] = [];
  index.nodes.label.forEach((label, node) => {
    if (label === text && found.length < maxFound) found.push(nodeTarget(index, node));
  });
  return found;
}

function attemptOf(index: LineageIndex, node: number): number | undefined {
  const row = index.nodes.row[node] ?? none;
  return row === none ? undefined : index.activities.attempt[row];
}

function byGlob(index: LineageIndex, name: string): Target[] {
  if (!hasWildcard(name)) return [];
  const matches = compileFnmatch(name);
  const keys = keysThat(index, (number) => matches(keyText(index, number)));
  if (keys.length > 0) return keys;
  return nodesThat(index, (node) => {
    const label = index.nodes.label[node] ?? none;
    return (
      matches(idOfNode(index, node)) ||
      matches(index.ids.text(node)) ||
      (label !== none && matches(index.texts.text(label)))
    );
  });
}

function byKeyPrefix(index: LineageIndex, name: string): Target[] {
  if (name === "") return [];
  const bytes = Buffer.from(name);
  return keysThat(index, (number) => index.texts.hasPrefix(number, bytes));
}

function byPrefix(index: LineageIndex, name: string): Target[] {
  if (name === "") return [];
  const bytes = Buffer.from(name);
  return nodesThat(
    index,
    (node) => index.ids.hasPrefix(node, bytes) || idOfNode(index, node).startsWith(name),
  );
}

function keysThat(index: LineageIndex, fits: (text: number) => boolean): Target[] {
  const found: Target[] = [];
  for (let text = 0; text < index.firstOfKey.length && found.length < maxFound; text++) {
    if (index.firstOfKey[text] !== none && fits(text)) found.push(keyTarget(index, text));
  }
  return found;
}

/** Of elements that have no key of their own; literals are found by what uses them. */
function nodesThat(index: LineageIndex, fits: (node: number) => boolean): Target[] {
  const found: Target[] = [];
  for (let node = 0; node < index.ids.size && found.length < maxFound; node++) {
    if (index.nodes.key[node] !== none || index.nodes.type[node] === typeCode.literal) continue;
    if (fits(node)) found.push(nodeTarget(index, node));
  }
  return found;
}
