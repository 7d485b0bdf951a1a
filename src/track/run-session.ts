import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { log } from "../base/log.js";
import { createRedactor, type Redactor } from "../describe/redact.js";
import { JournalWriter } from "../events/journal-writer.js";
import type { RunEvent } from "../events/run-event.js";
import type { TaskEvent } from "../events/task-event.js";
import { Announcements } from "./announcements.js";
import type { RunSummary } from "./build-document.js";
import { copyExecutionSource } from "./execution-source.js";
import { type LiveMetrics, offerMetrics } from "./live-metrics.js";
import { makeFolder } from "./make-folder.js";
import { guardOpenRun, type OpenRun, releaseOpenRun } from "./open-runs.js";
import { embeddedNotices, optionsAsJson, type SettledOptions, stemOf } from "./options.js";
import { otherNames } from "./other-documents.js";
import { messageOf, rescueJournal } from "./refuge.js";
import { RunDocument } from "./run-document.js";
import { gatherRunFacts, packageVersion } from "./run-facts.js";
import { RunProblems } from "./run-problems.js";

/** What the engine says of itself in the `run` event. */
export type EngineFacts = Pick<RunEvent, "engine"> &
  Partial<Pick<RunEvent, "address" | "versions">>;

/**
 * One run from the first event to the document: opens the journal, takes the events, builds and
 * publishes. After it is open nothing here throws: what goes wrong is told once on standard error
 * and stands in the summary.
 */
export class RunSession {
  readonly runId: string;
  readonly redactor: Redactor;
  readonly #settled: SettledOptions;
  readonly #destination: string;
  readonly #journal: JournalWriter;
  readonly #announcements: Announcements;
  readonly #document: RunDocument;
  readonly #problems = new RunProblems();
  readonly #guard: OpenRun;
  #tasks = 0;
  #metrics: Promise<LiveMetrics | undefined> | undefined;
  #finished: Promise<RunSummary> | undefined;

  /**
   * Makes the destination, copies the execution source and opens the journal.
   *
   * @throws {@link TaskprovError} `ERR_DESTINATION` when that is not possible, `ERR_OPTION` when
   *   the execution source does not exist or clashes. The caller is told before any task runs.
   */
  constructor(settled: SettledOptions, engine: EngineFacts) {
    const { resolved, clock } = settled;
    this.#settled = settled;
    this.runId = settled.runId ?? randomUUID();
    this.redactor = createRedactor(resolved.redact);
    this.#destination = resolve(resolved.destination);
    makeFolder(this.#destination);
    const stem = stemOf(resolved.fileName);
    const source =
      resolved.executionSource === null
        ? undefined
        : copyExecutionSource(resolved.executionSource, this.#destination, [
            resolved.fileName,
            `${stem}.journal`,
            ...otherNames(resolved.fileName, resolved.formats),
          ]);
    const path = join(this.#destination, `${stem}.${this.runId}.journal`);
    const facts = gatherRunFacts(this.redactor);
    const time = clock.now();
    this.#journal = JournalWriter.open(
      path,
      {
        producer: `taskprov ${packageVersion}`,
        versions: facts.versions,
        runId: this.runId,
        created: time,
      },
      // Its flush timer reads its own clock: a fixed one in tests must tick for events only.
      {
        onProblem: (error) => this.#problems.tell(error.message),
        maxUnwrittenBytes: keptBytes,
        onResume: () => this.#announcements.resume(clock.now()),
      },
    );
    this.#document = new RunDocument(this.runId, resolved, this.#problems.tell);
    this.#announcements = new Announcements((event) => this.#journal.append(event));
    this.#guard = {
      flush: () => this.#journal.flushSync(),
      farewell: () =>
        `the tracker was not closed. The record is in ${path}; make the document with: taskprov build ${path}`,
    };
    log("debug", "the journal is open", { path, run: this.runId });
    guardOpenRun(this.#guard);
    for (const notice of [...settled.notices, ...embeddedNotices(resolved)]) {
      log("info", notice);
    }
    this.append({
      ...facts,
      ...engine,
      versions: { ...facts.versions, ...engine.versions },
      type: "run",
      time,
      runId: this.runId,
      ...(source !== undefined && { executionSource: source }),
      options: optionsAsJson(resolved),
    });
    if (settled.metrics !== undefined) {
      this.#journal.flushSync();
      this.#metrics = offerMetrics(settled.metrics, path);
    }
  }

  /** Whether so much waits for the disk that the engine had better start no further task. */
  get isCongested(): boolean {
    return this.#journal.unwrittenBytes > congestedBytes;
  }

  /** Takes an event. Never throws; after `finish` it does nothing. */
  append(event: TaskEvent): void {
    if (this.#finished !== undefined) return;
    if (event.type === "graph") this.#tasks += event.tasks.length;
    this.#announcements.append(event);
    this.#journal.flushIfDue();
    this.#document.grown(this.#journal.path, this.#journal.bytes);
  }

  /** Ends the record and writes the document; a second call waits for the first. */
  finish(): Promise<RunSummary> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  async #finish(): Promise<RunSummary> {
    const { clock } = this.#settled;
    const time = clock.now();
    this.#journal.append({ type: "end", time, counts: { tasks: this.#tasks } });
    rescueJournal(this.#journal, this.runId, this.#problems.tell);
    this.#journal.close();
    const { path } = this.#journal;
    log("debug", "the journal is closed", { path, bytes: this.#journal.bytes });
    await (await this.#metrics)?.close();
    releaseOpenRun(this.#guard);
    if (this.#tasks === 0) log("warning", noTasks);
    const summary = await this.#write(path);
    for (const { problem } of summary.others ?? []) {
      if (problem !== undefined) log("warning", problem);
    }
    return {
      ...summary,
      dropped: Math.max(summary.dropped, this.#journal.dropped),
      problems: [...new Set([...this.#problems.texts, ...summary.problems])],
    };
  }

  async #write(journal: string): Promise<RunSummary> {
    try {
      return await this.#document.write(journal);
    } catch (error) {
      this.#problems.tell(messageOf(error));
    }
    return {
      runId: this.runId,
      journal,
      counts: { tasks: this.#tasks },
      dropped: this.#journal.dropped,
      problems: [],
      incomplete: true,
    };
  }
}

/** Above this much unwritten the engine is asked to wait. */
const congestedBytes = 64 << 20;
/** Above this much events are dropped and counted: what runs while the engine waits has room. */
const keptBytes = 96 << 20;

const noTasks =
  "the scheduler received no task, so the document holds the workflow only. Usual cause: the work ran without the client (submit, map, compute).";
