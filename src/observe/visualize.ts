import { resolve } from "node:path";
import { writeFileAtomically } from "../base/files.js";
import { anInteger, aText, checkOptions } from "../base/options.js";
import type { PlotPanel } from "../plot/panel.js";
import { type PlotPageOptions, plotPage } from "../plot/plot-page.js";

/** What can be drawn: a profiler, or a recorded run. */
export interface Plottable {
  /** The plot of what was noted. */
  plot(): PlotPanel;
}

/** How {@link visualize} draws; all optional. */
export interface VisualizeOptions extends PlotPageOptions {
  /** The file to write. Default `profile.html`. */
  readonly filename?: string;
}

const expectations = {
  filename: aText,
  title: aText,
  width: anInteger(1),
  height: anInteger(1),
};

/**
 * Draws profilers, stacked over a common time axis, into one HTML file that needs no network: hover
 * shows key and task, wheel and keys zoom, a table sums up the groups.
 *
 * @param profilers - one, or several from top to bottom.
 * @returns the path of the file.
 * @throws {@link TaskprovError} `ERR_OPTION`; `ERR_DESTINATION` when the file cannot be written.
 *
 * @example
 * ```ts
 * visualize([profiler, resources, cache], { filename: "profile.html" });
 * ```
 */
export function visualize(
  profilers: Plottable | readonly Plottable[],
  options: VisualizeOptions = {},
): string {
  checkOptions(options, expectations, "visualize");
  const list = "plot" in profilers ? [profilers] : profilers;
  const path = resolve(options.filename ?? "profile.html");
  writeFileAtomically(
    path,
    plotPage(
      list.map((profiler) => profiler.plot()),
      options,
    ),
  );
  return path;
}
