import type { SampleEvent } from "../events/telemetry-event.js";
import type { ResourceMoment, ResourceUser } from "./resource-panel.js";

/** What a process, or a worker thread, used over a run; what was not measured is absent. */
export interface ResourceSummary {
  /** Address of the worker; `scheduler`, or `program` on the embedded engine. */
  readonly name: string;
  readonly samples: number;
  /** Percent of one processor, over all samples. */
  readonly meanCpu?: number;
  readonly maxCpu?: number;
  /** Memory in MB (1e6 bytes): of a process its resident memory, of a thread its heap and buffers. */
  readonly maxMemory?: number;
  readonly lastMemory?: number;
}

/** Moments of one process that are kept: a week of samples, one a second, must not fill memory. */
const mostMoments = 4_000;

interface Usage {
  moments: ResourceMoment[];
  /** Samples that a moment stands for. */
  stride: number;
  skip: number;
  samples: number;
  cpu: number;
  measured: number;
  maxCpu: number | undefined;
  maxMemory: number | undefined;
  lastMemory: number | undefined;
}

/** Gathers the samples of a journal by process. */
export class ResourceTally {
  readonly #usages = new Map<string, Usage>();

  /** Takes a sample of what is called so. */
  add({ time, cpu, memory }: SampleEvent, name: string): void {
    const usage = this.#usageOf(name);
    usage.samples++;
    if (cpu !== undefined) {
      usage.cpu += cpu;
      usage.measured++;
      usage.maxCpu = Math.max(usage.maxCpu ?? 0, cpu);
    }
    const mem = memory === undefined ? undefined : memory.process / 1e6;
    if (mem !== undefined) {
      usage.maxMemory = Math.max(usage.maxMemory ?? 0, mem);
      usage.lastMemory = mem;
    }
    keep(usage, { time, ...(cpu !== undefined && { cpu }), ...(mem !== undefined && { mem }) });
  }

  #usageOf(name: string): Usage {
    const known = this.#usages.get(name);
    if (known !== undefined) return known;
    const nothing = { maxCpu: undefined, maxMemory: undefined, lastMemory: undefined };
    const usage = { moments: [], stride: 1, skip: 0, samples: 0, cpu: 0, measured: 0, ...nothing };
    this.#usages.set(name, usage);
    return usage;
  }

  /** In the order in which they were first sampled. */
  users(): ResourceUser[] {
    return Array.from(this.#usages, ([name, { moments }]) => ({ name, moments }));
  }

  /** What each used over the run. */
  summaries(): ResourceSummary[] {
    return Array.from(this.#usages, ([name, usage]) => {
      const { samples, cpu, measured, maxCpu, maxMemory, lastMemory } = usage;
      return {
        name,
        samples,
        ...(measured > 0 && { meanCpu: cpu / measured }),
        ...(maxCpu !== undefined && { maxCpu }),
        ...(maxMemory !== undefined && { maxMemory }),
        ...(lastMemory !== undefined && { lastMemory }),
      };
    });
  }
}

/** Of a long run every second, fourth … moment is kept. */
function keep(usage: Usage, moment: ResourceMoment): void {
  if (++usage.skip < usage.stride) return;
  usage.skip = 0;
  usage.moments.push(moment);
  if (usage.moments.length < mostMoments) return;
  usage.moments = usage.moments.filter((_, i) => i % 2 === 1);
  usage.stride *= 2;
}
