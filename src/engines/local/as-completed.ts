import { type Future, insideFuture } from "./future.js";
import type { FutureState } from "./future-state.js";
import type { SchedulerCore } from "./scheduler-core.js";

/** The futures in the order in which their outcomes become known. */
export async function* asCompleted<F extends Future<unknown>>(
  core: SchedulerCore,
  futures: Iterable<F>,
): AsyncGenerator<F, void> {
  const waiting = new Map<FutureState, F>();
  const ready: F[] = [];
  let wake: (() => void) | undefined;
  const settled = (state: FutureState): void => {
    const future = waiting.get(state);
    waiting.delete(state);
    if (future !== undefined) ready.push(future);
    wake?.();
  };
  for (const future of futures) {
    const { state } = insideFuture(future);
    if (future.done) {
      ready.push(future);
    } else if (!waiting.has(state)) {
      waiting.set(state, future);
      state.watch(settled);
    }
  }
  try {
    let next = 0;
    while (next < ready.length || waiting.size > 0) {
      const future = ready[next];
      if (future !== undefined) {
        next++;
        yield future;
      } else {
        core.secede();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    }
  } finally {
    for (const state of waiting.keys()) core.holds.unwatch(state, settled);
  }
}
