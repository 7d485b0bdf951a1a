import type { WorkerAddedEvent } from "../events/run-event.js";
import type { TaskEvent } from "../events/task-event.js";
import type { MemoryFigures, SampleEvent } from "../events/telemetry-event.js";
import type { MetricFamily, MetricSample } from "./metric-family.js";

/** Workers with series of their own at once. */
const maxWorkers = 1000;

/** What scheduler and workers use now: the last sample of each that is there. */
export class WorkerGauges {
  readonly #workers = new Map<number, WorkerAddedEvent>();
  readonly #samples = new Map<number, SampleEvent>();
  #scheduler: SampleEvent | undefined;
  #added = 0;
  #lost = 0;

  /** Takes the next event. */
  push(event: TaskEvent): void {
    if (event.type === "worker+") {
      this.#added++;
      this.#workers.set(event.worker, event);
    } else if (event.type === "worker-") {
      if (event.reason === "died") this.#lost++;
      this.#workers.delete(event.worker);
      this.#samples.delete(event.worker);
    } else if (event.type === "sample") {
      if (event.worker === null) this.#scheduler = event;
      else if (this.#workers.has(event.worker)) this.#samples.set(event.worker, event);
    }
  }

  /** The metrics as they stand. */
  families(): MetricFamily[] {
    const workers = [...this.#workers.values()].slice(0, maxWorkers);
    return [
      gauge("taskprov_workers", "Workers that are there.", [
        { labels: {}, value: this.#workers.size },
      ]),
      gauge("taskprov_worker_threads", "Threads that run tasks.", threads(workers)),
      counter("taskprov_workers_added_total", "Workers that joined.", [one(this.#added)]),
      counter("taskprov_workers_lost_total", "Workers that died.", [one(this.#lost)]),
      gauge(
        "taskprov_worker_memory_bytes",
        "Memory of a worker by kind: process is all, managed are results, spilled are results on disk.",
        this.#each(workers, (sample, labels) => memorySamples(sample, labels)),
      ),
      gauge(
        "taskprov_worker_memory_limit_bytes",
        "Memory that a worker may use.",
        workers.flatMap(({ memoryLimit: value, ...worker }) =>
          value === undefined ? [] : [{ labels: labelsOf(worker), value }],
        ),
      ),
      gauge(
        "taskprov_worker_cpu_ratio",
        "Processor time of a worker; 1 is one processor.",
        this.#each(workers, ({ cpu }, labels) => some(labels, cpu === undefined ? cpu : cpu / 100)),
      ),
      counter(
        "taskprov_worker_received_bytes_total",
        "Bytes of results that came from other workers.",
        this.#each(workers, ({ received }, labels) => some(labels, received)),
      ),
      counter(
        "taskprov_worker_sent_bytes_total",
        "Bytes of results that went to other workers.",
        this.#each(workers, ({ sent }, labels) => some(labels, sent)),
      ),
      gauge(
        "taskprov_worker_event_loop_delay_seconds",
        "How late a worker's event loop is.",
        this.#each(workers, ({ delay }, labels) => some(labels, delay)),
      ),
      gauge(
        "taskprov_worker_busy_ratio",
        "Share of the time in which a worker's event loop had something to do.",
        this.#each(workers, ({ busy }, labels) => some(labels, busy)),
      ),
      gauge(
        "taskprov_worker_tasks",
        "Tasks that a worker has, by where they are.",
        this.#each(workers, ({ tasks }, labels) => taskSamples(tasks, labels)),
      ),
      ...this.#schedulerFamilies(),
    ];
  }

  #schedulerFamilies(): MetricFamily[] {
    const { memory, cpu, delay, busy } = this.#scheduler ?? {};
    return [
      gauge(
        "taskprov_scheduler_memory_bytes",
        "Resident memory of the scheduler's process.",
        some({}, memory?.process),
      ),
      gauge(
        "taskprov_scheduler_cpu_ratio",
        "Processor time of the scheduler's process; 1 is one processor.",
        some({}, cpu === undefined ? cpu : cpu / 100),
      ),
      gauge(
        "taskprov_scheduler_event_loop_delay_seconds",
        "How late the scheduler's event loop is.",
        some({}, delay),
      ),
      gauge(
        "taskprov_scheduler_busy_ratio",
        "Share of the time in which the scheduler's event loop had something to do.",
        some({}, busy),
      ),
    ];
  }

  #each(
    workers: readonly WorkerAddedEvent[],
    read: (sample: SampleEvent, labels: MetricSample["labels"]) => MetricSample[],
  ): MetricSample[] {
    return workers.flatMap((worker) => {
      const sample = this.#samples.get(worker.worker);
      return sample === undefined ? [] : read(sample, labelsOf(worker));
    });
  }
}

function labelsOf({ address, name }: Pick<WorkerAddedEvent, "address" | "name">): {
  readonly worker: string;
  readonly name: string;
} {
  return { worker: address, name: name ?? address };
}

function threads(workers: readonly WorkerAddedEvent[]): MetricSample[] {
  return [one(workers.reduce((sum, worker) => sum + (worker.threads ?? 0), 0))];
}

function memorySamples({ memory }: SampleEvent, labels: MetricSample["labels"]): MetricSample[] {
  if (memory === undefined) return [];
  return Object.entries(memoryKinds(memory)).flatMap(([kind, value]) =>
    value === undefined ? [] : [{ labels: { ...labels, kind }, value }],
  );
}

/** Memory by kind, with what nobody manages. */
function memoryKinds({
  process,
  managed,
  spilled,
  unmanagedOld,
}: MemoryFigures): Readonly<Record<string, number | undefined>> {
  const unmanaged = managed === undefined ? undefined : Math.max(0, process - managed);
  return { process, managed, unmanaged, unmanaged_old: unmanagedOld, spilled };
}

function taskSamples(tasks: SampleEvent["tasks"], labels: MetricSample["labels"]): MetricSample[] {
  return Object.entries(tasks ?? {}).map(([state, value]) => ({
    labels: { ...labels, state },
    value,
  }));
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, type: "gauge", help, samples };
}

function counter(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, type: "counter", help, samples };
}

function one(value: number): MetricSample {
  return { labels: {}, value };
}

function some(labels: MetricSample["labels"], value: number | undefined): MetricSample[] {
  return value === undefined ? [] : [{ labels, value }];
}
