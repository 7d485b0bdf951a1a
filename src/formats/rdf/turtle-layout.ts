import type { QualifiedName } from "../../prov/index.js";
import { isRdfNode, type RdfNode, type RdfStatement } from "./rdf-node.js";
import type { RdfSpeller } from "./rdf-speller.js";
import { rdfType } from "./vocabulary.js";
import type { RdfLayout } from "./write-rdf.js";

/**
 * Turtle and TriG: one block a record, nodes without a name in brackets.
 *
 * @param hasGraphs - TriG.
 * @param compact - no line breaks inside a block.
 */
export function turtleLayout(title: string, hasGraphs: boolean, compact: boolean): RdfLayout {
  const separator = compact ? " ; " : " ;\n  ";
  const inner: Brackets = compact
    ? { open: "[ ", separator: " ; ", close: " ]" }
    : { open: "[\n    ", separator: " ;\n    ", close: "\n  ]" };
  return {
    title,
    hasPrefixes: true,
    hasGraphs,
    head: (speller) => {
      const lines = speller.declared().map(({ prefix, uri }) => `@prefix ${prefix}: <${uri}> .\n`);
      return `${lines.join("")}${compact ? "" : "\n"}`;
    },
    openGraph: (id, speller) => `${speller.name(id)} {\n`,
    closeGraph: () => "}\n",
    node: ({ id, statements }, speller) => {
      const text = statementsText(statements, speller, separator, inner);
      const subject = id === undefined ? "[]" : speller.name(id);
      return text === "" ? "" : `${subject} ${text} .\n`;
    },
  };
}

interface Brackets {
  readonly open: string;
  readonly separator: string;
  readonly close: string;
}

function statementsText(
  statements: readonly RdfStatement[],
  speller: RdfSpeller,
  separator: string,
  inner: Brackets,
): string {
  let text = "";
  let last: string | undefined;
  for (const [predicate, object] of statements) {
    const property = predicateText(predicate, speller);
    if (property === undefined) {
      continue;
    }
    const value = isRdfNode(object) ? bracketed(object, speller, inner) : speller.value(object);
    text +=
      property === last
        ? `, ${value}`
        : `${last === undefined ? "" : separator}${property} ${value}`;
    last = property;
  }
  return text;
}

function bracketed({ statements }: RdfNode, speller: RdfSpeller, inner: Brackets): string {
  return `${inner.open}${statementsText(statements, speller, inner.separator, inner)}${inner.close}`;
}

function predicateText(predicate: QualifiedName, speller: RdfSpeller): string | undefined {
  return predicate === rdfType ? "a" : speller.predicate(predicate);
}
