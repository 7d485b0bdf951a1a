import type { EpochSeconds } from "../base/clock.js";
import type { GraphEvent } from "../events/graph-event.js";
import type { TraceSink } from "./trace-attempt.js";

/** A graph of which tasks are alive, or more may come. */
export interface OpenGraph {
  readonly id: number;
  readonly graph: number;
  readonly parent: number;
  readonly client: string | undefined;
  start: EpochSeconds;
  end: EpochSeconds;
  tasks: number;
  live: number;
}

/** What a graph is found under before its first tasks come. */
type GraphOrigin = Pick<OpenGraph, "id" | "parent" | "client">;

/**
 * The graphs of a run that may still change. A large graph comes in pieces one after the other, so
 * the latest one stays open when all its tasks are gone.
 */
export class OpenGraphs {
  readonly #sink: TraceSink;
  readonly #graphs = new Map<number, OpenGraph>();
  #latest: OpenGraph | undefined;

  constructor(sink: TraceSink) {
    this.#sink = sink;
  }

  /** Takes a piece of a graph; `origin` is asked for its first piece only. */
  add(event: GraphEvent, origin: () => GraphOrigin): OpenGraph {
    const graph = this.#graphs.get(event.graph) ?? this.#open(event, origin());
    graph.tasks += event.tasks.length;
    graph.live += event.tasks.length;
    return graph;
  }

  /** A task of the graph is gone. */
  leave(graph: OpenGraph): void {
    graph.live--;
    if (graph.live === 0 && graph !== this.#latest) this.#close(graph);
  }

  /** Tells all that are open, at the end of the run. */
  closeAll(): void {
    for (const graph of this.#graphs.values()) this.#close(graph);
  }

  #open(event: GraphEvent, origin: GraphOrigin): OpenGraph {
    const before = this.#latest;
    const { time } = event;
    const graph = { ...origin, graph: event.graph, start: time, end: time, tasks: 0, live: 0 };
    this.#graphs.set(event.graph, graph);
    this.#latest = graph;
    this.#sink.graphBegan?.(graph);
    if (before?.live === 0) this.#close(before);
    return graph;
  }

  #close({ live: _, ...graph }: OpenGraph): void {
    this.#graphs.delete(graph.graph);
    this.#sink.graph?.(graph);
  }
}
