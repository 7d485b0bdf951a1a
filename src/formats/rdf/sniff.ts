const comments = /^(?:#[^\r\n]*[\r\n]\s*)*/;
const directive = /^(?:@prefix|@base|@version|prefix|base|version)\s/i;
const iri = "<[A-Za-z][A-Za-z0-9+.-]*:[^<>\\s]*>";
const quad = new RegExp(
  `^(?:${iri}|_:\\S+)[ \\t]+${iri}[ \\t]+(?:${iri}|_:\\S+|"[^"\\n]*"\\S*)[ \\t]*(?:${iri}|_:\\S+)?[ \\t]*\\.[ \\t]*(?:#|\\r|\\n|$)`,
);
const statement = new RegExp(
  `^(?:${iri}|<[#/.]?[^<>\\s]*>|_:\\S+|\\[\\s*\\])\\s+(?:a\\s|<|\\{|[\\w-]*:)`,
);

/** Whether a text begins like Turtle or TriG: with a directive or a statement about an IRI. */
export function beginsLikeTurtle(head: string): boolean {
  const text = head.replace(comments, "");
  return directive.test(text) || (statement.test(text) && !quad.test(text));
}

/** Whether a text begins with a whole line of N-Triples or N-Quads. */
export function beginsLikeQuads(head: string): boolean {
  return quad.test(head.replace(comments, ""));
}
