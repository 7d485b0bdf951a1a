import { readFile, stat } from "node:fs/promises";
import { TaskprovError } from "../base/errors.js";

/** Largest notebook file that is read; larger ones hold outputs that belong into files. */
const maxNotebookBytes = 256 * 1024 * 1024;

/**
 * Reads the text of a notebook file.
 *
 * @throws {@link TaskprovError} `ERR_FILE` when there is no readable file at the path,
 * `ERR_NOTEBOOK` when its content cannot be a notebook.
 */
export async function readNotebookFile(path: string): Promise<string> {
  const info = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (info.isDirectory()) {
    throw new TaskprovError(
      "ERR_NOTEBOOK",
      `${path} is a directory. Give the path of a Jupyter notebook (.ipynb) in it.`,
    );
  }
  if (info.size > maxNotebookBytes) {
    throw new TaskprovError(
      "ERR_NOTEBOOK",
      `${path} has ${info.size} bytes; at most ${maxNotebookBytes} are read. Clear its outputs: jupyter nbconvert --clear-output FILE`,
    );
  }
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return decodeNotebookBytes(bytes, path);
}

/**
 * Decodes the bytes of a notebook, which must be UTF-8.
 *
 * @param name - what to call it in messages: a path, or "standard input".
 * @throws {@link TaskprovError} `ERR_NOTEBOOK` when the bytes are not UTF-8 text.
 */
export function decodeNotebookBytes(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const utf16 =
      (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw new TaskprovError(
      "ERR_NOTEBOOK",
      utf16
        ? `${name} is UTF-16 text; notebooks are UTF-8. Save it as UTF-8.`
        : `${name} is not UTF-8 text, so it is no notebook. Give the path of a Jupyter notebook (.ipynb).`,
      { cause },
    );
  }
}

function unreadable(path: string, cause: unknown): TaskprovError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason =
    code === "ENOENT"
      ? `There is no file ${path}.`
      : `${path} cannot be read (${code === "" ? String(cause) : code}).`;
  return new TaskprovError("ERR_FILE", `${reason} Check the path and its permissions.`, { cause });
}
