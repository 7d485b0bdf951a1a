/** A terminal as its stream knows it. */
export interface Terminal {
  /** Characters in a row. */
  readonly columns: number;
  readonly rows: number;
  readonly write: (text: string) => void;
}

/** The terminal that a stream is; undefined when it is none, or one that cannot move its cursor. */
export function terminalOf(stream: NodeJS.WriteStream): Terminal | undefined {
  if (!stream.isTTY || process.env["TERM"] === "dumb") return undefined;
  return {
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
    write: (text) => {
      stream.write(text);
    },
  };
}

const csi = "\u001B[";

/** Styles of a line, as the terminal knows them. */
export const styleCodes = { plain: "0", title: "1", bad: "31", dim: "2" } as const;

/** A line with one style. */
export interface StyledLine {
  readonly text: string;
  readonly style: keyof typeof styleCodes;
}

/** A line with its style, for a terminal. */
function styled({ text, style }: StyledLine): string {
  return style === "plain" ? text : `${csi}${styleCodes[style]}m${text}${csi}0m`;
}

/**
 * A screen of its own on a terminal, drawn over in place: each frame is one write that clears only
 * what it does not cover, so that nothing flickers. What stood there before comes back at the end.
 */
export function openScreen(terminal: Terminal): {
  readonly draw: (lines: readonly StyledLine[]) => void;
  readonly close: () => void;
} {
  // Another screen, no cursor, and no going on in the next row for what is too wide.
  terminal.write(`${csi}?1049h${csi}?25l${csi}?7l`);
  return {
    draw: (lines) => {
      const rows = lines.slice(0, terminal.rows).map((line) => `${styled(line)}${csi}K`);
      // Terminals that know it show the frame when it is whole.
      terminal.write(`${csi}?2026h${csi}H${rows.join("\r\n")}${csi}J${csi}?2026l`);
    },
    close: () => {
      terminal.write(`${csi}?7h${csi}?25h${csi}?1049l`);
    },
  };
}
