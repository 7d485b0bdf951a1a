import { AttemptLog } from "./attempt-log.js";
import { type Lane, Lanes } from "./lanes.js";
import type { TraceWriter } from "./trace-writer.js";

/** Attempts on a lane as triples of frame, start and end: numbers only, for there may be many. */
interface Track {
  readonly lane: Lane;
  readonly slices: number[];
}

const schema = "https://www.speedscope.app/file-format-schema.json";
/** Events are gathered to about this many characters. */
const chunkChars = 1 << 16;

/**
 * A speedscope file: an evented profile for each lane of each worker, a frame for each function.
 * The format wants a lane's attempts together, so three numbers an attempt are kept.
 */
export function createSpeedscopeWriter(): TraceWriter {
  const frames = new Map<string, number>();
  const tracks = new Map<Lane, Track>();
  let lanes = new Lanes(0);
  const log = new AttemptLog({
    attempt: (attempt) => {
      if (!attempt.ran) return;
      const { lane, start, end } = lanes.place(attempt);
      const name = attempt.functionName ?? attempt.group;
      const frame = frames.get(name) ?? frames.size;
      frames.set(name, frame);
      let track = tracks.get(lane);
      if (track === undefined) {
        track = { lane, slices: [] };
        tracks.set(lane, track);
      }
      track.slices.push(frame, start, end);
    },
  });
  return {
    push: (event) => {
      log.push(event);
      if (event.type === "run") lanes = new Lanes(event.time);
      return "";
    },
    noteGap: () => log.noteGap(),
    finish: function* () {
      const { event, end } = log.finish();
      const named = [...frames.keys()].map((name) => ({ name }));
      yield `{"$schema":"${schema}","name":${JSON.stringify(event.runId)},"exporter":"taskprov","shared":{"frames":${JSON.stringify(named)}},"profiles":[`;
      let separator = "\n";
      for (const track of tracks.values()) {
        yield separator;
        yield* profile(track, lanes.microseconds(end));
        separator = ",\n";
      }
      yield "\n]}\n";
    },
  };
}

function* profile({ lane, slices }: Track, endValue: number): Generator<string> {
  const name = `${lane.workerName} lane ${lane.number}`;
  let text = `{"type":"evented","name":${JSON.stringify(name)},"unit":"microseconds","startValue":0,"endValue":${endValue},"events":[`;
  for (let i = 0; i < slices.length; i += 3) {
    const frame = slices[i] ?? 0;
    text += `${i === 0 ? "" : ","}{"type":"O","frame":${frame},"at":${slices[i + 1] ?? 0}},{"type":"C","frame":${frame},"at":${slices[i + 2] ?? 0}}`;
    if (text.length < chunkChars) continue;
    yield text;
    text = "";
  }
  yield `${text}]}`;
}
