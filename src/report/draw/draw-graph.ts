import {
  type LineageSource,
  type OpenLineageOptions,
  openWithIndex,
} from "../../lineage/lineage.js";
import { pngOfSvg } from "../../track/png/png-of-svg.js";
import { graphPicture, type PictureOptions } from "./graph-picture.js";
import { type PictureFlow, pictureSvg } from "./picture-svg.js";
import { pictureDot, pictureMermaid } from "./picture-text.js";

/** What {@link drawGraph} writes. */
export type GraphFormat = "svg" | "png" | "dot" | "mermaid";

/** The formats of {@link drawGraph}. */
export const graphFormats: readonly GraphFormat[] = ["svg", "png", "dot", "mermaid"];

/** How {@link drawGraph} draws. */
export interface DrawGraphOptions extends PictureOptions, OpenLineageOptions {
  /** @defaultValue "svg" */
  readonly format?: GraphFormat;
  /** Whether causes stand at the left of their effects or above them. @defaultValue "right" */
  readonly flow?: PictureFlow;
}

/**
 * Draws the task graph of a run, or the part that one item came from: attempts as boxes, or groups
 * of them where there are many.
 *
 * @param source - document or journal.
 * @returns text; bytes for PNG, which needs the optional packages `@resvg/resvg-wasm` and
 *   `dejavu-fonts-ttf`.
 * @throws {@link TaskprovError} `ERR_ITEM` when KEY is not found, `ERR_BUDGET` when there would be
 *   more boxes than `limit`, `ERR_DEPENDENCY` when a package for PNG is missing.
 * @example
 * ```ts
 * const svg = await drawGraph("output/yprov4wfs.json", { key: "total", depth: 3 });
 * ```
 */
export async function drawGraph(
  source: LineageSource,
  options: DrawGraphOptions = {},
): Promise<string | Uint8Array> {
  using lineage = await openWithIndex(source, options);
  const picture = graphPicture(lineage.reader, options);
  const { format = "svg", flow = "right" } = options;
  switch (format) {
    case "dot":
      return pictureDot(picture, flow);
    case "mermaid":
      return pictureMermaid(picture, flow);
    case "png":
      return await pngOfSvg(pictureSvg(picture, flow));
    default:
      return pictureSvg(picture, flow);
  }
}
