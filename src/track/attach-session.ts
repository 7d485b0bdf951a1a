import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { log } from "../base/log.js";
import { plantBridge } from "../engines/dask/attach-bridge.js";
import { type AttachEnd, AttachReader, type ClusterStatus } from "../engines/dask/attach-reader.js";
import type { DaskScheduler } from "../engines/dask/dask-client.js";
import { buildDocument, type RunSummary } from "./build-document.js";
import { copyExecutionSource } from "./execution-source.js";
import { type LiveMetrics, offerMetrics } from "./live-metrics.js";
import { guardOpenRun, type OpenRun, releaseOpenRun } from "./open-runs.js";
import { optionsAsJson, type SettledOptions, stemOf } from "./options.js";
import { otherNames } from "./other-documents.js";
import { ReceivedJournal } from "./received-journal.js";
import { packageVersion } from "./run-facts.js";

/** How an {@link AttachSession} behaves towards the cluster. */
export interface AttachBehaviour {
  /** Seconds to try to get a lost connection back. @defaultValue `30` */
  readonly reconnectSeconds?: number;
  /** Called about once a second. */
  readonly onStatus?: (status: ClusterStatus) => void;
}

/** The bridge waits this much longer than we try. */
const extraGraceSeconds = 30;

/**
 * One run on a Dask cluster elsewhere, from planting the bridge to the document. After `open`
 * nothing here throws: what goes wrong stands in the summary.
 */
export class AttachSession {
  readonly runId: string;
  /** How the record ended, on its own account or after `finish`. */
  readonly ended: Promise<AttachEnd>;
  readonly #keepsJournal: boolean;
  readonly #journal: ReceivedJournal;
  readonly #metrics: LiveMetrics | undefined;
  readonly #reader: AttachReader;
  readonly #guard: OpenRun;
  #problem: string | undefined;
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
    const journal = new ReceivedJournal(join(folder, `${stem}.${runId}.journal`));
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
    return new AttachSession(runId, resolved.journal, journal, metrics, (keep) => {
      const reading = { plugin, keep, reconnectSeconds };
      return new AttachReader(scheduler.target, {
        ...reading,
        ...(onStatus !== undefined && { onStatus }),
      });
    });
  }

  private constructor(
    runId: string,
    keepsJournal: boolean,
    journal: ReceivedJournal,
    metrics: LiveMetrics | undefined,
    read: (keep: (frames: readonly Uint8Array[]) => number) => AttachReader,
  ) {
    this.runId = runId;
    this.#keepsJournal = keepsJournal;
    this.#journal = journal;
    this.#metrics = metrics;
    const { path } = journal;
    this.#guard = {
      flush: () => {},
      farewell: () =>
        `the tracker was not closed. The record is in ${path}; make the document with: taskprov build ${path}`,
    };
    guardOpenRun(this.#guard);
    this.#reader = read((frames) => this.#keep(frames));
    this.ended = this.#reader.ended;
  }

  /** Path of the journal while the run goes on. */
  get journalPath(): string {
    return this.#journal.path;
  }

  /** Leaves the scheduler, if it is still there, and writes the document. */
  finish(): Promise<RunSummary> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  #keep(frames: readonly Uint8Array[]): number {
    const kept = this.#journal.append(frames);
    const { problem } = this.#journal;
    if (problem !== undefined && problem !== this.#problem) {
      log("warning", problem);
    }
    this.#problem = problem ?? this.#problem;
    return kept;
  }

  async #finish(): Promise<RunSummary> {
    this.#reader.detach();
    const end = await this.ended;
    this.#journal.close();
    await this.#metrics?.close();
    releaseOpenRun(this.#guard);
    const problems: string[] = [];
    if (this.#problem !== undefined) problems.push(this.#problem);
    if (end.kind === "lost") problems.push(end.why);
    try {
      const summary = await buildDocument(this.#journal.path);
      return { ...this.#withoutJournal(summary), problems: [...problems, ...summary.problems] };
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      const { runId } = this;
      const journal = this.#journal.path;
      return { runId, journal, counts: { tasks: 0 }, dropped: 0, problems, incomplete: true };
    }
  }

  #withoutJournal(summary: RunSummary): RunSummary {
    if (this.#keepsJournal || summary.journal === undefined) return summary;
    const { journal, ...rest } = summary;
    rmSync(journal, { force: true });
    return rest;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new TaskprovError(
      "ERR_DESTINATION",
      `Cannot use ${path} as destination: ${fileProblem(cause)}`,
      { cause },
    );
  }
}
