import type { EpochSeconds } from "../base/clock.js";
import { assertNever, TaskprovError } from "../base/errors.js";
import { keyText } from "../describe/key-text.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { GraphEvent, GraphTask, KnownEvent, ScatterEvent } from "../events/graph-event.js";
import type { SiteEvent } from "../events/place-event.js";
import type { RunEvent } from "../events/run-event.js";
import type { TaskEvent } from "../events/task-event.js";
import type { CellRun } from "../notebook/live/cell-run.js";
import { LiveCells } from "../notebook/live/live-cells.js";
import type { LiveSite } from "../notebook/live/live-site.js";
import type { QualifiedName } from "../prov/names.js";
import { writeRunAgents } from "./agent-records.js";
import { FileVersions } from "./file-versions.js";
import { createGroupFilter } from "./group-filter.js";
import { HeldReleases } from "./held-releases.js";
import { keyName } from "./ids.js";
import { KeyHistory } from "./key-history.js";
import type { LiveKey, LiveTask } from "./live-task.js";
import { NotebookRecords } from "./notebook-records.js";
import type { ResolvedOptions } from "./options.js";
import type { RecordSink } from "./record-sink.js";
import { RunCatalog } from "./run-catalog.js";
import type { RunContext } from "./run-context.js";
import type { RunNames } from "./run-names.js";
import { createRunNames } from "./run-names.js";
import {
  assign,
  fail,
  finish,
  forget,
  invalidate,
  leaveOpen,
  lose,
  meet,
  note,
  print,
  scatter,
} from "./task-lifecycle.js";
import { writeExecutionSource, writeWorkflow } from "./workflow-record.js";

/** What a run came to: attempts by `taskprov:status`, and `tasks`, `data`, `scattered`, `excluded`. */
export type RunCounts = Readonly<Record<string, number>>;

/** What the recorder can say of a run at the end of its record. */
export interface RecordOutcome {
  readonly counts: RunCounts;
  /** Events that were dropped while recording. */
  readonly dropped: number;
  /** What is missing or went wrong, in words. */
  readonly problems: readonly string[];
  /** True when the document says that something is missing. */
  readonly incomplete: boolean;
}

/** The lists that most tasks leave empty: one for all that are alive. */
const none: readonly never[] = [];

const noNotebook =
  "option `jupyterTracking` found no notebook: no kernel told of its cells, so no task names one";

/**
 * Turns the events of one run into PROV records: no clock, no I/O, no randomness; the same events
 * give the same records. What it keeps is bounded by the tasks that are alive.
 */
export class Recorder {
  readonly #run: RunEvent;
  readonly #context: RunContext;
  readonly #includes: (group: string) => boolean;
  readonly #tasks = new Map<TaskNumber, LiveTask>();
  readonly #keys = new Map<string, LiveKey>();
  readonly #history = new KeyHistory();
  readonly #cells: LiveCells;
  readonly #notebook: NotebookRecords;
  /** On Dask, where the end of a program drops results before the cluster begins to close. */
  readonly #releases: HeldReleases | undefined;
  readonly #counts: Record<string, number> = { tasks: 0 };
  readonly #problems: string[] = [];
  #failures = 0;
  #dropped = 0;
  #unknown = 0;
  #gaps = 0;
  #closing = false;
  #end: EpochSeconds | undefined;

  /**
   * @param run - the first event of every journal.
   * @param options - what to record and how.
   * @param emit - takes the records, one object per id, in a fixed order.
   */
  constructor(run: RunEvent, options: ResolvedOptions, emit: RecordSink) {
    const names = createRunNames(run.runId);
    this.#run = run;
    this.#includes = createGroupFilter(options.includeGroups, options.excludeGroups);
    this.#cells = new LiveCells(options);
    this.#notebook = new NotebookRecords(emit, names);
    this.#releases =
      run.engine === "dask" ? new HeldReleases((event) => this.#take(event)) : undefined;
    this.#context = {
      names,
      engine: run.engine,
      workflow: names.run("workflow"),
      options,
      spellsOut: options.dialect === "yprov",
      catalog: new RunCatalog(names, emit),
      notebook: this.#notebook,
      files: new FileVersions(names),
      emit,
      taskOf: (task) => this.#tasks.get(task),
      count: (what) => this.#count(what),
      countFailure: (change) => {
        this.#failures += change;
      },
      gaps: () => this.#gaps,
      isClosing: () => this.#closing,
    };
    writeRunAgents(emit, names, run);
    writeExecutionSource(emit, names, run);
  }

