import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { isTaskprovError, TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { log } from "../base/log.js";
import { createRedactor, type Redactor } from "../describe/redact.js";
import { JournalWriter } from "../events/journal-writer.js";
import type { RunEvent, TaskEvent } from "../events/task-event.js";
import { Announcements } from "./announcements.js";
import { buildDocument, type RunSummary } from "./build-document.js";
import { DocumentFollower } from "./document-follower.js";
import { copyExecutionSource } from "./execution-source.js";
import { type LiveMetrics, offerMetrics } from "./live-metrics.js";
import { guardOpenRun, type OpenRun, releaseOpenRun } from "./open-runs.js";
import { embeddedNotices, optionsAsJson, type SettledOptions, stemOf } from "./options.js";
import { otherNames } from "./other-documents.js";
import { gatherRunFacts, packageVersion } from "./run-facts.js";

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
  readonly #problems: string[] = [];
  readonly #guard: OpenRun;
  #tasks = 0;
  #follower: DocumentFollower | undefined;
  #metrics: Promise<LiveMetrics | undefined> | undefined;
  #isLarge = false;
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
        onProblem: (error) => this.#problem(error.message),
        maxUnwrittenBytes: keptBytes,
        onResume: () => this.#announcements.resume(clock.now()),
      },
    );
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
    if (!this.#isLarge && this.#journal.bytes > largeBytes) this.#follow();
  }

  #follow(): void {
    this.#isLarge = true;
    this.#follower = DocumentFollower.start(this.#journal.path);
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
    const { missing, path } = this.#journal;
    const journal = missing === undefined ? path : this.#rescued(missing);
    this.#journal.close();
    log("debug", "the journal is closed", { path: journal, bytes: this.#journal.bytes });
    await (await this.#metrics)?.close();
    releaseOpenRun(this.#guard);
    if (this.#tasks === 0) this.#say(noTasks);
    const summary = await this.#build(journal);
    for (const { problem } of summary.others ?? []) {
      if (problem !== undefined) this.#say(problem);
    }
    return {
      ...summary,
      dropped: Math.max(summary.dropped, this.#journal.dropped),
      problems: [...new Set([...this.#problems, ...summary.problems])],
    };
  }

  /** The journal is not where it should be, or not whole: all of it goes where it can be found. */
  #rescued(missing: "elsewhere" | "unwritten"): string {
    const { path } = this.#journal;
    const folder = this.#refuge();
    try {
      makeFolder(folder);
      const copy = join(folder, basename(path));
      this.#journal.copyTo(copy);
      const why = missing === "elsewhere" ? "is not there any more" : "could not be written";
      this.#problem(`${path} ${why}. The record was written to ${folder} instead.`);
      return copy;
    } catch (error) {
      this.#problem(messageOf(error));
      return path;
    }
  }

  #refuge(): string {
    return join(tmpdir(), `taskprov-${this.runId}`);
  }

  async #build(journal: string): Promise<RunSummary> {
    try {
      const summary = (await this.#followed(journal)) ?? (await buildDocument(journal));
      if (this.#settled.resolved.journal) return summary;
      return withoutJournal(summary);
    } catch (error) {
      this.#problem(messageOf(error));
    }
    try {
      return await this.#buildElsewhere(journal);
    } catch (error) {
      this.#problem(messageOf(error));
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

  async #followed(journal: string): Promise<RunSummary | undefined> {
    if (journal === this.#journal.path) return await this.#follower?.finish();
    await this.#follower?.stop();
    return undefined;
  }

  /** The destination cannot be written any more: the document goes where it can be found. */
  async #buildElsewhere(journal: string): Promise<RunSummary> {
    const folder = this.#refuge();
    makeFolder(folder);
    const output = join(folder, this.#settled.resolved.fileName);
    const summary = await buildDocument(journal, { output });
    this.#problem(`The document was written to ${output} instead.`);
    return summary;
  }

  #problem(text: string): void {
    if (this.#problems.includes(text)) return;
    this.#problems.push(text);
    this.#say(text);
  }

  #say(line: string): void {
    log("warning", line);
  }
}

/** Above this much unwritten the engine is asked to wait. */
const congestedBytes = 64 << 20;
/** Above this much events are dropped and counted: what runs while the engine waits has room. */
const keptBytes = 96 << 20;

/** A journal of this size, of about 50,000 tasks, would take seconds to record at the end. */
const largeBytes = 8 << 20;

const noTasks =
  "the scheduler received no task, so the document holds the workflow only. Usual cause: the work ran without the client (submit, map, compute).";

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new TaskprovError(
      "ERR_DESTINATION",
      `Cannot use ${path} as destination: ${fileProblem(cause)}`,
      {
        cause,
      },
    );
  }
}

/** `journal: false`: the journal goes only now that the document stands. */
function withoutJournal(summary: RunSummary): RunSummary {
  const { journal, ...rest } = summary;
  if (journal !== undefined) rmSync(journal, { force: true });
  return rest;
}

function messageOf(error: unknown): string {
  if (isTaskprovError(error)) return error.message;
  return `The document could not be written: ${error instanceof Error ? error.message : String(error)}`;
}
