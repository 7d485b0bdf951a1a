import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";

/** A journal whose frames come ready-made from elsewhere, as the file in which they are kept. */
export class ReceivedJournal {
  readonly path: string;
  readonly #fd: number;
  #length = 0;
  #isOpen = true;
  /** Why the last frame could not be written; undefined when it could. */
  problem: string | undefined;

  /**
   * @param path - of the new file; only its owner can read it.
   * @throws {@link TaskprovError} `ERR_DESTINATION` when it cannot be made.
   */
  constructor(path: string) {
    this.path = path;
    try {
      this.#fd = openSync(path, "wx", 0o600);
    } catch (cause) {
      throw new TaskprovError("ERR_DESTINATION", `Cannot write ${path}: ${fileProblem(cause)}`, {
        cause,
      });
    }
  }

  /** Appends frames, each wholly or not at all; returns how many of them it could. */
  append(frames: readonly Uint8Array[]): number {
    let kept = 0;
    for (const frame of frames) {
      if (!this.#write(frame)) break;
      kept++;
    }
    return kept;
  }

  /** Closes the file; may be called again. */
  close(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }

  #write(frame: Uint8Array): boolean {
    try {
      for (let at = 0; at < frame.length; ) {
        // By its place: what was cut off after a failure has moved the file's own on.
        at += writeSync(this.#fd, frame, at, frame.length - at, this.#length + at);
      }
      this.#length += frame.length;
      this.problem = undefined;
      return true;
    } catch (cause) {
      this.problem = `Cannot write ${this.path}: ${fileProblem(cause)}`;
      this.#cutOff();
      return false;
    }
  }

  /** Half a frame would spoil what follows. */
  #cutOff(): void {
    try {
      ftruncateSync(this.#fd, this.#length);
    } catch {
      // The same disk, the same trouble: the journal's reader finds the next whole frame.
    }
  }
}
