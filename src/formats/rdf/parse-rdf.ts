import { DocumentError } from "../document-error.js";
import { ownText } from "../own-text.js";
import { decodedText } from "../whole-text.js";
import type { RdfLiteral, RdfResource } from "./graph.js";
import { fallbackBase, GraphBuilder, type ParsedRdf, type Token } from "./graph-builder.js";
import { LinePlaces } from "./line-places.js";
import { textPieces } from "./text-pieces.js";

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
 * Parses a text in an RDF syntax; the parser is loaded on first use. What is returned keeps no
 * part of the text alive.
 *
 * @param whole - the text, or its bytes.
 * @param pieceSize - so much of it is decoded at a time.
 * @throws {@link DocumentError} where the text is not in the syntax, or the bytes are not UTF-8.
 */
export async function parseRdf(
  whole: string | Uint8Array,
  syntax: RdfSyntax,
  baseIri: string | undefined,
  pieceSize?: number,
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
      builder.addPrefix(own(prefix), iri.value);
    },
    onToken: (token: Token): void => {
      builder.token = token;
    },
  };
  const input = new TextInput();
  try {
    parser.parse(input as never, callbacks as unknown as Parameters<typeof parser.parse>[1]);
    for (const piece of textPieces(whole, pieceSize)) {
      input.feed(piece);
      if (failure !== undefined) {
        break;
      }
    }
    input.end();
  } catch (error) {
    // Some malformed texts make the parser stumble instead of complain, and bytes may be no UTF-8,
    // which decoding the whole text for the place will say.
    if (!(error instanceof TypeError)) {
      throw error;
    }
    failure ??= Object.assign(new Error("The text is malformed here", { cause: error }), {
      context: { token: builder.token },
    });
  }
  if (failure !== undefined) {
    throw syntaxError(failure, decodedText(whole), syntax);
  }
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
  }

  end(): void {
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
        const id = own(iri);
        node = { termType: "NamedNode", value: id, id };
        named.set(id, node);
      }
      return node;
    },
    blankNode: (label?: string): RdfResource => {
      if (label !== undefined) {
        const value = own(label);
        labels.add(value);
        return { termType: "BlankNode", value, id: `_:${value}` };
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
        own(language),
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

  of(text: string, language: string, datatype: string): RdfLiteral {
    const known = text.length > maxSharedChars ? undefined : this.#recent.get(text);
    if (known !== undefined && known.language === language && known.datatype === datatype) {
      return known;
    }
    const value = own(text);
    const literal: RdfLiteral = { termType: "Literal", value, language, datatype, id: value };
    if (text.length > maxSharedChars) {
      return literal;
    }
    if (this.#recent.size >= maxRecent) {
      this.#recent.clear();
    }
    this.#recent.set(value, literal);
    return literal;
  }
}

// Times with fractions and offsets are among them.
const maxSharedChars = 40;
const maxRecent = 4096;

function own(text: string): string {
  return ownText(text, 0, text.length);
}

interface ParserContext {
  readonly line?: number;
  readonly token?: Token;
  readonly previousToken?: Token;
}

function syntaxError(error: Error, text: string, syntax: RdfSyntax): DocumentError {
  const context: ParserContext = "context" in error ? (error.context as ParserContext) : {};
  const message = error.message.replace(/ on line \d+\.$/, "");
  const places = new LinePlaces(() => text);
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