  /** Names and namespaces of the run. */
  get names(): RunNames {
    return this.#context.names;
  }

  /**
   * Has to be awaited, when it is a promise, before the event is applied: cells of notebooks are
   * analysed, and what reads them is loaded when the first one comes.
   */
  prepare(event: TaskEvent): Promise<void> | undefined {
    switch (event.type) {
      case "source":
      case "cell":
      case "cell-end":
        return this.#cells.take(event);
      case "site":
        return this.#cells.count > 0 ? this.#cells.take(event) : undefined;
      default:
        return undefined;
    }
  }

  /** Takes the next event. An event that names something unknown is counted, never guessed. */
  apply(event: TaskEvent): void {
    if (this.#releases?.holds(event) !== true) this.#take(event);
  }

  #take(event: TaskEvent): void {
    const context = this.#context;
    switch (event.type) {
      case "run":
        throw new TaskprovError(
          "ERR_EVENT_INVALID",
          `A second \`run\` event (run ${event.runId}) in the record of run ${this.#run.runId}: two runs are mixed in one file. Separate them.`,
        );
      case "client+":
        context.catalog.addClient(event.client, event.name);
        break;
      case "worker+":
        context.catalog.addWorker(event);
        break;
      case "fn":
        context.catalog.addFunction(event);
        break;
      case "site":
        this.#addSite(event);
        break;
      case "cell":
        this.#withCell(event.cell, (run) => this.#notebook.begin(run));
        break;
      case "cell-end":
        this.#withCell(event.cell, (run) => this.#notebook.end(run));
        break;
      case "graph":
        this.#addGraph(event);
        break;
      case "scatter":
        this.#addScattered(event);
        break;
      case "assign":
        this.#withTask(event, (task) => assign(context, task, event));
        break;
      case "done":
        this.#withTask(event, (task) => finish(context, task, event));
        break;
      case "failed":
        this.#withTask(event, (task) => fail(context, task, event));
        break;
      case "output":
        this.#withTask(event, (task) => print(context, task, event));
        break;
      case "messages":
        this.#withTask(event, (task) => note(task, event));
        break;
      case "lost":
        this.#withTask(event, (task) => lose(context, task, event));
        break;
      case "release":
        this.#withTask(event, (task) => invalidate(context, task, event.time));
        break;
      case "forget":
        this.#withTask(event, (task) => this.#forget(task));
        break;
      case "dropped":
        this.#dropped += event.count;
        this.noteGap();
        break;
      case "error":
        this.#problems.push(event.text);
        break;
      case "closing":
        this.#closing = true;
        break;
      case "end":
        this.#end = event.time;
        break;
      case "known":
        this.#meet(event);
        break;
      case "client-":
      case "worker-":
      case "source":
      case "sample":
      case "log":
      case "profile":
      case "bandwidth":
      case "other":
        break;
      default:
        assertNever(event);
    }
  }

  /** Events are missing here: how what was open before has ended is not known any more. */
  noteGap(): void {
    this.#releases?.tell();
    this.#gaps++;
  }

