import type { ProfileEvent, ProfileFrame } from "../events/telemetry-event.js";
import type { ReportCall, ReportProfile } from "./page/report-format.js";

/** A tree with more calls than this is not kept whole. */
const maxCalls = 20_000;
/** Calls of less than this part of the whole are not shown. */
const leastShare = 0.002;
const maxDepth = 60;

interface Call {
  readonly name: string;
  readonly calls: Map<string, Call>;
  count: number;
}

/** Joins the profiles of all processes, by what was watched. */
export class CallTrees {
  readonly #trees = new Map<ProfileEvent["of"], Call>();
  readonly #seconds = new Map<ProfileEvent["of"], number>();
  #size = 0;

  /** Takes what a profiler saw in a stretch of time. */
  add(event: ProfileEvent): void {
    const root = this.#trees.get(event.of) ?? { name: "", calls: new Map(), count: 0 };
    this.#trees.set(event.of, root);
    this.#seconds.set(event.of, (this.#seconds.get(event.of) ?? 0) + event.stop - event.start);
    const placed: (Call | undefined)[] = [];
    for (const [parent, frame, count] of event.nodes) {
      const above = parent === null ? root : placed[parent];
      const call = above && this.#call(above, nameOf(event.frames[frame]));
      placed.push(call);
      if (call !== undefined) call.count += count;
      if (parent === null) root.count += count;
    }
  }

  #call(above: Call, name: string): Call | undefined {
    const known = above.calls.get(name);
    if (known !== undefined) return known;
    if (this.#size >= maxCalls) return undefined;
    this.#size++;
    const call = { name, calls: new Map(), count: 0 };
    above.calls.set(name, call);
    return call;
  }

  /** The trees, what was seen most often first. */
  result(): ReportProfile[] {
    return [...this.#trees].map(([of, root]) => ({
      of,
      seconds: Math.round(this.#seconds.get(of) ?? 0),
      count: root.count,
      calls: shownCalls(root, Math.max(1, root.count * leastShare), 0),
    }));
  }
}

function shownCalls(above: Call, least: number, depth: number): ReportCall[] {
  if (depth === maxDepth) return [];
  return [...above.calls.values()]
    .filter(({ count }) => count >= least)
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .map((call) => [call.name, call.count, shownCalls(call, least, depth + 1)]);
}

/** `load (tasks.py:12)`: the folder says little and is long. */
function nameOf(frame: ProfileFrame | undefined): string {
  if (frame === undefined) return "?";
  if (frame.file === undefined) return frame.function;
  const file = frame.file.split(/[\\/]/).slice(-2).join("/");
  return `${frame.function} (${file}${frame.line === undefined ? "" : `:${frame.line}`})`;
}
