import { existsSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { log } from "../base/log.js";
import { type EndedRun, publishRun, type RunSummary } from "./build-document.js";

/** A run whose document lies ready under another name. */
export interface FollowedRun extends EndedRun {
  /** Path of the document as it was written. */
  readonly ready: string;
}

const entry = new URL("./follower-entry.js", import.meta.url);

/**
 * Records a large run while it goes on, on a thread of its own that reads the journal as it grows:
 * closing then has only the rest to do. It is the code of `buildDocument` on the same bytes, so the
 * document is the same; when anything fails nothing is lost, and closing builds the document itself.
 */
export class DocumentFollower {
  readonly #journal: string;
  readonly #worker: Worker;
  readonly #outcome: Promise<FollowedRun | undefined>;

  /**
   * Starts to follow a journal.
   *
   * @returns undefined where there is no second processor, or no file for a thread to start with
   *   (the package bundled into one file).
   */
  static start(journal: string): DocumentFollower | undefined {
    if (availableParallelism() < 2 || !existsSync(fileURLToPath(entry))) return undefined;
    log("debug", "a thread records the run while it goes on", { journal });
    return new DocumentFollower(journal);
  }

  private constructor(journal: string) {
    this.#journal = journal;
    this.#worker = new Worker(entry, {
      workerData: journal,
      // Neither the program's flags nor its environment are meant for this thread.
      execArgv: [],
      env: {},
      name: "taskprov-follower",
      // Records live for microseconds: with room they die before anyone has to copy them.
      resourceLimits: { maxYoungGenerationSizeMb: 48 },
    });
    this.#outcome = new Promise((resolve) => {
      this.#worker.once("message", resolve);
      this.#worker.once("error", () => resolve(undefined));
      this.#worker.once("exit", () => resolve(undefined));
    });
    // A run that nobody closes must not keep Node alive.
    this.#worker.unref();
  }

  /** Gives up what it has done so far. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  /**
   * The journal is complete: waits for the document, and publishes it.
   *
   * @param overwrite - replace an older document. By default as the run's options say.
   * @returns undefined when it could not be made this way.
   */
  async finish(overwrite?: boolean): Promise<RunSummary | undefined> {
    this.#worker.ref();
    this.#worker.postMessage("done");
    const run = await this.#outcome;
    await this.#worker.terminate();
    if (run === undefined) return undefined;
    try {
      const published = { ...run, overwrite: overwrite ?? run.overwrite };
      return await publishRun(published, this.#journal, true, (document) => {
        renameSync(run.ready, document);
      });
    } catch {
      // Whoever builds it anew says what is wrong.
      rmSync(run.ready, { force: true });
      return undefined;
    }
  }
}