  /**
   * Writes what is still open (running and pending tasks) and the workflow activity.
   *
   * @param damage - what reading the events showed: a torn tail, gaps. It marks the document as
   *   incomplete, as do a missing \`end\`, dropped events and events that name unknown tasks.
   */
  close(damage: readonly string[] = []): RecordOutcome {
    this.#releases?.tell();
    for (const task of this.#tasks.values()) leaveOpen(this.#context, task);
    this.#notebook.close();
    const gaps = [...damage];
    if (this.#dropped > 0) gaps.push(`${this.#dropped} events were dropped while recording`);
    if (this.#unknown > 0)
      gaps.push(`${this.#unknown} events name tasks that are not in the record`);
    if (this.#end === undefined) gaps.push("the record stops before the end of the run");
    const hasCells = this.#cells.count > 0;
    const blind = this.#context.options.jupyterTracking && !hasCells && this.#counts["tasks"] !== 0;
    const outcome = {
      counts: this.#counts,
      dropped: this.#dropped,
      problems: [...this.#problems, ...(blind ? [noNotebook] : []), ...gaps],
      incomplete: gaps.length > 0,
    };
    writeWorkflow(this.#context, this.#run, {
      ...outcome,
      end: this.#end,
      failed: this.#failures > 0,
      hasCells,
    });
    return outcome;
  }

  #withTask(event: { readonly task: TaskNumber }, then: (task: LiveTask) => void): void {
    const task = this.#tasks.get(event.task);
    if (task === undefined) this.#unknown++;
    else then(task);
  }

  #withCell(cell: number, then: (run: CellRun) => void): void {
    const run = this.#cells.runOf(cell);
    if (run !== undefined) then(run);
  }

  #addSite(event: SiteEvent): void {
    const site = this.#cells.siteOf(event.site);
    if (site !== undefined) this.#notebook.site(site);
    else if (event.frames === undefined) this.#context.catalog.addSite(event);
  }

  /** Where in a notebook a graph comes from; a task's own graphs come from where the task does. */
  #placeOf(graph: GraphEvent, submitter: LiveTask | undefined): LiveSite | undefined {
    if (this.#cells.count === 0) return undefined;
    const told = graph.site === undefined ? undefined : this.#cells.siteOf(graph.site);
    return told ?? submitter?.place ?? this.#cells.conclude(graph.graph, graph.time);
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }

  #addGraph(graph: GraphEvent): void {
    const submitter = graph.parent === undefined ? undefined : this.#tasks.get(graph.parent);
    const parent = submitter?.running?.name;
    const place = this.#placeOf(graph, submitter);
    for (const task of graph.tasks) {
      const live = this.#liveTask(task, graph, this.#includes(task.group), parent, place);
      this.#count(live.included ? "tasks" : "excluded");
      this.#tasks.set(task.task, live);
    }
  }

  #addScattered(event: ScatterEvent): void {
    const { task: number, key } = event;
    const nothing = { group: "", function: null, arguments: [], dependencies: [] };
    const task = this.#liveTask({ task: number, key, ...nothing }, event, true);
    this.#count("scattered");
    this.#tasks.set(number, task);
    scatter(this.#context, task, event);
  }

  /**
   * Data that was there before its making could be recorded: a tracker that came late, or plain
   * data in a graph. It is declared, without an activity that made it.
   */
  #meet(event: KnownEvent): void {
    const { task: number, key } = event;
    const nothing = { group: "", function: null, arguments: [], dependencies: [] };
    const known = this.#tasks.get(number);
    const task = known ?? this.#liveTask({ task: number, key, ...nothing }, event, true);
    if (task.running !== undefined || task.data !== undefined) return;
    this.#tasks.set(number, task);
    // After a drop a task is announced again in whatever state; only a graph's says: in memory.
    if (known !== undefined) meet(this.#context, task, event);
  }

  #liveTask(
    task: GraphTask,
    by: Pick<GraphEvent, "time" | "site" | "annotations">,
    included: boolean,
    parent?: QualifiedName,
    place?: LiveSite,
  ): LiveTask {
    const name = keyName(task.key);
    const counts = this.#hold(name);
    counts.generations++;
    return {
      number: task.task,
      key: task.key,
      keyText: keyText(task.key),
      name,
      group: task.group,
      fn: this.#context.catalog.functionOf(task.function),
      arguments: task.arguments.length === 0 ? none : task.arguments,
      dependencies: task.dependencies.length === 0 ? none : task.dependencies,
      inner: task.inner,
      annotations: by.annotations,
      submitted: by.time,
      gaps: this.#gaps,
      parent,
      site: by.site,
      place,
      included,
      isGiven: task.function === null,
      counts,
      generation: counts.generations,
      literalGeneration: 0,
      running: undefined,
      last: undefined,
      data: undefined,
      recorded: false,
      failed: false,
      history: none,
    };
  }

  #forget(task: LiveTask): void {
    forget(this.#context, task);
    const isTaken = task.data !== undefined || task.literalGeneration === task.generation;
    const { counts } = task;
    if (!isTaken && task.generation === counts.generations) counts.generations--;
    counts.holders--;
    if (counts.holders === 0) {
      this.#history.set(task.name, counts);
      this.#keys.delete(task.name);
    }
    this.#tasks.delete(task.number);
  }

  #hold(name: string): LiveKey {
    let counts = this.#keys.get(name);
    if (counts === undefined) {
      const { attempts, generations, hasFirst } = this.#history.get(name);
      counts = { holders: 0, attempts, generations, hasFirst };
      this.#keys.set(name, counts);
    }
    counts.holders++;
    return counts;
  }
}
