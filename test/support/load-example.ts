import { createRequire } from "node:module";
import path from "node:path";
import { projectFolder } from "./run-script.js";

const require = createRequire(import.meta.url);

/**
 * Loads a module of the examples as Node does, untouched by the test runner, so that its functions
 * have their own source.
 *
 * @param file - relative to the project.
 */
export function loadExample<T>(file: string): T {
  // Examples are plain JavaScript without types: who loads one says what it exports.
  return require(path.join(projectFolder, file)) as T;
}
