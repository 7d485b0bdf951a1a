import { existsSync, openSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { BridgeSettings } from "../engines/dask/bridge.js";
import { JournalFile } from "../events/journal-file.js";
import type { RunSummary } from "./build-document.js";
import type { ResolvedOptions } from "./options.js";
import { rescueJournal } from "./refuge.js";
import { RunDocument, type WriteRunOptions } from "./run-document.js";
import { RunProblems } from "./run-problems.js";

/** Looks at every journal of a program, from when it begins. */
export interface JournalWatch {
  readonly follow: (journal: string) => void;
  readonly end: () => Promise<void>;
}

/** How often is looked for journals that have begun or grown, in milliseconds. */
const lookEvery = 250;

/** The journals that the schedulers of a program write while it runs. */
export class ProgramJournals {
  readonly #settings: BridgeSettings;
  readonly #options: ResolvedOptions;
  readonly #watches: readonly JournalWatch[];
  readonly #journals = new Map<string, ProgramJournal>();
  readonly #timer: NodeJS.Timeout;

  /**
   * Begins to look.
   *
   * @param watches - are shown every journal once.
   */
  constructor(
    settings: BridgeSettings,
    options: ResolvedOptions,
    watches: readonly JournalWatch[],
  ) {
    this.#settings = settings;
    this.#options = options;
    this.#watches = watches;
    this.#timer = setInterval(() => this.#look(), lookEvery);
  }

  /** The program has ended, the journals are complete: the journals in the order they began. */
  async end(): Promise<readonly ProgramJournal[]> {
    clearInterval(this.#timer);
    for (const path of journalsOf(this.#settings)) this.#take(path);
    for (const watch of this.#watches) await watch.end();
    return [...this.#journals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, journal]) => journal);
  }

  #look(): void {
    for (const path of journalsOf(this.#settings)) this.#take(path);
    for (const journal of this.#journals.values()) journal.look();
  }

  #take(path: string): void {
    if (this.#journals.has(path)) return;
    const { stem } = this.#settings;
    const runId = basename(path).slice(stem.length + 1, -journalEnding.length);
    this.#journals.set(path, new ProgramJournal(path, runId, this.#options));
    for (const watch of this.#watches) watch.follow(path);
  }
}

/** One of them. */
export class ProgramJournal {
  readonly #path: string;
  readonly #runId: string;
  readonly #document: RunDocument;
  readonly #problems = new RunProblems();
  /** The file, kept open so that it can be read when somebody has removed it. */
  #file: JournalFile | undefined;

  /** @param path - of the journal. */
  constructor(path: string, runId: string, options: ResolvedOptions) {
    this.#path = path;
    this.#runId = runId;
    this.#document = new RunDocument(runId, options, this.#problems.tell);
  }

  /** Sees how it has grown. */
  look(): void {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (found === undefined) return;
    this.#document.grown(this.#path, found.size);
    // The bridge makes a journal anew that was removed.
    if (this.#file?.missing === undefined && this.#file !== undefined) return;
    this.#file?.close();
    this.#file = opened(this.#path);
  }

  /**
   * Writes its document; once, when nobody writes it any more.
   *
   * @throws what kept it from being written.
   */
  async write(options: WriteRunOptions): Promise<RunSummary> {
    const { tell, texts } = this.#problems;
    let path = this.#path;
    if (this.#file !== undefined && !existsSync(path)) {
      rescueJournal(this.#file, this.#runId, tell);
      path = this.#file.path;
    }
    this.#file?.close();
    const summary = await this.#document.write(path, options);
    return { ...summary, problems: [...texts, ...summary.problems] };
  }
}

/** Undefined when it is gone again, or not ours to read: building says so. */
function opened(path: string): JournalFile | undefined {
  try {
    return new JournalFile(path, openSync(path, "r"));
  } catch {
    return undefined;
  }
}

const journalEnding = ".journal";

function journalsOf({ folder, stem, launch }: BridgeSettings): string[] {
  return filesIn(folder)
    .filter((name) => name.startsWith(`${stem}.${launch}-`) && name.endsWith(journalEnding))
    .map((name) => join(folder, name));
}

/** None when the folder was removed: the bridge makes it anew. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
