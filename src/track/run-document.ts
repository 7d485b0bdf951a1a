import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isTaskprovError } from "../base/errors.js";
import { buildDocument, type RunSummary } from "./build-document.js";
import { DocumentFollower } from "./document-follower.js";
import type { ResolvedOptions } from "./options.js";
import { messageOf, refugeOf, type Tell } from "./refuge.js";

/** A journal of this size, of about 50,000 tasks, would take seconds to record at the end. */
const largeBytes = 8 << 20;

/** How {@link RunDocument.write} writes. */
export interface WriteRunOptions {
  /** Replace an older document. @defaultValue as the run's options say */
  readonly overwrite?: boolean;
}

/**
 * The document of a run whose journal grows, whoever writes the journal: a large one is recorded
 * while it grows, and what its destination does not take in the end goes where it can be found.
 */
export class RunDocument {
  readonly #runId: string;
  readonly #options: Pick<ResolvedOptions, "fileName" | "journal">;
  readonly #tell: Tell;
  #isLarge = false;
  #follower: DocumentFollower | undefined;
  /** Which file the follower reads; another may take its name. */
  #followed: string | undefined;

  /** @param tell - is told what went wrong though the document was written. */
  constructor(runId: string, options: Pick<ResolvedOptions, "fileName" | "journal">, tell: Tell) {
    this.#runId = runId;
    this.#options = options;
    this.#tell = tell;
  }

  /** The journal at the path has so many bytes now. */
  grown(journal: string, bytes: number): void {
    if (this.#isLarge || bytes <= largeBytes) return;
    this.#isLarge = true;
    this.#followed = identityOf(journal);
    this.#follower = DocumentFollower.start(journal);
  }

  /**
   * Writes the document of the journal, which is complete now; once.
   *
   * @throws what kept it from being written here and in the refuge.
   */
  async write(journal: string, options: WriteRunOptions = {}): Promise<RunSummary> {
    try {
      const summary = await this.#writeBeside(journal, options);
      return this.#options.journal ? summary : withoutJournal(summary);
    } catch (error) {
      if (!isOfPlace(error)) throw error;
      this.#tell(messageOf(error));
    }
    const output = join(refugeOf(this.#runId), this.#options.fileName);
    const summary = await buildDocument(journal, { output });
    this.#tell(`The document was written to ${output} instead.`);
    return summary;
  }

  async #writeBeside(journal: string, options: WriteRunOptions): Promise<RunSummary> {
    return (
      (await this.#finishFollower(journal, options)) ?? (await buildDocument(journal, { options }))
    );
  }

  async #finishFollower(
    journal: string,
    options: WriteRunOptions,
  ): Promise<RunSummary | undefined> {
    if (this.#followed !== undefined && this.#followed === identityOf(journal)) {
      return await this.#follower?.finish(options.overwrite);
    }
    await this.#follower?.stop();
    return undefined;
  }
}

/** Tells files apart that have the same name one after the other. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found && `${found.dev} ${found.ino}`;
}

/** Whether another folder may help. */
function isOfPlace(error: unknown): boolean {
  return !isTaskprovError(error) || error.code === "ERR_DESTINATION";
}

/** `journal: false`: the journal goes only now that the document stands. */
function withoutJournal(summary: RunSummary): RunSummary {
  const { journal, ...rest } = summary;
  if (journal !== undefined) rmSync(journal, { force: true });
  return rest;
}
