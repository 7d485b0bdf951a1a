import type { Json } from "../events/event-parts.js";
import { AttemptLog } from "./attempt-log.js";
import { Lanes, type Placed, roundMicroseconds } from "./lanes.js";
import type { AttemptRef, TraceAttempt } from "./trace-attempt.js";
import type { TraceWriter } from "./trace-writer.js";

/** The process of what belongs to no worker; worker n is process n + 2. */
const noWorker = 1;

/**
 * A trace in the JSON Object Format of Chrome's Trace Event Format, as Perfetto opens it: workers
 * are processes, their lanes threads, attempts slices, dependencies flow arrows, and what never
 * began an instant.
 */
export function createChromeTraceWriter(): TraceWriter {
  let pending = "";
  let separator = "";
  let lanes = new Lanes(0);
  let flows = 0;
  // Places of attempts live as long as somebody can still name the attempt.
  const places = new WeakMap<AttemptRef, Placed>();
  const named = new Set<number>();
  const add = (event: Json): void => {
    pending += separator + JSON.stringify(event);
    separator = ",\n";
  };
  const nameProcess = (pid: number, name: string): void => {
    if (named.has(pid)) return;
    named.add(pid);
    add({ ph: "M", pid, tid: 0, name: "process_name", args: { name } });
  };
  const log = new AttemptLog({
    attempt: (attempt) => {
      if (!attempt.ran) {
        nameProcess(noWorker, "never began");
        add(instant(attempt, lanes));
        return;
      }
      const place = lanes.place(attempt);
      const { pid, tid } = trackOf(place);
      nameProcess(pid, place.lane.workerName);
      if (place.isNew) {
        add({ ph: "M", pid, tid, name: "thread_name", args: { name: `lane ${tid}` } });
      }
      add(slice(attempt, place));
      for (const input of attempt.inputs) {
        const source = places.get(input);
        if (source === undefined || source.start > place.start) continue;
        for (const event of arrow(++flows, source, place)) add(event);
      }
      places.set(attempt.ref, place);
    },
  });
  const taken = (): string => {
    const text = pending;
    pending = "";
    return text;
  };
  return {
    push: (event) => {
      log.push(event);
      if (event.type === "run") {
        lanes = new Lanes(event.time);
        pending = '{"displayTimeUnit":"ms","traceEvents":[\n';
      }
      return taken();
    },
    noteGap: () => log.noteGap(),
    finish: function* () {
      const { event, incomplete } = log.finish();
      const other = { run: event.runId, engine: event.engine, start: event.time, incomplete };
      yield `${taken()}\n],"otherData":${JSON.stringify(other)}}\n`;
    },
  };
}

function trackOf({ lane }: Placed): { readonly pid: number; readonly tid: number } {
  return { pid: lane.worker < 0 ? noWorker : lane.worker + 2, tid: lane.number };
}

function slice(attempt: TraceAttempt, place: Placed): Json {
  const { start, end } = place;
  return {
    ph: "X",
    ...trackOf(place),
    ts: start,
    dur: roundMicroseconds(end - start),
    name: attempt.functionName ?? attempt.group,
    cat: category(attempt),
    args: details(attempt),
  };
}

function instant(attempt: TraceAttempt, lanes: Lanes): Json {
  return {
    ph: "i",
    s: "p",
    pid: noWorker,
    tid: 0,
    ts: lanes.microseconds(attempt.start),
    name: attempt.functionName ?? attempt.group,
    cat: category(attempt),
    args: details(attempt),
  };
}

/** Both ends lie inside their slices, for a flow binds to the slice that is open at its time. */
function arrow(id: number, source: Placed, target: Placed): Json[] {
  const same = { cat: "dependency", name: "dependency", id };
  const inside = roundMicroseconds(source.end - Math.min(1, (source.end - source.start) / 2));
  const ts = Math.max(source.start, Math.min(inside, target.start));
  return [
    { ph: "s", ...trackOf(source), ts, ...same },
    { ph: "f", bp: "e", ...trackOf(target), ts: target.start, ...same },
  ];
}

function category({ status }: TraceAttempt): string {
  return status === "ok" ? "task" : `task,${status}`;
}

function details(attempt: TraceAttempt): Json {
  const { ref, group, number, status, failure, nbytes, transferSeconds, blamed } = attempt;
  return {
    key: ref.key,
    group,
    attempt: number,
    status,
    ...(nbytes !== undefined && { nbytes }),
    ...(transferSeconds > 0 && { transferSeconds }),
    ...(blamed !== undefined && { blamed: blamed.key }),
    ...(failure !== undefined && {
      exception: [failure.type, failure.text].filter((part) => part !== undefined).join(": "),
    }),
  };
}
