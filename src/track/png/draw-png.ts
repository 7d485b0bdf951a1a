import { type DrawOptions, drawSvg } from "../../formats/index.js";
import type { ProvDocument } from "../../prov/index.js";
import { pngOfSvg } from "./png-of-svg.js";

/** How a picture made of pixels is drawn. */
export interface DrawPngOptions extends DrawOptions {
  /**
   * Pixels for each point of the drawing.
   *
   * @defaultValue 2, or less where the picture would be wider or higher than 8,000 pixels
   */
  readonly scale?: number;
}

/**
 * Draws a document as PNG, with the optional packages `@hpcc-js/wasm-graphviz`,
 * `@resvg/resvg-wasm` and `dejavu-fonts-ttf`. Letters that the font lacks (Chinese, emoji) are
 * boxes: use `drawSvg`, which any browser shows with its own fonts.
 *
 * @throws {@link TaskprovError} `ERR_BUDGET` when the document is too large for a picture,
 *   `ERR_DEPENDENCY` when an optional package is not there.
 */
export async function drawPng(
  document: ProvDocument,
  options: DrawPngOptions = {},
): Promise<Uint8Array> {
  return await pngOfSvg(await drawSvg(document, options), options.scale);
}
