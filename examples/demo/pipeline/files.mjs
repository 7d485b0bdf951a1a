import { readFile, stat } from "node:fs/promises";
import path from "node:path";

/** Bytes that arrive before the connection is lost. */
const arrived = 65_536;

/**
 * Makes a reader of text files on a network drive whose connection is lost during the first read
 * of a large file. The loss is made up, so that every run of the demo shows a retry; noticing it is
 * what a careful program does anyway.
 */
export function createReader() {
  let lost = false;

  return async function readText(file) {
    const { size } = await stat(file);
    let bytes = await readFile(file);
    if (!lost && size > arrived) {
      lost = true;
      bytes = bytes.subarray(0, arrived);
    }
    if (bytes.length < size) {
      const got = `${bytes.length.toLocaleString("en")} of ${size.toLocaleString("en")} bytes`;
      throw new IncompleteReadError(`${path.basename(file)}: the connection was lost after ${got}`);
    }
    return bytes.toString("utf8");
  };
}

/** A file that came only in part. Reading it again may help. */
export class IncompleteReadError extends Error {
  name = "IncompleteReadError";
}
