import { accessSync, constants, mkdirSync } from "node:fs";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";

/**
 * Makes the folder of a destination, with those around it.
 *
 * @throws {@link TaskprovError} `ERR_DESTINATION` when that is not possible, or when nothing can be
 *   written into it.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (cause) {
    throw new TaskprovError(
      "ERR_DESTINATION",
      `Cannot use ${path} as destination: ${fileProblem(cause)}`,
      { cause },
    );
  }
}
