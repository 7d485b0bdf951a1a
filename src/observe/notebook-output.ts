import { stripVTControlCharacters } from "node:util";
import { textBundle } from "../base/notebook-display.js";

/** Sends a Jupyter message to the notebook's page. */
type Broadcast = (type: string, content: Readonly<Record<string, unknown>>) => unknown;

let displays = 0;

/**
 * Where progress goes in a notebook whose kernel lets programs send Jupyter messages, as Deno's
 * does: each bar is one display, updated in place. Undefined elsewhere.
 */
export function notebookOutput(): { write(text: string): void } | undefined {
  const send = broadcastOf(globalThis);
  if (send === undefined) return undefined;
  let id: string | undefined;
  return {
    write: (text) => {
      if (text === "\n") {
        id = undefined; // This bar is full: the next one is a display of its own.
        return;
      }
      const type = id === undefined ? "display_data" : "update_display_data";
      id ??= `taskprov-progress-${++displays}`;
      // Each drawing is all there is: the way back over the last one, and colours, are a terminal's.
      const data = textBundle(stripVTControlCharacters(text).replaceAll("\r", ""));
      const sent: unknown = send(type, { data, metadata: {}, transient: { display_id: id } });
      // A page that is gone is no matter for the tasks.
      if (sent instanceof Promise) sent.catch(() => undefined);
    },
  };
}

function broadcastOf(host: object): Broadcast | undefined {
  const jupyter = jupyterOf(member(host, "Deno"));
  const broadcast = member(jupyter, "broadcast");
  if (typeof broadcast !== "function") return undefined;
  return (type, content) => Reflect.apply(broadcast, jupyter, [type, content]);
}

function jupyterOf(deno: unknown): unknown {
  try {
    return member(deno, "jupyter");
  } catch {
    return undefined; // Outside a notebook Deno throws at who asks for it.
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
