import type { Terminal } from "./terminal.js";

/** The last row of a terminal, kept for one line of ours. */
export interface StatusRow {
  /** Shows a line in place of the last one. */
  readonly show: (text: string) => void;
  /** Gives the row back, empty. */
  readonly close: () => void;
}

/** Below it a row less is missed. */
const leastRows = 5;

/**
 * Keeps the last row of a terminal for one line, while others write to it whenever they like: all
 * rows above scroll as before, and the cursor stays where its owner left it. Nothing is written
 * before the first line.
 */
export function openStatusRow(terminal: Terminal): StatusRow {
  let rows = 0;
  return {
    show: (text) => {
      if (terminal.rows < leastRows) return;
      const reserve = terminal.rows === rows ? "" : reserved(terminal.rows);
      rows = terminal.rows;
      const line = [...text].slice(0, terminal.columns - 1).join("");
      terminal.write(`${reserve}${kept(`\u001B[${rows};1H${line}\u001B[K`)}`);
    },
    close: () => {
      if (rows > 0) terminal.write(kept(`\u001B[r\u001B[${terminal.rows};1H\u001B[2K`));
      rows = 0;
    },
  };
}

/** Lets only the rows above the last one scroll. Down and up: the cursor may stand in the last. */
function reserved(rows: number): string {
  return `\u001BD\u001B[A${kept(`\u001B[1;${rows - 1}r`)}`;
}

/** Does something and puts the cursor back. */
function kept(text: string): string {
  return `\u001B7${text}\u001B8`;
}
