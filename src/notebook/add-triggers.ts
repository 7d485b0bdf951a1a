import type { LineTable } from "./line-table.js";
import type { CellJudgement, Trigger } from "./semantic/judgement.js";
import { shortText } from "./short-text.js";
import type { SourceCall } from "./source-call.js";

/** Where a trigger is kept in a judgement. */
export function triggerKey({ start, end, name }: Pick<Trigger, "start" | "end" | "name">): string {
  return `${start}:${end}:${name}`;
}

/** Adds to the calls of a cell the places where work starts without one, in reading order. */
export function addTriggers(
  calls: readonly SourceCall[],
  { triggers }: CellJudgement,
  source: string,
  lines: LineTable,
): readonly SourceCall[] {
  if (triggers.size === 0) return calls;
  const taken = new Set(calls.map(({ anchor }) => anchor));
  const added: SourceCall[] = [];
  for (const trigger of triggers.values()) {
    const { name, start, end, receiver } = trigger;
    const named = source.slice(end - name.length, end) === name;
    const anchor = named ? end - name.length : start;
    // Two sites never share a place: the one with a call stands.
    const place = taken.has(anchor) ? start : anchor;
    const free = taken.has(place) ? nextFree(taken, place, end) : place;
    if (free === undefined) continue;
    taken.add(free);
    const around = calls.find((call) => call.start <= start && end <= call.end);
    added.push({
      name,
      form: "implicit",
      ...(receiver === undefined
        ? {}
        : { receiver: shortText(source.slice(receiver.start, receiver.end)) }),
      start,
      end,
      nameStart: named ? anchor : start,
      nameEnd: end,
      anchor: free,
      statementLine: around?.statementLine ?? lines.lineAt(start),
      ...(around?.enclosing === undefined ? {} : { enclosing: around.enclosing }),
      inLoop: around?.inLoop ?? false,
      awaited: false,
      compute: { kind: "absent" },
    });
  }
  return [...calls, ...added].sort((a, b) => a.anchor - b.anchor || a.start - b.start);
}

function nextFree(taken: ReadonlySet<number>, from: number, end: number): number | undefined {
  for (let at = from + 1; at < end; at += 1) if (!taken.has(at)) return at;
  return undefined;
}
