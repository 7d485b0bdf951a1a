import { textBundle, withDisplay } from "../../base/notebook-display.js";
import { createStyle, type Style } from "./style.js";

/** Lets notebooks show an answer as the command line tells it. */
export function shown<T extends object>(answer: T, text: (answer: T, style: Style) => string): T {
  return withDisplay(answer, () => textBundle(text(answer, createStyle(false))));
}
