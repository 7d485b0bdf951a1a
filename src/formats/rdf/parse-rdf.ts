import { DocumentError } from "../document-error.js";
import type { RdfLiteral, RdfResource } from "./graph.js";
import { fallbackBase, GraphBuilder, type ParsedRdf, type Token } from "./graph-builder.js";
import { LinePlaces } from "./line-places.js";

/** The RDF syntaxes that are read, as the parser names them. */
export type RdfSyntax = "Turtle" | "TriG" | "N-Quads";

interface DefaultGraph {
  readonly termType: "DefaultGraph";
  readonly value: "";
  readonly id: "";
}

interface ParsedQuad {
  readonly termType: "Quad";
  readonly value: "";
  readonly id: "";
  readonly subject: ParsedTerm;
  readonly predicate: ParsedTerm;
  readonly object: ParsedTerm;
  readonly graph: ParsedTerm;
}

type ParsedTerm = RdfResource | RdfLiteral | DefaultGraph | ParsedQuad;

const langStringType = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";
const stringType = "http://www.w3.org/2001/XMLSchema#string";

/**
 * Parses a text in an RDF syntax; the parser is loaded on first use.
 *
 * @throws {@link DocumentError} where the text is not in the syntax.
 */
export async function parseRdf(
  text: string,
  syntax: RdfSyntax,
  baseIri: string | undefined,
): Promise<ParsedRdf> {
  const { Parser } = await import("n3");
  const builder = new GraphBuilder(baseIri === undefined);
  const options = {
    format: syntax,
    factory: termFactory(builder.labels),
    blankNodePrefix: "_:",
    ...(syntax !== "N-Quads" && { baseIRI: baseIri ?? fallbackBase }),
  };
  // The type package describes an older release of the parser, without tokens and own terms.
  const parser = new Parser(options as unknown as ConstructorParameters<typeof Parser>[0]);
  let failure: Error | undefined;
  const callbacks = {
    onQuad: (error: Error | null, quad: unknown): void => {
      failure ??= error ?? undefined;
      if (quad !== null && quad !== undefined) {
        addQuad(builder, quad as ParsedQuad);
      }
    },
    onPrefix: (prefix: string, iri: { readonly value: string }): void => {
      builder.addPrefix(prefix, iri.value);
    },
    onToken: (token: Token): void => {
      builder.token = token;
    },
  };
  const input = new TextInput();
  try {
    parser.parse(input as never, callbacks as unknown as Parameters<typeof parser.parse>[1]);
    input.feed(text);
  } catch (error) {
    // Some malformed texts make the parser stumble instead of complain.
    if (!(error instanceof TypeError)) {
      throw error;
    }
    failure ??= Object.assign(new Error("The text is malformed here", { cause: error }), {
      context: { token: builder.token },
    });
  }
  if (failure !== undefined) {
    throw syntaxError(failure, text, syntax);
  }
  builder.end();
  return builder;
}

function addQuad(builder: GraphBuilder, { subject, predicate, object, graph }: ParsedQuad): void {
  if (isResource(subject) && isResource(predicate) && isTerm(object) && isGraph(graph)) {
    builder.addStatement(subject, predicate, object, graph.id);
  } else {
    builder.skipStatement(predicate.id);
  }
}

// What the parser takes for a stream. Given a string it would parse in a task of its own, where
// nobody could catch what it throws.
class TextInput {
  readonly #listeners = new Map<string, (data: string) => void>();

  on(event: string, listener: (data: string) => void): void {
    this.#listeners.set(event, listener);
  }

  feed(text: string): void {
    this.#listeners.get("data")?.(text);
    this.#listeners.get("end")?.("");
  }
}

const defaultGraph: DefaultGraph = { termType: "DefaultGraph", value: "", id: "" };

function isResource(term: ParsedTerm): term is RdfResource {
  return term.termType === "NamedNode" || term.termType === "BlankNode";
}

function isTerm(term: ParsedTerm): term is RdfResource | RdfLiteral {
  return isResource(term) || term.termType === "Literal";
}

function isGraph(term: ParsedTerm): term is RdfResource | DefaultGraph {
  return isResource(term) || term.termType === "DefaultGraph";
}

// Terms of our own: IRIs are shared, and the language of a literal keeps its letters' case.
function termFactory(labels: Set<string>): object {
  const named = new Map<string, RdfResource>();
  const literals = new LiteralCache();
  let blanks = 0;
  return {
    namedNode: (iri: string): RdfResource => {
      let node = named.get(iri);
      if (node === undefined) {
        node = { termType: "NamedNode", value: iri, id: iri };
        named.set(iri, node);
      }
      return node;
    },
    blankNode: (label?: string): RdfResource => {
      if (label !== undefined) {
        labels.add(label);
        return { termType: "BlankNode", value: label, id: `_:${label}` };
      }
      blanks += 1;
      return { termType: "BlankNode", value: "", id: `_: ${blanks}` };
    },
    literal: (
      value: string,
      about?: string | { value?: string; language?: string },
    ): RdfLiteral => {
      const language = typeof about === "string" ? about : (about?.language ?? "");
      const datatype = typeof about === "object" ? about.value : undefined;
      return literals.of(
        value,
        language,
        language === "" ? (datatype ?? stringType) : langStringType,
      );
    },
    defaultGraph: (): DefaultGraph => defaultGraph,
    quad: (
      subject: ParsedTerm,
      predicate: ParsedTerm,
      object: ParsedTerm,
      graph: ParsedTerm = defaultGraph,
    ): ParsedQuad => ({ termType: "Quad", value: "", id: "", subject, predicate, object, graph }),
  };
}

// Statuses, roles and counts come again and again: each is kept once while it is among the recent.
class LiteralCache {
  readonly #recent = new Map<string, RdfLiteral>();

  of(value: string, language: string, datatype: string): RdfLiteral {
    if (value.length > maxSharedChars) {
      return { termType: "Literal", value, language, datatype, id: value };
    }
    const known = this.#recent.get(value);
    if (known !== undefined && known.language === language && known.datatype === datatype) {
      return known;
    }
    const literal: RdfLiteral = { termType: "Literal", value, language, datatype, id: value };
    if (this.#recent.size >= maxRecent) {
      this.#recent.clear();
    }
    this.#recent.set(value, literal);
    return literal;
  }
}

const maxSharedChars = 24;
const maxRecent = 4096;

interface ParserContext {
  readonly line?: number;
  readonly token?: Token;
  readonly previousToken?: Token;
}

function syntaxError(error: Error, text: string, syntax: RdfSyntax): DocumentError {
  const context: ParserContext = "context" in error ? (error.context as ParserContext) : {};
  const message = error.message.replace(/ on line \d+\.$/, "");
  const places = new LinePlaces(text);
  return new DocumentError(
    [
      {
        severity: "error",
        rule: "rdf-syntax",
        message: `Not ${syntax}: ${message}.`,
        place: places.at(...problemPosition(context, text, places)),
      },
    ],
    { cause: error },
  );
}

function problemPosition(
  { line = 1, token, previousToken }: ParserContext,
  text: string,
  places: LinePlaces,
): [line: number, column: number] {
  if (token !== undefined) {
    return [token.line, token.start];
  }
  // The lexer tells the line only: the problem comes after the last token that stands in it.
  const from =
    previousToken !== undefined && (previousToken.endLine ?? previousToken.line) === line
      ? previousToken.end
      : 0;
  const start = places.lineStart(line);
  const blank = /^[ \t]*/.exec(text.slice(start + from, start + from + 10_000))?.[0].length ?? 0;
  return [line, from + blank];
}
