import { isLogged } from "../base/log.js";
import type { RunProgress } from "../traces/run-overview.js";
import type { CommandOption, Parsed } from "./command.js";
import type { Io } from "./io.js";
import { progressLine } from "./progress-line.js";
import { openStatusRow } from "./status-row.js";

/** `--quiet`. */
export const quietOption: CommandOption = {
  type: "boolean",
  help: "no line of progress in the terminal's last row",
};

/** The last row of the terminal, about runs that go on. */
interface RunStatusRow {
  readonly say: (line: string) => void;
  readonly show: (runs: readonly RunProgress[]) => void;
  readonly close: () => void;
}

/** Shows how runs stand in the last row of the terminal, when there is one and it may be used. */
export function statusRowFor(parsed: Parsed, { statusTerminal }: Io): RunStatusRow | undefined {
  const isOff = parsed.flag("quiet") === true || parsed.flag("json") === true;
  if (isOff || !isLogged("info") || statusTerminal === undefined) return undefined;
  const row = openStatusRow(statusTerminal);
  let last = "";
  const say = (line: string): void => {
    if (line !== last) row.show(line);
    last = line;
  };
  return {
    say,
    show: (runs) => {
      const line = progressLine(runs);
      // A program without tasks keeps its terminal to itself.
      if (line !== undefined) say(line);
    },
    close: row.close,
  };
}
