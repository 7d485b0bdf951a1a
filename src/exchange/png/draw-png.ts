import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { TaskprovError } from "../../base/errors.js";
import { type DrawOptions, drawSvg } from "../../formats/index.js";
import type { ProvDocument } from "../../prov/index.js";

/** How a picture made of pixels is drawn. */
export interface DrawPngOptions extends DrawOptions {
  /**
   * Pixels for each point of the drawing.
   *
   * @defaultValue 2, or less where the picture would be wider or higher than 8,000 pixels
   */
  readonly scale?: number;
}

const maxPixels = 8_000;
const require = createRequire(import.meta.url);

interface Renderer {
  readonly Resvg: typeof import("@resvg/resvg-wasm").Resvg;
  readonly fonts: readonly Uint8Array[];
}

// The WebAssembly module may be initialised once in a process.
let renderer: Promise<Renderer> | undefined;

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
  const svg = await drawSvg(document, options);
  renderer ??= loadRenderer();
  const { Resvg, fonts } = await renderer;
  const font = {
    fontBuffers: [...fonts],
    defaultFontFamily: "DejaVu Sans Condensed",
    sansSerifFamily: "DejaVu Sans Condensed",
  };
  const drawing = new Resvg(svg, { font });
  const most = maxPixels / Math.max(drawing.width, drawing.height, 1);
  drawing.free();
  const value = Math.min(options.scale ?? 2, most);
  const scaled = new Resvg(svg, { font, background: "white", fitTo: { mode: "zoom", value } });
  const image = scaled.render();
  try {
    return image.asPng();
  } finally {
    image.free();
    scaled.free();
  }
}

async function loadRenderer(): Promise<Renderer> {
  try {
    const { Resvg, initWasm } = await import("@resvg/resvg-wasm");
    const module = await readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm"));
    const font = await readFile(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf"));
    await initWasm(module);
    return { Resvg, fonts: [font] };
  } catch (cause) {
    renderer = undefined;
    throw new TaskprovError(
      "ERR_DEPENDENCY",
      "PNG needs the optional packages @resvg/resvg-wasm and dejavu-fonts-ttf. Install them (npm install @resvg/resvg-wasm dejavu-fonts-ttf), or draw SVG.",
      { cause },
    );
  }
}
