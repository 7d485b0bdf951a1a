import type { JournalHeader } from "./wire.js";

/** Something in a journal that is not as it should be. */
export interface JournalProblem {
  /**
   * `torn-tail`: the end is missing, as after a crash. `bad-frame`: bytes or a line that cannot be
   * read. `gap`: frames are missing. `out-of-order`: a frame that was there before. `bad-header`:
   * nothing says who wrote it. `invalid-event`: an event that breaks the rules of its kind.
   */
  readonly kind:
    | "torn-tail"
    | "bad-frame"
    | "gap"
    | "out-of-order"
    | "bad-header"
    | "invalid-event";
  /** Byte position in the file. */
  readonly offset?: number;
  /** Line number from 1, in NDJSON. */
  readonly line?: number;
  /** What is wrong and what became of it. */
  readonly text: string;
}

/** What reading a journal found; grows while it is read. */
export interface JournalReport {
  /** Undefined until the first bytes were read. */
  readonly format: "frames" | "ndjson" | undefined;
  /** Undefined until read, or when it cannot be read. */
  readonly header: JournalHeader | undefined;
  /** Bytes read. */
  readonly bytes: number;
  /** Frames read, without the header, or lines. */
  readonly frames: number;
  /** Events read and valid. */
  readonly events: number;
  /** Events left out because they break the rules of their kind. */
  readonly invalidEvents: number;
  /** Places in the file that could not be read as a frame or line. */
  readonly badFrames: number;
  /** Bytes in those places. */
  readonly skippedBytes: number;
  /** Jumps in the sequence numbers. */
  readonly gaps: number;
  /** Frames that the jumps say are missing. */
  readonly missingFrames: number;
  /** Frames left out because their number had passed. */
  readonly outOfOrder: number;
  /** Bytes of an incomplete end. */
  readonly tornBytes: number;
  /** All problems counted. */
  readonly problemCount: number;
  /** The first 100 of them. */
  readonly problems: readonly JournalProblem[];
}

const maxProblems = 100;

type Counter =
  | "bytes"
  | "frames"
  | "events"
  | "invalidEvents"
  | "badFrames"
  | "skippedBytes"
  | "gaps"
  | "missingFrames"
  | "outOfOrder"
  | "tornBytes";

/** Gathers a {@link JournalReport}. */
export class ReportBuilder {
  readonly #counts: Record<Counter, number> = {
    bytes: 0,
    frames: 0,
    events: 0,
    invalidEvents: 0,
    badFrames: 0,
    skippedBytes: 0,
    gaps: 0,
    missingFrames: 0,
    outOfOrder: 0,
    tornBytes: 0,
  };
  readonly #problems: JournalProblem[] = [];
  #problemCount = 0;
  #format: JournalReport["format"];
  #header: JournalHeader | undefined;

  /** Says what kind of file it is. */
  setFormat(format: "frames" | "ndjson"): void {
    this.#format = format;
  }

  /** Says who wrote it. */
  setHeader(header: JournalHeader): void {
    this.#header = header;
  }

  /** Counts. */
  count(counter: Counter, by = 1): void {
    this.#counts[counter] += by;
  }

  /** Records a problem; beyond the first 100 it is only counted. */
  problem(problem: JournalProblem): void {
    this.#problemCount++;
    if (this.#problems.length < maxProblems) this.#problems.push(problem);
  }

  /** The report as of now. */
  get report(): JournalReport {
    return {
      format: this.#format,
      header: this.#header,
      ...this.#counts,
      problemCount: this.#problemCount,
      problems: [...this.#problems],
    };
  }
}
