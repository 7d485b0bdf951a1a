import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { TaskprovError } from "../../base/errors.js";

const maxPixels = 8_000;
const require = createRequire(import.meta.url);

interface Renderer {
  readonly Resvg: typeof import("@resvg/resvg-wasm").Resvg;
  readonly fonts: readonly Uint8Array[];
}

// The WebAssembly module may be initialised once in a process.
let renderer: Promise<Renderer> | undefined;

/**
 * Makes pixels of an SVG, on white.
 *
 * @param scale - pixels for each point; less where the picture would be wider or higher than 8,000.
 * @throws {@link TaskprovError} `ERR_DEPENDENCY` when an optional package is not there.
 */
export async function pngOfSvg(svg: string, scale: number = 2): Promise<Uint8Array> {
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
  const value = Math.min(scale, most);
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
