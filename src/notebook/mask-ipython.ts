import { maskPrompts } from "./mask-prompts.js";
import { createStringScanner, lineEnd } from "./python-string.js";
import type { SourceComment } from "./source-call.js";

/** A Python cell without its IPython syntax. */
export interface MaskedPython {
  /**
   * Plain Python with the same number of lines, each of the same length, so that every offset of
   * what is left is the one in the raw source. For a cell that is not Python all blanks.
   */
  readonly text: string;
  /** Name of the cell magic that makes the cell something else than Python (`bash`). */
  readonly foreignMagic?: string;
  readonly comments: readonly SourceComment[];
  /** Offset of the first character of every logical line, ascending. */
  readonly statementStarts: readonly number[];
}

/** Cell magics whose body is Python run in the kernel; the line of the last two is code as well. */
const bodyMagics: ReadonlySet<string> = new Set(["time", "capture", "timeit", "prun"]);
const codeLineMagics: ReadonlySet<string> = new Set(["timeit", "prun"]);
/** Options that may stand between a magic and its statement. */
const magicOptions: Readonly<Record<string, RegExp>> = {
  time: /[ \t]+--no-raise-error(?=[ \t\r\n]|$)/y,
  timeit: /[ \t]+-(?:[nrp][ \t]*\d+|[tcqo]+(?:[nrp][ \t]*\d+)?|v[ \t]*\w+)(?=[ \t\r\n]|$)/y,
  prun: /[ \t]+-(?:[DlsT][ \t]*[^\s]+|[rq]+)(?=[ \t\r\n]|$)/y,
};
const lineMagic = /%(timeit|time|prun)(?=[ \t])/y;
const compound = /(?:async|class|def|for|if|try|while|with)\b/y;
const helpEnd = /\?\??[ \t]*(?=[\r\n]|$)/y;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly lead: string;
}

/**
 * Turns the IPython syntax of a cell into Python of the same shape.
 *
 * Follows IPython's order: prompts, then a cell magic on the first line that is not blank, then
 * magics, shell commands and help requests, which count only where a logical line begins (never in
 * brackets, strings or after a backslash). `%time`, `%timeit` and `%prun` keep their statement.
 */
export function maskIPython(source: string): MaskedPython {
  const text = maskPrompts(source.replace(/^\uFEFF|\0/g, " ").replace(/\r(?!\n)/g, "\n"));
  const edits: Edit[] = [];
  const begin = maskCellMagics(text, edits);
  if (typeof begin === "string") {
    return {
      text: text.replace(/[^\r\n]/g, " "),
      foreignMagic: begin,
      comments: [],
      statementStarts: [],
    };
  }
  const comments: SourceComment[] = [];
  const statementStarts: number[] = begin.statements;
  maskLogicalLines(text, begin.from, edits, comments, statementStarts);
  return { text: applyEdits(text, edits), comments, statementStarts };
}

/** Masks leading cell magics; a string is the name of one whose body is not Python. */
function maskCellMagics(
  text: string,
  edits: Edit[],
): string | { from: number; statements: number[] } {
  const statements: number[] = [];
  let from = 0;
  for (;;) {
    const start = nextContent(text, from);
    if (!text.startsWith("%%", start)) return { from, statements };
    const end = lineEnd(text, start);
    const line = text.slice(start, end);
    if (/^%%\w+\?/.test(line)) return { from, statements };
    const name = /^%%[^\s]*/.exec(line)?.[0].slice(2) ?? "";
    if (!bodyMagics.has(name)) return name;
    const code = codeLineMagics.has(name) ? skipOptions(text, name, start + 2 + name.length) : end;
    if (code < end && text[code] !== "#") {
      edits.push({ start, end: code, lead: "if 1:" });
      statements.push(start);
    } else {
      edits.push({ start, end, lead: "" });
    }
    from = Math.min(end + 1, text.length);
  }
}

