import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { log } from "../base/log.js";
import { plantBridge } from "../engines/dask/attach-bridge.js";
import { type AttachEnd, AttachReader, type ClusterStatus } from "../engines/dask/attach-reader.js";
import type { DaskScheduler } from "../engines/dask/dask-client.js";
import { JournalFile } from "../events/journal-file.js";
import type { RunSummary } from "./build-document.js";
import { copyExecutionSource } from "./execution-source.js";
import { type LiveMetrics, offerMetrics } from "./live-metrics.js";
import { makeFolder } from "./make-folder.js";
import { guardOpenRun, type OpenRun, releaseOpenRun } from "./open-runs.js";
import { optionsAsJson, type SettledOptions, stemOf } from "./options.js";
import { otherNames } from "./other-documents.js";
import { messageOf, rescueJournal } from "./refuge.js";
import { RunDocument } from "./run-document.js";
import { packageVersion } from "./run-facts.js";
import { RunProblems } from "./run-problems.js";

/** How an {@link AttachSession} behaves towards the cluster. */
export interface AttachBehaviour {
  /** Seconds to try to get a lost connection back. @defaultValue `30` */
  readonly reconnectSeconds?: number;
  /** Called about once a second. */
  readonly onStatus?: (status: ClusterStatus) => void;
}

/** The bridge waits this much longer than we try. */
const extraGraceSeconds = 30;
/** Bytes that wait here for the disk; as many wait on the scheduler then. */
const maxUnwrittenBytes = 64 << 20;

/**
 * One run on a Dask cluster elsewhere, from planting the bridge to the document. After `open`
 * nothing here throws: what goes wrong stands in the summary.
 */
export class AttachSession {
  readonly runId: string;
  /** How the record ended, on its own account or after `finish`. */
  readonly ended: Promise<AttachEnd>;
  readonly #parts: SessionParts;
  readonly #reader: AttachReader;
  readonly #guard: OpenRun;
  #finished: Promise<RunSummary> | undefined;

  /**
   * Opens the journal here, plants the bridge there, and begins to read.
   *
   * @throws {@link TaskprovError} `ERR_DESTINATION`, `ERR_OPTION`, or `ERR_CONNECT` when the
   *   scheduler does not take the bridge; nothing is left behind then.
   */
  static async open(
    settled: SettledOptions,
    scheduler: DaskScheduler,
    behaviour: AttachBehaviour = {},
  ): Promise<AttachSession> {
    const { resolved } = settled;
    const runId = settled.runId ?? randomUUID();
    const folder = resolve(resolved.destination);
    makeFolder(folder);
    const stem = stemOf(resolved.fileName);
    const source =
      resolved.executionSource === null
        ? undefined
        : copyExecutionSource(resolved.executionSource, folder, [
            resolved.fileName,
            `${stem}.journal`,
            ...otherNames(resolved.fileName, resolved.formats),
          ]);
    const problems = new RunProblems();
    const journal = JournalFile.create(join(folder, `${stem}.${runId}.journal`), (error) =>
      problems.tell(error.message),
    );
    const plugin = `taskprov-${runId}`;
    const { reconnectSeconds = 30, onStatus } = behaviour;
    try {
      await plantBridge(scheduler.target, {
        sink: "queue",
        plugin,
        runId,
        graceSeconds: reconnectSeconds + extraGraceSeconds,
        launch: runId.slice(0, 23),
        version: packageVersion,
        options: optionsAsJson(resolved),
        redact: resolved.redact,
        run: { ...(source !== undefined && { executionSource: source }) },
      });
    } catch (error) {
      journal.close();
      rmSync(journal.path, { force: true });
      throw error;
    }
    for (const notice of settled.notices) log("info", notice);
    log("debug", "the bridge is in the scheduler", { scheduler: scheduler.address, plugin });
    const metrics = await offerMetrics(settled.metrics, journal.path);
    const document = new RunDocument(runId, resolved, problems.tell);
    const parts = { runId, journal, document, problems, metrics };
    return new AttachSession(parts, (keep, retry) => {
      const watch = (status: ClusterStatus): void => {
        retry();
        onStatus?.(status);
      };
      return new AttachReader(scheduler.target, {
        plugin,
        keep,
        reconnectSeconds,
        onStatus: watch,
      });
    });
  }

  private constructor(parts: SessionParts, read: StartReading) {
    const { runId, journal } = parts;
    this.runId = runId;
    this.#parts = parts;
    this.#guard = {
      flush: () => {
        journal.drain();
      },
      farewell: () =>
        `the tracker was not closed. The record is in ${journal.path}; make the document with: taskprov build ${journal.path}`,
    };
    guardOpenRun(this.#guard);
    this.#reader = read(
      (frames) => this.#keep(frames),
      () => {
        journal.drain();
      },
    );
    this.ended = this.#reader.ended;
  }

  /** Path of the journal while the run goes on. */
  get journalPath(): string {
    return this.#parts.journal.path;
  }

  /** Leaves the scheduler, if it is still there, and writes the document. */
  finish(): Promise<RunSummary> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  /** Takes frames, each wholly or not at all; returns how many of them. */
  #keep(frames: readonly Uint8Array[]): number {
    const { journal, document } = this.#parts;
    journal.drain();
    let kept = 0;
    for (const frame of frames) {
      if (journal.unwrittenBytes > maxUnwrittenBytes) break;
      journal.write(frame, 0);
      kept++;
    }
    journal.look();
    document.grown(journal.path, journal.bytes);
    return kept;
  }

  async #finish(): Promise<RunSummary> {
    const { runId, journal, metrics, problems } = this.#parts;
    // Before what is still to come, so that there is room for it.
    rescueJournal(journal, runId, problems.tell);
    this.#reader.detach();
    const end = await this.ended;
    rescueJournal(journal, runId, problems.tell);
    journal.close();
    await metrics?.close();
    releaseOpenRun(this.#guard);
    const lost = end.kind === "lost" ? [end.why] : [];
    const summary = await this.#write();
    return { ...summary, problems: [...problems.texts, ...lost, ...summary.problems] };
  }

  async #write(): Promise<RunSummary> {
    const { runId, journal, document, problems } = this.#parts;
    try {
      return await document.write(journal.path);
    } catch (error) {
      problems.tell(messageOf(error));
    }
    const { path } = journal;
    return {
      runId,
      journal: path,
      counts: { tasks: 0 },
      dropped: 0,
      problems: [],
      incomplete: true,
    };
  }
}

/** What belongs to one session. */
interface SessionParts {
  readonly runId: string;
  readonly journal: JournalFile;
  readonly document: RunDocument;
  readonly problems: RunProblems;
  readonly metrics: LiveMetrics | undefined;
}

/**
 * Begins to read.
 *
 * @param keep - takes frames.
 * @param retry - is called now and then, so that what waits for the disk need not wait for frames.
 */
type StartReading = (
  keep: (frames: readonly Uint8Array[]) => number,
  retry: () => void,
) => AttachReader;
