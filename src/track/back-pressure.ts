/** What {@link BackPressure} holds and watches. */
export interface BackPressureSettings {
  /** Starts no further task until the returned function is called. */
  readonly hold: () => () => void;
  /** Whether more waits for the disk than should. */
  readonly isCongested: () => boolean;
  /** Tasks are held so long at most, each time. @defaultValue 5 */
  readonly limitSeconds?: number;
}

/** How often a held engine looks whether the disk has caught up, in milliseconds. */
const lookEvery = 20;

/**
 * Makes the engine wait for a slow disk, but not for ever: when too much is unwritten no task is
 * started until the disk has caught up, at most for five seconds. After that tasks go on and the
 * journal drops and counts what it cannot keep, until the disk has caught up once.
 */
export class BackPressure {
  readonly #settings: BackPressureSettings;
  #release: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Held to the limit in vain: not again before the disk has caught up. */
  #isSpent = false;

  /** @param settings - what to hold and what to watch. */
  constructor(settings: BackPressureSettings) {
    this.#settings = settings;
  }

  /** Looks after each event; cheap while nothing waits. */
  check(): void {
    if (!this.#settings.isCongested()) {
      if (this.#isSpent) this.#isSpent = false;
    } else if (this.#release === undefined && !this.#isSpent) this.#hold();
  }

  /** Lets the engine go on, whatever the disk does. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #hold(): void {
    const { limitSeconds = 5 } = this.#settings;
    this.#release = this.#settings.hold();
    let looksLeft = Math.ceil((limitSeconds * 1000) / lookEvery);
    this.#timer = setInterval(() => {
      looksLeft--;
      if (!this.#settings.isCongested()) this.stop();
      else if (looksLeft <= 0) {
        this.#isSpent = true;
        this.stop();
      }
    }, lookEvery);
  }
}
