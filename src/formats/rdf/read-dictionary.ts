import { type Attribute, provName, uriOf } from "../../prov/index.js";
import type { ExtensionArgument, ExtensionRecord } from "../extension.js";
import {
  type DictionaryShape,
  dictionaryProperties,
  hadDictionaryMember,
  pairEntity,
  pairKey,
} from "./dictionary-shapes.js";
import type { Graph, GraphStatement, GraphSubject } from "./graph.js";
import { type GraphContext, nodeText } from "./graph-context.js";

/** What a graph says about dictionaries. */
export interface DictionaryRecords {
  readonly records: readonly ExtensionRecord[];
  /** Nodes that only these records speak of: pairs, insertions and removals. */
  readonly nodes: ReadonlySet<string>;
}

const member = uriOf(hadDictionaryMember);
const dictionaryProperty = uriOf(provName("dictionary"));
const shapes = Object.values(dictionaryProperties);

/** Reads the records of PROV-Dictionary that a graph states. */
export function readDictionaries(graph: Graph, context: GraphContext): DictionaryRecords {
  const records: ExtensionRecord[] = [];
  const nodes = new Set<string>();
  for (const subject of graph.subjectsWith("dictionary")) {
    const reader = new DictionaryReader(graph, context, nodes);
    for (const statement of subject.stating("dictionary")) {
      const record = reader.read(subject, statement);
      if (record !== undefined) {
        records.push(record);
      }
    }
  }
  return { records, nodes };
}

/** Reads what one subject says. */
class DictionaryReader {
  #qualified: ReadonlySet<string> | undefined;
  readonly #graph: Graph;
  readonly #context: GraphContext;
  readonly #nodes: Set<string>;

  constructor(graph: Graph, context: GraphContext, nodes: Set<string>) {
    this.#graph = graph;
    this.#context = context;
    this.#nodes = nodes;
  }

  read(subject: GraphSubject, statement: GraphStatement): ExtensionRecord | undefined {
    const { predicate, object } = statement;
    if (object.termType === "Literal") {
      return undefined;
    }
    if (predicate === member) {
      return this.#member(subject, statement);
    }
    const shape = shapes.find((each) => uriOf(each.qualified) === predicate);
    if (shape !== undefined) {
      return this.#change(subject, statement, shape);
    }
    const direct = shapes.find((each) => uriOf(each.property) === predicate);
    return direct === undefined || this.#isQualified(subject, object.id, direct)
      ? undefined
      : this.#record(direct.property, [
          this.#named(subject.id),
          this.#named(object.id),
          { items: [], braces: true },
        ]);
  }

  #member(subject: GraphSubject, statement: GraphStatement): ExtensionRecord | undefined {
    const pair = this.#pair(statement.object.id);
    if (pair === undefined) {
      this.#incomplete(statement, "prov:pairKey and prov:pairEntity");
      return undefined;
    }
    return this.#record(hadDictionaryMember, [this.#named(subject.id), pair.entity, pair.key]);
  }

  #change(
    subject: GraphSubject,
    statement: GraphStatement,
    shape: DictionaryShape,
  ): ExtensionRecord | undefined {
    const { id } = statement.object;
    const { names } = this.#context;
    this.#nodes.add(id);
    const attributes: Attribute[] = [];
    const items: ExtensionArgument[] = [];
    let before: ExtensionArgument;
    for (const { predicate, object } of this.#graph.subject(id)?.statements ?? []) {
      if (predicate === dictionaryProperty) {
        before = this.#named(object.id);
      } else if (predicate === uriOf(shape.change)) {
        items.push(this.#item(object.id, { value: names.value(object) }, shape));
      } else if (object.id !== uriOf(shape.influence)) {
        attributes.push([names.attribute(predicate), names.value(object)]);
      }
    }
    if (before === undefined || items.includes(undefined)) {
      this.#incomplete(statement, "prov:dictionary and complete pairs");
      return undefined;
    }
    const args = [this.#named(subject.id), before, { items, braces: true }];
    const record = this.#record(shape.property, args, attributes);
    return id.startsWith("_:") ? record : { ...record, id: names.name(id) };
  }

  // What was inserted is a pair, what was removed a key.
  #item(id: string, value: ExtensionArgument, shape: DictionaryShape): ExtensionArgument {
    if (shape === dictionaryProperties.derivedByRemovalFrom) {
      return value;
    }
    const pair = this.#pair(id);
    return pair === undefined ? undefined : { items: [pair.key, pair.entity], braces: false };
  }

  #pair(id: string): { key: ExtensionArgument; entity: ExtensionArgument } | undefined {
    const subject = this.#graph.subject(id);
    const { names } = this.#context;
    const object = (name: typeof pairKey): GraphStatement["object"] | undefined =>
      subject?.statements.find(({ predicate }) => predicate === uriOf(name))?.object;
    const [key, entity] = [object(pairKey), object(pairEntity)];
    if (key === undefined || entity === undefined || entity.termType === "Literal") {
      return undefined;
    }
    this.#nodes.add(id);
    return { key: { value: names.value(key) }, entity: this.#named(entity.id) };
  }

  #isQualified(subject: GraphSubject, before: string, shape: DictionaryShape): boolean {
    this.#qualified ??= this.#findQualified(subject);
    return this.#qualified.has(`${uriOf(shape.qualified)} ${before}`);
  }

  #findQualified({ statements }: GraphSubject): ReadonlySet<string> {
    const found = new Set<string>();
    for (const { predicate, object } of statements) {
      if (shapes.some(({ qualified }) => uriOf(qualified) === predicate)) {
        for (const each of this.#graph.subject(object.id)?.statements ?? []) {
          if (each.predicate === dictionaryProperty) {
            found.add(`${predicate} ${each.object.id}`);
          }
        }
      }
    }
    return found;
  }

  #named(id: string): ExtensionArgument {
    return { id: this.#context.names.name(id) };
  }

  #record(
    name: ExtensionRecord["name"],
    args: readonly ExtensionArgument[],
    attributes: readonly Attribute[] = [],
  ): ExtensionRecord {
    return { name, arguments: args, attributes };
  }

  #incomplete(statement: GraphStatement, what: string): void {
    const text = nodeText(statement.object.id, this.#context);
    const message = `${text} lacks ${what}, which PROV-Dictionary demands; it is left out.`;
    this.#context.report("warning", "incomplete-relation", message, statement);
  }
}
