import type { CellWarning, HintKind } from "./cell-analysis.js";
import type { LineTable } from "./line-table.js";
import type { SourceCell } from "./source-call.js";

/** A hint as found, before anything is known about what it applies to. */
export interface FoundHint {
  readonly kind: HintKind;
  readonly start: number;
  readonly end: number;
}

/** The comment marker of a language. */
export type CommentMarker = "#" | "//";

const kinds: readonly HintKind[] = ["ignore", "track", "track-multiple"];
const nearMiss =
  /^(?:#+|\/\/+|\/\*+)\s*jupyter(?:\s*:|\s*[-_=]?\s*(?:ignore|track(?:[-_ ]?multiple)?)\s*$)/i;

/**
 * Finds the hints among the comments of a cell: exactly `# Jupyter:ignore` and so on, alone on
 * their line. Comments that only look like one are reported, since a hint that is silently not a
 * hint is worse than none.
 */
export function findHints(
  cell: Pick<SourceCell, "text" | "comments">,
  lines: LineTable,
  marker: CommentMarker,
): { readonly hints: readonly FoundHint[]; readonly warnings: readonly CellWarning[] } {
  const hints: FoundHint[] = [];
  const warnings: CellWarning[] = [];
  const spellings = new Map(kinds.map((kind) => [`${marker} Jupyter:${kind}`, kind]));
  for (const { start, end } of cell.comments) {
    const head = cell.text.slice(start, Math.min(end, start + 200));
    if (!/^[#/*\s]*jupyter/i.test(head)) continue;
    const comment = head.length < end - start ? head : head.trim();
    const kind = spellings.get(comment);
    const at = lines.positionAt(start);
    if (kind === undefined) {
      if (nearMiss.test(comment)) {
        const firstLine = comment.split(/[\r\n]/, 1)[0] ?? "";
        warnings.push({
          ...at,
          code: "hint-spelling",
          message: spellingMessage(firstLine, marker),
        });
      }
      continue;
    }
    const lineStart = lines.starts[at.line - 1] ?? 0;
    if (cell.text.slice(lineStart, start).trim() !== "") {
      warnings.push({
        ...at,
        code: "hint-after-code",
        message: `\`${comment}\` stands behind code and is not a hint. Put it alone on the line before.`,
      });
      continue;
    }
    hints.push({ kind, start, end });
  }
  return { hints, warnings };
}

function spellingMessage(comment: string, marker: CommentMarker): string {
  const shown = comment.length > 60 ? `${comment.slice(0, 59)}…` : comment;
  const word = /track[-_ ]?multiple|track|ignore/i.exec(comment)?.[0].toLowerCase();
  const kind = word?.startsWith("track") === true && word.length > 5 ? "track-multiple" : word;
  const known = kinds.map((each) => `\`${marker} Jupyter:${each}\``);
  return kind === undefined
    ? `\`${shown}\` looks like a hint, but is none. There are ${known.slice(0, -1).join(", ")} and ${known.at(-1)}.`
    : `\`${shown}\` looks like a hint, but is none. Write exactly \`${marker} Jupyter:${kind}\`, with nothing behind it.`;
}
