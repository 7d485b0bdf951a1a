// What fixed-run.mjs puts in place of "taskprov".
import * as taskprov from "taskprov";

export * from "taskprov";

// 2026-11-20T10:15:00Z; every reading is a millisecond later than the one before.
const clock = taskprov.steppingClock(1_795_169_700);

/** With one worker, tasks that wait for files cannot overtake each other. */
export class Client extends taskprov.Client {
  constructor(options) {
    super({ ...options, workers: 1, clock });
  }
}

/** The recorded options stay those of the script: clock and run id are none of them. */
export class ProvTracker extends taskprov.ProvTracker {
  constructor(options) {
    super({ ...options, clock, runId: "20261120-0000-4000-8000-000000000001" });
  }
}
