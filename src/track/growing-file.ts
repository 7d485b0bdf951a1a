import { closeSync, openSync, readSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** Events of one piece are alive together: larger pieces are more for the collector to carry. */
const chunkBytes = 1 << 16;
/** How often the end of the file is looked at, in milliseconds. */
const lookEvery = 50;

/**
 * The bytes of a file that another thread writes, as they come, until that one is done.
 *
 * @param path - of the file; it is opened at once and may be renamed or removed afterwards.
 * @param done - aborted when nothing more will be written.
 * @param ref - whether waiting for more keeps Node alive.
 */
export async function* growingFile(
  path: string,
  done: AbortSignal,
  ref = true,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fd = openSync(path, "r");
  try {
    for (;;) {
      // Asked before reading: what was written before the word came is read after it.
      const isLast = done.aborted;
      const chunk = Buffer.allocUnsafeSlow(chunkBytes);
      const count = readSync(fd, chunk, 0, chunkBytes, null);
      if (count > 0) yield chunk.subarray(0, count);
      else if (isLast) return;
      else await pause(done, ref);
    }
  } finally {
    closeSync(fd);
  }
}

async function pause(done: AbortSignal, ref: boolean): Promise<void> {
  try {
    await setTimeout(lookEvery, undefined, { signal: done, ref });
  } catch (error) {
    if (!done.aborted) throw error;
  }
}
