import { isRdfNode, type RdfNode } from "../rdf/rdf-node.js";
import type { RdfSpeller } from "../rdf/rdf-speller.js";
import { anonymousLabel } from "../rdf/rdf-text.js";
import type { RdfLayout } from "../rdf/write-rdf.js";

/** N-Quads: one statement a line, full IRIs, the graph at the end. */
export function nquadsLayout(): RdfLayout {
  let graph = "";
  let blanks = 0;
  const nodeText = (subject: string, node: RdfNode, speller: RdfSpeller): string => {
    let text = "";
    for (const [predicate, object] of node.statements) {
      const property = speller.predicate(predicate);
      if (property === undefined) {
        continue;
      }
      if (isRdfNode(object)) {
        blanks += 1;
        const label = `_:${anonymousLabel(blanks)}`;
        text += `${subject} ${property} ${label}${graph} .\n${nodeText(label, object, speller)}`;
      } else {
        text += `${subject} ${property} ${speller.value(object)}${graph} .\n`;
      }
    }
    return text;
  };
  return {
    title: "N-Quads",
    hasPrefixes: false,
    hasGraphs: true,
    head: () => "",
    openGraph: (id, speller) => {
      graph = ` ${speller.name(id)}`;
      return "";
    },
    closeGraph: () => {
      graph = "";
      return "";
    },
    node: (node, speller) => {
      blanks += node.id === undefined ? 1 : 0;
      const subject = node.id === undefined ? `_:${anonymousLabel(blanks)}` : speller.name(node.id);
      return nodeText(subject, node, speller);
    },
  };
}
