/**
 * A small syntax tree that Python and TypeScript cells share: what decides whether a call starts
 * work, and nothing else. Offsets are UTF-16 code units into the raw source of the cell.
 */
export type Expression =
  | Plain<"constant", { readonly value: ConstantValue }>
  | Plain<"name", { readonly name: string }>
  | Plain<"attribute", { readonly object: Expression; readonly name: string }>
  | Call
  | Plain<"index", { readonly object: Expression; readonly indices: readonly Expression[] }>
  | Plain<"sequence", { readonly items: readonly Expression[] }>
  | Plain<"mapping", { readonly entries: readonly MappingEntry[] }>
  | Plain<"star", { readonly value: Expression }>
  | Plain<"function", { readonly definition: FunctionDefinition }>
  | Comprehension
  | Plain<
      "binary",
      { readonly operator: string; readonly left: Expression; readonly right: Expression }
    >
  | Plain<"logic", { readonly operator: "and" | "or"; readonly items: readonly Expression[] }>
  | Plain<"not", { readonly value: Expression }>
  | Plain<
      "choice",
      { readonly test: Expression; readonly yes: Expression; readonly no: Expression }
    >
  | Plain<"await", { readonly value: Expression }>
  | Plain<"assignment", { readonly target: Expression; readonly value: Expression }>
  /** A string with expressions in it. */
  | Plain<"text", { readonly parts: readonly TextPart[] }>
  /** Anything else: its parts are evaluated, its value is not known. */
  | Plain<"other", { readonly parts: readonly Expression[] }>;

/** A constant as far as the analysis keeps it. */
export type ConstantValue = string | number | boolean | null;

/** A node of one kind with its place. */
type Plain<K extends string, Rest> = {
  readonly kind: K;
  readonly start: number;
  readonly end: number;
} & Rest;

/** A call; `calleeEnd` is where the name of the callee ends, which no two calls share. */
export interface Call {
  readonly kind: "call";
  readonly start: number;
  readonly end: number;
  readonly callee: Expression;
  readonly calleeEnd: number;
  readonly args: readonly Argument[];
}

/** One argument: positional, by `name`, or `*spread` of a sequence or `**spread` of a mapping. */
export interface Argument {
  readonly name?: string;
  readonly spread?: "sequence" | "mapping";
  readonly value: Expression;
}

/** `key: value`; an entry without key is a spread. */
export interface MappingEntry {
  readonly key?: Expression;
  readonly value: Expression;
}

/** A replacement field of a string; `formatted` when it has a format of its own. */
export interface TextPart {
  readonly value: Expression;
  readonly formatted: boolean;
}

/** A comprehension or generator expression. */
export interface Comprehension {
  readonly kind: "comprehension";
  readonly start: number;
  readonly end: number;
  readonly of: "sequence" | "mapping" | "generator";
  readonly elements: readonly Expression[];
  readonly clauses: readonly ComprehensionClause[];
}

/** One `for … in … if …` of a comprehension. */
export interface ComprehensionClause {
  readonly target: Expression;
  readonly source: Expression;
  readonly tests: readonly Expression[];
}

/** A parameter of a function. */
export interface Parameter {
  readonly name: string;
  readonly spread?: "sequence" | "mapping";
  readonly fallback?: Expression;
  /** Text of its type annotation. */
  readonly type?: Expression;
  /** A destructuring pattern in place of a name. */
  readonly pattern?: Expression;
}

/** A function of any sort: `def`, `lambda`, arrow function, method. */
export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
  readonly start: number;
  readonly end: number;
}

/** A name bound by an import: `path` as written in the source, dots and all. */
export interface ImportedName {
  readonly local: string;
  readonly path: string;
}

/** A statement. */
export type Statement =
  | { readonly kind: "expression"; readonly value: Expression }
  | {
      readonly kind: "assign";
      readonly targets: readonly Expression[];
      readonly value?: Expression;
      readonly type?: Expression;
    }
  | {
      readonly kind: "augment";
      readonly target: Expression;
      readonly operator: string;
      readonly value: Expression;
    }
  | { readonly kind: "define"; readonly definition: FunctionDefinition }
  | {
      readonly kind: "class";
      readonly name: string;
      readonly bases: readonly Expression[];
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "if";
      readonly test: Expression;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  | { readonly kind: "while"; readonly test: Expression; readonly body: readonly Statement[] }
  | {
      readonly kind: "for";
      readonly target: Expression;
      readonly source: Expression;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "with";
      readonly items: readonly { readonly value: Expression; readonly target?: Expression }[];
      readonly body: readonly Statement[];
    }
  /** Ways of which one is taken: `try` with its handlers, `match` with its cases. */
  | { readonly kind: "ways"; readonly ways: readonly (readonly Statement[])[] }
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | { readonly kind: "return"; readonly value?: Expression }
  | { readonly kind: "import"; readonly names: readonly ImportedName[] }
  | { readonly kind: "import-all"; readonly path: string }
  | { readonly kind: "delete"; readonly targets: readonly Expression[] }
  | { readonly kind: "global"; readonly names: readonly string[] };