function maskLogicalLines(
  text: string,
  from: number,
  edits: Edit[],
  comments: SourceComment[],
  statementStarts: number[],
): void {
  const strings = createStringScanner(text);

  const maskCommand = (start: number, words: readonly string[]): number => {
    const end = continuedEnd(text, start);
    const room = Math.min(lineEnd(text, start), end) - start;
    edits.push({ start, end, lead: words.find((word) => word.length <= room) ?? "" });
    return end;
  };

  /** Masks the magic at `start`; the offset of its statement when that stays, else after it. */
  const maskMagic = (start: number): { readonly at: number; readonly code: boolean } => {
    lineMagic.lastIndex = start;
    const name = lineMagic.exec(text)?.[1];
    if (name !== undefined) {
      const code = skipOptions(text, name, start + 1 + name.length);
      if (code < lineEnd(text, start) && text[code] !== "#") return { at: code, code: true };
    }
    return { at: start, code: false };
  };

  const scan = (first: number, statement: number): number => {
    let depth = 0;
    let assigned = false;
    let at = first;
    while (at < text.length) {
      const char = text[at];
      switch (char) {
        case "\n":
          if (depth === 0) return at + 1;
          break;
        case "\\":
          if (text[at + 1] === "\r" && text[at + 2] === "\n") at += 2;
          else if (text[at + 1] === "\n") at += 1;
          break;
        case "#": {
          const end = lineEnd(text, at);
          comments.push({ start: at, end });
          at = end - 1;
          break;
        }
        case "'":
        case '"':
          at = strings.endOf(at) - 1;
          break;
        case "(":
        case "[":
        case "{":
          depth += 1;
          break;
        case ")":
        case "]":
        case "}":
          depth = Math.max(0, depth - 1);
          break;
        case "=": {
          if (depth > 0 || assigned || !isAssignment(text, at)) break;
          assigned = true;
          const value = skipBlanks(text, at + 1);
          if (text[value] === "!" && text[value + 1] !== "=") {
            return maskCommand(value, ["None", "0"]) + 1;
          }
          if (text[value] === "%" && /[A-Za-z_]/.test(text[value + 1] ?? "")) {
            const magic = maskMagic(value);
            if (!magic.code) return maskCommand(value, ["None", "0"]) + 1;
            edits.push({ start: value, end: magic.at, lead: "" });
            at = magic.at - 1;
          }
          break;
        }
        case "?":
          helpEnd.lastIndex = at;
          if (depth === 0 && helpEnd.test(text)) {
            const end = lineEnd(text, at);
            while ((edits.at(-1)?.start ?? -1) >= statement) edits.pop();
            edits.push({ start: statement, end, lead: leadFor(text, statement) });
            return end + 1;
          }
          break;
        default:
      }
      at += 1;
    }
    return at;
  };

  let at = from;
  while (at < text.length) {
    const start = nextContent(text, at);
    if (start >= text.length) return;
    const char = text[start] ?? "";
    if (char === "#") {
      const end = lineEnd(text, start);
      comments.push({ start, end });
      at = end + 1;
      continue;
    }
    statementStarts.push(start);
    if (!"%!?,;/".includes(char)) {
      at = scan(start, start);
      continue;
    }
    const magic = maskMagic(start);
    if (!magic.code) {
      at = maskCommand(start, ["pass", "0"]) + 1;
      continue;
    }
    compound.lastIndex = magic.at;
    edits.push({ start, end: magic.at, lead: compound.test(text) ? "" : "if 1:" });
    at = scan(magic.at, start);
  }
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  const pieces: string[] = [];
  let done = 0;
  for (const { start, end, lead } of edits) {
    const rest = text.slice(start + lead.length, end).replace(/[^\r\n]/g, " ");
    pieces.push(text.slice(done, start), lead, rest);
    done = end;
  }
  pieces.push(text.slice(done));
  return pieces.join("");
}

/** `pass`, or something shorter when the line is shorter. */
function leadFor(text: string, start: number): string {
  return lineEnd(text, start) - start >= 4 ? "pass" : "0";
}

/** After the options of a magic and the blanks behind them. */
function skipOptions(text: string, name: string, from: number): number {
  const option = magicOptions[name];
  let at = from;
  if (option !== undefined) {
    option.lastIndex = at;
    while (option.test(text)) {
      at = option.lastIndex;
    }
  }
  return skipBlanks(text, at);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t" || text[at] === "\f") at += 1;
  return at;
}

function nextContent(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? "x")) at += 1;
  return at;
}

/** The end of a line together with the lines a backslash joins to it. */
function continuedEnd(text: string, from: number): number {
  let end = lineEnd(text, from);
  while (text[end - 1] === "\\" && end < text.length) {
    end = lineEnd(text, end + (text[end] === "\r" ? 2 : 1));
  }
  return end;
}

/** Whether the `=` at an offset assigns: not part of `==`, `+=`, `:=` and the like. */
function isAssignment(text: string, at: number): boolean {
  return text[at + 1] !== "=" && !"=!<>+-*/%&|^@:~".includes(text[at - 1] ?? " ");
}
