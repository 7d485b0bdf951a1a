import { setTimeout as sleep } from "node:timers/promises";
import { isTaskprovError } from "../../base/errors.js";
import { isRecord } from "../../events/fields.js";
import type { RawWire } from "../../events/wire-reader.js";
import { type AttachTarget, connectAgain } from "./attach-target.js";
import type { DaskConnection } from "./comm/dask-connection.js";
import { callScheduler } from "./comm/scheduler-call.js";

/** How things stand on the scheduler. */
export interface ClusterStatus {
  readonly connected: boolean;
  /** Tasks recorded so far. */
  readonly tasks: number;
  /** Tasks that workers have now. */
  readonly running: number;
  readonly workers: number;
  /** Events that were lost on the scheduler. */
  readonly dropped: number;
  /** Bytes of journal received. */
  readonly bytes: number;
  /** Grows whenever tasks, clients or workers do something. */
  readonly activity: number;
}

/** How reading ended. */
export type AttachEnd =
  /** The whole record is here. */
  | { readonly kind: "complete" }
  /** The rest of it cannot be had. */
  | { readonly kind: "lost"; readonly why: string };

/** What a reader is given. */
export interface AttachReaderOptions {
  /** The name under which the bridge was registered. */
  readonly plugin: string;
  /** Takes frames of the journal, in order; returns how many it could keep. */
  readonly keep: (frames: readonly Uint8Array[]) => number;
  /** Called at least once a second while there is a connection. */
  readonly onStatus?: (status: ClusterStatus) => void;
  /** Seconds to try to get a lost connection back. */
  readonly reconnectSeconds: number;
}

/** The bridge sends something every second; a scheduler may be busy. */
const silenceMs = 40_000;
/** A port on which nothing listens any more seldom comes back. */
const refusedMs = 5_000;
/** Leaving in good order may take so long. */
const detachMs = 15_000;
/** The disk could not take it: it is asked for again after a while. */
const fullDiskMs = 1_000;

/**
 * Reads the journal of a planted bridge until the cluster ends or {@link AttachReader.detach} is
 * called; a connection that breaks is made again.
 */
export class AttachReader {
  /** Resolves when nothing more will come; never rejects. */
  readonly ended: Promise<AttachEnd>;
  readonly #target: AttachTarget;
  readonly #options: AttachReaderOptions;
  #connection: DaskConnection | undefined;
  /** Number of the next frame. */
  #next = 0;
  #leaving = false;
  #leaveBy = Number.POSITIVE_INFINITY;
  #status: ClusterStatus = {
    connected: false,
    tasks: 0,
    running: 0,
    workers: 0,
    dropped: 0,
    bytes: 0,
    activity: 0,
  };

  /** Begins to read at once. */
  constructor(target: AttachTarget, options: AttachReaderOptions) {
    this.#target = target;
    this.#options = options;
    this.ended = this.#run();
  }

  /** Asks the bridge to end the record and to leave the scheduler; then `ended` resolves. */
  detach(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#leaveBy = performance.now() + detachMs;
    this.#connection?.send({ op: "detach" });
    // A scheduler that does not answer must not hold us for long.
    setTimeout(() => this.#connection?.close(), detachMs).unref();
  }

  async #run(): Promise<AttachEnd> {
    try {
      for (;;) {
        const end = await this.#connect();
        if (end !== undefined) return end;
        if (await this.#read()) return { kind: "complete" };
      }
    } catch (error) {
      return { kind: "lost", why: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#connection?.close();
      this.#tell({ connected: false });
    }
  }

  /** Connects and asks for what comes next; an end when that is not possible any more. */
  async #connect(): Promise<AttachEnd | undefined> {
    const began = performance.now();
    for (let tries = 0; ; tries++) {
      try {
        return await this.#attach();
      } catch (error) {
        const passed = performance.now() - began;
        const refused = error instanceof Error && /nothing listens/.test(error.message);
        const patience = this.#options.reconnectSeconds * 1000;
        if (passed > Math.min(patience, refused ? refusedMs : patience) || this.#isLate()) {
          return { kind: "lost", why: `${messageOf(error)} The rest of the record is lost.` };
        }
      }
      await sleep(Math.min(100 * 2 ** tries, 2000));
    }
  }

  async #attach(): Promise<AttachEnd | undefined> {
    const { timeoutMs } = this.#target.connect;
    this.#connection?.close();
    const connection = await connectAgain(this.#target);
    this.#connection = connection;
    const fields = { after: this.#next };
    const op = `${this.#options.plugin}-attach`;
    const answer = await callScheduler(connection, op, fields, timeoutMs);
    if (!isRecord(answer) || answer["op"] !== "attached") return { kind: "lost", why: gone };
    if (answer["scheduler"] !== this.#target.identity.id) return { kind: "lost", why: another };
    // What is missing before it shows in the sequence numbers of the journal.
    this.#next = numberOf(answer["first"]);
    if (this.#leaving) connection.send({ op: "detach" });
    this.#tell({ connected: true });
    return undefined;
  }

  /** Reads until the record ends (true) or the connection does (false). */
  async #read(): Promise<boolean> {
    const connection = this.#connection;
    if (connection === undefined) return false;
    try {
      for (;;) {
        const message = await connection.receive(silenceMs);
        if (!isRecord(message)) continue;
        this.#count(message);
        if (message["op"] === "end") return true;
        if (message["op"] === "batch") await this.#take(connection, message);
      }
    } catch (error) {
      if (!isTaskprovError(error, "ERR_CONNECT")) throw error;
      this.#tell({ connected: false });
      return false;
    }
  }

  async #take(
    connection: DaskConnection,
    batch: { readonly [name: string]: RawWire },
  ): Promise<void> {
    const frames = bytesIn(batch["data"]);
    const isNext = numberOf(batch["first"]) === this.#next;
    const kept = isNext && frames.length > 0 ? this.#options.keep(frames) : 0;
    this.#next += kept;
    if (isNext && kept < frames.length) await sleep(fullDiskMs);
    connection.send({ op: "ack", next: this.#next });
    const bytes = frames.slice(0, kept).reduce((sum, frame) => sum + frame.length, 0);
    this.#tell({ bytes: this.#status.bytes + bytes });
  }

  #count(message: { readonly [name: string]: RawWire }): void {
    this.#status = {
      ...this.#status,
      tasks: numberOf(message["tasks"]),
      running: numberOf(message["running"]),
      workers: numberOf(message["workers"]),
      dropped: numberOf(message["dropped"]),
      activity: numberOf(message["activity"]),
    };
  }

  #tell(news: Partial<ClusterStatus>): void {
    this.#status = { ...this.#status, ...news };
    this.#options.onStatus?.(this.#status);
  }

  #isLate(): boolean {
    return performance.now() > this.#leaveBy;
  }
}

const gone =
  "The scheduler does not record any more: the connection was away for too long. The rest of the record is lost.";
const another =
  "Another scheduler is at the address now: the one that was recorded has ended. The rest of its record is lost.";

function bytesIn(data: RawWire | undefined): readonly Uint8Array[] {
  if (!Array.isArray(data)) return [];
  return data.filter((item): item is Uint8Array => item instanceof Uint8Array);
}

function numberOf(wire: RawWire | undefined): number {
  return typeof wire === "number" ? wire : 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
