import { TaskprovError } from "../../base/errors.js";
import type { ProvDocument } from "../../prov/index.js";
import { pictureSize, writeDot } from "../dot/write.js";

/** How a picture is drawn. */
export interface DrawOptions {
  /**
   * How many records there may be at most: laying out takes more than proportionally long, and
   * nobody can look at more.
   *
   * @defaultValue 1000
   */
  readonly maxRecords?: number;
}

const defaultMaxRecords = 1_000;

/**
 * Draws a document as SVG, with a Graphviz that runs in JavaScript; nothing is installed besides
 * the optional package `@hpcc-js/wasm-graphviz`.
 *
 * @throws {@link TaskprovError} `ERR_BUDGET` when the document is too large for a picture,
 *   `ERR_DEPENDENCY` when the optional package is not there.
 * @example
 * ```ts
 * const svg = await drawSvg(await readDocument(text));
 * ```
 */
export async function drawSvg(document: ProvDocument, options: DrawOptions = {}): Promise<string> {
  const { maxRecords = defaultMaxRecords } = options;
  const size = pictureSize(document);
  if (size > maxRecords) {
    throw new TaskprovError(
      "ERR_BUDGET",
      `A picture of ${size} records cannot be laid out in reasonable time, nor read (the limit is ${maxRecords}). Draw a part of it (\`taskprov slice KEY FILE -o part.json\`), write DOT (\`--to dot\`) for a tool of your own, or raise the limit (\`maxRecords\`).`,
    );
  }
  const { Graphviz } = await import("@hpcc-js/wasm-graphviz").catch((cause: unknown) => {
    throw new TaskprovError(
      "ERR_DEPENDENCY",
      "Drawing needs the optional package @hpcc-js/wasm-graphviz. Install it: npm install @hpcc-js/wasm-graphviz.",
      { cause },
    );
  });
  const graphviz = await Graphviz.load();
  return graphviz.dot([...writeDot(document)].join(""), "svg");
}
