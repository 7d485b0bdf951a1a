import { readFileSync } from "node:fs";
import { TaskprovError } from "../../../base/errors.js";
import { fileProblem } from "../../../base/file-problem.js";

/** A scheduler file is a few hundred bytes; what is much larger is another file. */
const maxFileBytes = 16 * 1024 * 1024;

/**
 * The address in the file that `dask scheduler --scheduler-file FILE` writes.
 *
 * @throws {@link TaskprovError} `ERR_FILE` when it cannot be read or is no such file.
 */
export function readSchedulerFile(path: string): string {
  const content = parsed(path, textOf(path));
  const hasAddress = typeof content === "object" && content !== null && "address" in content;
  if (!hasAddress || typeof content.address !== "string") throw notOne(path, "it has no `address`");
  return content.address;
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > maxFileBytes) throw notOne(path, `it has ${bytes.length} bytes`);
    return bytes.toString("utf8");
  } catch (cause) {
    if (cause instanceof TaskprovError) throw cause;
    throw new TaskprovError(
      "ERR_FILE",
      `Cannot read the scheduler file ${path}: ${fileProblem(cause)}`,
      { cause },
    );
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notOne(path, "it is no JSON", cause);
  }
}

function notOne(path: string, why: string, cause?: unknown): TaskprovError {
  return new TaskprovError(
    "ERR_FILE",
    `${path} is no scheduler file: ${why}. Give the file that \`dask scheduler --scheduler-file FILE\` wrote.`,
    { cause },
  );
}
